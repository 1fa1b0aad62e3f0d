"""Sealed cases: the one condition under which a case exists for a person, asked in whatever statement reads it.

Everything that reads cases for somebody, and everything that writes to somebody about one, asks here.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import ColumnElement, select, text

from app.access.guard import refuse
from app.access.models import CaseSeal
from tenants.db import db

TURN = text("select pg_advisory_xact_lock(hashtextextended('waymark seal ' || :case_id, 0))")
SHARED_TURN = text("select pg_advisory_xact_lock_shared(hashtextextended('waymark seal ' || :case_id, 0))")


def not_sealed(case_id: Any, person_id: UUID | None) -> ColumnElement[bool]:
    """The condition that a person is not sealed out of the case that a column names (or of none, where it is
    empty). It belongs into the statement that reads, so that what is sealed costs what is absent costs."""
    sealed = (
        select(CaseSeal.id)
        .where(CaseSeal.case_id == case_id, CaseSeal.person_id == person_id, CaseSeal.lifted_at.is_(None))
        .correlate_except(CaseSeal)
    )
    return ~sealed.exists()


def sealed_people(case_id: UUID) -> set[UUID]:
    """Who is sealed out of a case now."""
    query = select(CaseSeal.person_id).where(CaseSeal.case_id == case_id, CaseSeal.lifted_at.is_(None))
    return set(db.session.scalars(query))


def everybody_sealed_out() -> dict[UUID, set[UUID]]:
    """Who is sealed out now, by case, in the partnership in scope; cases of which nobody is are not there."""
    found: dict[UUID, set[UUID]] = {}
    query = select(CaseSeal.case_id, CaseSeal.person_id).where(CaseSeal.lifted_at.is_(None))
    for case_id, person_id in db.session.execute(query):
        found.setdefault(case_id, set()).add(person_id)
    return found


def is_sealed(case_id: UUID, person_id: UUID | None) -> bool:
    """Whether somebody is sealed out of a case now."""
    return person_id in sealed_people(case_id)


def refuse_if_sealed(case_id: UUID) -> None:
    """Refuse like a wrong address where the person of this request has been sealed out since their page was made.

    Asked with the case locked, so that whoever is sealed a moment earlier changes nothing. Does nothing where no
    request of a partnership's page is being answered.
    """
    actor = g.get("actor")
    if actor is not None and is_sealed(case_id, actor.person_id):
        refuse()


def stop_messages(case_id: UUID) -> None:
    """Wait until no message about a case is on its way, and hold those that would follow until the transaction ends.

    Called before the case is locked: a delivery may need the case while it has its turn.
    """
    db.session.execute(TURN, {"case_id": str(case_id)})


def may_be_sent(case_id: UUID, person_id: UUID) -> bool:
    """Whether a message about a case may go to a person. Until the transaction ends nobody is sealed out of it."""
    db.session.execute(SHARED_TURN, {"case_id": str(case_id)})
    return not is_sealed(case_id, person_id)
