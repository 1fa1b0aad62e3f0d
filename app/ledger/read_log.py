"""Who looked at a case: written on a path of its own, before the page is shown. If it cannot be written, no page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import g, has_request_context
from sqlalchemy import func, insert, select

from app.access.actor import Acting
from app.ledger.models import ReadEntry
from tenants.db import db, set_scope
from tenants.scope import current_partnership_id


def viewed(case_id: UUID, acting: Acting, page: str, now: datetime) -> None:
    """Record a view in a transaction of its own. Raises where it cannot be written; the caller then shows nothing.

    One request is one view, however often its page asks. A referral that is being written is known by its own
    identifier until it has a case.
    """
    if case_id in _viewed_now():
        return
    partnership = current_partnership_id()
    with db.engine.begin() as connection:
        set_scope(connection, partnership, acting.person_id)
        connection.execute(
            insert(ReadEntry.__table__).values(
                partnership_id=partnership,
                person_id=acting.person_id,
                capacity=acting.capacity,
                case_id=case_id,
                page=page,
                viewed_at=now,
            )
        )
    _viewed_now().add(case_id)


def _viewed_now() -> set[UUID]:
    """What this request has recorded already; nothing outside a request."""
    if not has_request_context():
        return set()
    noted: set[UUID] = g.setdefault("viewed_now", set())
    return noted


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looked at a case in one capacity: first, last, how often, and the newest views (page, when)."""

    person_id: UUID
    capacity: str
    first: datetime
    last: datetime
    count: int
    newest: list[tuple[str, datetime]]


def viewers_of(case_ids: Collection[UUID], most: int | None = 50) -> list[Viewer]:
    """Who looked at a case and the referrals it came from, the latest first, each with their newest views (`most` of
    them; all where None)."""
    of_case = ReadEntry.case_id.in_(case_ids)
    who = (ReadEntry.person_id, ReadEntry.capacity)
    place = func.row_number().over(partition_by=who, order_by=ReadEntry.viewed_at.desc())
    views = select(*who, ReadEntry.page, ReadEntry.viewed_at, place.label("place")).where(of_case).subquery()
    wanted = select(views).order_by(views.c.viewed_at.desc())
    listed: dict[tuple[UUID, str], list[tuple[str, datetime]]] = {}
    for row in db.session.execute(wanted if most is None else wanted.where(views.c.place <= most)):
        listed.setdefault((row.person_id, row.capacity), []).append((row.page, row.viewed_at))
    first, last = func.min(ReadEntry.viewed_at), func.max(ReadEntry.viewed_at)
    groups = select(*who, first, last, func.count()).where(of_case).group_by(*who).order_by(last.desc(), *who)
    return [
        Viewer(person, capacity, began, latest, count, listed.get((person, capacity), []))
        for person, capacity, began, latest, count in db.session.execute(groups)
    ]


def views_of(*case_ids: UUID, most: int = 200) -> list[ReadEntry]:
    """The newest views of a case, with those of the referrals it came from where they are named too."""
    looked = select(ReadEntry).where(ReadEntry.case_id.in_(case_ids))
    return list(db.session.scalars(looked.order_by(ReadEntry.viewed_at.desc()).limit(most)))


def view_at(case_id: UUID, person_id: UUID, at: datetime) -> ReadEntry | None:
    """The view of a case by one person at one instant."""
    query = select(ReadEntry).where(
        ReadEntry.case_id == case_id, ReadEntry.person_id == person_id, ReadEntry.viewed_at == at
    )
    return db.session.scalars(query.limit(1)).first()


def views_by(case_id: UUID, person_id: UUID, pages: str, most: int = 200) -> list[ReadEntry]:
    """The newest views by one person of the pages of a case whose name begins with `pages`."""
    newest = (
        select(ReadEntry)
        .where(
            ReadEntry.case_id == case_id,
            ReadEntry.person_id == person_id,
            ReadEntry.page.startswith(pages, autoescape=True),
        )
        .order_by(ReadEntry.viewed_at.desc())
        .limit(most)
    )
    return list(db.session.scalars(newest))
