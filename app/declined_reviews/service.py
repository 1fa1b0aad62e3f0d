"""The verbs of the exceptional decision not to hold a rapid review. Each locks the case, asks the rules, adds what was
said, records its event and tells people; the caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting, Actor, Capacity
from app.access.permissions import Permission
from app.cases.service import Case, changed, lock
from app.declined_reviews import telling
from app.declined_reviews.models import DeclinedReviewAnswer
from app.declined_reviews.queries import (
    OUTCOMES,
    SCRUTINEER,
    in_force,
    mark_of,
    rows_of,
)
from app.ledger.service import record
from app.procedure import declined_reviews as procedure
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party, Stage
from app.procedure.marks import duty
from app.serious_incidents import progress, rules, words
from app.serious_incidents.errors import AlreadyDone, ChangedMeanwhile, Fault, Incomplete, OutOfTurn, Recorded
from app.serious_incidents.models import DecisionEntry
from app.serious_incidents.progress import Progress
from app.serious_incidents.rules import SOURCES
from tenants.db import db

NONE = OutOfTurn(
    "There is nothing to agree to",
    "No ground for not holding a rapid review is in force: it was withdrawn, or the notification was.",
)
TOLD = OutOfTurn("The Panel has been notified", "What was agreed stands as the Panel was told it.")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where an answer reached the partnership outside Waymark, as it was typed. `said_at` is aware, or None."""

    said_by: str
    capacity: str
    said_at: datetime | None
    source: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a partner, or the scrutineer, says. `over` names what the form was shown beside."""

    party: Party
    outcome: str
    words: str
    over: str
    key: UUID
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True, slots=True)
class Found:
    case: Case
    state: Progress
    ground: DecisionEntry


def why_not(found: Progress, *, told_matters: bool = True) -> OutOfTurn | None:
    """Why nothing can be said of the ground now, or None where it can."""
    if procedure.ground_of(found.told) is None:
        return NONE
    return TOLD if told_matters and procedure.told_panel(found.told) is not None else None


@duty("B2-02")
def say(case_id: UUID, typed: Said, *, actor: Actor, now: datetime) -> None:
    """A partner says whether it agrees, or the scrutineer records their oversight: in Waymark, or recorded on behalf
    by the Partnership Team with source, time and evidence. The same form sent twice says it once.

    Raises Incomplete, OutOfTurn; AlreadyDone where somebody answered for the same partner since the form was shown.
    """
    case, state = lock(case_id), progress.load(case_id)
    answers = rows_of(DeclinedReviewAnswer, case_id)
    if any(row.submission_key == typed.key for row in answers):
        return
    acting = _may_say(typed, actor)
    found = in_turn(case, state)
    _look_for_another(typed, found.ground, in_force(answers, found.ground.id, typed.party))
    faults = _faults(typed, state, now)
    if faults:
        raise Incomplete(faults)
    at = typed.elsewhere.said_at if typed.elsewhere and typed.elsewhere.said_at else now
    db.session.add(_row(typed, found, acting, at, now))
    kind = EventKind.NO_REVIEW_OVERSEEN if typed.party is SCRUTINEER else EventKind.NO_REVIEW_AGREED
    happened(
        kind, case_id, acting, now, at=at, party=typed.party,
        outcome=None if typed.party is SCRUTINEER else typed.outcome,
        facts={"on_behalf": True, "source": typed.elsewhere.source} if typed.elsewhere else {},
        payload={"words": typed.words.strip(), "said_by": typed.elsewhere.said_by.strip() if typed.elsewhere else
                 acting.name},
    )  # fmt: skip
    telling.said(case, typed.party, typed.outcome, bool(typed.elsewhere), str(typed.key), now)
    told = progress.load(case_id).told
    if not procedure.awaited(told):
        telling.complete(case, told, str(typed.key), now)
    changed(case)


def own_capacity(party: Party, actor: Actor) -> Capacity | None:
    """In which capacity somebody speaks for a partner, or as the scrutineer; None where they may not."""
    if party is SCRUTINEER:
        return next(iter(actor.holding(Permission.REVIEW_OVERSEE)), None)
    return rules.capacity_for(party, actor.holding(Permission.REVIEW_POSITION))


def _may_say(typed: Said, actor: Actor) -> Acting:
    if typed.elsewhere is not None:
        return actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    capacity = own_capacity(typed.party, actor)
    if capacity is None:
        raise OutOfTurn("This is not yours to say", "A partner's own people say whether it agrees.")
    return actor.acting_as([capacity])


def in_turn(case: Case, state: Progress, *, told_matters: bool = True) -> Found:
    reason = why_not(state, told_matters=told_matters)
    if reason is not None or state.ground is None:
        raise reason or NONE
    return Found(case, state, state.ground)


def _look_for_another(typed: Said, ground: DecisionEntry, said: list[DeclinedReviewAnswer]) -> None:
    """Notice that somebody answered, or that another ground was recorded, since the form was shown."""
    if typed.over == mark_of(ground, said):
        return
    if not said or not typed.over.startswith(f"{ground.id}~"):
        raise ChangedMeanwhile
    last = said[-1]
    told = {"outcome": OUTCOMES[last.outcome], "words": last.words}
    by = words.by(last.recorded_by, last.recorded_capacity)
    raise AlreadyDone(
        "Somebody has recorded this meanwhile",
        Recorded(by, words.at(last.recorded_at), told, last.submission_key),
    )


def _faults(typed: Said, state: Progress, now: datetime) -> list[Fault]:
    faults = []
    partner = typed.party in SAFEGUARDING_PARTNERS
    if partner and typed.outcome not in (procedure.AGREED, procedure.NOT_AGREED):
        faults.append(Fault("outcome", "Select whether the partner agrees"))
    if not typed.words.strip():
        missing = (
            "Give the reason; it goes to the Panel with the decision" if partner else "Write what you oversaw"
        )
        faults.append(Fault("words", missing))
    return faults if typed.elsewhere is None else [*faults, *_elsewhere_faults(typed.elsewhere, state, now)]


def _elsewhere_faults(typed: Elsewhere, state: Progress, now: datetime) -> list[Fault]:
    faults, sent = [], state.told.notified
    if typed.said_at is None:
        faults.append(Fault("said_at", "Enter when they said so"))
    elif typed.said_at > now:
        faults.append(Fault("said_at", "When they said so must not be in the future"))
    elif sent is not None and london_date(typed.said_at) < london_date(sent.happened_at):
        faults.append(
            Fault("said_at", f"This is before the notification was sent, {words.at(sent.happened_at)}")
        )
    needed = {
        "said_by": (typed.said_by, "Enter the name of who said so"),
        "capacity": (typed.capacity, "Enter in what role they said so"),
        "evidence": (
            typed.evidence,
            "Say where the evidence is, for example the e-mail or the note of the call",
        ),
    }
    faults += [Fault(name, message) for name, (text, message) in needed.items() if not text.strip()]
    return faults if typed.source in SOURCES else [*faults, Fault("source", "Select how it came")]


def _row(typed: Said, found: Found, acting: Acting, at: datetime, now: datetime) -> DeclinedReviewAnswer:
    by = typed.elsewhere
    return DeclinedReviewAnswer(
        case_id=found.case.id, ground_id=found.ground.id, party=typed.party.value,
        outcome="overseen" if typed.party is SCRUTINEER else typed.outcome, words=typed.words.strip(),
        name=by.said_by.strip() if by else acting.name, capacity=by.capacity.strip() if by else acting.capacity,
        person_id=None if by else acting.person_id, source=by.source if by else None,
        evidence=by.evidence.strip() if by else None, happened_at=at, recorded_by=acting.name,
        recorded_capacity=acting.capacity, recorded_at=now, submission_key=typed.key,
    )  # fmt: skip


def happened(
    kind: EventKind, case_id: UUID, acting: Acting, now: datetime, *, at: datetime, party: Party | None,
    outcome: str | None, facts: dict[str, object], payload: dict[str, object], stage: Stage = Stage.RAPID_REVIEW,
) -> None:  # fmt: skip
    record(
        kind, case_id=case_id, acting=acting, happened_at=at, now=now, stage=stage, party=party, outcome=outcome,
        facts=facts, payload=payload,
    )  # fmt: skip
