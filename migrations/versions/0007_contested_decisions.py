"""Contested decisions: answers on behalf, meetings, deputies, what is recorded beside a decision, corrections."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APP = rls.APPLICATION
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _cases()
    _positions()
    _decisions()
    _once_unless_withdrawn()
    _entries()
    _meetings()
    _deputies()


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _case() -> list[sa.schema.SchemaItem]:
    return [sa.Column("case_id", sa.Uuid, nullable=False), rls.tenant_key("case_id", "cases")]


def _add(table: str, *columns: sa.Column[Any]) -> None:
    """Add columns that the application may write."""
    for column in columns:
        op.add_column(table, column)
    names = ", ".join(column.name for column in columns)
    op.execute(f"GRANT INSERT ({names}), UPDATE ({names}) ON {table} TO {APP}")


def _cases() -> None:
    _add(
        "cases",
        sa.Column("escalated", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def _positions() -> None:
    """Somebody outside Waymark may have answered: then who recorded it, and from what source, is kept."""
    _add(
        "partner_positions",
        *_text("source", "evidence", "recorded_by_name", nullable=True),
        sa.Column("withdrawn_at", INSTANT),
    )
    op.execute("ALTER TABLE partner_positions DROP CONSTRAINT ck_partner_positions_given_or_deemed")
    op.create_check_constraint(
        "given_or_deemed",
        "partner_positions",
        "(kind = 'given' AND rationale IS NOT NULL AND (person_id IS NOT NULL OR source IS NOT NULL)) "
        "OR (kind = 'deemed' AND person_id IS NULL AND rationale IS NULL AND NOT late)",
    )
    op.drop_index("uq_partner_positions_in_force", "partner_positions")
    op.create_index(
        "uq_partner_positions_in_force",
        "partner_positions",
        ["partnership_id", "case_id", "party"],
        unique=True,
        postgresql_where=sa.text("NOT late AND replaced_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.drop_index("uq_partner_positions_deemed_once", "partner_positions")
    op.create_index(
        "uq_partner_positions_deemed_once",
        "partner_positions",
        ["partnership_id", "case_id", "party"],
        unique=True,
        postgresql_where=sa.text("kind = 'deemed' AND withdrawn_at IS NULL"),
    )


def _decisions() -> None:
    """A decision may be the Partnership Chair's, or one made before its case was entered in Waymark."""
    _add(
        "notification_decisions",
        sa.Column("maker", sa.Text, nullable=False, server_default="partners"),
        sa.Column("scrutineer_present", sa.Boolean),
    )
    for table in ("notification_decisions", "initial_views"):
        op.alter_column(table, "person_id", nullable=True)
    op.create_check_constraint(
        "maker", "notification_decisions", "maker IN ('partners', 'partnership-chair')"
    )
    op.create_check_constraint(
        "scrutineer", "notification_decisions",
        "(maker = 'partnership-chair') = (scrutineer_present IS NOT NULL)",
    )  # fmt: skip


def _once_unless_withdrawn() -> None:
    """What is done once can be recorded once more after a correction withdrew it."""
    for table, columns in (
        ("decision_steps", ["step", "party"]),
        ("serious_incident_notifications", []),
    ):
        _add(table, sa.Column("withdrawn_at", INSTANT))
        key = ["partnership_id", "case_id", *columns]
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT uq_{table}_{'_'.join(key)}")
        op.create_index(
            f"uq_{table}_once", table, key, unique=True, postgresql_where=sa.text("withdrawn_at IS NULL")
        )


def _entries() -> None:
    rls.create_tenant_table(
        op,
        "decision_entries",
        *_case(),
        *_text("kind", "outcome", "party", "words", "person_name", "capacity"),
        sa.Column("about", sa.Integer, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("submission_key", sa.Uuid),
        sa.UniqueConstraint(
            "partnership_id", "case_id", "submission_key", name="uq_decision_entries_submission"
        ),
        sa.CheckConstraint(
            "kind IN ('new-information', 'declined', 'put-back', 'displaced', 'override', 'outcome', "
            "'observation', 'review-ground')",
            name="kind",
        ),
    )


def _meetings() -> None:
    rls.create_tenant_table(
        op,
        "partner_meetings",
        *_case(),
        *_text("kind", "how", "arranged_by", "arranged_capacity"),
        sa.Column("arranged_for", INSTANT, nullable=False),
        sa.Column("arranged_at", INSTANT, nullable=False),
        sa.Column("held_at", INSTANT),
        sa.Column("recorded_at", INSTANT),
        *_text("notes", "recorded_by", "recorded_capacity", nullable=True),
        sa.Column("attendance", sa.JSON),
        sa.Column("scrutineer_present", sa.Boolean),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("arranging_key", sa.Uuid, nullable=False),
        sa.Column("recording_key", sa.Uuid),
        sa.UniqueConstraint(
            "partnership_id", "case_id", "arranging_key", name="uq_partner_meetings_arranging"
        ),
        sa.CheckConstraint("kind IN ('short', 'exceptional')", name="kind"),
        sa.CheckConstraint("held_at <= recorded_at", name="in_order"),
        sa.CheckConstraint("(held_at IS NULL) = (attendance IS NULL)", name="held"),
    )


def _deputies() -> None:
    rls.create_tenant_table(
        op,
        "deputies",
        *_text("role", "reason", "named_by", "named_capacity"),
        sa.Column("principal_membership_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("named_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        rls.tenant_key("principal_membership_id", "memberships"),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_deputies_submission"),
        sa.CheckConstraint("starts_on <= ends_on", name="in_order"),
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
