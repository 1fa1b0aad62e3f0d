"""What the form is made of, read from the rooms in which it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.own_names import name_of
from app.cases.obligation_store import history_of
from app.cases.queries import children_of
from app.cases.service import Case
from app.commissions.queries import commissions_of
from app.documents.writer import Document, as_json, digest_of_bytes
from app.involvement.queries import latest_returns, requests_of
from app.procedure import recommendations as procedure
from app.procedure.review_form import Missing
from app.rapid_reviews.queries import Record, plan_of, record_of
from app.recommendations.queries import of_case
from app.referrals.queries import referral_record
from app.review_forms.composing import (
    Decided,
    Position,
    Recommended,
    Returned,
    Sources,
    born,
    compose,
)
from app.serious_incidents import words
from app.serious_incidents.progress import load
from app.web.filters import long_date
from tenants.db import db
from tenants.registry import Partnership
from tenants.scope import current_partnership_id

CONCERNS = {"subject": "Child of the incident", "other": "Other child known to be at risk",
            "before-referral": "Known before the referral"}  # fmt: skip
MAKERS = {
    "partners": "Decided by the safeguarding partners",
    "partnership-chair": "Decided by the Partnership Chair",
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The form as it would be made now. `waiting` names agencies that were asked and have not returned."""

    document: Document
    missing: list[Missing]
    waiting: list[str]
    outcome: str
    home_office: bool
    next_steps: str

    @property
    def digest(self) -> str:
        """What identifies the content."""
        return digest_of_bytes(as_json(self.document).encode())


def gather(case: Case) -> Gathered:
    """Compose the form from everything that is recorded now."""
    record = record_of(case.id)
    composed = compose(_sources(case, record))
    made = record.decision
    return Gathered(
        composed.document, composed.missing, composed.waiting, made.outcome if made else "",
        made.home_office if made else False, str(record.sections.get("findings", {}).get("next_steps", "")),
    )  # fmt: skip


def _sources(case: Case, record: Record) -> Sources:
    plan = plan_of(case.id)
    asked = requests_of(case.id)
    return Sources(
        reference=case.reference,
        partnership=db.session.get_one(Partnership, current_partnership_id()).name,
        at_a_glance=_at_a_glance(case, plan.meeting_at if plan else None),
        children=[
            (one.name or "Not named", born(one.born_on, one.birth_certainty), CONCERNS[one.concern])
            for one in children_of(case.id)
            if one.concern in CONCERNS
        ],
        referral=referral_record(case.id),
        record=record.sections,
        positions=[
            Position(name_of(one.party), one.outcome, one.rationale,
                     f"{words.by(one.name, one.capacity)}, {words.at(one.taken_at)}")
            for one in record.positions.values()
        ],
        decision=_decided(record),
        returns=[
            Returned(one.agency_name, one.content, "recorded on its behalf" if one.source else "")
            for one in latest_returns(case.id)
        ],
        waiting=[one.agency_name for one in asked if one.state not in ("returned", "withdrawn")],
        recommended=_recommended(case.id),
        died=bool(plan and plan.died),
    )  # fmt: skip


def _at_a_glance(case: Case, meeting_at: datetime | None) -> list[tuple[str, str]]:
    sent, told = load(case.id).notification, history_of(case.id)
    rows = [("Reference", case.reference)]
    if case.incident_on is not None:
        rows.append(("Date of the incident", long_date(case.incident_on)))
    if sent is not None:
        rows += [("Notified", words.at(sent.submitted_at)), ("The Panel's reference", sent.panel_reference)]
    elif told.notified is not None:
        rows.append(("Notified", words.at(told.notified.happened_at)))
    return [*rows, ("Meeting of the rapid review", words.at(meeting_at) if meeting_at else "No day is set")]


def _decided(record: Record) -> Decided | None:
    made = record.decision
    if made is None:
        return None
    maker = MAKERS.get(made.maker, made.maker)
    recorded = words.by(made.decided_by, made.decided_capacity)
    return Decided(
        made.outcome, made.rationale, f"{maker}, {words.at(made.decided_at)}. Recorded by {recorded}.",
        made.home_office, bool(made.negates), made.reason,
    )  # fmt: skip


def _recommended(case_id: UUID) -> list[Recommended]:
    return [
        Recommended(
            one.number, one.text, ", ".join(one.agencies), one.expected_impact,
            [(act.words, f"{act.agency}, {act.owner}", long_date(act.due_on)) for act in one.actions],
        )
        for one in of_case(case_id)
        if one.state in (procedure.PROPOSED, procedure.ACCEPTED)
    ]  # fmt: skip


def reviewer_of(case_id: UUID) -> str:
    """Who is commissioned for the practice review, where somebody is already; else nothing."""
    named = [
        one.person_name for one in commissions_of(case_id) if one.kind == "lcspr" and one.removed_at is None
    ]
    return ", ".join(dict.fromkeys(named))
