"""Accepting an invitation, once: bound to whoever its organisation signed in, or to a passkey. The caller commits.

A wrong, used, withdrawn or expired invitation, one to what no longer exists, and one of an organisation that is no
longer trusted are all the same to whoever asks: `Unusable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from webauthn.helpers import base64url_to_bytes

from app.access.actor import Acting
from app.access.roles import Role
from app.accounts import passkeys
from app.accounts.ceremony import Challenge, Credential, Shown
from app.accounts.identity_queries import provider_of_id
from app.accounts.models import Passkey, Person
from app.accounts.oidc_types import Identity
from app.accounts.passkeys import Used
from app.accounts.queries import memberships_in
from app.accounts.service import AccountsError, ensure_identified
from app.ledger.service import record
from app.people.invitations import locked, why_dead
from app.people.mailing import tell_deciders
from app.people.memberships import Grant, give
from app.people.models import Invitation
from app.people.proposals import propose_membership
from app.people.rules import INVITATION_LIFE, State, end_of_life, state_at
from app.people.tokens import hash_of
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from tenants.db import db

CAPACITY = "Invited person"


class Unusable(Exception):
    """The invitation cannot be used. Nothing says why."""


class Became(StrEnum):
    """What an accepted invitation became."""

    MEMBERSHIP = "membership"
    PROPOSAL = "proposal"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who accepted, and what it became."""

    person_id: UUID
    became: Became
    starts_on: date | None = None


def open_invitation(token: str, now: datetime) -> Invitation | None:
    """The invitation of a link of the partnership in scope where it can be used now, or None."""
    found = db.session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token)))
    return found if found is not None and _usable(found, now) else None


def accept_signed_in(invitation_id: UUID, identity: Identity, now: datetime) -> Accepted:
    """Bind the invitation to whoever its organisation signed in. Raises Unusable.

    Where that is who invited, nobody has given them anything yet: it becomes a proposal for a second person.
    """
    invitation = _taken(invitation_id, now)
    provider = provider_of_id(invitation.organisation_id) if invitation.organisation_id else None
    if provider is None or provider.id != identity.provider_id:
        raise Unusable
    person = ensure_identified(identity, display_name=invitation.name, email=invitation.email)
    acting = _accepting(person)
    invitation.state = State.ACCEPTED.value
    _bound(invitation, person, acting, now)
    grant = _grant(invitation)
    if invitation.invited_by == person.id:
        if propose_membership(
            person.id, grant, "Invited by themselves", acting, invitation.submission_key, now
        ):
            raise Unusable
        return Accepted(person.id, Became.PROPOSAL)
    try:
        membership = give(person, grant, acting, now)
    except AccountsError as fault:  # what they are here already does not go together with it
        raise Unusable from fault
    return Accepted(person.id, Became.MEMBERSHIP, membership.starts_on)


def accept_with_new_passkey(invitation_id: UUID, credential: Credential, now: datetime) -> Used:
    """Make a person with their first passkey; the membership waits for a check of identity. Raises Unusable,
    PasskeyRefused."""
    invitation = _taken_by_passkey(invitation_id, now, "membership")
    person, passkey = passkeys.make_person(credential, name=invitation.name, email=invitation.email, now=now)
    acting = _accepting(person)
    _waits(invitation, person, passkey, acting, now)
    _tell(EventKind.PASSKEY_REGISTERED, person, passkey.label, acting, now)
    return Used(person.id, passkey.id)


def accept_with_passkey(invitation_id: UUID, found: Shown, challenge: Challenge, now: datetime) -> Used:
    """Bind the invitation to somebody who has a passkey already; it waits for a check of identity here. Raises
    Unusable, PasskeyRefused."""
    invitation = _taken_by_passkey(invitation_id, now, "membership")
    used = passkeys.use_passkey(found, challenge, now)
    person, passkey = db.session.get_one(Person, used.person_id), db.session.get_one(Passkey, used.passkey_id)
    _waits(invitation, person, passkey, _accepting(person), now)
    return used


def recover(invitation_id: UUID, credential: Credential, now: datetime) -> tuple[Used, Acting, list[str]]:
    """Give a person one new passkey instead of all that they had. Returns it, and what the others were called. Raises
    Unusable, PasskeyRefused."""
    invitation = _taken_by_passkey(invitation_id, now, "recovery")
    assert invitation.person_id is not None
    person = db.session.get_one(Person, invitation.person_id)
    acting = _accepting(person)
    passkey, removed = passkeys.replace_passkeys(person, credential, invitation.partnership_id, now)
    invitation.state, invitation.passkey_id = State.ACCEPTED.value, passkey.id
    _bound(invitation, person, acting, now)
    for label in removed:
        _tell(EventKind.PASSKEY_REMOVED, person, label, acting, now)
    _tell(EventKind.PASSKEY_REGISTERED, person, passkey.label, acting, now)
    return Used(person.id, passkey.id), acting, removed


def _taken(invitation_id: UUID, now: datetime) -> Invitation:
    """The invitation, locked, so that of two who accept at once one finds it used."""
    invitation = locked(invitation_id)
    if invitation is None or not _usable(invitation, now):
        raise Unusable
    return invitation


def _taken_by_passkey(invitation_id: UUID, now: datetime, purpose: str) -> Invitation:
    invitation = _taken(invitation_id, now)
    if invitation.organisation_id is not None or invitation.purpose != purpose:
        raise Unusable
    return invitation


def _usable(invitation: Invitation, now: datetime) -> bool:
    today = london_date(now)
    if state_at(invitation.state, invitation.expires_at, now) is not State.OPEN:
        return False
    if invitation.purpose == "recovery":
        assert invitation.person_id is not None
        return bool(memberships_in(invitation.partnership_id, invitation.person_id, today))
    return not why_dead(invitation, today)


def _waits(invitation: Invitation, person: Person, passkey: Passkey, acting: Acting, now: datetime) -> None:
    invitation.state, invitation.passkey_id = State.WAITING.value, passkey.id
    invitation.expires_at = end_of_life(now, INVITATION_LIFE)
    _bound(invitation, person, acting, now)
    tell_deciders("identity-check-waits", invitation.id, [person.id], london_date(now), now)


def _bound(invitation: Invitation, person: Person, acting: Acting, now: datetime) -> None:
    invitation.accepted_person_id, invitation.accepted_at = person.id, now
    record(
        EventKind.INVITATION_ACCEPTED, case_id=None, acting=acting, happened_at=now, now=now,
        facts={"invitation": str(invitation.id), "person": str(person.id), "role": invitation.role,
               "purpose": invitation.purpose},
        payload={"name": person.display_name, "invited_by": invitation.invited_name},
    )  # fmt: skip


def _tell(kind: EventKind, person: Person, label: str, acting: Acting, now: datetime) -> None:
    record(
        kind, case_id=None, acting=acting, happened_at=now, now=now, facts={"person": str(person.id)},
        payload={"passkey": label},
    )  # fmt: skip


def _accepting(person: Person) -> Acting:
    return Acting(person.id, person.display_name, CAPACITY)


def _grant(invitation: Invitation) -> Grant:
    assert invitation.role is not None
    assert invitation.starts_on is not None
    return Grant(Role(invitation.role), invitation.agency_id, invitation.starts_on, invitation.ends_on)


def handle_of(person_id: UUID) -> bytes:
    """What a passkey's holder is called by their passkeys: a new one replaces the old on the same device."""
    return base64url_to_bytes(db.session.get_one(Person, person_id).subject)
