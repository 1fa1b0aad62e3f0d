"""The group's meetings: calendar, agendas, attendance, minutes and decisions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _meetings()
    _moves()
    _standing_items()
    _items()
    _attendances()
    _minutes()
    _agreements()


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _by(verb: str) -> list[sa.Column[Any]]:
    """Who did it, in which capacity, and when."""
    return [*_text(f"{verb}_by", f"{verb}_capacity"), sa.Column(f"{verb}_at", INSTANT, nullable=False)]


def _maybe(verb: str, *more: str) -> list[sa.Column[Any]]:
    """When it was done, if it was, and by whom in which capacity."""
    return [sa.Column(f"{verb}_at", INSTANT), *_text(f"{verb}_by", *more, nullable=True)]


def _key(table: str) -> list[sa.schema.SchemaItem]:
    """Made once by the form that was sent."""
    return [
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "submission_key", name=f"uq_{table}_submission"),
    ]


def _of(column: str, table: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(column, sa.Uuid, nullable=False), rls.tenant_key(column, table)]


def _meetings() -> None:
    rls.create_tenant_table(
        op,
        "lig_meetings",
        *_text("kind", "place", "state"),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("minutes_long", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        *_by("scheduled"),
        *_maybe("opened", "opened_capacity"),
        *_maybe("closed", "closed_capacity"),
        *_maybe("cancelled", "cancelled_capacity", "cancelled_reason"),
        *_key("lig_meetings"),
        sa.CheckConstraint("kind IN ('standing', 'extraordinary')", name="kind"),
        sa.CheckConstraint("minutes_long BETWEEN 1 AND 720", name="minutes_long"),
        sa.CheckConstraint(
            "CASE state WHEN 'planned' THEN opened_at IS NULL AND closed_at IS NULL AND cancelled_at IS NULL "
            "WHEN 'open' THEN opened_at IS NOT NULL AND closed_at IS NULL AND cancelled_at IS NULL "
            "WHEN 'held' THEN closed_at > opened_at AND cancelled_at IS NULL "
            "WHEN 'cancelled' THEN opened_at IS NULL AND cancelled_at IS NOT NULL AND cancelled_reason IS NOT NULL "
            "ELSE false END",
            name="state",
        ),
    )
    op.create_index("ix_lig_meetings_starts", "lig_meetings", ["partnership_id", "starts_at", "id"])
    _only_these_change(
        "lig_meetings", "starts_at", "minutes_long", "place", "state", "version", "sequence",
        *(f"{verb}_{what}" for verb in ("opened", "closed", "cancelled") for what in ("at", "by", "capacity")),
        "cancelled_reason",
    )  # fmt: skip


def _moves() -> None:
    rls.create_tenant_table(
        op,
        "lig_meeting_moves",
        *_of("meeting_id", "lig_meetings"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("was_starts_at", INSTANT, nullable=False),
        sa.Column("was_minutes_long", sa.Integer, nullable=False),
        *_text("was_place", "reason"),
        *_by("moved"),
        sa.UniqueConstraint("partnership_id", "meeting_id", "number", name="uq_lig_meeting_moves_number"),
        append_only=True,
    )


def _standing_items() -> None:
    rls.create_tenant_table(
        op,
        "lig_standing_items",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("items", sa.JSON, nullable=False),
        *_by("changed"),
        *_key("lig_standing_items"),
        sa.UniqueConstraint("partnership_id", "number", name="uq_lig_standing_items_number"),
        append_only=True,
    )


def _items() -> None:
    rls.create_tenant_table(
        op,
        "lig_items",
        *_of("meeting_id", "lig_meetings"),
        *_text("kind", "title"),
        sa.Column("case_id", sa.Uuid),
        rls.tenant_key("case_id", "cases"),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *_by("added"),
        *_maybe("removed", "removed_capacity", "removed_reason"),
        *_key("lig_items"),
        sa.CheckConstraint("kind IN ('standing', 'case', 'other')", name="kind"),
        sa.CheckConstraint("(kind = 'case') = (case_id IS NOT NULL)", name="case"),
    )
    op.create_index("ix_lig_items_meeting", "lig_items", ["partnership_id", "meeting_id"])
    op.create_index(
        "uq_lig_items_case", "lig_items", ["partnership_id", "case_id", "meeting_id"], unique=True,
        postgresql_where=sa.text("removed_at IS NULL AND case_id IS NOT NULL"),
    )  # fmt: skip
    _only_these_change(
        "lig_items",
        "title",
        "place",
        "version",
        "removed_at",
        "removed_by",
        "removed_capacity",
        "removed_reason",
    )


def _attendances() -> None:
    rls.create_tenant_table(
        op,
        "lig_attendances",
        *_of("meeting_id", "lig_meetings"),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id")),
        *_text("name", "capacity", "deputy_for"),
        *_text("party", nullable=True),
        sa.Column("apologies", sa.Boolean, nullable=False),
        sa.Column("came_at", INSTANT),
        sa.Column("left_at", INSTANT),
        sa.Column("version", sa.Integer, nullable=False),
        *_by("recorded"),
        *_maybe("removed", "removed_reason"),
        *_key("lig_attendances"),
        sa.CheckConstraint("party IN ('local-authority', 'police', 'icb')", name="party"),
        sa.CheckConstraint(
            "apologies = (came_at IS NULL) AND (left_at IS NULL OR left_at > came_at)", name="came"
        ),
    )
    op.create_index("ix_lig_attendances_meeting", "lig_attendances", ["partnership_id", "meeting_id"])
    _only_these_change(
        "lig_attendances", "came_at", "left_at", "version", "removed_at", "removed_by", "removed_reason"
    )


def _minutes() -> None:
    rls.create_tenant_table(
        op,
        "lig_minutes",
        *_of("item_id", "lig_items"),
        sa.Column("number", sa.Integer, nullable=False),
        *_text("words"),
        *_by("written"),
        *_key("lig_minutes"),
        sa.UniqueConstraint("partnership_id", "item_id", "number", name="uq_lig_minutes_number"),
        append_only=True,
    )
    rls.create_tenant_table(
        op,
        "lig_decisions",
        *_of("item_id", "lig_items"),
        sa.Column("number", sa.Integer, nullable=False),
        *_text("words", "reason"),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("replaces", sa.Integer),
        *_by("recorded"),
        *_key("lig_decisions"),
        sa.UniqueConstraint("partnership_id", "item_id", "number", name="uq_lig_decisions_number"),
        sa.UniqueConstraint("partnership_id", "item_id", "replaces", name="uq_lig_decisions_replaces"),
        sa.CheckConstraint("replaces < number AND (replaces IS NULL) = (reason = '')", name="replaces"),
        append_only=True,
    )


def _agreements() -> None:
    rls.create_tenant_table(
        op,
        "lig_agreements",
        *_of("meeting_id", "lig_meetings"),
        *_of("at_meeting_id", "lig_meetings"),
        sa.Column("agreed_at", INSTANT, nullable=False),
        *_text("note"),
        *_by("recorded"),
        *_key("lig_agreements"),
        sa.UniqueConstraint("partnership_id", "meeting_id", name="uq_lig_agreements_meeting"),
        append_only=True,
    )


def _only_these_change(table: str, *columns: str) -> None:
    """Take back the right to change the other columns: they are frozen as they were made."""
    op.execute(f"REVOKE UPDATE ON {table} FROM {rls.APPLICATION}")
    op.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {rls.APPLICATION}")


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
