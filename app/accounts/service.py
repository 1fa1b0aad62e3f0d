"""People, memberships and trusts: one function for each thing that happens to them. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.access.actor import Acting
from app.access.independence import Held, combination_fault
from app.access.roles import Role, agency_fault
from app.accounts.identity_queries import BY_PASSKEY
from app.accounts.models import Deputy, IdentityProvider, Membership, Organisation, OrganisationTrust, Person
from app.accounts.oidc_types import SAFE_ALGORITHMS, Identity
from app.ledger.service import record
from app.procedure.events import EventKind
from tenants.db import db
from tenants.registry import Agency


class AccountsError(ValueError):
    """What was asked for cannot be done; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class ProviderDetails:
    """What is agreed with an organisation about its provider."""

    issuer: str
    client_id: str
    client_secret_env: str | None = None
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    entra_tenant: str | None = None
    required_acr: str | None = None
    sends_issuer: bool = True


def ensure_organisation(slug: str, name: str) -> Organisation:
    """The organisation of that slug, made or renamed. Runs as the owner of the schema."""
    organisation = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        organisation = Organisation(slug=slug, name=name)
        db.session.add(organisation)
    organisation.name = name
    db.session.flush()
    return organisation


def organisation_named(slug: str) -> Organisation:
    """The organisation of that slug. Raises AccountsError."""
    organisation = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        raise AccountsError(f"there is no organisation '{slug}'")
    return organisation


def ensure_provider(
    organisation: Organisation, details: ProviderDetails, *, may_move: bool = False
) -> IdentityProvider:
    """The organisation's enabled provider, made or brought up to date. Runs as the owner of the schema.

    Its issuer only changes where `may_move` (the demonstration's, whose port may differ), because whoever
    holds the new one would be taken for everybody known by the old. Raises AccountsError.
    """
    _check(details)
    _not_of_passkeys(organisation)
    provider = db.session.scalar(
        select(IdentityProvider).where(
            IdentityProvider.organisation_id == organisation.id, IdentityProvider.enabled
        )
    )
    if provider is None:
        provider = IdentityProvider(organisation_id=organisation.id, issuer=details.issuer, enabled=True)
        db.session.add(provider)
    elif provider.issuer != details.issuer and not may_move:
        raise AccountsError(f"{organisation.name} already signs in with {provider.issuer}")
    provider.issuer = details.issuer
    provider.client_id = details.client_id
    provider.client_secret_env = details.client_secret_env
    provider.allowed_algorithms = list(details.algorithms)
    provider.entra_tenant = details.entra_tenant
    provider.required_acr = details.required_acr
    provider.sends_issuer = details.sends_issuer
    db.session.flush()
    return provider


def _not_of_passkeys(organisation: Organisation) -> None:
    """The provider of passkeys is made with the schema: it has no address, and no partnership trusts it as a whole."""
    if db.session.scalar(
        select(IdentityProvider.id).where(
            IdentityProvider.organisation_id == organisation.id, IdentityProvider.kind == BY_PASSKEY
        )
    ):
        raise AccountsError(f"{organisation.name} is no organisation that signs people in")


def _check(details: ProviderDetails) -> None:
    if not details.algorithms or not set(details.algorithms) <= SAFE_ALGORITHMS:
        raise AccountsError(f"algorithms must be among {', '.join(sorted(SAFE_ALGORITHMS))}")
    parts = urlsplit(details.issuer)
    if parts.scheme not in ("http", "https") or not parts.hostname or "{" in details.issuer:
        raise AccountsError("the issuer must be one exact address, beginning with https://")
    microsoft = parts.hostname in ("login.microsoftonline.com", "login.microsoftonline.us")
    if microsoft and (details.entra_tenant is None or details.entra_tenant not in details.issuer):
        raise AccountsError("a Microsoft Entra issuer must be one tenant's, and that tenant must be given")


def ensure_person(
    provider_id: UUID, subject: str, *, display_name: str, email: str | None, job_title: str = ""
) -> Person:
    """The person of that provider and subject, made or brought up to date."""
    person = db.session.scalar(
        select(Person).where(Person.provider_id == provider_id, Person.subject == subject)
    )
    if person is None:
        person = Person(provider_id=provider_id, subject=subject)
        db.session.add(person)
    person.display_name, person.email, person.job_title = display_name, email, job_title
    db.session.flush()
    return person


def ensure_identified(identity: Identity, *, display_name: str, email: str) -> Person:
    """The person who was signed in, made where nobody knew them yet. Somebody known keeps their name and address."""
    made = insert(Person).values(
        provider_id=identity.provider_id, subject=identity.subject, display_name=display_name, email=email
    )
    db.session.execute(made.on_conflict_do_nothing(index_elements=["provider_id", "subject"]))
    known = select(Person).where(
        Person.provider_id == identity.provider_id, Person.subject == identity.subject
    )
    return db.session.scalars(known).one()


