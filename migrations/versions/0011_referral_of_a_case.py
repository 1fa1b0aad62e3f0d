"""A referral that a case waits for knows its case before it is submitted; one open draft of a case at a time."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE referral_drafts DROP CONSTRAINT ck_referral_drafts_case_of_state")
    op.create_check_constraint(
        "case_of_state", "referral_drafts", "state <> 'submitted' OR case_id IS NOT NULL"
    )
    op.execute("ALTER TABLE referral_drafts DROP CONSTRAINT uq_referral_drafts_partnership_id_case_id")
    op.execute(
        "CREATE UNIQUE INDEX uq_referral_drafts_partnership_id_case_id ON referral_drafts (partnership_id, case_id)"
        " WHERE state <> 'discarded'"
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
