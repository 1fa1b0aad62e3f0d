"""Everybody who has, had or will have a membership here, and the organisations that may sign people in. No content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from app.accounts.holding import of_membership, trusted
from app.accounts.identity_queries import BY_PASSKEY, OPENID
from app.accounts.models import IdentityProvider, Membership, Organisation, OrganisationTrust, Person
from tenants.db import db
from tenants.registry import Agency


@dataclass(frozen=True, slots=True)
class Held:
    """One membership of the partnership in scope, now, to come or ended. `vouched` is false where nobody vouches for
    the person today: their organisation is not trusted, or another partnership has replaced their passkeys."""

    membership_id: UUID
    person_id: UUID
    name: str
    email: str | None
    role: str
    agency_id: UUID | None
    agency_name: str | None
    starts_on: date
    ends_on: date | None
    ended_at: datetime | None
    ended_reason: str | None
    organisation: str
    by_passkey: bool
    vouched: bool
    begun_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trusted:
    """An organisation that may sign people in here today."""

    id: UUID
    name: str


def everybody(today: date, person_id: UUID | None = None) -> list[Held]:
    """Every membership of the partnership in scope, or one person's, by name."""
    query = (
        select(Membership, Person, Agency, Organisation, IdentityProvider, trusted(today))
        .join(Person, Person.id == Membership.person_id)
        .join(IdentityProvider, IdentityProvider.id == Person.provider_id)
        .join(Organisation, Organisation.id == IdentityProvider.organisation_id)
        .outerjoin(Agency, of_membership())
        .order_by(Person.display_name, Person.id, Membership.starts_on, Membership.id)
    )
    if person_id is not None:
        query = query.where(Membership.person_id == person_id)
    return [
        Held(
            membership_id=held.id, person_id=person.id, name=person.display_name, email=person.email, role=held.role,
            agency_id=held.agency_id, agency_name=agency.name if agency else None, starts_on=held.starts_on,
            ends_on=held.ends_on, ended_at=held.ended_at, ended_reason=held.ended_reason,
            organisation=organisation.name, by_passkey=provider.kind == BY_PASSKEY, vouched=vouched,
            begun_at=held.begun_at,
        )
        for held, person, agency, organisation, provider, vouched in db.session.execute(query)
    ]  # fmt: skip


def trusted_organisations(today: date) -> list[Trusted]:
    """The organisations that the partnership in scope lets sign people in today, by name."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .join(OrganisationTrust, OrganisationTrust.organisation_id == Organisation.id)
        .join(IdentityProvider, IdentityProvider.organisation_id == Organisation.id)
        .where(
            IdentityProvider.enabled,
            IdentityProvider.kind == OPENID,
            OrganisationTrust.starts_on <= today,
            or_(OrganisationTrust.ends_on.is_(None), OrganisationTrust.ends_on >= today),
        )
        .order_by(Organisation.name)
        .distinct()
    )
    return [Trusted(identifier, name) for identifier, name in rows]
