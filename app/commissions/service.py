"""What the partnership does with a commission: gives it, sets its terms and dates, ends it. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting
from app.access.roles import Role
from app.access.sealing import is_sealed
from app.accounts.membership_days import MemberDays, members_from
from app.cases.reference import new_reference
from app.cases.service import lock
from app.commissions import telling
from app.commissions.models import Commission
from app.commissions.queries import commission_of, commissions_of
from app.commissions.rules import KINDS, PREFIXES, ROLES, Faults
from app.ledger.service import record
from app.procedure.clocks import london_date
from app.procedure.commissions import end_faults, removal_faults, term_faults
from app.procedure.events import EventKind, Stage
from app.procedure.marks import duty
from tenants.db import db


class NoSuchCommission(Exception):
    """The case has no such commission."""


class ChangedMeanwhile(Exception):
    """Somebody changed the same thing after the form was shown; nothing was recorded."""


class Removed(Exception):
    """The commissioned person has been removed: nothing of the commission changes any more."""


@dataclass(frozen=True, slots=True)
class NewCommission:
    """A commission as it was typed. `membership` is the one it is given under."""

    membership: UUID | None
    first_day: date | None
    last_day: date | None
    contact: str
    key: UUID


def candidates(today: date) -> list[MemberDays]:
    """Who can be commissioned: members now, or later, as a reviewer or an event lead."""
    return members_from([role.value for role in ROLES.values()], today)


@duty("S-02")
def give(
    case_id: UUID, typed: NewCommission, acting: Acting, now: datetime
) -> tuple[Commission | None, Faults]:
    """Commission a member for a case, for the kind of work that their role is for. Returns what is wrong (field and
    message) with nothing changed; the same form sent twice gives one."""
    lock(case_id)
    known = db.session.scalar(
        select(Commission).where(Commission.case_id == case_id, Commission.submission_key == typed.key)
    )
    if known is not None:
        return known, []
    today = london_date(now)
    member = next((one for one in candidates(today) if one.membership_id == typed.membership), None)
    faults = _give_faults(case_id, typed, member, today)
    if faults or member is None or typed.first_day is None or typed.last_day is None:
        return None, faults
    kind = KINDS[Role(member.role)]
    row = Commission(
        case_id=case_id, reference=_free_reference(PREFIXES[kind]), kind=kind, membership_id=member.membership_id,
        person_id=member.person_id, person_name=member.name, contact=typed.contact.strip(),
        first_day=typed.first_day, last_day=typed.last_day, version=1, given_by=acting.name,
        given_capacity=acting.capacity, given_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    days = {"first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat()}
    tell_ledger(EventKind.REVIEWER_COMMISSIONED, row, acting, now, days,
                {"person": row.person_name, "contact": row.contact})  # fmt: skip
    telling.begins(row, now)
    return row, []


def _give_faults(case_id: UUID, typed: NewCommission, member: MemberDays | None, today: date) -> Faults:
    begins, ends = (member.starts_on, member.ends_on) if member else (today, None)
    faults = _cannot(case_id, member, today) if member else [("membership", "Select who is commissioned")]
    faults += term_faults(typed.first_day, typed.last_day, today, begins, ends)
    return faults if typed.contact.strip() else [*faults, ("contact", "Say whom they can ask")]


def _cannot(case_id: UUID, member: MemberDays, today: date) -> Faults:
    """Somebody is commissioned once at a time for one case, and for none that they are sealed out of."""
    if is_sealed(case_id, member.person_id):
        return [("membership", "They are sealed out of this case: select somebody else")]
    for row in commissions_of(case_id):
        if row.membership_id == member.membership_id and row.removed_at is None and row.last_day >= today:
            return [
                ("membership", f"{member.name} is commissioned for this case already, as {row.reference}")
            ]
    return []


def load(case_id: UUID, reference: str) -> Commission:
    """The commission, locked after its case, as every verb that records an event locks them. Raises NoSuchCommission,
    Removed."""
    lock(case_id)
    row = commission_of(case_id, reference, lock=True)
    if row is None:
        raise NoSuchCommission(reference)
    if row.removed_at is not None:
        raise Removed(reference)
    return row


def member_days(row: Commission, today: date) -> MemberDays | None:
    """The membership under which the commission was given, or None where it has ended."""
    return next((one for one in candidates(today) if one.membership_id == row.membership_id), None)


@duty("S-02")
def change_end(
    case_id: UUID,
    reference: str,
    last_day: date | None,
    reason: str,
    *,
    version: int,
    acting: Acting,
    now: datetime,
) -> Faults:
    """Give a commission another last day, with a reason. Returns what is wrong, with nothing changed.

    Raises NoSuchCommission, Removed; ChangedMeanwhile where the commission is no longer as it was shown.
    """
    row, today = load(case_id, reference), london_date(now)
    if row.version != version:
        if row.last_day == last_day:
            return []
        raise ChangedMeanwhile(reference)
    faults = _end_faults(row, last_day, reason, today)
    if faults or last_day is None:
        return faults
    before, row.last_day, row.version = row.last_day, last_day, row.version + 1
    tell_ledger(EventKind.COMMISSION_CHANGED, row, acting, now, {"last_day": last_day.isoformat()},
                {"was": before.isoformat(), "reason": reason.strip()})  # fmt: skip
    telling.tell("commission-end-changed", row, str(row.version), now)
    return []


def end_is_fixed(row: Commission, today: date) -> str:
    """Why the last day cannot change whatever is typed, as a sentence; nothing where it can."""
    return f"{_gone(row)}." if member_days(row, today) is None else ""


def _gone(row: Commission) -> str:
    return f"{row.person_name} is no longer a member: a longer commission would open nothing"


def _end_faults(row: Commission, last_day: date | None, reason: str, today: date) -> Faults:
    member = member_days(row, today)
    if member is None:
        return [("last_day", _gone(row))]
    faults = end_faults(last_day, row.first_day, today, member.ends_on, reason)
    if not faults and last_day == row.last_day:
        return [("last_day", "That is the last day already")]
    return faults


@duty("B3-15")
def remove(case_id: UUID, reference: str, reason: str, acting: Acting, now: datetime) -> Faults:
    """Remove the commissioned person: from this instant they have no access, sessions included. Returns what is
    wrong, with nothing changed; removed a second time, the first stands. Raises NoSuchCommission."""
    try:
        row = load(case_id, reference)
    except Removed:
        return []
    faults = removal_faults(reason, removed=False, published=False)
    if faults:
        return faults
    telling.removed(row, now)
    row.removed_at, row.removed_by, row.removed_capacity = now, acting.name, acting.capacity
    row.removed_reason, row.version = reason.strip(), row.version + 1
    tell_ledger(EventKind.REVIEWER_REMOVED, row, acting, now, {},
                {"person": row.person_name, "reason": row.removed_reason})  # fmt: skip
    return []


def tell_ledger(
    kind: EventKind,
    row: Commission,
    acting: Acting,
    now: datetime,
    facts: Mapping[str, object],
    payload: dict[str, Any],
) -> None:
    """Record what happened to a commission in its case's history, in the stage that it is for."""
    record(
        kind, case_id=row.case_id, acting=acting, happened_at=now, now=now, stage=Stage(row.kind),
        facts={"commission": row.reference, **facts}, payload=payload,
    )  # fmt: skip


def _free_reference(prefix: str) -> str:
    while True:
        reference = new_reference(prefix)
        if not db.session.scalar(select(Commission.id).where(Commission.reference == reference)):
            return reference
