"""Recommendations of reviews, and the actions that follow from them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATES = "('proposed', 'accepted', 'returned', 'withdrawn')"
ACTION_STATES = "('open', 'done', 'done-effect-not-shown')"


def upgrade() -> None:
    _recommendations()
    _versions()
    _actions()
    _updates()


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _by(verb: str) -> list[sa.Column[Any]]:
    """Who did it, in which capacity, and when."""
    return [*_text(f"{verb}_by", f"{verb}_capacity"), sa.Column(f"{verb}_at", INSTANT, nullable=False)]


def _once(table: str) -> list[sa.schema.SchemaItem]:
    """Made once by the form that was sent."""
    return [
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.UniqueConstraint("partnership_id", "submission_key", name=f"uq_{table}_submission"),
    ]


def _numbered(table: str, column: str, of: str) -> list[sa.schema.SchemaItem]:
    """Numbered from one within what it belongs to."""
    return [
        sa.Column(column, sa.Uuid, nullable=False),
        rls.tenant_key(column, of),
        sa.Column("number", sa.Integer, nullable=False),
        sa.UniqueConstraint("partnership_id", column, "number", name=f"uq_{table}_number"),
    ]


def _recommendations() -> None:
    rls.create_tenant_table(
        op,
        "recommendations",
        *_numbered("recommendations", "case_id", "cases"),
        *_text("source", "state"),
        sa.Column("version", sa.Integer, nullable=False),
        *_by("made"),
        *_once("recommendations"),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("source IN ('rapid-review')", name="source"),
    )
    op.create_index("ix_recommendations_made", "recommendations", ["partnership_id", "made_at", "id"])
    _only_these_change("recommendations", "state", "version")


def _versions() -> None:
    rls.create_tenant_table(
        op,
        "recommendation_versions",
        *_numbered("recommendation_versions", "recommendation_id", "recommendations"),
        *_text(
            "state", "text", "measure", "achievable", "relevance", "expected_impact", "how_known", "others"
        ),
        *_text("reason"),
        sa.Column("by_when", sa.Date),
        *_by("changed"),
        *_once("recommendation_versions"),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("btrim(text) <> ''", name="text"),
        append_only=True,
    )
    rls.create_tenant_table(
        op,
        "recommendation_agencies",
        sa.Column("recommendation_id", sa.Uuid, nullable=False),
        sa.Column("version_number", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Uuid, nullable=False),
        rls.tenant_key("agency_id", "agencies"),
        *_text("agency_name"),
        sa.ForeignKeyConstraint(
            ["partnership_id", "recommendation_id", "version_number"],
            [
                "recommendation_versions.partnership_id",
                "recommendation_versions.recommendation_id",
                "recommendation_versions.number",
            ],
        ),
        sa.UniqueConstraint(
            "partnership_id",
            "recommendation_id",
            "version_number",
            "agency_id",
            name="uq_recommendation_agencies_one",
        ),
        append_only=True,
    )


def _actions() -> None:
    rls.create_tenant_table(
        op,
        "recommendation_actions",
        *_numbered("recommendation_actions", "recommendation_id", "recommendations"),
        sa.Column("case_id", sa.Uuid, nullable=False),
        rls.tenant_key("case_id", "cases"),
        sa.Column("agency_id", sa.Uuid),
        rls.tenant_key("agency_id", "agencies"),
        *_text("words", "agency_name", "owner", "state"),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *_by("agreed"),
        *_once("recommendation_actions"),
        sa.CheckConstraint(f"state IN {ACTION_STATES}", name="state"),
    )
    op.create_index(
        "ix_recommendation_actions_agency", "recommendation_actions", ["partnership_id", "agency_id", "due_on", "id"]
    )  # fmt: skip
    _only_these_change("recommendation_actions", "words", "owner", "due_on", "state", "version")


def _updates() -> None:
    rls.create_tenant_table(
        op,
        "recommendation_updates",
        *_numbered("recommendation_updates", "action_id", "recommendation_actions"),
        *_text("kind", "words", "evidence", "state", "owner", "action_words"),
        sa.Column("due_on", sa.Date, nullable=False),
        *_by("written"),
        *_once("recommendation_updates"),
        sa.CheckConstraint("kind IN ('progress', 'changed')", name="kind"),
        sa.CheckConstraint(f"state IN {ACTION_STATES}", name="state"),
        sa.CheckConstraint("btrim(words) <> ''", name="words"),
        sa.CheckConstraint(
            "kind <> 'progress' OR state <> 'done' OR btrim(evidence) <> ''", name="done_with_evidence"
        ),
        append_only=True,
    )


def _only_these_change(table: str, *columns: str) -> None:
    """Take back the right to change the other columns: they are frozen as they were made."""
    op.execute(f"REVOKE UPDATE ON {table} FROM {rls.APPLICATION}")
    op.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {rls.APPLICATION}")


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
