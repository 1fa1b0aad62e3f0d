"""The preparation pack of a notification: saved as one goes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    rls.create_tenant_table(
        op,
        "preparation_packs",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("prefilled", sa.JSON, nullable=False),
        sa.Column("versions", sa.JSON, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.Column("saved_by", sa.Text, nullable=False),
        sa.Column("completed_at", INSTANT),
        sa.Column("completed_by", sa.Text),
        rls.tenant_key("case_id", "cases"),
        sa.UniqueConstraint("partnership_id", "case_id"),
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
