"""The three partners' positions: asked for, received, given, replaced, deemed from silence, or late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting, Actor
from app.cases.service import Case, changed, lock
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Outcome, Party
from app.procedure.marks import duty
from app.serious_incidents import progress, recipients, rules
from app.serious_incidents.errors import ChangedMeanwhile, Fault, Incomplete, OutOfTurn
from app.serious_incidents.models import PartnerPosition
from app.serious_incidents.progress import Progress
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

    Until the decision a partner may replace their own answer; the former one is kept. An answer that comes
    when agreement has been deemed is kept as late and changes nothing. The same form sent twice is one
    answer. Raises Incomplete, OutOfTurn, ChangedMeanwhile (somebody else of the same partner answered
    meanwhile).
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
    _refuse_incomplete(answer)
    acting = actor.acting_as([capacity])
    received(case_id, answer.party, acting, now)
    deem_what_is_due(case, found, now)
    found = progress.load(case_id)
    position = found.positions.get(answer.party)
    late = position is not None and position.kind == "deemed"
    if not late and answer.seen != (str(position.id) if position else ""):
        raise ChangedMeanwhile
    row = _keep(case_id, answer, acting, now, replacing=None if late else position, late=late)
    _record_answer(case, row, acting, now, stands_in=rules.stands_in(answer.party, capacity))
    changed(case)
    return row


def _sent_before(found: Progress, answer: Answer) -> PartnerPosition | None:
    rows = [
        row for row in (*found.positions.values(), *found.earlier, *found.late) if row.party == answer.party
    ]
    return next((row for row in rows if row.submission_key == answer.key), None)


def _refuse_incomplete(answer: Answer) -> None:
    faults = []
    if answer.outcome not in (Outcome.NOTIFY, Outcome.DO_NOT_NOTIFY):
        faults.append(Fault("outcome", "Select your response"))
    if not answer.rationale.strip():
        faults.append(Fault("rationale", "Give the reason for your response"))
    if faults:
        raise Incomplete(faults)


def _keep(
    case_id: UUID,
    answer: Answer,
    acting: Acting,
    now: datetime,
    *,
    replacing: PartnerPosition | None,
    late: bool,
) -> PartnerPosition:
    if replacing is not None:
        replacing.replaced_at = now
        db.session.flush()  # one position in force for each partner: the former must give way first
    row = PartnerPosition(
        case_id=case_id,
        party=answer.party.value,
        kind="given",
        outcome=answer.outcome,
        rationale=answer.rationale.strip(),
        person_id=acting.person_id,
        person_name=acting.name,
        capacity=acting.capacity,
        happened_at=now,
        recorded_at=now,
        late=late,
        submission_key=answer.key,
    )
    db.session.add(row)
    return row


def _record_answer(
    case: Case, row: PartnerPosition, acting: Acting, now: datetime, *, stands_in: bool
) -> None:
    party = Party(row.party)
    happened(
        EventKind.RESPONSE_LATE if row.late else EventKind.RESPONSE_GIVEN,
        case.id, acting, now, party=party, outcome=row.outcome,
        facts={"stands_in": stands_in}, payload={"rationale": row.rationale},
    )  # fmt: skip
    others = [one for other in SAFEGUARDING_PARTNERS if other is not party
              for one in recipients.representatives(other, now)]  # fmt: skip
    to = list(dict.fromkeys([*others, *recipients.holders(Party.PARTNERSHIP_TEAM, now)]))
    recipients.tell(
        "response-given", to, case_id=case.id, reference=case.reference, now=now, party=party,
        occasion=str(row.submission_key),
    )  # fmt: skip
