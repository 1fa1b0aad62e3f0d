"""Recording the partners' decision on notification (A-05), by a named person, on three positions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.actor import Actor
from app.cases.service import Case, decided, lock
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.marks import duty
from app.serious_incidents import answers as in_words
from app.serious_incidents import progress, recipients, rules, turns
from app.serious_incidents.errors import ChangedMeanwhile, Incomplete, OutOfTurn
from app.serious_incidents.models import NotificationDecision, PartnerPosition
from app.serious_incidents.progress import Progress
from app.serious_incidents.rules import DecisionAnswers
from app.serious_incidents.silences import deem_what_is_due
from app.serious_incidents.steps import happened
from tenants.db import db


@dataclass(frozen=True, slots=True)
class Proposed:
    """A decision as it was typed: on which version of the case, and sent under which key."""

    answers: DecisionAnswers
    version: int
    key: UUID


@duty("B1-01", "B1-02", "B1-14", "B1-15")
def record_decision(
    case_id: UUID, proposed: Proposed, *, actor: Actor, now: datetime
) -> NotificationDecision:
    """Record the decision on three positions, with the test, the harm, the guidance and a rationale.

    Raises AlreadyDone (with every answer of the decision that won), ChangedMeanwhile (the positions are not
    those that the form showed), OutOfTurn (a position is missing, the partners differ, or not this person's
    to record), Incomplete. The same form sent twice is one decision.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    if found.decision is not None and found.decision.submission_key == proposed.key:
        return found.decision
    if found.decision is None and case.version != proposed.version:
        raise ChangedMeanwhile
    if found.decision is None and deem_what_is_due(case, found, now):
        found = progress.load(case_id)
    reason = turns.decision(found)
    if reason is not None:
        raise reason
    agreed = turns.agreed(found) or ""
    faults = rules.decision_faults(proposed.answers, agreed)
    if faults:
        raise Incomplete(faults)
    return _record(case, found, proposed, actor, now)


def _record(
    case: Case, found: Progress, proposed: Proposed, actor: Actor, now: datetime
) -> NotificationDecision:
    answers = proposed.answers
    assert answers.outcome is not None
    positions = found.in_force().values()
    capacity = rules.deciding_capacity(actor.capacities, answers.outcome, positions)
    if capacity is None:
        raise OutOfTurn(
            "This decision is not yours to record", rules.why_not_theirs(answers.outcome, positions)
        )
    acting = actor.acting_as([capacity])
    fields = {name: _stripped(value) for name, value in asdict(answers).items()}
    row = NotificationDecision(
        case_id=case.id,
        number=1,
        **{**fields, "harm_kinds": list(answers.harm_kinds)},
        positions=[_snapshot(party, found.positions[party]) for party in SAFEGUARDING_PARTNERS],
        person_id=acting.person_id,
        person_name=acting.name,
        capacity=acting.capacity,
        decided_at=now,
        submission_key=proposed.key,
    )
    db.session.add(row)
    happened(
        EventKind.DECISION_RECORDED, case.id, acting, now, outcome=row.outcome,
        facts={"test_met": rules.test_is_met(answers)},
        payload={**in_words.decided(row), "edition": row.guidance_edition, "positions": row.positions},
    )  # fmt: skip
    _tell(case, now)
    decided(case, str(row.outcome))
    return row


def _snapshot(party: Party, row: PartnerPosition) -> dict[str, Any]:
    return {
        "party": party.value,
        "outcome": row.outcome,
        "kind": row.kind,
        "rationale": row.rationale,
        "person": row.person_name,
        "person_id": str(row.person_id) if row.person_id else None,
        "capacity": row.capacity,
        "happened_at": row.happened_at.isoformat(),
    }


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _tell(case: Case, now: datetime) -> None:
    partners = [one for party in SAFEGUARDING_PARTNERS for one in recipients.representatives(party, now)]
    others = [*recipients.holders(Party.PARTNERSHIP_TEAM, now), *recipients.holders(Party.LIG_CHAIR, now)]
    recipients.tell(
        "decision-recorded", list(dict.fromkeys([*partners, *others])), case_id=case.id,
        reference=case.reference, now=now,
    )  # fmt: skip
