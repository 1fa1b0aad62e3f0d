"""The plans of rapid reviews, each kept as it was set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DAYS = ("requests_on", "returns_on", "papers_on", "approval_on", "due_on")


def upgrade() -> None:
    rls.create_tenant_table(
        op,
        "rapid_review_plans",
        sa.Column("case_id", sa.Uuid, nullable=False),
        rls.tenant_key("case_id", "cases"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("meeting_id", sa.Uuid),
        rls.tenant_key("meeting_id", "lig_meetings"),
        sa.Column("meeting_at", INSTANT),
        *(sa.Column(day, sa.Date, nullable=False) for day in DAYS),
        sa.Column("died", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_capacity", sa.Text, nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id", "number"),
        sa.UniqueConstraint("partnership_id", "submission_key"),
        sa.CheckConstraint("(meeting_id IS NULL) = (meeting_at IS NULL)", name="meeting"),
        append_only=True,
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
