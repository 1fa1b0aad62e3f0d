"""Who may give whom what: the law of memberships, invitations and second persons. Pure functions.

Four sentences carry it. Nobody alone gives anything to themselves. Whoever decides is neither who proposed nor whom it
is about. Where no organisation vouches for somebody, the one who says "it is they" is not the one who invited them,
whatever the role. And whoever had a part in letting such a person in gives them no further role that opens cases, or
that governs who is let in, without a second person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.access.permissions import GRANTS, Permission
from app.access.roles import SERVES, Role, agency_fault
from app.procedure.clocks import day_end, london_date

INVITATION_LIFE = timedelta(days=14)
RECOVERY_LIFE = timedelta(days=2)
MOST_WRONG_CODES = 5
LONGEST_AHEAD = timedelta(days=731)
LAST_YEAR = timedelta(days=3653)

P = Permission
# What shows nothing of any case. Whatever is not named here counts as case access.
WITHOUT_CONTENT = {
    P.PARTNERSHIP_ENTER, P.TASKS_VIEW, P.PEOPLE_VIEW, P.PEOPLE_MANAGE, P.MEMBERSHIP_APPROVE, P.ACCESS_TABLE_VIEW,
    P.SETTINGS_VIEW, P.SETTINGS_CHANGE, P.ARRANGEMENTS_VIEW, P.ARRANGEMENT_RECORD,
}  # fmt: skip
GOVERNS = {P.PEOPLE_MANAGE, P.MEMBERSHIP_APPROVE}
OWN = "This is about yourself. Somebody else must decide it."
PROPOSED = "You proposed this yourself. Somebody else must decide it."
INVITED = (
    "You invited them yourself. Somebody else, another administrator or the Strategic Partnership Manager, must check "
    "who they are."
)
LAST_ADMINISTRATOR = (
    "This is the last administrator: nobody could invite people after that. Invite another administrator, or give "
    "somebody else the role, first"
)


class State(StrEnum):
    """How far an invitation has come. `waiting`: its passkey is made, and somebody must check whose it is."""

    OPEN = "open"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A membership as somebody typed it. `partner` is the safeguarding partner that the agency is, where it is one."""

    role: Role | None
    agency: UUID | None
    partner: str | None
    starts_on: date | None
    ends_on: date | None


def opens_cases(role: Role) -> bool:
    """Whether a role shows anything of any case."""
    return bool(set(GRANTS[role]) - WITHOUT_CONTENT)


def governs(role: Role) -> bool:
    """Whether a role decides who is let in."""
    return bool(set(GRANTS[role]) & GOVERNS)


def told_to_manager(role: Role) -> bool:
    """Whether the Strategic Partnership Manager is told that somebody was given this role."""
    return opens_cases(role) or governs(role)


def is_proposal(giver: UUID | None, receiver: UUID, role: Role | None, let_in_by: Collection[UUID]) -> bool:
    """Whether giving a membership (or a longer one) is only a proposal: whoever gives it gives it to themselves, or had
    a part in letting in the holder of a passkey (`let_in_by`) to whom they give a role that opens cases or governs."""
    return giver == receiver or (role is not None and giver in let_in_by and told_to_manager(role))


def decider_fault(decider: UUID, proposer: UUID, concerned: UUID) -> str | None:
    """Why this person may not decide a proposal, or None."""
    if decider == concerned:
        return OWN
    return PROPOSED if decider == proposer else None


def checker_fault(checker: UUID, inviter: UUID, concerned: UUID) -> str | None:
    """Why this person may not say that a passkey's holder is who was invited, or None."""
    if checker == concerned:
        return OWN
    return INVITED if checker == inviter else None


def end_of_life(now: datetime, life: timedelta) -> datetime:
    """When a link or a code stops working that is sent now: as the last day of its life ends in London."""
    return day_end(london_date(now) + life)


def state_at(stored: str, expires_at: datetime, now: datetime) -> State:
    """What an invitation is at a moment: it expires by itself, whether or not anything ran then."""
    state = State(stored)
    return State.EXPIRED if state in (State.OPEN, State.WAITING) and now >= expires_at else state


def wanted_faults(wanted: Wanted, today: date) -> list[tuple[str, str]]:
    """What is missing or impossible in a membership: field and message."""
    faults = _agency_faults(wanted)
    if wanted.starts_on is None:
        faults.append(("starts_on", "Enter the first day"))
    elif wanted.starts_on < today:
        faults.append(("starts_on", "The first day must be today or later"))
    elif wanted.starts_on - today > LONGEST_AHEAD:
        faults.append(("starts_on", "The first day must be within two years"))
    elif wanted.ends_on is not None and wanted.ends_on < wanted.starts_on:
        faults.append(("ends_on", "The last day must be on or after the first day"))
    if wanted.ends_on is not None and wanted.ends_on - today > LAST_YEAR:
        faults.append(
            ("ends_on", "The last day must be within ten years; leave it empty where none is known")
        )
    return faults


def _agency_faults(wanted: Wanted) -> list[tuple[str, str]]:
    if wanted.role is None:
        return [("role", "Select a role")]
    if wanted.role not in SERVES:
        return [("agency", "This role serves no agency: choose none")] if wanted.agency else []
    if wanted.agency is None:
        return [("agency", "Select the agency that this role serves")]
    if agency_fault(wanted.role, True, wanted.partner) is not None:
        return [("agency", "This role serves a safeguarding partner: select the right one")]
    return []


def last_day_faults(starts_on: date, ends_on: date | None, today: date) -> list[tuple[str, str]]:
    """What is wrong with a new last day of a membership."""
    if ends_on is None:
        return []
    if ends_on < starts_on:
        return [("ends_on", "The last day must be on or after the first day")]
    if ends_on < today:
        return [("ends_on", "The last day must be today or later; to end the membership at once, end it now")]
    if ends_on - today > LAST_YEAR:
        return [("ends_on", "The last day must be within ten years; leave it empty where none is known")]
    return []


def lengthens(before: date | None, after: date | None) -> bool:
    """Whether a new last day gives more than the old one did."""
    return before is not None and (after is None or after > before)
