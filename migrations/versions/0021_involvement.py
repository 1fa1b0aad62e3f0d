"""Scoping: requests for summaries of involvement, drafts, returns with files; comments on the outcome."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Brought to the whole group for a discussion: its members may then see a case that is not notified.
    op.add_column("cases", sa.Column("brought", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(f"GRANT INSERT (brought), UPDATE (brought) ON cases TO {rls.APPLICATION}")
    _scopings()
    _requests()
    _drafts()
    _returns()
    _comments()


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _by(verb: str) -> list[sa.Column[Any]]:
    """Who did it, in which capacity, and when."""
    return [*_text(f"{verb}_by", f"{verb}_capacity"), sa.Column(f"{verb}_at", INSTANT, nullable=False)]


def _of(name: str, table: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.Uuid, nullable=False), rls.tenant_key(name, table)]


def _once(table: str) -> list[sa.schema.SchemaItem]:
    """Made once by the form that was sent."""
    return [
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "submission_key", name=f"uq_{table}_submission"),
    ]


def _scopings() -> None:
    rls.create_tenant_table(
        op,
        "scoping_directions",
        *_of("case_id", "cases"),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("discussed_on", sa.Date),
        *_text("words"),
        *_by("directed"),
        *_once("scoping_directions"),
        append_only=True,
    )
    op.create_index("ix_scoping_directions_case", "scoping_directions", ["partnership_id", "case_id"])
    rls.create_tenant_table(
        op,
        "scopings",
        *_of("case_id", "cases"),
        *_text("purpose", "title"),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("questions", sa.JSON, nullable=False),
        *_by("opened"),
        *_once("scopings"),
        sa.UniqueConstraint("partnership_id", "case_id", "purpose", name="uq_scopings_purpose"),
        sa.CheckConstraint("purpose IN ('rapid-review', 'discussion')", name="purpose"),
        append_only=True,
    )


def _requests() -> None:
    rls.create_tenant_table(
        op,
        "involvement_requests",
        *_of("scoping_id", "scopings"),
        *_of("case_id", "cases"),
        sa.Column("agency_id", sa.Uuid),
        *_text("purpose", "agency_name", "contact_name", "contact_email"),
        sa.Column("due_on", sa.Date, nullable=False),
        *_by("asked"),
        sa.Column("withdrawn_at", INSTANT),
        *_text("withdrawn_by", "withdrawn_capacity", "withdrawn_reason", nullable=True),
        *_once("involvement_requests"),
        rls.tenant_key("agency_id", "agencies"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_capacity IS NULL) "
            "AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name="withdrawn",
        ),
    )
    _only_these_change(
        "involvement_requests", "withdrawn_at", "withdrawn_by", "withdrawn_capacity", "withdrawn_reason"
    )
    op.create_index(
        "ix_involvement_requests_case", "involvement_requests", ["partnership_id", "case_id", "purpose"]
    )
    op.create_index("ix_involvement_requests_agency", "involvement_requests", ["partnership_id", "agency_id"])
    # An agency is asked once at a time; somebody outside by their name.
    op.create_index(
        "uq_involvement_requests_standing",
        "involvement_requests",
        ["partnership_id", "scoping_id", "agency_name"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    rls.create_tenant_table(
        op,
        "involvement_chasings",
        *_of("request_id", "involvement_requests"),
        *_text("kind"),
        *_by("chased"),
        *_once("involvement_chasings"),
        sa.CheckConstraint("kind IN ('asked', 'before', 'after')", name="kind"),
        append_only=True,
    )
    op.create_index(
        "ix_involvement_chasings_request", "involvement_chasings", ["partnership_id", "request_id"]
    )


def _drafts() -> None:
    rls.create_tenant_table(
        op,
        "involvement_drafts",
        *_of("request_id", "involvement_requests"),
        *_text("side"),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("marks", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *_by("saved"),
        sa.UniqueConstraint("partnership_id", "request_id", "side", name="uq_involvement_drafts_one"),
        sa.CheckConstraint("side IN ('agency', 'team')", name="side"),
    )
    rls.create_tenant_table(
        op,
        "involvement_files",
        *_of("request_id", "involvement_requests"),
        *_text("side", "name", "kind", "digest"),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        *_by("added"),
        sa.Column("removed_at", INSTANT),
        *_once("involvement_files"),
        sa.CheckConstraint("side IN ('agency', 'team')", name="side"),
        sa.CheckConstraint("size > 0 AND size <= 10485760 AND size = octet_length(content)", name="size"),
    )
    _only_these_change("involvement_files", "removed_at")
    op.create_index("ix_involvement_files_request", "involvement_files", ["partnership_id", "request_id"])


def _returns() -> None:
    rls.create_tenant_table(
        op,
        "involvement_returns",
        *_of("request_id", "involvement_requests"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        *_text("digest", "changed", "side"),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("supplement", sa.Boolean, nullable=False),
        sa.Column("returned_at", INSTANT, nullable=False),
        *_text("given_by", "given_capacity", "source", "evidence", nullable=True),
        *_by("submitted"),
        *_once("involvement_returns"),
        sa.UniqueConstraint("partnership_id", "request_id", "number", name="uq_involvement_returns_number"),
        sa.CheckConstraint("side IN ('agency', 'team')", name="side"),
        sa.CheckConstraint(
            "(source IS NULL) = (given_by IS NULL) AND (source IS NULL) = (given_capacity IS NULL) "
            "AND (source IS NULL) = (evidence IS NULL) AND (source IS NULL) = (side = 'agency')",
            name="on_behalf",
        ),
        append_only=True,
    )


def _comments() -> None:
    rls.create_tenant_table(
        op,
        "outcome_comments",
        *_of("case_id", "cases"),
        *_text("party", "words"),
        *_by("written"),
        *_once("outcome_comments"),
        append_only=True,
    )
    op.create_index("ix_outcome_comments_case", "outcome_comments", ["partnership_id", "case_id"])


def _only_these_change(table: str, *columns: str) -> None:
    """Take back the right to change the other columns: they are frozen as they were made."""
    op.execute(f"REVOKE UPDATE ON {table} FROM {rls.APPLICATION}")
    op.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {rls.APPLICATION}")


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
