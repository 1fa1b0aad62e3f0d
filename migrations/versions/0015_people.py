"""Invitations, proposals that wait for a second person, passkeys, and the one provider of those who have no other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APP = rls.APPLICATION
INSTANT = sa.DateTime(timezone=True)
PROVIDER = "urn:waymark:passkeys"


def upgrade() -> None:
    _providers()
    _people()
    _passkeys()
    _invitations()
    _proposals()


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _person(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey("people.id"), nullable=nullable)


def _providers() -> None:
    """People of a passkey belong to one provider, which has neither addresses nor algorithms of its own."""
    op.add_column("identity_providers", sa.Column("kind", sa.Text, nullable=False, server_default="oidc"))
    op.execute("ALTER TABLE identity_providers DROP CONSTRAINT ck_identity_providers_safe_algorithms")
    op.create_check_constraint(
        "kind",
        "identity_providers",
        "(kind = 'oidc' AND cardinality(allowed_algorithms) > 0 "
        "AND allowed_algorithms <@ ARRAY['RS256', 'PS256', 'ES256']) "
        "OR (kind = 'passkey' AND cardinality(allowed_algorithms) = 0 AND client_id = '' "
        "AND client_secret_env IS NULL AND entra_tenant IS NULL AND required_acr IS NULL)",
    )
    op.create_index(
        "ix_identity_providers_one_of_passkeys",
        "identity_providers",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("kind = 'passkey'"),
    )
    op.execute("INSERT INTO organisations (slug, name) VALUES ('waymark-passkeys', 'Waymark passkeys')")
    op.execute(
        "INSERT INTO identity_providers (organisation_id, issuer, client_id, allowed_algorithms, kind) "
        f"SELECT id, '{PROVIDER}', '', ARRAY[]::text[], 'passkey' FROM organisations "
        "WHERE slug = 'waymark-passkeys'"
    )


def _people() -> None:
    """Where a person's passkeys were replaced, and when a membership was begun: one must be younger elsewhere."""
    op.add_column("people", sa.Column("recovered_at", INSTANT))
    op.add_column("people", sa.Column("recovered_in", sa.Uuid, sa.ForeignKey("partnerships.id")))
    op.create_check_constraint("recovered", "people", "(recovered_at IS NULL) = (recovered_in IS NULL)")
    columns = "recovered_at, recovered_in"
    op.execute(f"GRANT INSERT ({columns}), UPDATE ({columns}) ON people TO {APP}")
    op.add_column("memberships", sa.Column("begun_at", INSTANT))
    op.execute(f"GRANT INSERT (begun_at), UPDATE (begun_at) ON memberships TO {APP}")


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        _person("person_id"),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        *_text("label"),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT),
        sa.CheckConstraint("length(credential_id) BETWEEN 1 AND 1023", name="credential_id"),
    )
    op.create_index("ix_passkeys_person", "passkeys", ["person_id"])
    op.execute(f"GRANT SELECT ON passkeys TO {APP}, {rls.BACKUP}")
    # What a passkey is and whose, is written once; only its use is noted afterwards.
    op.execute(
        "GRANT INSERT (person_id, credential_id, public_key, sign_count, label, made_at, last_used_at), "
        f"UPDATE (sign_count, last_used_at), DELETE ON passkeys TO {APP}"
    )


def _invitations() -> None:
    rls.create_tenant_table(
        op,
        "invitations",
        *_text("purpose", "name", "email"),
        *_text("role", nullable=True),
        sa.Column("agency_id", sa.Uuid),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisations.id")),
        _person("person_id", nullable=True),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("sending", sa.Integer, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        *_text("state"),
        _person("invited_by"),
        *_text("invited_name", "invited_capacity"),
        sa.Column("invited_at", INSTANT, nullable=False),
        _person("accepted_person_id", nullable=True),
        sa.Column("accepted_at", INSTANT),
        sa.Column("passkey_id", sa.Uuid),
        sa.Column("wrong_codes", sa.Integer, nullable=False),
        _person("confirmed_by", nullable=True),
        sa.Column("ended_at", INSTANT),
        *_text("ended_by", "ended_reason", nullable=True),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        rls.tenant_key("agency_id", "agencies"),
        sa.UniqueConstraint("partnership_id", "token_hash", name="uq_invitations_token"),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_invitations_submission"),
        sa.CheckConstraint("state IN ('open', 'waiting', 'accepted', 'withdrawn')", name="state"),
        sa.CheckConstraint(
            "(purpose = 'membership' AND role IS NOT NULL AND starts_on IS NOT NULL AND person_id IS NULL) "
            "OR (purpose = 'recovery' AND role IS NULL AND person_id IS NOT NULL AND organisation_id IS NULL)",
            name="purpose",
        ),
        sa.CheckConstraint("ends_on >= starts_on", name="in_order"),
        # Only a passkey's holder waits for a check of identity, and nobody checks their own.
        sa.CheckConstraint(
            "state <> 'waiting' OR (organisation_id IS NULL AND purpose = 'membership' "
            "AND accepted_person_id IS NOT NULL AND passkey_id IS NOT NULL)",
            name="waiting",
        ),
        sa.CheckConstraint("confirmed_by <> accepted_person_id", name="second_person"),
        sa.CheckConstraint(
            "NOT (purpose = 'membership' AND organisation_id IS NULL AND state = 'accepted') "
            "OR confirmed_by IS NOT NULL",
            name="checked",
        ),
    )
    # Whoever waits for a check of identity reads their own code, before they belong to any partnership.
    op.execute(f"CREATE POLICY own ON invitations FOR SELECT USING (accepted_person_id = {rls.OWN_PERSON})")
    op.create_index("ix_invitations_accepted", "invitations", ["accepted_person_id"])


def _proposals() -> None:
    rls.create_tenant_table(
        op,
        "membership_proposals",
        *_text("what"),
        _person("person_id"),
        sa.Column("membership_id", sa.Uuid),
        *_text("role", "email", nullable=True),
        sa.Column("agency_id", sa.Uuid),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        *_text("reason"),
        _person("proposed_by"),
        *_text("proposed_name", "proposed_capacity"),
        sa.Column("proposed_at", INSTANT, nullable=False),
        *_text("state"),
        _person("decided_by", nullable=True),
        *_text("decided_name", "decided_capacity", "decided_reason", nullable=True),
        sa.Column("decided_at", INSTANT),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        rls.tenant_key("agency_id", "agencies"),
        rls.tenant_key("membership_id", "memberships"),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_membership_proposals_submission"),
        sa.CheckConstraint("state IN ('open', 'approved', 'refused')", name="state"),
        sa.CheckConstraint("(state = 'open') = (decided_by IS NULL)", name="decided"),
        # The law, in the database too: nobody decides what they proposed, or what is about themselves.
        sa.CheckConstraint("decided_by <> proposed_by AND decided_by <> person_id", name="second_person"),
        sa.CheckConstraint(
            "(what = 'begin' AND role IS NOT NULL AND starts_on IS NOT NULL AND membership_id IS NULL) "
            "OR (what = 'extend' AND membership_id IS NOT NULL) "
            "OR (what = 'recovery' AND email IS NOT NULL AND membership_id IS NULL)",
            name="what",
        ),
        sa.CheckConstraint("ends_on >= starts_on", name="in_order"),
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
