"""Giving, lengthening, shortening and ending memberships. The caller commits.

Everything here records an event with who did it. What needs a second person is not given here: it becomes a proposal
(proposals.py). The last administrator is not taken away: nobody could invite anybody after that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting
from app.access.roles import Role
from app.accounts import service
from app.accounts.membership_days import holds_alone, lock_holders
from app.accounts.models import Membership, Person
from app.ledger.service import record
from app.people.mailing import tell_managers, tell_person
from app.people.rules import LAST_ADMINISTRATOR, Wanted, last_day_faults, lengthens, wanted_faults
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from tenants.db import db
from tenants.registry import Agency

Faults = list[tuple[str, str]]
ADMINISTRATOR = Role.PARTNERSHIP_ADMINISTRATOR.value


@dataclass(frozen=True, slots=True)
class Grant:
    """A membership to be given: already checked, or checked here."""

    role: Role
    agency_id: UUID | None
    starts_on: date
    ends_on: date | None


def wanted_of(
    role: str | None, agency_id: UUID | None, starts_on: date | None, ends_on: date | None
) -> Wanted:
    """What was typed, with what the agency is. A role that does not exist (any more) is none."""
    agency = db.session.scalar(select(Agency).where(Agency.id == agency_id)) if agency_id else None
    known = role if role in {one.value for one in Role} else None
    return Wanted(
        Role(known) if known else None, agency.id if agency else None, agency.partner if agency else None,
        starts_on, ends_on,
    )  # fmt: skip


def faults_of(wanted: Wanted, now: datetime) -> Faults:
    """What is missing or impossible: field and message."""
    return wanted_faults(wanted, london_date(now))


def give(person: Person, grant: Grant, acting: Acting, now: datetime) -> Membership:
    """Begin a membership, not before today, and tell those who watch over it. Raises AccountsError."""
    today = london_date(now)
    agency = db.session.scalar(select(Agency.key).where(Agency.id == grant.agency_id))
    membership = service.begin_membership(
        person, grant.role, agency_key=agency, starts_on=max(grant.starts_on, today), ends_on=grant.ends_on,
        acting=acting, now=now,
    )  # fmt: skip
    tell_managers(str(membership.id), grant.role, acting.person_id, today, now)
    return membership


def is_held(person: Person, grant: Grant, now: datetime) -> bool:
    """Whether a person has all of a grant already. They are locked, so that it stays so."""
    first = max(grant.starts_on, london_date(now))
    return service.held_already(person, grant.role, grant.agency_id, first, grant.ends_on) is not None


def running(membership_id: UUID) -> Membership | None:
    """A membership of the partnership in scope that has not been ended, locked together with those of the
    administrators; or None."""
    lock_holders(ADMINISTRATOR)
    return db.session.scalar(
        select(Membership)
        .where(Membership.id == membership_id, Membership.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def change_last_day(
    membership: Membership, ends_on: date | None, reason: str, acting: Acting, now: datetime
) -> Faults:
    """Change the last day of a membership that runs or is to come. Returns what is wrong, with nothing changed."""
    today = london_date(now)
    faults = last_day_faults(membership.starts_on, ends_on, today)
    if not faults and not reason.strip():
        faults = [("reason", "Say why the last day changes")]
    if not faults and membership.ends_on is not None and membership.ends_on < today:
        faults = [("ends_on", "This membership is over. Give a further one instead")]
    if faults or ends_on == membership.ends_on:
        return faults
    if ends_on is not None and _leaves_nobody(membership, ends_on + timedelta(days=1)):
        return [("ends_on", LAST_ADMINISTRATOR)]
    before, membership.ends_on = membership.ends_on, ends_on
    record(
        EventKind.MEMBERSHIP_CHANGED, case_id=None, acting=acting, happened_at=now, now=now,
        facts={"membership": str(membership.id), "person": str(membership.person_id), "role": membership.role},
        payload={"before": before, "after": ends_on, "reason": reason.strip()},
    )  # fmt: skip
    if lengthens(before, ends_on):
        longer = f"{membership.id}:{ends_on or 'open'}:{now.timestamp()}"
        tell_managers(longer, Role(membership.role), acting.person_id, today, now)
    return []


def end_now(membership_id: UUID, reason: str, acting: Acting, now: datetime) -> tuple[Faults, bool]:
    """End a membership from this instant: the person's next request is refused. Returns what is wrong, and whether it
    was running."""
    if not reason.strip():
        return [("reason", "Say why the membership ends")], False
    membership = running(membership_id)
    if membership is None:
        return [], False
    if _leaves_nobody(membership, max(membership.starts_on, london_date(now))):
        return [("reason", LAST_ADMINISTRATOR)], False
    ended = service.end_membership(membership_id, reason=reason.strip(), acting=acting, now=now)
    # Whoever watched over an administrator and is removed by them learns of it.
    person = db.session.get_one(Person, ended.person_id)
    tell_person("membership-ended", person.id, person.display_name, person.email, ended.id, now)
    return [], True


def _leaves_nobody(membership: Membership, loses_from: date) -> bool:
    """Whether nobody could invite people any more, on the first day that a membership would no longer hold."""
    return membership.role == ADMINISTRATOR and holds_alone(membership.id, membership.role, loses_from)
