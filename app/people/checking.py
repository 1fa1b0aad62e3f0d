"""The check of identity: whoever made a passkey after an invitation is asked, by another channel, for six digits.

The digits are typed and compared here rather than shown to whoever checks: so a conversation must have taken place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.access.actor import Acting
from app.access.independence import Held, combination_fault
from app.access.roles import Role
from app.accounts.models import Person
from app.accounts.service import running_roles
from app.ledger.service import record
from app.people.invitations import close, locked, still_possible
from app.people.mailing import tell_person
from app.people.memberships import Grant, give
from app.people.models import Invitation
from app.people.rules import MOST_WRONG_CODES, State, checker_fault, state_at
from app.people.tokens import code_of, same_code
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from tenants.db import db

WRONG = "wrong-code"
NOT_WAITING = "This invitation does not wait for a check of identity any more."
PAST = "What was offered can no longer be given: its last day has passed. Withdraw the invitation."
TOO_MANY = f"The code was wrong {MOST_WRONG_CODES} times. The invitation is withdrawn: invite them again."


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check. `problem` says why nothing more can be checked here, `faults` what to type again."""

    problem: str = ""
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def confirmed(self) -> bool:
        """Whether the membership began."""
        return not self.problem and not self.faults


def code_for(invitation: Invitation) -> str:
    """The six digits of an invitation that waits."""
    assert invitation.passkey_id is not None
    return code_of(invitation.partnership_id, invitation.id, invitation.nonce, invitation.passkey_id)


def confirm(invitation_id: UUID, code: str, how: str, acting: Acting, now: datetime) -> Checked:
    """Confirm that a passkey's holder is who was invited; their membership begins. A wrong code is counted and told in
    the ledger, so the caller commits whatever comes of it."""
    invitation = locked(invitation_id)
    if invitation is None or state_at(invitation.state, invitation.expires_at, now) is not State.WAITING:
        return Checked(NOT_WAITING)
    assert acting.person_id is not None
    assert invitation.accepted_person_id is not None
    assert invitation.role is not None
    if not still_possible(invitation, london_date(now)):
        return Checked(PAST)
    role = Role(invitation.role)
    fault = checker_fault(acting.person_id, invitation.invited_by, invitation.accepted_person_id)
    if fault:
        return Checked(fault)
    together = _not_together(invitation, role, london_date(now))
    if together:
        return Checked(together)
    faults = _typed_faults(code, how)
    if faults:
        return Checked(faults=faults)
    if not same_code(code, code_for(invitation)):
        return _wrong(invitation, acting, now)
    _confirmed(invitation, role, how.strip(), acting, now)
    return Checked()


def _not_together(invitation: Invitation, role: Role, today: date) -> str | None:
    assert invitation.starts_on is not None
    assert invitation.accepted_person_id is not None
    wanted = Held(role, max(invitation.starts_on, today), invitation.ends_on)
    return combination_fault(wanted, running_roles(invitation.accepted_person_id))


def _typed_faults(code: str, how: str) -> tuple[tuple[str, str], ...]:
    digits = "".join(code.split())
    faults = []
    if not how.strip():
        faults.append(("how", "Say how you reached them"))
    if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        faults.append(("code", "Enter the six digits that they read to you"))
    return tuple(faults)


def _wrong(invitation: Invitation, acting: Acting, now: datetime) -> Checked:
    invitation.wrong_codes += 1
    record(
        EventKind.MEMBERSHIP_REFUSED, case_id=None, acting=acting, happened_at=now, now=now, outcome=WRONG,
        facts={"invitation": str(invitation.id), "times": invitation.wrong_codes},
    )  # fmt: skip
    if invitation.wrong_codes < MOST_WRONG_CODES:
        left = MOST_WRONG_CODES - invitation.wrong_codes
        tries = "try is" if left == 1 else "tries are"
        return Checked(faults=(("code", f"That is not the code on their screen; {left} {tries} left"),))
    close(invitation, "The code was wrong too often", acting, now)
    return Checked(TOO_MANY)


def _confirmed(invitation: Invitation, role: Role, how: str, acting: Acting, now: datetime) -> None:
    assert invitation.starts_on is not None
    person = db.session.get_one(Person, invitation.accepted_person_id)
    invitation.state, invitation.confirmed_by = State.ACCEPTED.value, acting.person_id
    record(
        EventKind.MEMBERSHIP_APPROVED, case_id=None, acting=acting, happened_at=now, now=now,
        facts={"invitation": str(invitation.id), "person": str(person.id), "role": role.value},
        payload={"name": person.display_name, "how": how},
    )  # fmt: skip
    give(person, Grant(role, invitation.agency_id, invitation.starts_on, invitation.ends_on), acting, now)
    tell_person("membership-open", person.id, person.display_name, person.email, invitation.id, now)
