"""Who looked at a case: written on a path of its own, before the page is shown. If it cannot be written, no page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from app.access.actor import Acting
from app.ledger.models import ReadEntry
from tenants.db import db, set_scope
from tenants.scope import current_partnership_id


def viewed(case_id: UUID, acting: Acting, page: str, now: datetime) -> None:
    """Record a view in a transaction of its own. Raises where it cannot be written; the caller then shows nothing."""
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


def views_of(case_id: UUID, most: int = 200) -> list[ReadEntry]:
    """The newest views of a case."""
    newest = (
        select(ReadEntry).where(ReadEntry.case_id == case_id).order_by(ReadEntry.viewed_at.desc()).limit(most)
    )
    return list(db.session.scalars(newest))


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
