"""Recording the partners' decision on notification (A-05), by a named person, on three positions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.service import Case, decided, lock
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Outcome, Party
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
    """A decision as it was typed: on which version of the case, and sent under which key.

    Asked of the Partnership Chair only: `scrutineer_present`, whether the scrutineer mediated, and `no_meeting`,
    why there was no meeting, where none is recorded.
    """

    answers: DecisionAnswers
    version: int
    key: UUID
    scrutineer_present: bool | None = None
    no_meeting: str = ""


@duty("A-05", "B1-01", "B1-02", "B1-14", "B1-15")
def record_decision(
    case_id: UUID, proposed: Proposed, *, actor: Actor, now: datetime
) -> NotificationDecision:
    """Record the partners' decision on three positions that agree, with the test, the harm, the guidance and a
    rationale; anew where it was put back or is being reconsidered, and the former one is kept.

    Raises AlreadyDone (with every answer of the decision that won), ChangedMeanwhile (the positions are not
    those that the form showed), OutOfTurn (a position is missing, the partners differ, or not this person's
    to record), Incomplete. The same form sent twice is one decision.
    """
    case, found = _open(case_id, proposed, now)
    before = _sent_before(found, proposed)
    if before is not None:
        return before
    reason = turns.decision(found)
    if reason is not None:
        raise reason
    faults = rules.decision_faults(proposed.answers, turns.agreed(found) or "")
    if faults:
        raise Incomplete(faults)
    outcome, positions = str(proposed.answers.outcome), found.in_force().values()
    capacity = rules.deciding_capacity(actor.capacities, outcome, positions)
    if capacity is None:
        raise OutOfTurn("This decision is not yours to record", rules.why_not_theirs(outcome, positions))
    return _record(case, found, proposed, actor.acting_as([capacity]), now)


@duty("A-05", "B1-10", "B1-13")
def record_chair_decision(
    case_id: UUID, proposed: Proposed, *, actor: Actor, now: datetime
) -> NotificationDecision:
    """Record the Partnership Chair's decision where the partners still differ after their short meeting (step
    6), or the chair's own one anew on new information. The partners' positions stay as they are.

    Raises as `record_decision` does.
    """
    case, found = _open(case_id, proposed, now)
    before = _sent_before(found, proposed)
    if before is not None:
        return before
    reason = turns.chair_decision(found)
    if reason is not None:
        raise reason
    came = mediated(found)
    faults = rules.chair_decision_faults(
        proposed.answers, proposed.scrutineer_present, came, proposed.no_meeting
    )
    if faults:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.DISPUTE_DECIDE))
    return _record(case, found, proposed, acting, now, maker=Party.PARTNERSHIP_CHAIR)


def mediated(found: Progress) -> bool | None:
    """Whether the scrutineer came to the meeting with the Partnership Chair that is recorded for this decision; None
    where none is. A decision made anew needs a meeting of its own."""
    since = found.decision.decided_at if found.decision else None
    held = [
        row
        for row in found.meetings
        if row.kind == turns.EXCEPTIONAL and row.recorded_at and (since is None or row.recorded_at > since)
    ]
    return any(bool(row.scrutineer_present) for row in held) if held else None


def _open(case_id: UUID, proposed: Proposed, now: datetime) -> tuple[Case, Progress]:
    case = lock(case_id)
    found = progress.load(case_id)
    if _sent_before(found, proposed) is None and case.version != proposed.version:
        open_still = not found.told.settled
        if open_still:
            raise ChangedMeanwhile
    if not found.told.settled and deem_what_is_due(case, found, now):
        found = progress.load(case_id)
    return case, found


def _sent_before(found: Progress, proposed: Proposed) -> NotificationDecision | None:
    return next((row for row in found.decisions if row.submission_key == proposed.key), None)


def _record(
    case: Case, found: Progress, proposed: Proposed, acting: Acting, now: datetime, *, maker: Party | None = None
) -> NotificationDecision:  # fmt: skip
    answers = proposed.answers
    fields = {name: _stripped(value) for name, value in asdict(answers).items()}
    row = NotificationDecision(
        case_id=case.id,
        number=len(found.decisions) + 1,
        **{**fields, "harm_kinds": list(answers.harm_kinds)},
        positions=[
            _snapshot(case, party, found.positions.get(party), now) for party in SAFEGUARDING_PARTNERS
        ],
        maker=maker.value if maker else "partners",
        scrutineer_present=proposed.scrutineer_present if maker else None,
        no_meeting_reason=proposed.no_meeting.strip() or None if maker else None,
        person_id=acting.person_id,
        person_name=acting.name,
        capacity=acting.capacity,
        decided_at=now,
        submission_key=proposed.key,
    )
    db.session.add(row)
    facts: dict[str, object] = {
        "test_met": rules.test_is_met(answers),
        "number": row.number,
        "maker": row.maker,
    }
    if maker:
        facts["scrutineer"] = bool(proposed.scrutineer_present)
    happened(
        EventKind.DECISION_RECORDED, case.id, acting, now, outcome=row.outcome, facts=facts,
        payload={**in_words.decided(row), "edition": row.guidance_edition, "positions": row.positions,
                 "no_meeting": row.no_meeting_reason or ""},
    )  # fmt: skip
    _tell(case, row, now)
    decided(case, Outcome.NOTIFY.value if found.told.override else str(row.outcome))
    return row


def _snapshot(case: Case, party: Party, row: PartnerPosition | None, now: datetime) -> dict[str, Any]:
    """A position as the decision rests on it: what, by whom, in what capacity. Of a silence, who was asked."""
    asked = "; ".join(one.name for one in recipients.representatives(party, case.id, now))
    if row is None:
        return {"party": party.value, "outcome": None, "kind": "none", "rationale": None, "person": asked,
                "person_id": None, "capacity": "Did not give a view", "happened_at": None}  # fmt: skip
    silent = row.kind == "deemed"
    return {
        "party": party.value,
        "outcome": row.outcome,
        "kind": row.kind,
        "rationale": row.rationale,
        "person": (row.evidence or asked) if silent else row.person_name,
        "person_id": str(row.person_id) if row.person_id else None,
        "capacity": row.capacity,
        "happened_at": row.happened_at.isoformat(),
    }


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _tell(case: Case, row: NotificationDecision, now: datetime) -> None:
    partners = [
        one for party in SAFEGUARDING_PARTNERS for one in recipients.representatives(party, case.id, now)
    ]
    others = [
        *recipients.holders(Party.PARTNERSHIP_TEAM, case.id, now),
        *recipients.holders(Party.LIG_CHAIR, case.id, now),
    ]
    if row.maker == Party.PARTNERSHIP_CHAIR.value:
        others += recipients.holders(Party.INDEPENDENT_SCRUTINEER, case.id, now)
    recipients.tell(
        "decision-recorded", list(dict.fromkeys([*partners, *others])), case_id=case.id,
        reference=case.reference, now=now, occasion="" if row.number == 1 else str(row.number),
    )  # fmt: skip
    recipients.tell(
        "referral-decided", recipients.referrer(case.referred_by, now), case_id=case.id, reference=case.reference,
        now=now, occasion=str(row.number),
    )  # fmt: skip
