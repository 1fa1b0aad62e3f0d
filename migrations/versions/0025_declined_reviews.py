"""The decision not to hold a rapid review: what partners and scrutineer say, and the notice to the Panel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _answers()
    _notices()
    _withdrawals()


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _of_ground(table: str) -> list[sa.schema.SchemaItem]:
    """About one recorded ground of a case, by whom it was recorded and when, once for each form that was sent."""
    return [
        sa.Column("case_id", sa.Uuid, nullable=False),
        rls.tenant_key("case_id", "cases"),
        sa.Column("ground_id", sa.Uuid, nullable=False),
        rls.tenant_key("ground_id", "decision_entries"),
        *_text("recorded_by", "recorded_capacity"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "submission_key", name=f"uq_{table}_submission"),
    ]


def _answers() -> None:
    rls.create_tenant_table(
        op,
        "declined_review_answers",
        *_of_ground("declined_review_answers"),
        *_text("party", "outcome", "words", "name", "capacity"),
        *_text("source", "evidence", nullable=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "party IN ('local-authority', 'police', 'icb', 'independent-scrutineer')", name="party"
        ),
        sa.CheckConstraint(
            "outcome = CASE party WHEN 'independent-scrutineer' THEN 'overseen' ELSE outcome END "
            "AND outcome IN ('agreed', 'not-agreed', 'overseen')",
            name="outcome",
        ),
        sa.CheckConstraint("btrim(words) <> ''", name="words"),
        sa.CheckConstraint(
            "(source IS NULL) = (evidence IS NULL) AND (source IS NULL OR person_id IS NULL)",
            name="on_behalf",
        ),
        append_only=True,
    )
    op.create_index(
        "ix_declined_review_answers_case", "declined_review_answers", ["partnership_id", "case_id"]
    )


def _notices() -> None:
    rls.create_tenant_table(
        op,
        "declined_review_notices",
        *_of_ground("declined_review_notices"),
        sa.Column("sent_at", INSTANT, nullable=False),
        *_text("channel", "detail", "address", "panel_reference", "sent_by"),
        *_text("missed_reason", "missed_reported_to", nullable=True),
        sa.UniqueConstraint("partnership_id", "ground_id", name="uq_declined_review_notices_one"),
        sa.CheckConstraint("(missed_reason IS NULL) = (missed_reported_to IS NULL)", name="missed"),
        append_only=True,
    )
    op.create_index(
        "ix_declined_review_notices_case", "declined_review_notices", ["partnership_id", "case_id"]
    )


def _withdrawals() -> None:
    rls.create_tenant_table(
        op,
        "declined_review_withdrawals",
        *_of_ground("declined_review_withdrawals"),
        *_text("reason"),
        sa.UniqueConstraint("partnership_id", "ground_id", name="uq_declined_review_withdrawals_one"),
        sa.CheckConstraint("btrim(reason) <> ''", name="reason"),
        append_only=True,
    )
    op.create_index(
        "ix_declined_review_withdrawals_case", "declined_review_withdrawals", ["partnership_id", "case_id"]
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
