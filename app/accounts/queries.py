"""What people are in partnerships. Everything here is read afresh: an ended membership ends at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from flask import current_app
from sqlalchemy import Date, Select, Uuid, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from app.access.owners import STANDS_IN
from app.accounts.deputy_rules import standing, why_not_deputy
from app.accounts.holding import holds, of_membership, trusted
from app.accounts.models import Deputy, Membership, Person
from tenants.db import db
from tenants.registry import Agency, Partnership
from tenants.scope import as_person, current_partnership_id


@dataclass(frozen=True, slots=True)
class MembershipView:
    """One membership that holds today, in one partnership."""

    membership_id: UUID
    role: str
    agency_id: UUID | None
    agency_key: str | None
    agency_name: str | None
    agency_partner: str | None
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class PartnershipView:
    """A partnership to which a person belongs today, and their roles there."""

    partnership_id: UUID
    slug: str
    name: str
    colour: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a role today, to be written to."""

    person_id: UUID
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class DeputyView:
    """A deputy, the membership they stand in for, and between which days. `running` is false once ended."""

    deputy_id: UUID
    person_id: UUID
    name: str
    email: str | None
    principal: MembershipView
    principal_id: UUID
    principal_name: str
    starts_on: date
    ends_on: date
    reason: str
    named_by: str
    ended_at: datetime | None


def deputies_at(today: date | None, person_id: UUID | None = None) -> list[DeputyView]:
    """The deputies of the partnership in scope who act today, or all that were ever named (None), by first day; or
    only as whom one person acts.

    One whose principal's membership has ended does not act, nor one who is no member (or not trusted) any more or
    whose own roles no longer let them stand in.
    """
    query = _deputies(running=today is not None, of_one=person_id is not None)
    found = [_deputy_view(*row) for row in db.session.execute(query, {"today": today, "person": person_id})]
    if today is None or not found:
        return found
    held = _memberships_of({one.person_id for one in found}, today)
    return [one for one in found if _may_stand_in(one, held.get(one.person_id, []))]


# Asked at every request: built once, and executed with that request's day and person.
TODAY, PERSON = bindparam("today", type_=Date), bindparam("person", type_=Uuid)


@cache
def _deputies(running: bool, of_one: bool) -> Select[Deputy, Membership, Agency, Person, Person]:
    principal, deputy = aliased(Person), aliased(Person)
    query = (
        select(Deputy, Membership, Agency, principal, deputy)
        .join(
            Membership,
            and_(
                Membership.id == Deputy.principal_membership_id,
                Membership.partnership_id == Deputy.partnership_id,
            ),
        )
        .outerjoin(Agency, of_membership())
        .join(principal, principal.id == Membership.person_id)
        .join(deputy, deputy.id == Deputy.person_id)
        .order_by(Deputy.starts_on, Deputy.id)
    )
    if of_one:
        query = query.where(Deputy.person_id == PERSON)
    if not running:
        return query
    return query.where(
        Deputy.starts_on <= TODAY,
        Deputy.ends_on >= TODAY,
        Deputy.ended_at.is_(None),
        holds(TODAY),
        trusted(TODAY),
    )


@cache
def _own_memberships() -> Select[Membership, Agency]:
    return (
        select(Membership, Agency)
        .outerjoin(Agency, of_membership())
        .where(Membership.person_id == PERSON, holds(TODAY), trusted(TODAY))
        .order_by(Membership.starts_on, Membership.id)
    )


def standing_in_of(person_id: UUID, today: date) -> list[DeputyView]:
    """For whom somebody stands in, and who stands in for them, today and later."""
    return [
        one
        for one in deputies_at(None)
        if person_id in (one.person_id, one.principal_id) and one.ended_at is None and one.ends_on >= today
    ]


def _may_stand_in(deputy: DeputyView, held: list[MembershipView]) -> bool:
    principal = standing(deputy.principal.role, deputy.principal.agency_partner)
    own = [standing(view.role, view.agency_partner) for view in held]
    return bool(own) and why_not_deputy(principal, own) is None


def _memberships_of(people: Collection[UUID], today: date) -> dict[UUID, list[MembershipView]]:
    rows = db.session.execute(
        select(Membership, Agency)
        .outerjoin(Agency, of_membership())
        .where(Membership.person_id.in_(people), holds(today), trusted(today))
    )
    found: dict[UUID, list[MembershipView]] = {}
    for membership, agency in rows:
        found.setdefault(membership.person_id, []).append(_view(membership, agency))
    return found


def memberships_in(partnership_id: UUID, person_id: UUID, today: date) -> list[MembershipView]:
    """The memberships that the person holds today in the partnership in scope, trust included.

    Raises ValueError where another partnership is in scope.
    """
    if current_partnership_id() != partnership_id:
        raise ValueError("only the partnership in scope can be asked about")
    rows = db.session.execute(_own_memberships(), {"today": today, "person": person_id})
    return [_view(membership, agency) for membership, agency in rows]


