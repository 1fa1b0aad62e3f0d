"""Messages about people: none says a name or a role. A one-time link gets its token only as the message is sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.access.permissions import GRANTS, Permission
from app.access.roles import Role
from app.accounts.queries import Holder, holders_of
from app.outbox.handlers import completes
from app.outbox.messages import ONE_TIME
from app.outbox.models import OutboxMessage
from app.outbox.service import post
from app.people.models import Invitation
from app.people.rules import State, state_at, told_to_manager
from app.people.tokens import hash_of, token_of
from tenants.db import db

DECIDERS = [role.value for role in Role if Permission.MEMBERSHIP_APPROVE in GRANTS[role]]
# Whoever watches over the partnership where there is no manager (any more) to be told.
INSTEAD = [Role.PARTNERSHIP_CHAIR.value, Role.INDEPENDENT_SCRUTINEER.value]
KINDS = {"membership": "invitation", "recovery": "passkey-recovery"}


def key_of(invitation: Invitation) -> str:
    """The key of an invitation's message: each sending has its own."""
    return f"invitation:{invitation.id}:{invitation.sending}"


def send_invitation(invitation: Invitation, now: datetime) -> None:
    """Post the message with the link."""
    post(
        KINDS[invitation.purpose], to_person=invitation.person_id, to_address=invitation.email,
        to_name=invitation.name, key=key_of(invitation), now=now,
        params={"due_on": invitation.works_to},
        context={"invitation": str(invitation.id), "sending": str(invitation.sending)},
    )  # fmt: skip


@completes("invitation")
@completes("passkey-recovery")
def with_link(message: OutboxMessage, now: datetime) -> str | None:
    """The message with its token, or None where the invitation is no longer open or was sent again meanwhile."""
    wanted = UUID(message.context["invitation"])
    invitation = db.session.scalar(select(Invitation).where(Invitation.id == wanted))
    if invitation is None or str(invitation.sending) != message.context["sending"]:
        return None
    token = token_of(invitation.partnership_id, invitation.submission_key, invitation.nonce)
    open_still = state_at(invitation.state, invitation.expires_at, now) is State.OPEN
    if not open_still or hash_of(token) != invitation.token_hash:
        return None
    return message.body.replace(ONE_TIME, token)


def tell_deciders(kind: str, about: UUID, but_not: Collection[UUID], today: date, now: datetime) -> None:
    """Tell those who may decide that something waits for them."""
    for one in holders_of(DECIDERS, today):
        if one.person_id not in but_not:
            _post(kind, one, str(about), now)


def tell_managers(given: str, role: Role, by: UUID | None, today: date, now: datetime) -> None:
    """Tell the Strategic Partnership Managers that a role which opens cases, or governs access, was given.

    `given` names what was given, so that each is told once."""
    if not told_to_manager(role):
        return
    managers = holders_of([Role.STRATEGIC_MANAGER.value], today)
    for one in managers or holders_of(INSTEAD, today):
        if one.person_id != by:
            _post("access-given", one, given, now)


def tell_person(kind: str, person_id: UUID, name: str, email: str | None, about: UUID, now: datetime) -> None:
    """Tell one person of something about themselves, or that they proposed."""
    _post(kind, Holder(person_id, name, email), str(about), now)


def _post(kind: str, to: Holder, about: str, now: datetime) -> None:
    key = f"{kind}:{about}:{to.person_id}"
    post(kind, to_person=to.person_id, to_address=to.email, to_name=to.name, key=key, now=now)
