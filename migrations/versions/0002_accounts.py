"""Organisations, their OpenID providers, people, memberships and trusts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from tenants import rls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _global_tables()
    _memberships()
    _trusts()


def _identifier() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True)


def _global_tables() -> None:
    op.create_table(
        "organisations",
        _identifier(),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
    )
    _providers()
    op.create_table(
        "people",
        _identifier(),
        sa.Column("provider_id", sa.Uuid, sa.ForeignKey("identity_providers.id"), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("job_title", sa.Text, nullable=False, server_default=""),
        sa.UniqueConstraint("provider_id", "subject"),
        sa.CheckConstraint("subject <> ''", name="subject_given"),
    )
    for table in ("organisations", "identity_providers", "people"):
        op.execute(f"GRANT SELECT ON {table} TO {rls.APPLICATION}, {rls.BACKUP}")
    # Providers are the owner's alone. Who somebody is (provider, subject) is written once and never changed.
    op.execute(
        "GRANT INSERT (provider_id, subject, display_name, email, job_title), "
        f"UPDATE (display_name, email, job_title) ON people TO {rls.APPLICATION}"
    )


def _providers() -> None:
    op.create_table(
        "identity_providers",
        _identifier(),
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("issuer", sa.Text, nullable=False, unique=True),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("client_secret_env", sa.Text),
        sa.Column("allowed_algorithms", ARRAY(sa.Text), nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("entra_tenant", sa.Text),
        sa.Column("required_acr", sa.Text),
        sa.Column("sends_issuer", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.CheckConstraint(
            "cardinality(allowed_algorithms) > 0 AND allowed_algorithms <@ ARRAY['RS256', 'PS256', 'ES256']",
            name="safe_algorithms",
        ),
        sa.CheckConstraint("issuer NOT LIKE '%{%'", name="exact_issuer"),
    )
    op.create_index(
        "ix_identity_providers_one_enabled",
        "identity_providers",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("enabled"),
    )


def _memberships() -> None:
    rls.create_tenant_table(
        op,
        "memberships",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("agency_id", sa.Uuid),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_reason", sa.Text),
        rls.tenant_key("agency_id", "agencies"),
        sa.CheckConstraint("ends_on >= starts_on", name="in_order"),
    )
    op.create_index("ix_memberships_person", "memberships", ["person_id", "partnership_id"])
    # A signed-in person may see which partnerships they belong to, before they have opened any.
    op.execute(f"CREATE POLICY own ON memberships FOR SELECT USING (person_id = {rls.OWN_PERSON})")


def _trusts() -> None:
    rls.create_tenant_table(
        op,
        "organisation_trusts",
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.CheckConstraint("ends_on >= starts_on", name="in_order"),
    )
    op.create_index(
        "ix_organisation_trusts_organisation", "organisation_trusts", ["organisation_id", "partnership_id"]
    )
    # The same person, of their own organisation: a membership counts only where that organisation is trusted.
    op.execute(
        "CREATE POLICY own ON organisation_trusts FOR SELECT USING (organisation_id = "
        "(SELECT provider.organisation_id FROM people person "
        "JOIN identity_providers provider ON provider.id = person.provider_id "
        f"WHERE person.id = {rls.OWN_PERSON}))"
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