def partnerships_of(person_id: UUID, today: date) -> list[PartnershipView]:
    """The partnerships that the person belongs to today, by name. Reads in a session of its own."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with as_person(app, person_id):
        held = list(
            db.session.execute(
                select(Membership.partnership_id, Membership.role)
                .where(Membership.person_id == person_id, holds(today), trusted(today))
                .order_by(Membership.role)
            )
        )
        wanted = {partnership_id for partnership_id, _role in held}
        found = db.session.scalars(
            select(Partnership).where(Partnership.id.in_(wanted)).order_by(Partnership.name)
        )
        return [
            PartnershipView(
                partnership_id=partnership.id,
                slug=partnership.slug,
                name=partnership.name,
                colour=partnership.colour,
                roles=tuple(dict.fromkeys(role for where, role in held if where == partnership.id)),
            )
            for partnership in found
        ]


def holders_of(roles: Collection[str], today: date, partner: str | None = None) -> list[Holder]:
    """Who holds one of the roles today in the partnership in scope, by name, then their deputies; each once. Where
    nobody holds a role for which another stands in (B1-12), those who do.

    With `partner`, only those whose agency is that safeguarding partner.
    """
    query = (
        select(Person.id, Person.display_name, Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.role.in_(list(roles)), holds(today), trusted(today))
        .distinct()
        .order_by(Person.display_name, Person.id)
    )
    if partner is not None:
        query = query.join(Agency, of_membership()).where(Agency.partner == partner)
    held = [Holder(person_id, name, email) for person_id, name, email in db.session.execute(query)]
    found = [*held, *_standing_in(set(roles), today, partner), *_in_absence(set(roles), today, partner)]
    return list(dict.fromkeys(found))


def is_held(role: str, today: date) -> bool:
    """Whether anybody holds a role today in the partnership in scope."""
    query = select(Membership.id).where(Membership.role == role, holds(today), trusted(today)).limit(1)
    return db.session.scalar(query) is not None


def roles_held(today: date) -> list[tuple[str, str | None]]:
    """Every role that somebody holds today in the partnership in scope, with the safeguarding partner of the agency
    it is held for."""
    query = (
        select(Membership.role, Agency.partner)
        .outerjoin(Agency, of_membership())
        .where(holds(today), trusted(today))
        .distinct()
    )
    return [(role, partner) for role, partner in db.session.execute(query)]


def _in_absence(roles: set[str], today: date, partner: str | None) -> list[Holder]:
    found: list[Holder] = []
    for absent, (stand_in, of) in STANDS_IN.items():
        asked = absent.value in roles and partner in (None, of.value)
        if asked and not is_held(absent.value, today):
            found += holders_of([stand_in.value], today, of.value)
    return found


def _standing_in(roles: set[str], today: date, partner: str | None) -> list[Holder]:
    return [
        Holder(one.person_id, one.name, one.email)
        for one in deputies_at(today)
        if one.principal.role in roles and partner in (None, one.principal.agency_partner)
    ]


def _deputy_view(
    row: Deputy, membership: Membership, agency: Agency | None, principal: Person, deputy: Person
) -> DeputyView:
    return DeputyView(
        deputy_id=row.id, person_id=deputy.id, name=deputy.display_name, email=deputy.email,
        principal=_view(membership, agency), principal_id=principal.id, principal_name=principal.display_name,
        starts_on=row.starts_on, ends_on=row.ends_on, reason=row.reason, named_by=row.named_by,
        ended_at=row.ended_at,
    )  # fmt: skip


def names_of(people: Collection[UUID]) -> dict[UUID, str]:
    """Names by person; whoever is not known is left out."""
    if not people:
        return {}
    rows = db.session.execute(select(Person.id, Person.display_name).where(Person.id.in_(list(people))))
    return {person_id: name for person_id, name in rows}


def members_today(today: date) -> list[tuple[MembershipView, Person]]:
    """Everybody's memberships that hold today in the partnership in scope, by name."""
    rows = db.session.execute(
        select(Membership, Agency, Person)
        .outerjoin(Agency, of_membership())
        .join(Person, Person.id == Membership.person_id)
        .where(holds(today))
        .order_by(Person.display_name, Membership.role)
    )
    return [(_view(membership, agency), person) for membership, agency, person in rows]


def members_from(today: date) -> list[tuple[MembershipView, Person]]:
    """Everybody's memberships of the partnership in scope that hold today or will, by name."""
    rows = db.session.execute(
        select(Membership, Agency, Person)
        .outerjoin(Agency, of_membership())
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.ended_at.is_(None), or_(Membership.ends_on.is_(None), Membership.ends_on >= today))
        .order_by(Person.display_name, Person.id, Membership.role)
    )
    return [(_view(membership, agency), person) for membership, agency, person in rows]


def trusted_members(today: date) -> list[tuple[UUID, MembershipView]]:
    """Everybody's memberships that hold today in the partnership in scope, trust included: who can act here."""
    rows = db.session.execute(
        select(Membership, Agency)
        .outerjoin(Agency, of_membership())
        .where(holds(today), trusted(today))
        .order_by(Membership.starts_on, Membership.id)
    )
    return [(membership.person_id, _view(membership, agency)) for membership, agency in rows]


def _view(membership: Membership, agency: Agency | None) -> MembershipView:
    return MembershipView(
        membership_id=membership.id,
        role=membership.role,
        agency_id=membership.agency_id,
        agency_key=agency.key if agency else None,
        agency_name=agency.name if agency else None,
        agency_partner=agency.partner if agency else None,
        starts_on=membership.starts_on,
        ends_on=membership.ends_on,
    )
