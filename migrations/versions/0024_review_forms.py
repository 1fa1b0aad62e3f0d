"""Forms of rapid reviews, and to whom they were sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _versions()
    _files()
    _answers()
    _sendings()


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _of_version() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("version_id", sa.Uuid, nullable=False),
        rls.tenant_key("version_id", "review_form_versions"),
    ]


def _versions() -> None:
    rls.create_tenant_table(
        op,
        "review_form_versions",
        sa.Column("case_id", sa.Uuid, nullable=False),
        rls.tenant_key("case_id", "cases"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("missing", sa.JSON, nullable=False),
        sa.Column("home_office", sa.Boolean, nullable=False),
        *_text("digest", "outcome", "next_steps", "reason", "made_by", "made_capacity"),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "case_id", "number", name="uq_review_form_versions_number"),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_review_form_versions_submission"),
        sa.CheckConstraint("number = 1 OR btrim(reason) <> ''", name="reason"),
        append_only=True,
    )


def _files() -> None:
    rls.create_tenant_table(
        op,
        "review_form_files",
        *_of_version(),
        sa.Column("approved", sa.Boolean, nullable=False),
        *_text("kind", "digest"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.UniqueConstraint(
            "partnership_id", "version_id", "approved", "kind", name="uq_review_form_files_one"
        ),
        sa.CheckConstraint("kind IN ('docx', 'pdf')", name="kind"),
        append_only=True,
    )


def _answers() -> None:
    rls.create_tenant_table(
        op,
        "review_form_answers",
        *_of_version(),
        *_text("answer", "words", "answered_by", "answered_capacity"),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "version_id", name="uq_review_form_answers_one"),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_review_form_answers_submission"),
        sa.CheckConstraint("answer IN ('approved', 'returned')", name="answer"),
        sa.CheckConstraint("answer = 'approved' OR btrim(words) <> ''", name="reasons"),
        append_only=True,
    )


def _sendings() -> None:
    rls.create_tenant_table(
        op,
        "review_form_sendings",
        sa.Column("case_id", sa.Uuid, nullable=False),
        rls.tenant_key("case_id", "cases"),
        *_of_version(),
        sa.Column("number", sa.Integer, nullable=False),
        *_text("recipient", "recipient_key", "party", "name"),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id")),
        *_text("channel", "channel_detail", "address", "what", "next_steps", "reviewer", "contribution"),
        sa.Column("digests", sa.JSON, nullable=False),
        *_text("recorded_late_reason", "missed_reason", "missed_reported_to", nullable=True),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        *_text("recorded_by", "recorded_capacity"),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint(
            "partnership_id", "version_id", "recipient_key", name="uq_review_form_sendings_once"
        ),
        sa.CheckConstraint(
            "recipient IN ('lig-member', 'partner', 'scrutineer', 'executive', 'panel', 'ofsted', 'dfe', "
            "'chief-caseworker-unit')",
            name="recipient",
        ),
        sa.CheckConstraint("sent_at <= recorded_at", name="not_in_the_future"),
        sa.CheckConstraint("(missed_reason IS NULL) = (missed_reported_to IS NULL)", name="missed"),
        append_only=True,
    )
    op.create_index("ix_review_form_sendings_case", "review_form_sendings", ["partnership_id", "case_id"])


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
