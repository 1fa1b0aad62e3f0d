"""Packs of papers, supplements, who read them, and how members prepared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _papers()
    _readings()
    _preparation()
    _reminders()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _of_paper() -> list[sa.schema.SchemaItem]:
    return [sa.Column("paper_id", sa.Uuid, nullable=False), rls.tenant_key("paper_id", "group_papers")]


def _person() -> sa.Column[object]:
    return sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False)


def _papers() -> None:
    rls.create_tenant_table(
        op,
        "group_papers",
        sa.Column("case_id", sa.Uuid, nullable=False),
        rls.tenant_key("case_id", "cases"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("supplement", sa.Integer, nullable=False),
        *_text("purpose", "title", "note", "reason"),
        sa.Column("request_id", sa.Uuid),
        rls.tenant_key("request_id", "involvement_requests"),
        sa.Column("return_number", sa.Integer),
        sa.Column("meeting_id", sa.Uuid),
        rls.tenant_key("meeting_id", "lig_meetings"),
        sa.Column("meeting_at", INSTANT),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("recipients", sa.JSON, nullable=False),
        *_text("digest", "docx_digest", "pdf_digest"),
        sa.Column("docx", sa.LargeBinary, nullable=False),
        sa.Column("pdf", sa.LargeBinary, nullable=False),
        *_text("circulated_by", "circulated_capacity"),
        sa.Column("circulated_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint(
            "partnership_id", "case_id", "number", "supplement", name="uq_group_papers_number"
        ),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_group_papers_submission"),
        sa.CheckConstraint("purpose IN ('rapid-review', 'discussion')", name="purpose"),
        sa.CheckConstraint("number > 0 AND supplement >= 0", name="numbered"),
        sa.CheckConstraint("(supplement > 0) = (request_id IS NOT NULL)", name="of_a_return"),
        append_only=True,
    )
    op.create_index("ix_group_papers_meeting", "group_papers", ["partnership_id", "meeting_id"])


def _readings() -> None:
    rls.create_tenant_table(
        op,
        "paper_readings",
        *_of_paper(),
        _person(),
        *_text("name", "capacity"),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.UniqueConstraint("partnership_id", "paper_id", "person_id", name="uq_paper_readings_once"),
        append_only=True,
    )


def _preparation() -> None:
    notes = ("reflections", "interests", "key_points", "questions")
    rls.create_tenant_table(
        op,
        "preparation_drafts",
        *_of_paper(),
        _person(),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("form", sa.Uuid),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.UniqueConstraint("partnership_id", "paper_id", "person_id", name="uq_preparation_drafts_one"),
    )
    rls.create_tenant_table(
        op,
        "preparations",
        *_of_paper(),
        _person(),
        sa.Column("number", sa.Integer, nullable=False),
        *_text("name", "capacity", *notes),
        sa.Column("confirmed_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint(
            "partnership_id", "paper_id", "person_id", "number", name="uq_preparations_number"
        ),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_preparations_submission"),
        append_only=True,
    )


def _reminders() -> None:
    rls.create_tenant_table(
        op,
        "preparation_reminders",
        *_of_paper(),
        _person(),
        *_text("name", "reminded_by", "reminded_capacity"),
        sa.Column("reminded_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint(
            "partnership_id", "paper_id", "person_id", "submission_key", name="uq_preparation_reminders_once"
        ),
        append_only=True,
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
