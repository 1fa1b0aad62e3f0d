"""The passkeys of people who have no organisation here: kept, used, removed. The caller commits."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from webauthn.helpers import bytes_to_base64url

from app.accounts.ceremony import Challenge, Credential, PasskeyRefused, Shown, used
from app.accounts.identity_queries import BY_PASSKEY, provider_of_passkeys
from app.accounts.models import IdentityProvider, Passkey, Person
from tenants.db import db

log = logging.getLogger("waymark.passkeys")
MOST = 10


class LastPasskey(Exception):
    """It is the person's only passkey, without which they could never sign in again."""


@dataclass(frozen=True, slots=True)
class Used:
    """Whose passkey was used, and which."""

    person_id: UUID
    passkey_id: UUID


def passkeys_of(person_id: UUID) -> list[Passkey]:
    """A person's passkeys, oldest first."""
    query = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.made_at, Passkey.id)
    return list(db.session.scalars(query))


def holders_among(people: list[UUID]) -> set[UUID]:
    """Those of these people who sign in with a passkey rather than with an organisation."""
    query = (
        select(Person.id)
        .join(IdentityProvider, IdentityProvider.id == Person.provider_id)
        .where(Person.id.in_(people), IdentityProvider.kind == BY_PASSKEY)
    )
    return set(db.session.scalars(query))


def use_passkey(found: Shown, challenge: Challenge, now: datetime) -> Used:
    """Who used their passkey, where the answer proves it. Raises PasskeyRefused.

    The row is locked, so that of two answers with one count only the first is accepted.
    """
    row = db.session.execute(
        select(Passkey, Person)
        .join(Person, Person.id == Passkey.person_id)
        .join(IdentityProvider, IdentityProvider.id == Person.provider_id)
        .where(
            Passkey.credential_id == found.credential_id,
            IdentityProvider.kind == BY_PASSKEY,
            IdentityProvider.enabled,
        )
        .with_for_update(of=Passkey)
    ).one_or_none()
    if row is None:
        raise PasskeyRefused("nobody has this passkey")
    passkey, person = row
    if bytes_to_base64url(found.handle) != person.subject:
        raise PasskeyRefused("the passkey names somebody else than its owner")
    try:
        passkey.sign_count = used(found, challenge, passkey.public_key, passkey.sign_count)
    except PasskeyRefused as refusal:
        log.warning("passkey refused: %s", refusal, extra={"passkey": str(passkey.id)})
        raise
    passkey.last_used_at = now
    return Used(person.id, passkey.id)


def make_person(credential: Credential, *, name: str, email: str, now: datetime) -> tuple[Person, Passkey]:
    """A new person, known by their first passkey. Raises PasskeyRefused."""
    provider_id = provider_of_passkeys()
    if provider_id is None:
        raise PasskeyRefused("passkeys are switched off here")
    person = Person(
        provider_id=provider_id, subject=bytes_to_base64url(credential.handle), display_name=name,
        email=email, job_title="",
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    return person, add_passkey(person.id, credential, label="First passkey", now=now)


def add_passkey(person_id: UUID, credential: Credential, *, label: str, now: datetime) -> Passkey:
    """A further passkey of a person. Raises PasskeyRefused where it is somebody's already, or there are too many."""
    if len(_locked(person_id)) >= MOST:
        raise PasskeyRefused("the person has as many passkeys as anybody may have")
    passkey = Passkey(
        person_id=person_id, credential_id=credential.credential_id, public_key=credential.public_key,
        sign_count=credential.sign_count, label=label, made_at=now,
    )  # fmt: skip
    db.session.add(passkey)
    try:
        db.session.flush()
    except IntegrityError as fault:
        raise PasskeyRefused("this passkey is known already") from fault
    return passkey


def remove_passkey(person_id: UUID, passkey_id: UUID) -> str | None:
    """Remove one of a person's passkeys: sessions begun with it end at their next request. Returns what it was called,
    or None where it is not theirs (any more). Raises LastPasskey."""
    held = _locked(person_id)
    found = next((one for one in held if one.id == passkey_id), None)
    if found is None:
        return None
    if len(held) == 1:
        raise LastPasskey
    db.session.delete(found)
    return found.label


def replace_passkeys(
    person: Person, credential: Credential, partnership_id: UUID, now: datetime
) -> tuple[Passkey, list[str]]:
    """Give a person one new passkey and remove all others. Returns it, and what the others were called.

    From now on only this partnership, which has checked who they are, still knows them: the memberships that others
    gave before do not count until those have checked again. Raises PasskeyRefused.
    """
    old = _locked(person.id)
    for one in old:
        db.session.delete(one)
    db.session.flush()
    person.recovered_at, person.recovered_in = now, partnership_id
    return add_passkey(person.id, credential, label="Passkey after recovery", now=now), [
        one.label for one in old
    ]


def _locked(person_id: UUID) -> list[Passkey]:
    """A person's passkeys, locked together with the person: one thing at a time happens to them."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    query = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id).with_for_update()
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))
