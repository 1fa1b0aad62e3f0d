"""A person for every role in a partnership, made for a test: members now, members once, and members elsewhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from app.access.actor import SYSTEM
from app.access.roles import Role
from app.accounts.models import IdentityProvider, Membership, Organisation, OrganisationTrust, Person
from app.clock_source import real_now
from app.ledger.service import record
from app.procedure.events import EventKind
from tenants.db import db
from tenants.registry import Agency
from tests.support.people import Someone
from tests.support.places import Place

LONG_AGO = date(2020, 1, 1)
AGENCY_OF = {
    Role.PRACTITIONER: "community-health",
    Role.AGENCY_LIG_MEMBER: "community-health",
    Role.AGENCY_CONTRIBUTOR: "community-health",
    Role.AGENCY_MANAGER: "community-health",
    Role.PARTNER_REPRESENTATIVE: "police",
    Role.DESIGNATED_PROFESSIONAL: "icb",
    Role.SERVICE_DIRECTOR: "childrens-services",
}


def cast(place: Place, owner: Flask, ended: bool = False) -> dict[Role, Someone]:
    """One new person for each role. With `ended`, their memberships ended yesterday."""
    now = real_now()
    people = _people(owner, place)
    with place.pinned(owner):
        agencies = {agency.key: agency.id for agency in db.session.scalars(select(Agency))}
        _trust()
        for role, (person_id, _name) in people.items():
            yesterday = (now - timedelta(days=1)).date()
            db.session.add(
                Membership(
                    person_id=person_id,
                    role=role.value,
                    agency_id=agencies.get(AGENCY_OF.get(role, "")),
                    starts_on=LONG_AGO,
                    ends_on=yesterday if ended else None,
                )
            )
        _say(now)
        db.session.commit()
    return {role: Someone(person_id, name, place) for role, (person_id, name) in people.items()}


def one_more(place: Place, owner: Flask, *held: tuple[Role, str | None], name: str = "") -> Someone:
    """One further new person, who holds each of these roles for the agency of that key."""
    with owner.app_context():
        provider = db.session.scalars(
            select(IdentityProvider).where(IdentityProvider.kind == "oidc").limit(1)
        ).one()
        called = name or f"{' and '.join(role.value for role, _agency in held)} too, of {place.slug}"
        person = Person(provider_id=provider.id, subject=str(uuid4()), display_name=called,
                        email=f"{uuid4().hex[:8]}@{place.slug}.example", job_title="Invented")  # fmt: skip
        db.session.add(person)
        db.session.commit()
        person_id = person.id
    with place.pinned(owner):
        agencies = {agency.key: agency.id for agency in db.session.scalars(select(Agency))}
        _trust()
        for role, agency in held:
            db.session.add(
                Membership(
                    person_id=person_id, role=role.value, agency_id=agencies[agency] if agency else None,
                    starts_on=LONG_AGO,
                )
            )  # fmt: skip
        _say(real_now())
        db.session.commit()
    return Someone(person_id, called, place)


def _people(owner: Flask, place: Place) -> dict[Role, tuple[UUID, str]]:
    with owner.app_context():
        provider = db.session.scalars(
            select(IdentityProvider).where(IdentityProvider.kind == "oidc").limit(1)
        ).one()
        made = {}
        for role in Role:
            person = Person(
                provider_id=provider.id,
                subject=str(uuid4()),
                display_name=f"{role.value} of {place.slug}",
                email=f"{role.value}@{place.slug}.example",
                job_title="Invented",
            )
            db.session.add(person)
            db.session.flush()
            made[role] = (person.id, person.display_name)
        db.session.commit()
        return made


def _trust() -> None:
    trusted = set(db.session.scalars(select(OrganisationTrust.organisation_id)))
    for identifier in db.session.scalars(select(Organisation.id)).all():
        if identifier not in trusted:
            db.session.add(OrganisationTrust(organisation_id=identifier, starts_on=LONG_AGO))


def _say(now: datetime) -> None:
    record(EventKind.MEMBERSHIP_BEGUN, case_id=None, acting=SYSTEM, happened_at=now, now=now)
