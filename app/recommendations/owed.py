"""The register of a partnership's recommendations, and the actions that an agency owes: only of cases that the person
may see, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.models import Case
from app.cases.queries import visible
from app.procedure import recommendations as procedure
from app.recommendations.models import Recommendation, RecommendationAction, RecommendationAgency
from app.recommendations.reading import ActionView, RecommendationView, action_view, views_of
from app.web.paging import Key, older_than
from tenants.db import db

PAGE = 25
DayKey = tuple[date, UUID]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register is narrowed to; nothing chosen shows everything."""

    state: str = ""
    agency: UUID | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """A recommendation in the register: the row's identifier, and the case that it came from."""

    id: UUID
    case_id: UUID
    reference: str
    told: RecommendationView
    standing: dict[str, int]


@dataclass(frozen=True, slots=True)
class Owed:
    """An action that an agency owes, and where it is found."""

    id: UUID
    case_id: UUID
    reference: str
    recommendation: int
    action: ActionView
    overdue: bool


def page_of(
    actor: Actor, filters: Filters, before: Key | None, today: date, most: int = PAGE
) -> list[Registered]:
    """A page of the recommendations of cases that this person may see, newest first, and one more where there are
    more."""
    query = (
        select(Recommendation, Case.reference)
        .join(Case, Case.id == Recommendation.case_id)
        .where(visible(actor, Permission.RECOMMENDATIONS_VIEW), *_narrowed(filters, today))
    )
    if before is not None:
        query = query.where(older_than(before, Recommendation.made_at, Recommendation.id))
    query = query.order_by(Recommendation.made_at.desc(), Recommendation.id.desc()).limit(most + 1)
    rows = list(db.session.execute(query))
    told = views_of([row for row, _reference in rows])
    return [
        Registered(
            row.id, row.case_id, reference, view, procedure.standing([one.due for one in view.actions], today)
        )
        for (row, reference), view in zip(rows, told, strict=True)
    ]


def _narrowed(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state:
        found.append(Recommendation.state == filters.state)
    if filters.agency is not None:
        addressed = exists().where(
            RecommendationAgency.recommendation_id == Recommendation.id,
            RecommendationAgency.version_number == Recommendation.version,
            RecommendationAgency.agency_id == filters.agency,
        )
        acting = exists().where(
            RecommendationAction.recommendation_id == Recommendation.id,
            RecommendationAction.agency_id == filters.agency,
        )
        found.append(or_(addressed, acting))
    if filters.overdue:
        late = exists().where(
            RecommendationAction.recommendation_id == Recommendation.id,
            RecommendationAction.state == procedure.OPEN,
            RecommendationAction.due_on < today,
        )
        found.append(and_(late, Recommendation.state != procedure.WITHDRAWN))
    return found


def owed_by_agency(
    actor: Actor,
    today: date | None = None,
    *,
    done: bool = False,
    before: DayKey | None = None,
    most: int = PAGE,
) -> list[Owed]:
    """The open actions of a person's own agencies, soonest due first, and one more where there are more; the done ones
    where asked. Of cases that they may see, and of no recommendation that was withdrawn."""
    query = _of_own_agencies(actor)
    state = RecommendationAction.state
    query = query.where(state != procedure.OPEN if done else state == procedure.OPEN)
    if before is not None:
        day, identifier = before
        same = and_(RecommendationAction.due_on == day, RecommendationAction.id > identifier)
        query = query.where(or_(RecommendationAction.due_on > day, same))
    query = query.order_by(RecommendationAction.due_on, RecommendationAction.id).limit(most + 1)
    return [
        Owed(
            action.id,
            action.case_id,
            reference,
            number,
            action_view(action, []),
            today is not None and procedure.overdue(procedure.Due(action.due_on, action.state), today),
        )
        for action, number, reference in db.session.execute(query)
    ]


def _of_own_agencies(actor: Actor) -> Select[RecommendationAction, int, str]:
    own = actor.agencies(Permission.ACTION_UPDATE)
    return (
        select(RecommendationAction, Recommendation.number, Case.reference)
        .join(Recommendation, Recommendation.id == RecommendationAction.recommendation_id)
        .join(Case, Case.id == RecommendationAction.case_id)
        .where(
            RecommendationAction.agency_id.in_(own) if own else false(),
            Recommendation.state != procedure.WITHDRAWN,
            visible(actor),
        )
    )
