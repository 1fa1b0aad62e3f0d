"""Cases, their stages and children, and their stored obligations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    rls.create_tenant_table(
        op,
        "cases",
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("incident_id", sa.Uuid, sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("agency_id", sa.Uuid),
        sa.Column("referred_by", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("partnership_id", "reference"),
        sa.UniqueConstraint("partnership_id", "incident_id"),
        rls.tenant_key("agency_id", "agencies"),
    )
    op.create_index("ix_cases_opened", "cases", ["partnership_id", "opened_at", "id"])
    rls.create_tenant_table(
        op,
        "case_stages",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("settings_edition", sa.Integer, nullable=False),
        sa.Column("guidance_edition", sa.Text, nullable=False),
        sa.Column("procedure_edition", sa.Text, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id", "kind"),
        rls.tenant_key("case_id", "cases"),
    )
    rls.create_tenant_table(
        op,
        "case_children",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("concern", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("born_on", sa.Date),
        sa.Column("birth_certainty", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id", "concern", "ordinal"),
        rls.tenant_key("case_id", "cases"),
    )
    _obligations()


def _obligations() -> None:
    rls.create_tenant_table(
        op,
        "obligations",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("duty", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("paragraph", sa.Text, nullable=False),
        sa.Column("rule_kind", sa.Text, nullable=False),
        sa.Column("rule_days", sa.Integer),
        sa.Column("rule_label", sa.Text, nullable=False),
        sa.Column("counted_from", sa.Date),
        sa.Column("starts", INSTANT, nullable=False),
        sa.Column("remind_from", INSTANT),
        sa.Column("deputy_from", INSTANT),
        sa.Column("due_on", sa.Date),
        sa.Column("due", INSTANT),
        sa.Column("ended", INSTANT),
        sa.Column("ending", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id", "key"),
        rls.tenant_key("case_id", "cases"),
        may_delete=True,
    )
    op.create_index(
        "ix_obligations_open",
        "obligations",
        ["partnership_id", "owner", "due"],
        postgresql_where=sa.text("open"),
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
