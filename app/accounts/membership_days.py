"""Between which days people are members in a role: those that hold now, and those that have yet to begin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from app.accounts.holding import holds, trusted
from app.accounts.models import Membership, Person
from tenants.db import db


@dataclass(frozen=True, slots=True)
class MemberDays:
    """A membership that has not ended, whose it is, and its first and last day (None for no end)."""

    membership_id: UUID
    person_id: UUID
    name: str
    role: str
    starts_on: date
    ends_on: date | None


def members_from(roles: Collection[str], today: date) -> list[MemberDays]:
    """The memberships in these roles that hold today or will begin, by name."""
    rows = db.session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.role.in_(list(roles)),
            Membership.ended_at.is_(None),
            or_(Membership.ends_on.is_(None), Membership.ends_on >= today),
        )
        .order_by(Person.display_name, Membership.role, Membership.starts_on)
    )
    return [
        MemberDays(row.id, person.id, person.display_name, row.role, row.starts_on, row.ends_on)
        for row, person in rows
    ]


def holds_alone(membership_id: UUID, role: str, day: date) -> bool:
    """Whether this membership is the only one of its role in the partnership in scope that holds on a day, trust
    included. One that does not hold then is not."""
    query = select(Membership.id).where(Membership.role == role, holds(day), trusted(day))
    return set(db.session.scalars(query)) == {membership_id}


def lock_holders(role: str) -> None:
    """Lock the memberships of a role that were not ended, in one order: of two who change them at once, one waits."""
    query = select(Membership.id).where(Membership.role == role, Membership.ended_at.is_(None))
    db.session.execute(query.order_by(Membership.id).with_for_update())
