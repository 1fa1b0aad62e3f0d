"""Reading observations and their answers, only of cases that the person may see; those on practice are of no case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.access.actor import Actor
from app.access.permissions import Condition, Permission
from app.access.roles import Role
from app.cases.models import Case
from app.cases.queries import visible
from app.scrutiny.models import Observation, ObservationAnswer
from app.scrutiny.rules import ABOUT, PRACTICE
from app.web.paging import Key, older_than
from tenants.db import db

MOST = 25
ABOUT_IN_WORDS = {**ABOUT, "case": "Something else in the case", PRACTICE: "The partnership's practice"}


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: its words, who gave it and when."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Observed:
    """An observation with its answers. `reference` and `title` are of its case, and empty for one on practice."""

    id: UUID
    about: str
    decision: int
    entry: int | None
    words: str
    by: str
    at: datetime
    case_id: UUID | None
    reference: str
    title: str
    answers: list[Answered]


def observations_of(case_id: UUID) -> list[Observed]:
    """The observations on a case that has been seen, the first first."""
    return _observed(
        _all().where(Observation.case_id == case_id).order_by(Observation.recorded_at, Observation.id)
    )


def page_of_observations(actor: Actor, before: Key | None = None) -> list[Observed]:
    """A page of the observations that this person may read, newest first, and one more where there are more."""
    query = _all().where(_readable(actor))
    if before is not None:
        query = query.where(older_than(before, Observation.recorded_at, Observation.id))
    return _observed(query.order_by(Observation.recorded_at.desc(), Observation.id.desc()).limit(MOST + 1))


def waiting_for_answer(actor: Actor) -> int:
    """How many observations wait for an answer of this person, who is a chair of the group; of anybody else none."""
    if not actor.has(Role.LIG_CHAIR):
        return 0
    query = select(func.count()).select_from(_all().where(_readable(actor), ~_answered()).subquery())
    return db.session.scalar(query) or 0


def readable(observation_id: UUID, actor: Actor) -> Observed | None:
    """One observation where this person may read it, else None: absent and forbidden look alike."""
    found = _observed(_all().where(Observation.id == observation_id, _readable(actor)))
    return next(iter(found), None)


def row_of(observation_id: UUID) -> Observation:
    """The stored row of an observation that has been read. Raises NoResultFound."""
    return db.session.scalars(select(Observation).where(Observation.id == observation_id)).one()


def case_of(observed: Observed) -> Case | None:
    """The case of an observation that has been read; None for one on practice."""
    return db.session.scalar(select(Case).where(Case.id == observed.case_id)) if observed.case_id else None


def unanswered_on_case() -> ColumnElement[bool]:
    """Cases with an observation that nobody has answered."""
    waiting = select(Observation.id).where(
        Observation.case_id == Case.id, Observation.partnership_id == Case.partnership_id, ~_answered()
    )
    return exists(waiting)


def counts_in(case_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """For each of several cases how many observations there are, and how many without an answer, in one query."""
    query = (
        select(Observation.case_id, func.count(), func.count().filter(~_answered()))
        .where(Observation.case_id.in_(case_ids))
        .group_by(Observation.case_id)
    )
    return {case_id: (count, waiting) for case_id, count, waiting in db.session.execute(query) if case_id}


def _answered() -> ColumnElement[bool]:
    same = ObservationAnswer.partnership_id == Observation.partnership_id
    return exists(
        select(ObservationAnswer.id).where(ObservationAnswer.observation_id == Observation.id, same)
    )


def _all() -> Select[Observation, str, str]:
    of_case = and_(Case.id == Observation.case_id, Case.partnership_id == Observation.partnership_id)
    return select(Observation, Case.reference, Case.title).outerjoin(Case, of_case)


def _readable(actor: Actor) -> ColumnElement[bool]:
    of_seen = and_(Observation.case_id.is_not(None), visible(actor, Permission.OBSERVATIONS_VIEW))
    if Condition.ALWAYS in actor.conditions(Permission.OBSERVATIONS_VIEW):
        return or_(Observation.case_id.is_(None), of_seen)
    return of_seen


def _observed(query: Select[Observation, str, str]) -> list[Observed]:
    rows = db.session.execute(query).all()
    answers = _answers_to([row.id for row, _reference, _title in rows])
    return [
        Observed(
            id=row.id, about=ABOUT_IN_WORDS[row.about], decision=row.decision, entry=row.entry, words=row.words,
            by=f"{row.person_name} ({row.capacity})", at=row.recorded_at, case_id=row.case_id,
            reference=reference or "", title=title or "", answers=answers.get(row.id, []),
        )
        for row, reference, title in rows
    ]  # fmt: skip


def _answers_to(observation_ids: list[UUID]) -> dict[UUID, list[Answered]]:
    query = select(ObservationAnswer).where(ObservationAnswer.observation_id.in_(observation_ids))
    found: dict[UUID, list[Answered]] = {}
    for row in db.session.scalars(query.order_by(ObservationAnswer.recorded_at, ObservationAnswer.id)):
        one = Answered(row.words, f"{row.person_name} ({row.capacity})", row.recorded_at)
        found.setdefault(row.observation_id, []).append(one)
    return found
