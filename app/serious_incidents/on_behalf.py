"""Answers that reach the partnership outside Waymark: recorded on behalf, with source, time and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.service import lock
from app.procedure.events import Party
from app.procedure.marks import duty
from app.serious_incidents import progress, recipients, turns
from app.serious_incidents.errors import Fault, Incomplete
from app.serious_incidents.models import PartnerPosition
from app.serious_incidents.progress import Progress
from app.serious_incidents.responses import Answer, Elsewhere, keep_answer, refuse_incomplete
from app.serious_incidents.rules import SOURCES
from app.serious_incidents.silences import deem_what_is_due


@dataclass(frozen=True, slots=True)
class AnswerElsewhere:
    """A partner's answer as the Partnership Team typed it. `answered_at` is an aware instant, or None."""

    party: Party
    outcome: str | None
    rationale: str
    answered_at: datetime | None
    answered_by: str
    capacity: str
    source: str | None
    evidence: str
    key: UUID


@duty("B1-08")
def record_for(case_id: UUID, typed: AnswerElsewhere, *, actor: Actor, now: datetime) -> PartnerPosition:
    """Record a partner's answer on its behalf (clocks 6 and 8); the partner and the others are told.

    It counts from when the partner answered: one in time displaces a deemed agreement however late it is
    recorded, one after the clock is kept and shown as late. Raises Incomplete; OutOfTurn before the partners
    were asked. The same form sent twice is one answer.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    rows = [*found.positions.values(), *found.earlier, *found.late]
    before = next((row for row in rows if row.submission_key == typed.key), None)
    if before is not None:
        return before
    if deem_what_is_due(case, found, now):
        found = progress.load(case_id)
    reason = turns.answer_elsewhere(found, typed.party)
    if reason is not None:
        raise reason
    answer = Answer(typed.party, typed.outcome, typed.rationale, "", typed.key)
    faults = [*refuse_incomplete(answer), *_faults(typed, found, now)]
    if faults or typed.answered_at is None:
        raise Incomplete(faults)
    source = typed.source or ""
    row = keep_answer(
        case, answer, actor.acting_as(actor.holding(Permission.RESPONSE_RECORD)), found, now,
        happened_at=typed.answered_at, facts={"on_behalf": True, "source": source},
        elsewhere=Elsewhere(typed.answered_by.strip(), typed.capacity.strip(), source, typed.evidence.strip()),
    )  # fmt: skip
    to = recipients.representatives(typed.party, case_id, now)
    recipients.tell(
        "response-recorded-for-you", to, case_id=case_id, reference=case.reference, now=now, party=typed.party,
        occasion=str(typed.key),
    )  # fmt: skip
    return row


def _faults(typed: AnswerElsewhere, found: Progress, now: datetime) -> list[Fault]:
    faults = []
    asked = found.view_shared
    if typed.answered_at is None:
        faults.append(Fault("answered_at", "Enter when the partner answered"))
    elif typed.answered_at > now:
        faults.append(Fault("answered_at", "The time of the answer must not be in the future"))
    elif asked is not None and typed.answered_at < asked.done_at:
        faults.append(
            Fault("answered_at", "The time of the answer must be after the initial view was shared")
        )
    missing = {
        "answered_by": (typed.answered_by, "Enter the name of who answered"),
        "capacity": (typed.capacity, "Enter in what role they answered"),
        "evidence": (
            typed.evidence,
            "Say where the evidence is, for example the e-mail or the note of the call",
        ),
    }
    faults += [Fault(name, message) for name, (text, message) in missing.items() if not text.strip()]
    if typed.source not in SOURCES:
        faults.append(Fault("source", "Select how the answer came"))
    return faults
