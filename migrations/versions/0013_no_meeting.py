"""Why the Partnership Chair decided without a meeting, where none was recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notification_decisions", sa.Column("no_meeting_reason", sa.Text))
    op.execute(
        f"GRANT INSERT (no_meeting_reason), UPDATE (no_meeting_reason) ON notification_decisions TO {rls.APPLICATION}"
    )
    op.create_check_constraint(
        "no_meeting", "notification_decisions", "no_meeting_reason IS NULL OR maker = 'partnership-chair'"
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
