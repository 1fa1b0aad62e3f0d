"""Messages and due work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    rls.create_tenant_table(
        op,
        "outbox_messages",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("to_person", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("to_address", sa.Text, nullable=False),
        sa.Column("to_name", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("case_reference", sa.Text),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("context", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.UniqueConstraint("partnership_id", "key"),
    )
    rls.create_tenant_table(
        op,
        "job_intents",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("args", sa.JSON, nullable=False),
        sa.Column("run_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("failed_at", INSTANT),
        sa.Column("last_error", sa.Text),
        sa.UniqueConstraint("partnership_id", "key"),
    )
    waiting = sa.text("done_at IS NULL AND failed_at IS NULL")
    op.create_index("ix_job_intents_due", "job_intents", ["run_at"], postgresql_where=waiting)
    # The relay reads when something is due in any partnership, and leases it; it sees nothing of what it is about.
    op.execute(
        "GRANT SELECT (partnership_id, id, kind, run_at, lease_until, attempts, done_at, failed_at), "
        f"UPDATE (lease_until, attempts) ON job_intents TO {rls.RELAY}"
    )
    op.execute(f"CREATE POLICY relay ON job_intents TO {rls.RELAY} USING (true) WITH CHECK (true)")


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
