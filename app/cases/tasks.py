"""What a person owes: the open obligations of the parties they act for, soonest first, then those without a clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.access.actor import Actor
from app.access.left_alone import left_to_the_team
from app.access.owners import TEAM
from app.access.permissions import Permission
from app.access.queries import owed_by
from app.cases.models import Case, StoredObligation
from app.cases.queries import visible
from tenants.db import db

MOST = 100


@dataclass(frozen=True, slots=True)
class Task:
    """An open obligation with the case it belongs to."""

    case: Case
    obligation: StoredObligation


def tasks_of(actor: Actor, today: date, most: int = MOST) -> Sequence[Task]:
    """The open obligations that this person owes in cases they may see."""
    query = (
        select(Case, StoredObligation)
        .join(StoredObligation, StoredObligation.case_id == Case.id)
        .where(StoredObligation.open, _owed(actor, today), visible(actor, Permission.CASES_LIST))
        .order_by(StoredObligation.due.asc().nulls_last(), Case.opened_at, StoredObligation.position)
        .limit(most)
    )
    return [Task(case, obligation) for case, obligation in db.session.execute(query)]


def count_of(actor: Actor, today: date, most: int = MOST) -> int:
    """How many tasks a person has, counted up to a cap."""
    capped = (
        select(StoredObligation.id)
        .join(Case, Case.id == StoredObligation.case_id)
        .where(StoredObligation.open, _owed(actor, today), visible(actor, Permission.CASES_LIST))
        .limit(most)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def _owed(actor: Actor, today: date) -> ColumnElement[bool]:
    """The condition that an obligation is this person's: of a party for which they owe; for the Partnership Team also
    one of a party of which everybody is sealed out of the case."""
    mine = StoredObligation.owner.in_([party.value for party in owed_by(actor, today)])
    if not actor.has(*TEAM):
        return mine
    alone = [
        and_(StoredObligation.case_id == case_id, StoredObligation.owner.in_([one.value for one in parties]))
        for case_id, parties in left_to_the_team(today).items()
        if parties
    ]
    return or_(mine, *alone)
