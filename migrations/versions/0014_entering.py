"""What a case that was under way can say: an unknown test, one spelling of its own reference, and its incident.

An upload is kept between being looked at and being entered; a link can be undone; several agencies can be asked for a
referral.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APP = rls.APPLICATION
INSTANT = sa.DateTime(timezone=True)
# The dashes, the width and the blanks of an own reference; the application's rule says it in full.
OWN_KEY = (
    "lower(regexp_replace(regexp_replace(trim(normalize(own_reference, NFKC)), "
    "'\\s*[-\u2010-\u2015\u2212]\\s*', '-', 'g'), '\\s+', ' ', 'g'))"
)


def upgrade() -> None:
    _decisions()
    _incidents()
    _entered()
    _imports()
    _links()
    _requests()


def _add(table: str, *columns: sa.Column[Any]) -> None:
    """Add columns that the application may write."""
    for column in columns:
        op.add_column(table, column)
    names = ", ".join(column.name for column in columns)
    op.execute(f"GRANT INSERT ({names}), UPDATE ({names}) ON {table} TO {APP}")


def _all_partnerships(statement: str, *tables: str) -> None:
    """Change rows of every partnership: the owner is bound by row-level security like everybody else, save here."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _decisions() -> None:
    """Of a decision made before its case was entered, the test may not be known; one made here has answers."""
    for name in ("abuse", "limb_a", "limb_b"):
        op.alter_column("notification_decisions", name, nullable=True)
    op.create_check_constraint(
        "asked", "notification_decisions",
        "person_id IS NULL OR (abuse IS NOT NULL AND limb_a IS NOT NULL AND limb_b IS NOT NULL)",
    )  # fmt: skip
    _all_partnerships(
        "UPDATE notification_decisions SET abuse = NULL, limb_a = NULL, limb_b = NULL WHERE person_id IS NULL",
        "notification_decisions",
    )


def _incidents() -> None:
    """What is compared with other cases stands with the case, so that the database finds those that may be alike."""
    _add(
        "cases",
        sa.Column("incident_on", sa.Date),
        sa.Column("incident_area", sa.Text),
        sa.Column("home_area", sa.Text),
    )
    op.create_index("ix_cases_incident", "cases", ["partnership_id", "incident_on", "incident_area"])
    op.create_index("ix_case_children_born", "case_children", ["partnership_id", "born_on"])
    _all_partnerships(
        "UPDATE cases SET incident_on = nullif(p.payload::json #>> '{answers,incident,happened_on}', '')::date, "
        "incident_area = e.facts::json ->> 'incident_area', home_area = e.facts::json ->> 'home_area' "
        "FROM ledger_events e LEFT JOIN ledger_payloads p "
        "ON p.partnership_id = e.partnership_id AND p.number = e.number "
        "WHERE e.kind = 'referral-submitted' AND e.case_id = cases.id AND e.partnership_id = cases.partnership_id",
        "cases", "ledger_events", "ledger_payloads",
    )  # fmt: skip


def _entered() -> None:
    _add(
        "entered_cases",
        sa.Column("own_key", sa.Text),
        sa.Column("import_id", sa.Uuid),
        sa.Column("submission_key", sa.Uuid),
    )
    op.execute("ALTER TABLE entered_cases DROP CONSTRAINT uq_entered_cases_partnership_id_own_reference")
    # Two that differed only in their spelling stay two: the later ones keep a mark of their own.
    _all_partnerships(
        f"UPDATE entered_cases SET own_key = told.own_key FROM (SELECT partnership_id, id, {OWN_KEY} || "
        f"CASE WHEN row_number() OVER (PARTITION BY partnership_id, {OWN_KEY} ORDER BY entered_at, id) = 1 THEN '' "
        "ELSE ' ' || id::text END AS own_key FROM entered_cases) told "
        "WHERE told.partnership_id = entered_cases.partnership_id AND told.id = entered_cases.id",
        "entered_cases",
    )
    op.alter_column("entered_cases", "own_key", nullable=False)
    op.create_unique_constraint("uq_entered_cases_own_key", "entered_cases", ["partnership_id", "own_key"])
    op.create_unique_constraint(
        "uq_entered_cases_submission", "entered_cases", ["partnership_id", "submission_key"]
    )


def _imports() -> None:
    rls.create_tenant_table(
        op,
        "case_imports",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("rows", sa.JSON, nullable=False),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.Column("entered_at", INSTANT),
        sa.Column("result", sa.JSON, nullable=False),
        may_delete=True,
    )


def _links() -> None:
    """A verdict can be undone or changed; the former one stays, superseded."""
    _add("case_links", sa.Column("superseded_at", INSTANT), sa.Column("submission_key", sa.Uuid))
    op.execute(
        "ALTER TABLE case_links DROP CONSTRAINT uq_case_links_partnership_id_first_case_id_second_case_id"
    )
    op.create_index(
        "uq_case_links_in_force", "case_links", ["partnership_id", "first_case_id", "second_case_id"], unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )  # fmt: skip
    op.execute("ALTER TABLE case_links DROP CONSTRAINT ck_case_links_verdict")
    op.create_check_constraint("verdict", "case_links", "verdict IN ('linked', 'refused', 'undone')")


def _requests() -> None:
    """Several agencies can be asked for the referral of one case, or none where the Partnership Team writes it."""
    op.alter_column("referral_requests", "agency_id", nullable=True)
    op.execute("ALTER TABLE referral_requests DROP CONSTRAINT uq_referral_requests_partnership_id_case_id")
    op.create_unique_constraint(
        "uq_referral_requests_agency", "referral_requests", ["partnership_id", "case_id", "agency_id"]
    )


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")
