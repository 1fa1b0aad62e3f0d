"""The decision on a practice review: the partners' at a quorate meeting, or the Partnership Chair's where they do not
agree. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case, changed, lock
from app.ledger.service import record
from app.meetings import queries as meetings
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party, Stage
from app.procedure.marks import duty
from app.procedure.review_decision import Answers, Meeting, agreed, chair_faults, decision_faults, waiting_for
from app.rapid_reviews.record_models import ReviewDecision
from app.rapid_reviews.record_queries import Record, record_of
from app.rapid_reviews.recording import why_not
from app.serious_incidents import recipients
from app.serious_incidents.errors import ChangedMeanwhile, Fault, Incomplete, OutOfTurn
from tenants.db import db

PARTNERS, CHAIR = "partners", Party.PARTNERSHIP_CHAIR.value
NOBODY_SAID = "Each of the three partners says first whether a practice review is commissioned."


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was typed. `over` is the number of the one that was on the page (0 for none); `reason` says why
    a later one takes its place."""

    answers: Answers
    meeting: UUID | None
    reason: str
    over: int
    key: UUID


def decision_turn(case_id: UUID, found: Record) -> OutOfTurn | None:
    """Why the partners' decision cannot be recorded now, or None."""
    reason = why_not(history_of(case_id))
    if reason is not None:
        return reason
    said = {party: one.outcome for party, one in found.positions.items()}
    if waiting_for(said):
        return OutOfTurn("Not every partner has said yet", NOBODY_SAID)
    if found.decision is not None and found.decision.maker == CHAIR:
        return OutOfTurn(
            "The Partnership Chair has decided", "Where the partners do not agree, that decision stands."
        )
    if agreed(said) is None:
        return OutOfTurn(
            "The three partners do not agree", "Ask the Partnership Chair, or let a partner say anew."
        )
    return None


@duty("B2-07", "B2-15")
def decide(case_id: UUID, typed: Decided, *, actor: Actor, now: datetime) -> None:
    """Record what the three partners agree on, made at a moment of the meeting at which each was represented. Raises
    Incomplete, OutOfTurn, ChangedMeanwhile; the same form sent twice is one decision."""
    case = lock(case_id)
    found = record_of(case_id)
    if any(one.key == typed.key for one in found.decisions):
        return
    reason = decision_turn(case_id, found)
    if reason is not None:
        raise reason
    _is_current(found, typed)
    row = meetings.meeting_of(typed.meeting) if typed.meeting else None
    about = {one.id for one in meetings.meetings_about(case_id)}
    at = typed.answers.decided_at
    meeting = Meeting(row.opened_at, row.closed_at) if row is not None and row.id in about else None
    there = (
        meetings.quorum_at(row.id, at) if row is not None and meeting is not None and at is not None else None
    )
    said = {party: one.outcome for party, one in found.positions.items()}
    faults = [Fault(*one) for one in decision_faults(typed.answers, said, meeting, there, now)] + _over(
        found, typed
    )
    if faults or at is None:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    _keep(case, found, typed, PARTNERS, acting, at, now)


@duty("B2-15")
def escalate(case_id: UUID, why: str, key: UUID, *, actor: Actor, now: datetime) -> None:
    """Ask the Partnership Chair where the three do not agree. The procedure names no path here; it is taken by analogy
    with 8.2. Raises Incomplete, OutOfTurn; asked a second time, the first stands."""
    case = lock(case_id)
    found = record_of(case_id)
    if found.escalated_at is not None:
        return
    reason = escalation_turn(case_id, found)
    if reason is not None:
        raise reason
    if not why.strip():
        raise Incomplete([Fault("words", "Say on what the partners differ, and what was tried")])
    case.escalated = True
    acting = actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    record(
        EventKind.LCSPR_ESCALATED, case_id=case_id, acting=acting, happened_at=now, now=now, stage=Stage.RAPID_REVIEW,
        payload={"words": why.strip()},
    )  # fmt: skip
    _tell(case, "review-escalated", [Party.PARTNERSHIP_CHAIR, Party.LIG_CHAIR], str(key), now)
    changed(case)


