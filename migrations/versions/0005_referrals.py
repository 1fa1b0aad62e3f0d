"""Referrals while they are written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    rls.create_tenant_table(
        op,
        "referral_drafts",
        sa.Column("agency_id", sa.Uuid),
        sa.Column("author_person", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        # JSON, not JSONB: it keeps what was typed, even what the database's own text could not hold.
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("touched", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("start_key", sa.Uuid, nullable=False),
        sa.Column("submission_key", sa.Uuid),
        sa.Column("case_id", sa.Uuid),
        sa.Column("reference", sa.Text),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("shared_at", INSTANT),
        sa.Column("submitted_at", INSTANT),
        sa.UniqueConstraint("partnership_id", "start_key"),
        sa.UniqueConstraint("partnership_id", "submission_key"),
        sa.UniqueConstraint("partnership_id", "case_id"),
        sa.CheckConstraint("source IN ('agency', 'cdop')", name="source"),
        sa.CheckConstraint(
            "state IN ('draft', 'with-representative', 'submitted', 'discarded')", name="state"
        ),
        sa.CheckConstraint("(source = 'agency') = (agency_id IS NOT NULL)", name="agency_of_source"),
        sa.CheckConstraint("(state = 'submitted') = (case_id IS NOT NULL)", name="case_of_state"),
        rls.tenant_key("agency_id", "agencies"),
        rls.tenant_key("case_id", "cases"),
    )
    op.create_index("ix_referral_drafts_author", "referral_drafts", ["partnership_id", "author_person"])
    op.create_index("ix_referral_drafts_agency", "referral_drafts", ["partnership_id", "agency_id", "state"])


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
