"""Signing out everywhere; roles without case tables for administrators and the operator; the copy of each anchor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
READ = ("partnerships", "local_authorities", "calendar_editions", "demo_clock", "organisations", "identity_providers",
        "agencies", "settings_editions", "deputies", "passkeys")  # fmt: skip
# With whatever the application may do with them, which is never to remove a line.
SAME = ("people", "memberships", "organisation_trusts", "invitations", "membership_proposals")


def upgrade() -> None:
    op.add_column("people", sa.Column("signed_out_before", INSTANT))
    op.execute(f"GRANT INSERT (signed_out_before), UPDATE (signed_out_before) ON people TO {rls.APPLICATION}")
    _roles_are_there()
    _people()
    _operator()
    rls.create_tenant_table(
        op,
        "ledger_anchors",
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.UniqueConstraint("partnership_id", "line"),
        append_only=True,
    )
    op.create_index("ix_ledger_anchors_count", "ledger_anchors", ["partnership_id", "count"])


def _roles_are_there() -> None:
    """Roles belong to the whole server: whoever runs it makes them (README, "Running it for real")."""
    for role in (rls.PEOPLE, rls.OPERATOR):
        found = op.get_bind().scalar(
            sa.text("select count(*) from pg_roles where rolname = :role"), {"role": role}
        )
        if not found:
            raise RuntimeError(f"the database has no role {role}: see README, 'Running it for real'")
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")


def _people() -> None:
    """Administrators' pages, and the operator's commands: people, who signs them in, and what they are."""
    for table in READ:
        rls.also_for_people(op, table, "SELECT")
    for table in SAME:
        rls.also_for_people_as_for_the_application(op, table)
    # A message or work is owed by writing it; what it says is read by nobody here.
    rls.also_for_people(
        op, "outbox_messages",
        "SELECT (partnership_id, id, key, state), INSERT (partnership_id, kind, key, to_person, to_address, to_name, "
        "subject, body, case_reference, message_id, context, state, attempts, created_at)",
    )  # fmt: skip
    rls.also_for_people(
        op, "job_intents",
        "SELECT (partnership_id, id, key), INSERT (partnership_id, kind, key, args, run_at, attempts)",
    )  # fmt: skip
    op.execute(f"GRANT EXECUTE ON FUNCTION ledger_append TO {rls.PEOPLE}, {rls.OPERATOR}")


def _operator() -> None:
    """Provisioning: the registry, a partnership's agencies and settings, and who signs people in."""
    for table, columns in {
        "partnerships": "slug, name, reference_prefix, colour",
        "local_authorities": "code, name, partnership_id",
        "organisations": "slug, name",
        "identity_providers": "organisation_id, issuer, client_id, client_secret_env, allowed_algorithms, enabled, "
        "entra_tenant, required_acr, sends_issuer",
        "agencies": "partnership_id, key, name, partner, generic_inbox",
    }.items():
        op.execute(f"GRANT INSERT ({columns}), UPDATE ({columns}) ON {table} TO {rls.OPERATOR}")
    columns = "partnership_id, number, settings, digest, adopted_at"
    op.execute(f"GRANT INSERT ({columns}) ON settings_editions TO {rls.OPERATOR}")


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
