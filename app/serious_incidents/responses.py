"""The three partners' positions: asked for, received, given, replaced, deemed from silence, or late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting, Actor
from app.cases.service import Case, changed, lock
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Outcome, Party
from app.procedure.marks import duty
from app.procedure.positions import is_late
from app.serious_incidents import progress, recipients, rules, turns, words
from app.serious_incidents.errors import ChangedMeanwhile, Fault, Incomplete, OutOfTurn
from app.serious_incidents.models import PartnerPosition
from app.serious_incidents.progress import Progress
from app.serious_incidents.settling import displaces, settle, tell_whose_decision
from app.serious_incidents.silences import deem_what_is_due, received
from app.serious_incidents.steps import happened
from tenants.db import db


@dataclass(frozen=True, slots=True)
class Answer:
    """A partner's answer as it was typed. `seen` is the position in force when the form was shown ('' for
    none)."""

    party: Party
    outcome: str | None
    rationale: str
    seen: str
    key: UUID


@duty("B1-08", "B1-15")
def respond(case_id: UUID, answer: Answer, *, actor: Actor, now: datetime) -> PartnerPosition:
    """Give a partner's response, visible to all three (Section B, step 4).

    Until the decision, and when it is looked at again, a partner may replace their own answer; the former one
    is kept. An answer that comes when agreement has been deemed is kept as late and changes nothing. The
    same form sent twice is one answer. Raises Incomplete, OutOfTurn, ChangedMeanwhile (somebody else of the
    same partner answered meanwhile).
    """
    case = lock(case_id)
    found = progress.load(case_id)
    before = _sent_before(found, answer)
    if before is not None:
        return before
    capacity = rules.capacity_for(answer.party, actor.capacities)
    if capacity is None:
        raise OutOfTurn(
            "This response is not yours to give", "A partner is answered for by its own representatives."
        )
    if found.view_shared is None:
        raise OutOfTurn(
            "It is too early to respond", "The initial view has not been shared with the partners yet."
        )
    faults = refuse_incomplete(answer)
    if faults:
        raise Incomplete(faults)
    acting = actor.acting_as([capacity])
    received(case_id, answer.party, acting, now)
    deem_what_is_due(case, found, now)
    found = progress.load(case_id)
    reason = turns.response(found, answer.party)
    if reason is not None:
        raise reason
    position = found.positions.get(answer.party)
    late = found.told.reopened is None and is_late(found.told, answer.party, now)
    if not late and answer.seen != (str(position.id) if position else ""):
        raise ChangedMeanwhile
    return keep_answer(
        case, answer, acting, found, now, happened_at=now,
        facts={"stands_in": rules.stands_in(answer.party, capacity)},
    )  # fmt: skip


def _sent_before(found: Progress, answer: Answer) -> PartnerPosition | None:
    rows = [
        row for row in (*found.positions.values(), *found.earlier, *found.late) if row.party == answer.party
    ]
    return next((row for row in rows if row.submission_key == answer.key), None)


def refuse_incomplete(answer: Answer) -> list[Fault]:
    """What is missing of an answer."""
    faults = []
    if answer.outcome not in (Outcome.NOTIFY, Outcome.DO_NOT_NOTIFY):
        faults.append(Fault("outcome", "Select the response"))
    if not answer.rationale.strip():
        faults.append(Fault("rationale", "Give the reason for the response"))
    return faults


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An answer that reached the partnership outside Waymark: who gave it, and how that is known."""

    answered_by: str
    capacity: str
    source: str
    evidence: str


def keep_answer(
    case: Case,
    answer: Answer,
    acting: Acting,
    found: Progress,
    now: datetime,
    *,
    happened_at: datetime,
    facts: dict[str, object],
    elsewhere: Elsewhere | None = None,
) -> PartnerPosition:
    """Keep an answer with its event, mark what it replaces or displaces, and tell the others.

    `happened_at` is when the partner answered: that, and not `now`, says whether it was in time (clocks 6, 8).
    """
    late = found.told.reopened is None and is_late(found.told, answer.party, happened_at)
    again = found.told.reopened is not None
    kind = EventKind.RESPONSE_LATE if late else EventKind.RESPONSE_GIVEN
    row = PartnerPosition(
        case_id=case.id,
        party=answer.party.value,
        kind="given",
        outcome=answer.outcome,
        rationale=answer.rationale.strip(),
        person_id=None if elsewhere else acting.person_id,
        person_name=elsewhere.answered_by if elsewhere else acting.name,
        capacity=elsewhere.capacity if elsewhere else acting.capacity,
        source=elsewhere.source if elsewhere else None,
        evidence=elsewhere.evidence if elsewhere else None,
        recorded_by_name=words.by(acting.name, acting.capacity) if elsewhere else None,
        happened_at=happened_at,
        recorded_at=now,
        late=late,
        replaced_at=None if late else now,  # until the positions are settled
        submission_key=answer.key,
    )
    db.session.add(row)
    happened(
        EventKind.POSITION_TAKEN if again else kind, case.id, acting, now, at=happened_at,
        party=answer.party, outcome=row.outcome, facts=facts, payload=_told(row),
    )  # fmt: skip
    if displaces(found.told, case, answer.party):
        happened(EventKind.DEEMED_DISPLACED, case.id, acting, now, party=answer.party)
    settle(case, now)
    _tell_others(case, answer, now)
    tell_whose_decision(case, now)
    changed(case)
    return row


def _told(row: PartnerPosition) -> dict[str, object]:
    told: dict[str, object] = {"rationale": row.rationale}
    if row.source:
        told |= {"answered_by": row.person_name, "in_capacity": row.capacity, "source": row.source,
                 "evidence": row.evidence}  # fmt: skip
    return told


def _tell_others(case: Case, answer: Answer, now: datetime) -> None:
    others = [one for other in SAFEGUARDING_PARTNERS if other is not answer.party
              for one in recipients.representatives(other, case.id, now)]  # fmt: skip
    to = list(dict.fromkeys([*others, *recipients.holders(Party.PARTNERSHIP_TEAM, case.id, now)]))
    recipients.tell(
        "response-given", to, case_id=case.id, reference=case.reference, now=now, party=answer.party,
        occasion=str(answer.key),
    )  # fmt: skip
