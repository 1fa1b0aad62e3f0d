"""The agencies of a partnership as scoping knows them: which have members on the group, and who acts for each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor
from app.access.permissions import Permission, grant_for
from app.access.queries import everybodys_capacities
from app.access.roles import Role
from app.access.sealing import sealed_people
from app.accounts.queries import members_today
from app.cases.queries import visible
from app.cases.service import Case
from app.involvement import queries
from app.procedure.involvement import asked_first
from tenants.db import db
from tenants.registry import Agency, agencies

# Whose agency is a member of the group (Rapid Reviews: "shared with all Learning Inquiry Group members").
ON_GROUP = (Role.AGENCY_LIG_MEMBER, Role.PARTNER_REPRESENTATIVE, Role.DESIGNATED_PROFESSIONAL)


@dataclass(frozen=True, slots=True)
class ActsFor:
    """Somebody who can return for an agency; `names_case` says that they may see the case, and so be told which."""

    person_id: UUID
    name: str
    email: str | None
    names_case: bool


def offered(today: date) -> tuple[list[Agency], set[UUID]]:
    """Every agency of the partnership by name, and those that are asked unless somebody decides otherwise."""
    everybody = agencies()
    held = {
        one.agency_id
        for one, _person in members_today(today)
        if one.role in [role.value for role in ON_GROUP]
    }
    return everybody, set(
        asked_first([one.id for one in everybody], {one for one in held if one is not None})
    )


def acts_for(agency_id: UUID, case_id: UUID, today: date, only: Collection[UUID] = ()) -> list[ActsFor]:
    """Who can return for an agency today, deputies included, by name. Whoever is sealed out of the case is not among
    them; with `only`, no others than these."""
    sealed, people = sealed_people(case_id), {person.id: person for _held, person in members_today(today)}
    found = []
    for person_id, held in everybodys_capacities(today).items():
        person = people.get(person_id)
        returns = any(
            one.agency_id == agency_id and grant_for(one.role, Permission.INVOLVEMENT_RETURN) is not None
            for one in held
        )
        if person is None or not returns or person_id in sealed or (only and person_id not in only):
            continue
        actor = Actor(person_id, person.display_name, held)
        found.append(ActsFor(person_id, person.display_name, person.email, _sees(actor, case_id)))
    return sorted(found, key=lambda one: (one.name, str(one.person_id)))


def _sees(actor: Actor, case_id: UUID) -> bool:
    return db.session.scalar(select(Case.id).where(Case.id == case_id, visible(actor))) is not None


def with_people(today: date) -> set[UUID]:
    """The agencies that somebody can return for today."""
    return {
        one.agency_id
        for held in everybodys_capacities(today).values()
        for one in held
        if one.agency_id is not None and grant_for(one.role, Permission.INVOLVEMENT_RETURN) is not None
    }


def may_be_asked(case_id: UUID, purpose: str) -> list[Agency]:
    """The agencies of the partnership that are not asked now, by name."""
    asked = {one.agency_id for one in queries.requests_of(case_id, purpose) if one.state != "withdrawn"}
    return [one for one in agencies() if one.id not in asked]
