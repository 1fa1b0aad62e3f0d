"""The verbs of actions under a recommendation: agreed, changed with a reason, and updated by the agency that does them.
The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.procedure import recommendations as procedure
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from app.procedure.marks import duty
from app.procedure.recommendations import Progress
from app.recommendations import telling
from app.recommendations.models import Recommendation, RecommendationAction, RecommendationUpdate
from app.recommendations.reading import action_row, may_update
from app.recommendations.service import ChangedBeside, load, tell_ledger, words_of_day
from app.serious_incidents import words
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn, Recorded
from tenants.db import db
from tenants.registry import agencies


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action as it was typed: by an agency of the partnership, or another that is named."""

    words: str
    agency_id: UUID | None
    other: str
    owner: str
    due_on: date | None
    key: UUID


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of what was agreed, as it was typed. `over` is the version that the form was shown beside."""

    words: str
    owner: str
    due_on: date | None
    reason: str
    over: int
    key: UUID


@duty("B2-21")
def agree(case_id: UUID, number: int, typed: NewAction, *, actor: Actor, now: datetime) -> int:
    """Agree an action under a recommendation; its agency is told, and reminded before its day. Returns the number of
    the action. Raises Incomplete, OutOfTurn where the recommendation takes none. The same form sent twice agrees one.
    """
    row = load(case_id, number)
    before = db.session.scalar(
        select(RecommendationAction).where(
            RecommendationAction.recommendation_id == row.id,
            RecommendationAction.submission_key == typed.key,
        )
    )
    if before is not None:
        return before.number
    if not procedure.takes_actions(row.state):
        raise OutOfTurn(
            "No action can be agreed now",
            "This recommendation was returned or withdrawn. Once it is proposed again, actions can be agreed.",
        )
    known = {one.id: one.name for one in agencies()}
    agency_id = typed.agency_id if typed.agency_id in known else None
    agency = known[agency_id] if agency_id else typed.other.strip()
    _refuse(procedure.action_faults(typed.words, agency, typed.owner, typed.due_on, london_date(now)))
    assert typed.due_on is not None
    acting = actor.acting_as(actor.holding(Permission.RECOMMENDATION_MANAGE))
    last = db.session.scalar(
        select(func.max(RecommendationAction.number)).where(RecommendationAction.recommendation_id == row.id)
    )
    action = RecommendationAction(
        recommendation_id=row.id, case_id=case_id, number=(last or 0) + 1, words=typed.words.strip(),
        agency_id=agency_id, agency_name=agency, owner=typed.owner.strip(), due_on=typed.due_on,
        state=procedure.OPEN, version=1, agreed_by=acting.name, agreed_capacity=acting.capacity, agreed_at=now,
        submission_key=typed.key,
    )  # fmt: skip
    db.session.add(action)
    db.session.flush()
    tell_ledger(
        EventKind.ACTION_AGREED, case_id, acting, now,
        {"recommendation": row.number, "action": action.number, "due_on": action.due_on.isoformat()},
        {"words": action.words, "agency": agency, "owner": action.owner},
    )  # fmt: skip
    telling.agreed(action, now)
    return action.number


@duty("B2-21")
def change(case_id: UUID, number: int, action: int, typed: Changed, *, actor: Actor, now: datetime) -> None:
    """Change what was agreed of an action (its words, its owner, its day) with the reason, which stays with it.

    Raises Incomplete, OutOfTurn where it is done, ChangedBeside.
    """
    _recommendation, row = _load(case_id, number, action)
    if _kept(row, typed.key):
        return
    if row.version != typed.over:
        raise ChangedBeside(_agreed_in_words(row))
    if row.state != procedure.OPEN:
        raise OutOfTurn("This action is done", "What was agreed of it stays as it was.")
    today = london_date(now)
    faults = procedure.action_faults(typed.words, row.agency_name, typed.owner, typed.due_on, today)
    if typed.due_on == row.due_on:
        faults = [one for one in faults if one[0] != "due_on"]  # its day may be over: it stays overdue
    _refuse(faults if typed.reason.strip() else [*faults, ("reason", "Say why it changes")])
    assert typed.due_on is not None
    acting = actor.acting_as(actor.holding(Permission.RECOMMENDATION_MANAGE))
    row.words, row.owner, row.due_on = typed.words.strip(), typed.owner.strip(), typed.due_on
    _write(row, "changed", typed.reason, "", acting, typed.key, now)
    _tell_of_update(case_id, number, row, acting, now, typed.reason.strip())
    telling.changed(row, now)


@duty("B2-21")
def update(
    case_id: UUID, number: int, action: int, typed: Progress, over: int, key: UUID, *, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Add what has happened of an action: progress, or that it is done, with the evidence. Its own agency does, or the
    Partnership Team for it. What was written before stays.

    Raises Incomplete; OutOfTurn where it is another agency's, or the recommendation was withdrawn; ChangedBeside.
    """
    recommendation, row = _load(case_id, number, action)
    if _kept(row, key):
        return
    capacity = may_update(actor, row.agency_id)
    if capacity is None:
        raise OutOfTurn("This action is another agency's", "The agency that does it updates it.")
    if recommendation.state == procedure.WITHDRAWN:
        raise OutOfTurn(
            "The recommendation was withdrawn", "Nothing further is asked of its actions; they are kept."
        )
    if row.version != over:
        raise ChangedBeside(_update_in_words(row))
    _refuse(procedure.update_faults(typed, row.state))
    acting = actor.acting_as([capacity])
    row.state = typed.state
    _write(row, "progress", typed.words, typed.evidence, acting, key, now)
    _tell_of_update(case_id, number, row, acting, now, typed.words.strip())
    telling.updated(row, now)


