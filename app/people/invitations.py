"""Inviting somebody, sending the link again, withdrawing it. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from app.access.actor import Acting
from app.accounts.people_queries import trusted_organisations
from app.ledger.service import record
from app.outbox.smtp import usable
from app.people.mailing import send_invitation
from app.people.memberships import Faults, faults_of, wanted_of
from app.people.models import Invitation
from app.people.rules import INVITATION_LIFE, RECOVERY_LIFE, State, end_of_life, state_at, wanted_faults
from app.people.tokens import hash_of, new_nonce, token_of
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from tenants.db import db
from tenants.scope import current_partnership_id

PASSKEY = "passkey"
PERIOD_OVER = "The period is over: invite them again."
GONE = "What they are invited to does not exist any more: invite them again."
UNTRUSTED = "Their organisation is not trusted here today, so a link would not work."
NOT_SENT = "Nothing was sent: somebody has sent it again, or it was accepted or withdrawn."


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation as somebody typed it. `by` is an organisation's identifier, or `passkey`."""

    name: str
    email: str
    role: str | None
    agency: UUID | None
    starts_on: date | None
    ends_on: date | None
    by: str | None
    key: UUID


def invite(typed: NewInvitation, acting: Acting, now: datetime) -> Faults:
    """Invite somebody. Returns what is wrong, with nothing changed; the same form sent twice invites once."""
    if db.session.scalar(select(Invitation.id).where(Invitation.submission_key == typed.key)):
        return []
    wanted = wanted_of(typed.role, typed.agency, typed.starts_on, typed.ends_on)
    organisation, fault = _organisation(typed.by, london_date(now))
    faults = [*_who_faults(typed, now), *faults_of(wanted, now), *fault]
    if faults:
        return faults
    assert wanted.role is not None
    assert wanted.starts_on is not None
    assert acting.person_id is not None
    invitation = _made(typed.name.strip(), typed.email.strip(), acting, typed.key, now)
    invitation.purpose, invitation.role, invitation.agency_id = "membership", wanted.role.value, wanted.agency
    invitation.starts_on, invitation.ends_on = wanted.starts_on, wanted.ends_on
    invitation.organisation_id = organisation
    _send(invitation, acting, now)
    return []


def invite_to_recover(
    person_id: UUID, name: str, email: str, acting: Acting, key: UUID, now: datetime
) -> Invitation:
    """Send a passkey's holder the link to make a new one. Only the approval of a proposal calls this."""
    invitation = _made(name, email, acting, key, now)
    invitation.purpose, invitation.person_id = "recovery", person_id
    invitation.expires_at = end_of_life(now, RECOVERY_LIFE)
    _send(invitation, acting, now)
    return invitation


def send_again(invitation_id: UUID, seen: int, acting: Acting, now: datetime) -> str:
    """Send an open or expired invitation with a new link; the old one is worth nothing afterwards. Returns why nothing
    was sent: NOT_SENT where it was sent meanwhile (`seen` is the sending that the page showed), accepted or withdrawn,
    or why its link would be dead."""
    invitation = locked(invitation_id)
    fits = invitation is not None and invitation.purpose == "membership"
    if invitation is None or not fits or invitation.state != State.OPEN.value or invitation.sending != seen:
        return NOT_SENT
    dead = why_dead(invitation, london_date(now))
    if dead:
        return dead
    invitation.sending += 1
    invitation.nonce = new_nonce()
    invitation.token_hash = _hash(invitation)
    invitation.expires_at = end_of_life(now, INVITATION_LIFE)
    _send(invitation, acting, now)
    return ""


def why_dead(invitation: Invitation, today: date) -> str:
    """Why an invitation to a membership could be accepted by nobody today, however it is sent; empty where it could."""
    if invitation.ends_on is not None and invitation.ends_on < today:
        return PERIOD_OVER
    if not still_possible(invitation, today):
        return GONE
    trusted = {one.id for one in trusted_organisations(today)}
    return "" if invitation.organisation_id is None or invitation.organisation_id in trusted else UNTRUSTED


