"""Commissions of reviewers and event leads: terms of reference, timetables, papers, drafts, versions and comments."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _commissions()
    _terms()
    _timetables()
    _papers()
    _drafts()


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _by(verb: str) -> list[sa.Column[Any]]:
    """Who did it, in which capacity, and when."""
    return [*_text(f"{verb}_by", f"{verb}_capacity"), sa.Column(f"{verb}_at", INSTANT, nullable=False)]


def _of_commission() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("commission_id", sa.Uuid, nullable=False),
        rls.tenant_key("commission_id", "commissions"),
    ]


def _numbered(table: str) -> list[sa.schema.SchemaItem]:
    """Numbered from one within a commission, and made once by the form that was sent."""
    return [
        *_of_commission(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "commission_id", "number", name=f"uq_{table}_number"),
        sa.UniqueConstraint("partnership_id", "submission_key", name=f"uq_{table}_submission"),
    ]


def _commissions() -> None:
    rls.create_tenant_table(
        op,
        "commissions",
        sa.Column("case_id", sa.Uuid, nullable=False),
        *_text("reference", "kind", "person_name", "contact"),
        sa.Column("membership_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *_by("given"),
        sa.Column("removed_at", INSTANT),
        *_text("removed_by", "removed_capacity", "removed_reason", nullable=True),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        rls.tenant_key("case_id", "cases"),
        rls.tenant_key("membership_id", "memberships"),
        sa.UniqueConstraint("partnership_id", "reference", name="uq_commissions_reference"),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_commissions_submission"),
        sa.CheckConstraint("kind IN ('lcspr', 'learning-event')", name="kind"),
        sa.CheckConstraint("first_day <= last_day", name="in_order"),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL) AND (removed_at IS NULL) = (removed_capacity IS NULL) "
            "AND (removed_at IS NULL) = (removed_reason IS NULL)",
            name="removed",
        ),
    )
    op.create_index("ix_commissions_case", "commissions", ["partnership_id", "case_id"])
    op.create_index("ix_commissions_membership", "commissions", ["partnership_id", "membership_id"])
    # What was commissioned, of whom and of which case, is never rewritten.
    _only_these_change("commissions", "last_day", "version", "removed_at", "removed_by", "removed_capacity",
                       "removed_reason")  # fmt: skip


def _terms() -> None:
    rls.create_tenant_table(
        op,
        "commission_terms",
        *_numbered("commission_terms"),
        *_text("purpose", "scope", "enquiry", "method", "contributors", "report"),
        *_by("released"),
        append_only=True,
    )


def _timetables() -> None:
    rls.create_tenant_table(
        op,
        "commission_timetables",
        *_numbered("commission_timetables"),
        sa.Column("days", sa.JSON, nullable=False),
        *_text("reason"),
        *_by("set"),
        append_only=True,
    )


def _papers() -> None:
    rls.create_tenant_table(
        op,
        "commission_papers",
        *_numbered("commission_papers"),
        *_text("part", "title", "digest"),
        sa.Column("content", sa.JSON, nullable=False),
        *_by("released"),
        sa.Column("withdrawn_at", INSTANT),
        *_text("withdrawn_by", "withdrawn_capacity", "withdrawn_reason", nullable=True),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn"),
    )
    _only_these_change(
        "commission_papers", "withdrawn_at", "withdrawn_by", "withdrawn_capacity", "withdrawn_reason"
    )


def _drafts() -> None:
    rls.create_tenant_table(
        op,
        "commission_drafts",
        *_of_commission(),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *_text("form"),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.UniqueConstraint("partnership_id", "commission_id", name="uq_commission_drafts_one"),
    )
    rls.create_tenant_table(
        op,
        "commission_versions",
        *_numbered("commission_versions"),
        *_text("called", "note", "digest"),
        sa.Column("content", sa.JSON, nullable=False),
        *_by("submitted"),
        sa.CheckConstraint("called IN ('first-draft', 'final-draft', 'draft')", name="called"),
        append_only=True,
    )
    rls.create_tenant_table(
        op,
        "commission_comments",
        *_of_commission(),
        sa.Column("version_number", sa.Integer, nullable=False),
        *_text("words"),
        *_by("written"),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "commission_id", "version_number"],
            [
                "commission_versions.partnership_id",
                "commission_versions.commission_id",
                "commission_versions.number",
            ],
        ),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_commission_comments_submission"),
        append_only=True,
    )


def _only_these_change(table: str, *columns: str) -> None:
    """Take back the right to change the other columns: they are frozen as they were made."""
    op.execute(f"REVOKE UPDATE ON {table} FROM {rls.APPLICATION}")
    op.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {rls.APPLICATION}")


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
