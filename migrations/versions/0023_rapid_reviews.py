"""Rapid reviews: the record of the meeting, the partners' positions, and decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _of_case() -> list[sa.schema.SchemaItem]:
    return [sa.Column("case_id", sa.Uuid, nullable=False), rls.tenant_key("case_id", "cases")]


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def upgrade() -> None:
    rls.create_tenant_table(
        op,
        "review_sections",
        *_of_case(),
        *_text("section"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        *_text("written_by", "written_capacity"),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id", "section", "number"),
        sa.UniqueConstraint("partnership_id", "submission_key"),
        append_only=True,
    )
    rls.create_tenant_table(
        op,
        "review_positions",
        *_of_case(),
        *_text("party", "outcome", "rationale"),
        sa.Column("person_id", sa.Uuid),
        *_text("person_name", "capacity"),
        *_text("source", "evidence", "recorded_by_name", nullable=True),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("replaced_at", INSTANT),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "submission_key"),
        sa.CheckConstraint("outcome IN ('commission', 'do-not-commission')", name="outcome"),
    )
    op.execute(f"REVOKE UPDATE ON review_positions FROM {rls.APPLICATION}")
    op.execute(f"GRANT UPDATE (replaced_at) ON review_positions TO {rls.APPLICATION}")
    op.create_index(
        "uq_review_positions_standing", "review_positions", ["partnership_id", "case_id", "party"], unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )  # fmt: skip
    rls.create_tenant_table(
        op,
        "review_decisions",
        *_of_case(),
        sa.Column("number", sa.Integer, nullable=False),
        *_text("maker", "outcome", "rationale"),
        sa.Column("negates", sa.Boolean),
        sa.Column("home_office", sa.Boolean, nullable=False),
        *_text("reason"),
        sa.Column("positions", sa.JSON, nullable=False),
        sa.Column("meeting_id", sa.Uuid),
        rls.tenant_key("meeting_id", "lig_meetings"),
        *_text("decided_by", "decided_capacity"),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id", "number"),
        sa.UniqueConstraint("partnership_id", "submission_key"),
        sa.CheckConstraint("maker IN ('partners', 'partnership-chair')", name="maker"),
        append_only=True,
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
