"""Observations of the Independent Scrutineer and their answers, and writes that were refused to a scrutineer.

Observations that stood among the entries beside a decision move here: there is one place for all of them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# Row-level security binds the owner too, so the rows of each partnership are moved with that partnership in scope.
MOVE = """
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT id FROM partnerships LOOP
        PERFORM set_config('waymark.partnership', one.id::text, true);
        INSERT INTO scrutiny_observations (partnership_id, case_id, about, decision, words, recorded_at, person_id,
            person_name, capacity, submission_key)
        SELECT partnership_id, case_id, 'decision', about, words, recorded_at, person_id, person_name, capacity,
            coalesce(submission_key, gen_random_uuid())
        FROM decision_entries WHERE kind = 'observation';
        DELETE FROM decision_entries WHERE kind = 'observation';
    END LOOP;
    PERFORM set_config('waymark.partnership', '', true);
END $$
"""


def upgrade() -> None:
    _observations()
    _answers()
    _refused()
    # The audit of a case says who was asked, which the messages of that case know.
    op.create_index("ix_outbox_messages_case", "outbox_messages", ["partnership_id", "case_reference"])
    op.execute(MOVE)
    op.execute("ALTER TABLE decision_entries DROP CONSTRAINT ck_decision_entries_kind")
    op.create_check_constraint(
        "kind",
        "decision_entries",
        "kind IN ('new-information', 'declined', 'put-back', 'displaced', 'override', 'outcome', 'review-ground', "
        "'confirmed', 'missed')",
    )


def _by() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("capacity", sa.Text, nullable=False),
        sa.Column("submission_key", sa.Uuid, nullable=False),
    ]


def _observations() -> None:
    rls.create_tenant_table(
        op,
        "scrutiny_observations",
        sa.Column("case_id", sa.Uuid),
        rls.tenant_key("case_id", "cases"),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("decision", sa.Integer, nullable=False),
        sa.Column("entry", sa.BigInteger),
        *_by(),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_scrutiny_observations_submission"),
        sa.CheckConstraint("about IN ('decision', 'case', 'practice')", name="about"),
        sa.CheckConstraint("(about = 'practice') = (case_id IS NULL)", name="of_a_case"),
        append_only=True,
    )
    op.create_index("ix_scrutiny_observations_case", "scrutiny_observations", ["partnership_id", "case_id"])


def _answers() -> None:
    rls.create_tenant_table(
        op,
        "scrutiny_answers",
        sa.Column("observation_id", sa.Uuid, nullable=False),
        rls.tenant_key("observation_id", "scrutiny_observations"),
        *_by(),
        sa.UniqueConstraint("partnership_id", "submission_key", name="uq_scrutiny_answers_submission"),
        append_only=True,
    )
    op.create_index(
        "ix_scrutiny_answers_observation", "scrutiny_answers", ["partnership_id", "observation_id"]
    )


def _refused() -> None:
    rls.create_tenant_table(
        op,
        "refused_writes",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("capacity", sa.Text, nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False, server_default=""),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("hour", INSTANT, nullable=False),
        sa.Column("refused_at", INSTANT, nullable=False),
        sa.UniqueConstraint(
            "partnership_id", "person_id", "endpoint", "reference", "hour", name="uq_refused_writes_hour"
        ),
        append_only=True,
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