def _load(case_id: UUID, number: int, action: int) -> tuple[Recommendation, RecommendationAction]:
    """A recommendation and an action of it, their case locked. Raises LookupError where there is none."""
    recommendation = load(case_id, number)
    row = action_row(recommendation, action)
    if row is None:
        raise LookupError(action)
    return recommendation, row


def _refuse(faults: list[tuple[str, str]]) -> None:
    if faults:
        raise Incomplete([Fault(*one) for one in faults])


def _kept(row: RecommendationAction, key: UUID) -> bool:
    """Whether this very form was kept before."""
    query = select(RecommendationUpdate.id).where(
        RecommendationUpdate.action_id == row.id, RecommendationUpdate.submission_key == key
    )
    return db.session.scalar(query) is not None


def _write(
    row: RecommendationAction,
    kind: str,
    said: str,
    evidence: str,
    acting: Acting,
    key: UUID,
    now: datetime,
) -> None:
    row.version += 1
    last = db.session.scalar(
        select(func.max(RecommendationUpdate.number)).where(RecommendationUpdate.action_id == row.id)
    )
    db.session.add(
        RecommendationUpdate(
            action_id=row.id, number=(last or 0) + 1, kind=kind, words=said.strip(), evidence=evidence.strip(),
            state=row.state, owner=row.owner, action_words=row.words, due_on=row.due_on, written_by=acting.name,
            written_capacity=acting.capacity, written_at=now, submission_key=key,
        )
    )  # fmt: skip


def _tell_of_update(
    case_id: UUID, number: int, row: RecommendationAction, acting: Acting, now: datetime, said: str
) -> None:
    facts: dict[str, object] = {
        "recommendation": number,
        "action": row.number,
        "state": row.state,
        "due_on": row.due_on.isoformat(),
    }
    tell_ledger(EventKind.ACTION_UPDATED, case_id, acting, now, facts, {"words": said})


def _last(row: RecommendationAction) -> RecommendationUpdate | None:
    query = select(RecommendationUpdate).where(RecommendationUpdate.action_id == row.id)
    return db.session.scalar(query.order_by(RecommendationUpdate.number.desc()).limit(1))


def _recorded(row: RecommendationAction, said: dict[str, str]) -> Recorded:
    last = _last(row)
    if last is None:
        return Recorded(words.by(row.agreed_by, row.agreed_capacity), words.at(row.agreed_at), said)
    return Recorded(words.by(last.written_by, last.written_capacity), words.at(last.written_at), said)


def _agreed_in_words(row: RecommendationAction) -> Recorded:
    last = _last(row)
    said = {"words": row.words, "owner": row.owner, "due_on": words_of_day(row.due_on)}
    return _recorded(row, said | {"reason": last.words if last else ""})


def _update_in_words(row: RecommendationAction) -> Recorded:
    last = _last(row)
    said = {"state": procedure.ACTION_STATES[row.state], "words": last.words if last else ""}
    return _recorded(row, said | {"evidence": last.evidence if last else ""})