def still_possible(invitation: Invitation, today: date) -> bool:
    """Whether what was offered can still be given: the role and its agency exist, and its last day has not passed."""
    assert invitation.starts_on is not None
    first = max(invitation.starts_on, today)
    wanted = wanted_of(invitation.role, invitation.agency_id, first, invitation.ends_on)
    return not wanted_faults(wanted, today)


def withdraw(invitation_id: UUID, reason: str, acting: Acting, now: datetime) -> tuple[Faults, bool]:
    """Withdraw an invitation that was not accepted, or whose passkey waits for a check. Returns what is wrong, and
    whether it was withdrawn."""
    if not reason.strip():
        return [("reason", "Say why the invitation is withdrawn")], False
    invitation = locked(invitation_id)
    if invitation is None or invitation.state not in (State.OPEN.value, State.WAITING.value):
        return [], False
    close(invitation, reason.strip(), acting, now)
    return [], True


def close(invitation: Invitation, reason: str, acting: Acting, now: datetime) -> None:
    """Withdraw an invitation that is locked."""
    invitation.state = State.WITHDRAWN.value
    invitation.ended_at, invitation.ended_by, invitation.ended_reason = now, acting.name, reason
    record(
        EventKind.INVITATION_WITHDRAWN, case_id=None, acting=acting, happened_at=now, now=now,
        facts={"invitation": str(invitation.id)}, payload={"name": invitation.name, "reason": reason},
    )  # fmt: skip


def locked(invitation_id: UUID) -> Invitation | None:
    """An invitation of the partnership in scope, locked and read afresh; or None."""
    query = select(Invitation).where(Invitation.id == invitation_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def _made(name: str, email: str, acting: Acting, key: UUID, now: datetime) -> Invitation:
    assert acting.person_id is not None
    invitation = Invitation(
        partnership_id=current_partnership_id(), name=name, email=email, nonce=new_nonce(), sending=1,
        expires_at=end_of_life(now, INVITATION_LIFE), state=State.OPEN.value, invited_by=acting.person_id,
        invited_name=acting.name, invited_capacity=acting.capacity, invited_at=now, wrong_codes=0,
        submission_key=key,
    )  # fmt: skip
    invitation.token_hash = _hash(invitation)
    return invitation


def _send(invitation: Invitation, acting: Acting, now: datetime) -> None:
    db.session.add(invitation)
    db.session.flush()
    send_invitation(invitation, now)
    record(
        EventKind.PERSON_INVITED, case_id=None, acting=acting, happened_at=now, now=now,
        facts={"invitation": str(invitation.id), "role": invitation.role, "purpose": invitation.purpose,
               "sending": invitation.sending, "by": "organisation" if invitation.organisation_id else PASSKEY},
        payload={"name": invitation.name, "email": invitation.email, "starts_on": invitation.starts_on,
                 "ends_on": invitation.ends_on},
    )  # fmt: skip


def _hash(invitation: Invitation) -> bytes:
    return hash_of(token_of(invitation.partnership_id, invitation.submission_key, invitation.nonce))


def _organisation(by: str | None, today: date) -> tuple[UUID | None, Faults]:
    if by == PASSKEY:
        return None, []
    found = next((one.id for one in trusted_organisations(today) if str(one.id) == by), None)
    return found, [] if found else [("by", "Select how they will sign in")]


def _who_faults(typed: NewInvitation, now: datetime) -> Faults:
    faults = [] if typed.name.strip() else [("name", "Enter their name")]
    email = typed.email.strip()
    if not usable(email):
        return [*faults, ("email", "Enter an e-mail address, like name@example.org")]
    same = db.session.scalars(
        select(Invitation).where(
            Invitation.submission_key != typed.key, func.lower(Invitation.email) == email.lower(),
            Invitation.role == typed.role,
            Invitation.agency_id == typed.agency if typed.agency else Invitation.agency_id.is_(None),
        )
    )  # fmt: skip
    if any(state_at(one.state, one.expires_at, now) in (State.OPEN, State.WAITING) for one in same):
        faults.append(("email", "There is an open invitation to this address for this role: send it again"))
    return faults
