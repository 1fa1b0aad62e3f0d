"""A partnership's manager adopts editions of its settings, for their own partnership only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = "partnership_id, number, settings, digest, adopted_at"
    op.execute(f"GRANT INSERT ({columns}) ON settings_editions TO {rls.APPLICATION}")
    _arrangements()


def _arrangements() -> None:
    rls.create_tenant_table(
        op,
        "agency_arrangements",
        sa.Column("agency_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("review_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("capacity", sa.Text, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        rls.tenant_key("agency_id", "agencies"),
        sa.UniqueConstraint("partnership_id", "agency_id", "number"),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_agency_arrangements_submission"),
        append_only=True,
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
