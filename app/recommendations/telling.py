"""Who is told of actions: the agency that does them, and the Partnership Team. No message says what they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.queries import everybodys_capacities
from app.accounts.queries import members_today
from app.cases.calendars import calendars
from app.cases.models import Case
from app.cases.queries import visible_case
from app.outbox.handlers import handler
from app.outbox.service import schedule
from app.procedure import recommendations as procedure
from app.procedure.clocks import london_date
from app.procedure.events import Party
from app.procedure.marks import duty
from app.recommendations.models import Recommendation, RecommendationAction
from app.serious_incidents import recipients
from app.serious_incidents.recipients import Recipient
from tenants.db import db


def agreed(row: RecommendationAction, now: datetime) -> None:
    """The agency is told of an action that was agreed, and will be reminded of it."""
    _tell("action-agreed", _of_agency(row, now), row, str(row.id), now)
    _clock(row, now)


def changed(row: RecommendationAction, now: datetime) -> None:
    """The agency is told that what was agreed changed; it is reminded of the new day."""
    _tell("action-changed", _of_agency(row, now), row, f"{row.id}-{row.version}", now)
    _clock(row, now)


def updated(row: RecommendationAction, now: datetime) -> None:
    """The Partnership Team is told that an action is done. One that is open again has its clock again."""
    if row.state == procedure.OPEN:
        _clock(row, now)
        return
    _tell("action-done", _team(row, now), row, f"{row.id}-{row.version}", now)


def _clock(row: RecommendationAction, now: datetime) -> None:
    """Owe the reminder before the day of an action, and the notice when it is over. Once for each day that it is given:
    where the action was done meanwhile, or has another day, neither says anything."""
    calendar = calendars().all()[0]
    remind, over = procedure.reminders(row.due_on, now, calendar)
    args = {"action_id": str(row.id), "due_on": row.due_on.isoformat(), "version": str(row.version)}
    mark = f"{row.id}:{args['due_on']}:{row.version}"
    if remind is not None:
        schedule("action-reminder", f"action-reminder:{mark}", remind, args, now)
    schedule("action-overdue", f"action-overdue:{mark}", over, args, now)


@handler("action-reminder")
@duty("B2-21")
def remind(args: dict[str, str], now: datetime) -> None:
    """The agency is reminded of an action that is still open, before its day."""
    row = _still_open(args)
    if row is not None and not procedure.overdue(procedure.Due(row.due_on, row.state), london_date(now)):
        _tell("action-reminder", _of_agency(row, now), row, f"{row.id}-{row.due_on}", now)


@handler("action-overdue")
@duty("B2-21")
def say_overdue(args: dict[str, str], now: datetime) -> None:
    """The agency's members of the group and the Partnership Team are told that an action is overdue."""
    row = _still_open(args)
    if row is None or not procedure.overdue(procedure.Due(row.due_on, row.state), london_date(now)):
        return
    mark = f"{row.id}-{row.due_on}"
    own = _of_agency(row, now)
    _tell("action-overdue", own, row, mark, now)
    _tell("action-overdue-elsewhere", [one for one in _team(row, now) if one not in own], row, mark, now)


def _still_open(args: dict[str, str]) -> RecommendationAction | None:
    """The action while it is open, has the day that was spoken of, and its recommendation was not withdrawn."""
    found = db.session.execute(
        select(RecommendationAction, Recommendation.state)
        .join(Recommendation, Recommendation.id == RecommendationAction.recommendation_id)
        .where(RecommendationAction.id == UUID(args["action_id"]))
    ).one_or_none()
    if found is None:
        return None
    row, state = found
    current = row.state == procedure.OPEN and row.due_on.isoformat() == args["due_on"]
    return row if current and state != procedure.WITHDRAWN else None


def _of_agency(row: RecommendationAction, now: datetime) -> list[Recipient]:
    """The agency's people who update its actions and may see the case, their deputies included."""
    if row.agency_id is None:
        return []
    today, reference = london_date(now), _reference(row)
    people = {person.id: person for _held, person in members_today(today)}
    found = []
    for person_id, held in everybodys_capacities(today).items():
        person, actor = people.get(person_id), Actor(person_id, "", held)
        mine = row.agency_id in actor.agencies(Permission.ACTION_UPDATE)
        if person is not None and mine and visible_case(reference, actor) is not None:
            found.append(Recipient(person.display_name, person.email, person_id))
    return sorted(found, key=lambda one: one.key)


def _team(row: RecommendationAction, now: datetime) -> list[Recipient]:
    return recipients.holders(Party.PARTNERSHIP_TEAM, row.case_id, now)


def _reference(row: RecommendationAction) -> str:
    return db.session.scalars(select(Case.reference).where(Case.id == row.case_id)).one()


def _tell(kind: str, to: list[Recipient], row: RecommendationAction, mark: str, now: datetime) -> None:
    recipients.tell(
        kind, to, case_id=row.case_id, reference=_reference(row), now=now, occasion=mark,
        params={"due_on": row.due_on},
    )  # fmt: skip
