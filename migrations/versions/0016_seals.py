"""People sealed out of cases, and conflicts of interest that were declared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _seals()
    _declarations()
    # Where a case is hidden from whoever enters another of the same reference, nothing may tell them so: theirs is
    # kept apart from it.
    op.execute("ALTER TABLE entered_cases DROP CONSTRAINT uq_entered_cases_own_key")
    op.add_column("entered_cases", sa.Column("apart", sa.Integer, nullable=False, server_default="0"))
    op.create_unique_constraint(
        "uq_entered_cases_own_key", "entered_cases", ["partnership_id", "own_key", "apart"]
    )
    op.execute(f"GRANT INSERT (apart) ON entered_cases TO {rls.APPLICATION}")


def _case_and_person() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("case_id", sa.Uuid, nullable=False),
        rls.tenant_key("case_id", "cases"),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
    ]


def _only_update(table: str, columns: tuple[str, ...]) -> None:
    """What was once said stays as it was: only what ends or answers it is written later, and once."""
    op.execute(f"REVOKE UPDATE ON {table} FROM {rls.APPLICATION}")
    op.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {rls.APPLICATION}")


def _seals() -> None:
    lifted = ("lifted_at", "lifted_by", "lifted_by_name", "lifted_capacity", "lifted_reason", "lifting_key")
    rls.create_tenant_table(
        op,
        "case_seals",
        *_case_and_person(),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=False),
        sa.Column("sealed_by", sa.Uuid),
        sa.Column("sealed_by_name", sa.Text, nullable=False),
        sa.Column("sealed_capacity", sa.Text, nullable=False),
        sa.Column("lifted_at", INSTANT),
        sa.Column("lifted_by", sa.Uuid),
        sa.Column("lifted_by_name", sa.Text),
        sa.Column("lifted_capacity", sa.Text),
        sa.Column("lifted_reason", sa.Text),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.Column("lifting_key", sa.Uuid),
        sa.UniqueConstraint("partnership_id", "submission_key"),
        sa.CheckConstraint("btrim(reason) <> ''", name="reason"),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_reason IS NULL) AND btrim(lifted_reason) <> ''", name="lifted"
        ),
        sa.CheckConstraint("lifted_by <> person_id", name="not_lifted_by_oneself"),
    )
    _only_update("case_seals", lifted)
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_case_seals_standing",
        "case_seals",
        ["partnership_id", "person_id", "case_id"],
        unique=True,
        postgresql_where=standing,
    )
    op.create_index("ix_case_seals_case", "case_seals", ["partnership_id", "case_id"])


def _declarations() -> None:
    answered = ("answer", "answer_reason", "answered_at", "answered_by", "answered_by_name", "answered_capacity",
                "answering_key", "seal_id")  # fmt: skip
    rls.create_tenant_table(
        op,
        "conflict_declarations",
        *_case_and_person(),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("capacity", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("at_once", sa.Boolean, nullable=False),
        sa.Column("declared_at", INSTANT, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answer_reason", sa.Text),
        sa.Column("answered_at", INSTANT),
        sa.Column("answered_by", sa.Uuid),
        sa.Column("answered_by_name", sa.Text),
        sa.Column("answered_capacity", sa.Text),
        sa.Column("seal_id", sa.Uuid),
        rls.tenant_key("seal_id", "case_seals"),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.Column("answering_key", sa.Uuid),
        sa.UniqueConstraint("partnership_id", "submission_key"),
        sa.CheckConstraint("kind IN ('manages', 'related', 'worked', 'other')", name="kind"),
        sa.CheckConstraint("answer IN ('sealed', 'kept')", name="answer"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        sa.CheckConstraint("(answer = 'sealed') = (seal_id IS NOT NULL)", name="sealed_by_a_seal"),
        sa.CheckConstraint("answer <> 'kept' OR answered_by <> person_id", name="not_kept_by_oneself"),
    )
    _only_update("conflict_declarations", answered)
    op.create_index("ix_conflict_declarations_case", "conflict_declarations", ["partnership_id", "case_id"])


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
