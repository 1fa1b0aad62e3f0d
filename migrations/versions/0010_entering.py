"""Cases already under way, referrals asked for after a notification, and two referrals of one incident."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _entered()
    _requests()
    _links()
    # What was decided before a case was entered was not asked by Waymark, and says so.
    op.execute("ALTER TABLE notification_decisions DROP CONSTRAINT ck_notification_decisions_guidance")
    op.create_check_constraint(
        "guidance", "notification_decisions", "guidance_considered OR person_id IS NULL"
    )
    op.execute(f"GRANT UPDATE (agency_id, referred_by) ON cases TO {rls.APPLICATION}")


def _case() -> list[sa.schema.SchemaItem]:
    return [sa.Column("case_id", sa.Uuid, nullable=False), rls.tenant_key("case_id", "cases")]


def _entered() -> None:
    rls.create_tenant_table(
        op,
        "entered_cases",
        *_case(),
        sa.Column("own_reference", sa.Text, nullable=False),
        sa.Column("row", sa.JSON, nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.UniqueConstraint("partnership_id", "own_reference"),
    )


def _requests() -> None:
    rls.create_tenant_table(
        op,
        "referral_requests",
        *_case(),
        sa.Column("agency_id", sa.Uuid, nullable=False),
        rls.tenant_key("agency_id", "agencies"),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("linked_at", INSTANT),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id"),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_referral_requests_submission"),
    )


def _links() -> None:
    rls.create_tenant_table(
        op,
        "case_links",
        sa.Column("first_case_id", sa.Uuid, nullable=False),
        sa.Column("second_case_id", sa.Uuid, nullable=False),
        rls.tenant_key("first_case_id", "cases"),
        rls.tenant_key("second_case_id", "cases"),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("why", sa.JSON, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.UniqueConstraint("partnership_id", "first_case_id", "second_case_id"),
        sa.CheckConstraint("first_case_id <> second_case_id", name="two"),
        sa.CheckConstraint("verdict IN ('linked', 'refused')", name="verdict"),
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