def escalation_turn(case_id: UUID, found: Record) -> OutOfTurn | None:
    """Why the Partnership Chair cannot be asked now, or None."""
    reason = why_not(history_of(case_id))
    if reason is not None:
        return reason
    said = {party: one.outcome for party, one in found.positions.items()}
    if found.decision is not None:
        return OutOfTurn("The decision is recorded", "Nothing is left to settle.")
    if waiting_for(said):
        return OutOfTurn("Not every partner has said yet", NOBODY_SAID)
    if agreed(said) is not None:
        return OutOfTurn("The three partners agree", "Record their decision.")
    return None


def settling_turn(case_id: UUID, found: Record) -> OutOfTurn | None:
    """Why the Partnership Chair cannot decide now, or None."""
    if found.escalated_at is None:
        return OutOfTurn("Nothing waits for you here", "The partners have not asked you to decide.")
    said = {party: one.outcome for party, one in found.positions.items()}
    if found.decision is None and agreed(said) is not None:
        return OutOfTurn("The three partners agree now", "They record their own decision.")
    if found.decision is not None:
        return OutOfTurn("The decision is recorded", "It can be read beside what each partner said.")
    return why_not(history_of(case_id))


@duty("B2-15")
def settle(case_id: UUID, typed: Decided, *, actor: Actor, now: datetime) -> None:
    """The Partnership Chair decides where the three partners do not agree; what each said is kept beside it. Raises
    Incomplete, OutOfTurn; the same form sent twice is one decision."""
    case = lock(case_id)
    found = record_of(case_id)
    if any(one.key == typed.key for one in found.decisions):
        return
    reason = settling_turn(case_id, found)
    if reason is not None:
        raise reason
    faults = [Fault(*one) for one in chair_faults(typed.answers)]
    if faults:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.REVIEW_SETTLE))
    _keep(case, found, typed, CHAIR, acting, now, now)


def _is_current(found: Record, typed: Decided) -> None:
    if typed.over != (found.decision.number if found.decision else 0):
        raise ChangedMeanwhile


def _over(found: Record, typed: Decided) -> list[Fault]:
    if found.decision is None or typed.reason.strip():
        return []
    return [Fault("reason", "Say why the decision that is recorded is made anew")]


def _keep(
    case: Case, found: Record, typed: Decided, maker: str, acting: Acting, at: datetime, now: datetime
) -> None:
    answers = typed.answers
    row = ReviewDecision(
        case_id=case.id, number=len(found.decisions) + 1, maker=maker, outcome=answers.outcome,
        rationale=answers.rationale.strip(), negates=answers.negates, home_office=answers.home_office,
        reason=typed.reason.strip(), meeting_id=typed.meeting if maker == PARTNERS else None,
        positions=[
            {"party": party.value, "outcome": found.positions[party].outcome, "name": found.positions[party].name,
             "rationale": found.positions[party].rationale}
            for party in SAFEGUARDING_PARTNERS if party in found.positions
        ],
        decided_by=acting.name, decided_capacity=acting.capacity, decided_at=at, recorded_at=now,
        submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    record(
        EventKind.LCSPR_DECIDED, case_id=case.id, acting=acting, happened_at=at, now=now, stage=Stage.RAPID_REVIEW,
        outcome=row.outcome, facts={"maker": maker, "number": row.number, "home_office": row.home_office},
        payload={"rationale": row.rationale, "reason": row.reason, "positions": row.positions},
    )  # fmt: skip
    parties = [Party.LIG_CHAIR, Party.PARTNERSHIP_TEAM, Party.INDEPENDENT_SCRUTINEER]
    _tell(case, "review-entry", parties, str(typed.key), now)
    changed(case)


def _tell(case: Case, kind: str, parties: list[Party], occasion: str, now: datetime) -> None:
    to = [one for party in parties for one in recipients.holders(party, case.id, now)]
    to += [one for party in SAFEGUARDING_PARTNERS for one in recipients.representatives(party, case.id, now)]
    recipients.tell(
        kind, list(dict.fromkeys(to)), case_id=case.id, reference=case.reference, now=now, occasion=occasion
    )