def trust_organisation(
    organisation: Organisation,
    *,
    starts_on: date,
    acting: Acting,
    now: datetime,
    ends_on: date | None = None,
) -> OrganisationTrust:
    """Let an organisation sign people in to the partnership in scope; the same trust is not made twice."""
    _not_of_passkeys(organisation)
    trust = db.session.scalar(
        select(OrganisationTrust).where(OrganisationTrust.organisation_id == organisation.id)
    )
    if trust is not None and (trust.starts_on, trust.ends_on) == (starts_on, ends_on):
        return trust
    if trust is None:
        trust = OrganisationTrust(organisation_id=organisation.id)
        db.session.add(trust)
    trust.starts_on, trust.ends_on = starts_on, ends_on
    record(
        EventKind.ORGANISATION_TRUSTED,
        case_id=None,
        acting=acting,
        happened_at=now,
        now=now,
        facts={"organisation": organisation.slug},
        payload={"starts_on": starts_on, "ends_on": ends_on},
    )
    return trust


def begin_membership(
    person: Person,
    role: Role,
    *,
    agency_key: str | None,
    starts_on: date,
    acting: Acting,
    now: datetime,
    ends_on: date | None = None,
) -> Membership:
    """Begin a membership of the partnership in scope, unless it is held already. Raises AccountsError.

    One that ends earlier than is asked for is left as it is, and a further one begins.
    """
    agency = _agency(agency_key)
    fault = agency_fault(role, agency is not None, agency.partner if agency else None)
    if fault is not None:
        raise AccountsError(fault)
    agency_id = agency.id if agency else None
    held = held_already(person, role, agency_id, starts_on, ends_on)
    if held is not None:
        return held
    if ends_on is not None and ends_on < starts_on:
        raise AccountsError("a membership cannot end before it begins")
    _refuse_combination(person.id, Held(role, starts_on, ends_on))
    membership = Membership(
        person_id=person.id, role=role.value, agency_id=agency_id, starts_on=starts_on, ends_on=ends_on,
        begun_at=now,
    )  # fmt: skip
    db.session.add(membership)
    db.session.flush()
    _tell(EventKind.MEMBERSHIP_BEGUN, membership, person, acting, now)
    return membership


def held_already(
    person: Person, role: Role, agency_id: UUID | None, starts_on: date, ends_on: date | None
) -> Membership | None:
    """The membership that already gives what is asked for, or None. The person is locked, so that nothing begins
    twice."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    rows = db.session.scalars(
        select(Membership).where(
            Membership.person_id == person.id,
            Membership.role == role.value,
            Membership.agency_id == agency_id if agency_id else Membership.agency_id.is_(None),
            Membership.ended_at.is_(None),
            Membership.starts_on <= starts_on,
        )
    )
    return next((one for one in rows if _counts(one, person) and _lasts(one, starts_on, ends_on)), None)


def _lasts(held: Membership, starts_on: date, ends_on: date | None) -> bool:
    if held.ends_on is None:
        return True
    return held.ends_on >= starts_on and ends_on is not None and ends_on <= held.ends_on


def _counts(held: Membership, person: Person) -> bool:
    """Whether the person's passkeys are still those with which this membership was given."""
    if person.recovered_at is None or person.recovered_in == held.partnership_id:
        return True
    return held.begun_at is not None and held.begun_at > person.recovered_at


def _refuse_combination(person_id: UUID, wanted: Held) -> None:
    fault = combination_fault(wanted, running_roles(person_id))
    if fault is not None:
        raise AccountsError(fault)


def running_roles(person_id: UUID) -> list[Held]:
    """What a person is in the partnership in scope, or will be: memberships and deputies that were not ended."""
    found = []
    for model in (Membership, Deputy):
        rows = db.session.execute(
            select(model.role, model.starts_on, model.ends_on).where(
                model.person_id == person_id, model.ended_at.is_(None)
            )
        )
        found += [Held(Role(role), starts_on, ends_on) for role, starts_on, ends_on in rows]
    return found


def end_membership(membership_id: UUID, *, reason: str, acting: Acting, now: datetime) -> Membership:
    """End a membership of the partnership in scope, from this instant. Raises AccountsError."""
    membership = db.session.scalar(select(Membership).where(Membership.id == membership_id))
    if membership is None:
        raise AccountsError("there is no such membership in this partnership")
    if membership.ended_at is not None:
        raise AccountsError("that membership has already ended")
    person = db.session.get_one(Person, membership.person_id)
    membership.ended_at, membership.ended_reason = now, reason
    _tell(EventKind.MEMBERSHIP_ENDED, membership, person, acting, now)
    return membership


def _agency(key: str | None) -> Agency | None:
    if key is None:
        return None
    agency = db.session.scalar(select(Agency).where(Agency.key == key))
    if agency is None:
        raise AccountsError(f"the partnership has no agency '{key}'")
    return agency


def _tell(kind: EventKind, membership: Membership, person: Person, acting: Acting, now: datetime) -> None:
    record(
        kind,
        case_id=None,
        acting=acting,
        happened_at=now,
        now=now,
        facts={"membership": str(membership.id), "person": str(person.id), "role": membership.role},
        payload={
            "name": person.display_name,
            "starts_on": membership.starts_on,
            "reason": membership.ended_reason,
        },
    )
