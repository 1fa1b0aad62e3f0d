"""The decision to notify: initial views, positions, decisions, notifications, and the steps between them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OUTCOMES = "outcome IN ('notify', 'do-not-notify')"
PARTNERS = "party IN ('local-authority', 'police', 'icb')"


def upgrade() -> None:
    _initial_views()
    _partner_positions()
    _notification_decisions()
    _notifications()
    _decision_steps()


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _case() -> list[sa.schema.SchemaItem]:
    return [sa.Column("case_id", sa.Uuid, nullable=False), rls.tenant_key("case_id", "cases")]


def _initial_views() -> None:
    rls.create_tenant_table(
        op,
        "initial_views",
        *_case(),
        *_text("party", "outcome", "rationale", "person_name", "capacity"),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id", "party"),
        sa.CheckConstraint("party IN ('lig-chair', 'service-director')", name="viewer"),
        sa.CheckConstraint(OUTCOMES, name="outcome"),
    )


def _partner_positions() -> None:
    rls.create_tenant_table(
        op,
        "partner_positions",
        *_case(),
        *_text("party", "kind", "outcome", "person_name", "capacity"),
        sa.Column("rationale", sa.Text),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("replaced_at", INSTANT),
        sa.Column("submission_key", sa.Uuid),
        sa.UniqueConstraint(
            "partnership_id", "case_id", "party", "submission_key", name="uq_partner_positions_submission"
        ),
        sa.CheckConstraint(PARTNERS, name="partner"),
        sa.CheckConstraint(OUTCOMES, name="outcome"),
        sa.CheckConstraint(
            "(kind = 'given' AND person_id IS NOT NULL AND rationale IS NOT NULL) "
            "OR (kind = 'deemed' AND person_id IS NULL AND rationale IS NULL AND NOT late)",
            name="given_or_deemed",
        ),
    )
    # Two workers that count the same silence cannot both write it, whatever the code above them does.
    op.create_index(
        "uq_partner_positions_in_force",
        "partner_positions",
        ["partnership_id", "case_id", "party"],
        unique=True,
        postgresql_where=sa.text("NOT late AND replaced_at IS NULL"),
    )
    op.create_index(
        "uq_partner_positions_deemed_once",
        "partner_positions",
        ["partnership_id", "case_id", "party"],
        unique=True,
        postgresql_where=sa.text("kind = 'deemed'"),
    )


def _notification_decisions() -> None:
    rls.create_tenant_table(
        op,
        "notification_decisions",
        *_case(),
        sa.Column("number", sa.Integer, nullable=False),
        *_text("outcome", "rationale", "abuse", "abuse_rationale", "limb_a_rationale", "limb_b_rationale"),
        sa.Column("limb_a", sa.Boolean, nullable=False),
        sa.Column("limb_b", sa.Boolean, nullable=False),
        sa.Column("harm_kinds", sa.JSON, nullable=False),
        *_text("harm_judgement", "guidance_edition", "person_name", "capacity"),
        sa.Column("guidance_considered", sa.Boolean, nullable=False),
        sa.Column("positions", sa.JSON, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id", "number"),
        sa.UniqueConstraint(
            "partnership_id", "case_id", "submission_key", name="uq_notification_decisions_submission"
        ),
        sa.CheckConstraint(OUTCOMES, name="outcome"),
        sa.CheckConstraint("abuse IN ('known', 'suspected', 'neither')", name="abuse"),
        sa.CheckConstraint("guidance_considered", name="guidance"),
    )


def _notifications() -> None:
    rls.create_tenant_table(
        op,
        "serious_incident_notifications",
        *_case(),
        sa.Column("submitted_at", INSTANT, nullable=False),
        *_text("channel", "panel_reference", "submitted_by", "recorded_by_name", "capacity"),
        *_text(
            "channel_detail", "recorded_late_reason", "missed_reason", "missed_reported_to", nullable=True
        ),
        sa.Column("recorded_by", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id"),
        sa.CheckConstraint("submitted_at <= recorded_at", name="in_order"),
    )


def _decision_steps() -> None:
    rls.create_tenant_table(
        op,
        "decision_steps",
        *_case(),
        *_text("step", "party", "person_name", "capacity"),
        sa.Column("done_at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("detail", sa.Text),
        sa.Column("submission_key", sa.Uuid),
        sa.UniqueConstraint("partnership_id", "case_id", "step", "party"),
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
