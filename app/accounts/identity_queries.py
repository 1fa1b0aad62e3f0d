"""Who somebody is: the person of a session or of a provider's subject, and the providers themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_login import UserMixin
from sqlalchemy import ColumnElement, Select, select
from webauthn.helpers import base64url_to_bytes

from app.accounts.models import IdentityProvider, Organisation, Passkey, Person
from app.accounts.oidc_types import Identity, Provider
from tenants.db import db

OPENID, BY_PASSKEY = "oidc", "passkey"


@dataclass(frozen=True)
class SignedInPerson(UserMixin):
    """The person of a session, as pages need them. It says nothing of what they may do.

    `handle` is what a passkey's holder is called by their passkeys.
    """

    person_id: UUID
    provider_id: UUID
    display_name: str
    job_title: str
    organisation_name: str
    email: str | None
    by_passkey: bool = False
    handle: bytes = b""
    signed_out_before: datetime | None = None

    def get_id(self) -> str:
        """What the session holds."""
        return str(self.person_id)


@dataclass(frozen=True, slots=True)
class Choice:
    """An organisation that people can sign in with."""

    slug: str
    name: str


def person_identified(identity: Identity) -> SignedInPerson | None:
    """The person of that provider and subject, or None. Nothing else about them is looked at."""
    return _signed_in(
        _people().where(Person.provider_id == identity.provider_id, Person.subject == identity.subject)
    )


def load_person(person_id: str, passkey_id: str | None = None) -> SignedInPerson | None:
    """The person of a session; None where they, or their organisation's provider, are no longer there.

    A session begun with a passkey ends with it: once that passkey is removed, there is nobody.
    """
    try:
        wanted = UUID(person_id)
        key = UUID(passkey_id) if passkey_id else None
    except ValueError:
        return None
    found = _signed_in(_people().where(Person.id == wanted))
    if found is not None and found.by_passkey and not _has_passkey(wanted, key):
        return None
    return found


def _has_passkey(person_id: UUID, passkey_id: UUID | None) -> bool:
    wanted = select(Passkey.id).where(Passkey.id == passkey_id, Passkey.person_id == person_id)
    return db.session.scalar(wanted) is not None


def choices() -> list[Choice]:
    """The organisations that people can sign in with, by name."""
    rows = db.session.execute(
        select(Organisation.slug, Organisation.name)
        .join(IdentityProvider, IdentityProvider.organisation_id == Organisation.id)
        .where(IdentityProvider.enabled, IdentityProvider.kind == OPENID)
        .order_by(Organisation.name)
    )
    return [Choice(slug, name) for slug, name in rows]


def provider_of(organisation_slug: str) -> Provider | None:
    """The enabled OpenID provider of an organisation, or None."""
    return _provider(Organisation.slug == organisation_slug)


def provider_by_id(provider_id: UUID) -> Provider | None:
    """An enabled OpenID provider, or None."""
    return _provider(IdentityProvider.id == provider_id)


def provider_of_id(organisation_id: UUID) -> Provider | None:
    """The enabled OpenID provider of an organisation, or None."""
    return _provider(IdentityProvider.organisation_id == organisation_id)


def provider_of_passkeys() -> UUID | None:
    """The one provider of people who sign in with a passkey, or None where it is switched off."""
    return db.session.scalar(
        select(IdentityProvider.id).where(IdentityProvider.kind == BY_PASSKEY, IdentityProvider.enabled)
    )


def _people() -> Select[Person, Organisation, IdentityProvider]:
    return (
        select(Person, Organisation, IdentityProvider)
        .join(IdentityProvider, IdentityProvider.id == Person.provider_id)
        .join(Organisation, Organisation.id == IdentityProvider.organisation_id)
        .where(IdentityProvider.enabled)
    )


def _signed_in(query: Select[Person, Organisation, IdentityProvider]) -> SignedInPerson | None:
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    person, organisation, provider = row
    return SignedInPerson(
        person_id=person.id,
        provider_id=person.provider_id,
        display_name=person.display_name,
        job_title=person.job_title,
        organisation_name=organisation.name,
        email=person.email,
        by_passkey=provider.kind == BY_PASSKEY,
        handle=base64url_to_bytes(person.subject) if provider.kind == BY_PASSKEY else b"",
        signed_out_before=person.signed_out_before,
    )


def _provider(condition: ColumnElement[bool]) -> Provider | None:
    row = db.session.execute(
        select(IdentityProvider, Organisation)
        .join(Organisation, Organisation.id == IdentityProvider.organisation_id)
        .where(condition, IdentityProvider.enabled, IdentityProvider.kind == OPENID)
    ).one_or_none()
    if row is None:
        return None
    provider, organisation = row
    return Provider(
        id=provider.id,
        organisation_slug=organisation.slug,
        organisation_name=organisation.name,
        issuer=provider.issuer,
        client_id=provider.client_id,
        client_secret_env=provider.client_secret_env,
        allowed_algorithms=tuple(provider.allowed_algorithms),
        entra_tenant=provider.entra_tenant,
        required_acr=provider.required_acr,
        sends_issuer=provider.sends_issuer,
    )
