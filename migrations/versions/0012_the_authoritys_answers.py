"""What the local authority says beside a decision: that it does not notify either, and why a clock was missed."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE decision_entries DROP CONSTRAINT ck_decision_entries_kind")
    op.create_check_constraint(
        "kind",
        "decision_entries",
        "kind IN ('new-information', 'declined', 'put-back', 'displaced', 'override', 'outcome', 'observation', "
        "'review-ground', 'confirmed', 'missed')",
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
