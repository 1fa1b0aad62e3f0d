"""Deputies: somebody acts for a named decision maker between two days, and every act says for whom (B1-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting
from app.accounts.models import Deputy
from app.accounts.queries import MembershipView, deputies_at, members_today
from app.ledger.service import record
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Party
from app.procedure.marks import duty
from tenants.db import db

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewDeputy:
    """A deputy as somebody typed them. `principal` is the membership that they stand in for."""

    principal: UUID | None
    person: UUID | None
    starts_on: date | None
    ends_on: date | None
    reason: str
    key: UUID


@duty("B1-12")
def deputy_faults(typed: NewDeputy, today: date) -> list[tuple[str, str]]:
    """What is missing or impossible: field and message."""
    faults = []
    if typed.principal is None:
        faults.append(("principal", "Select who is away"))
    if typed.person is None:
        faults.append(("person", "Select who acts for them"))
    if typed.starts_on is None:
        faults.append(("starts_on", "Enter the first day"))
    elif typed.starts_on < today:
        faults.append(("starts_on", "The first day must be today or later: nobody can have acted before"))
    if typed.ends_on is None:
        faults.append(("ends_on", "Enter the last day"))
    elif typed.starts_on is not None and typed.ends_on < typed.starts_on:
        faults.append(("ends_on", "The last day must be on or after the first day"))
    elif typed.starts_on is not None and typed.ends_on - typed.starts_on > LONGEST:
        faults.append(("ends_on", "A deputy is named for a year at most"))
    if not typed.reason.strip():
        faults.append(("reason", "Say why a deputy is needed, for example leave"))
    return faults


def name_deputy(typed: NewDeputy, acting: Acting, now: datetime) -> list[tuple[str, str]]:
    """Name a deputy. Returns what is wrong (field and message), with nothing changed; the same form sent twice
    names one. The caller commits."""
    today = london_date(now)
    if db.session.scalar(select(Deputy.id).where(Deputy.submission_key == typed.key)):
        return []
    faults = deputy_faults(typed, today)
    if faults:
        return faults
    members = members_today(today)
    principal = next((one for one in members if one[0].membership_id == typed.principal), None)
    person = next((one for one in members if one[1].id == typed.person), None)
    if principal is None or person is None:
        return [("principal" if principal is None else "person", "Select somebody who is a member today")]
    if principal[1].id == person[1].id:
        return [("person", "Nobody is their own deputy: select somebody else")]
    assert typed.starts_on is not None
    assert typed.ends_on is not None
    db.session.add(
        Deputy(
            principal_membership_id=principal[0].membership_id, person_id=person[1].id, role=principal[0].role,
            starts_on=typed.starts_on, ends_on=typed.ends_on, reason=typed.reason.strip(), named_by=acting.name,
            named_capacity=acting.capacity, named_at=now, submission_key=typed.key,
        )
    )  # fmt: skip
    record(
        EventKind.DEPUTY_NAMED, case_id=None, acting=acting, happened_at=now, now=now,
        party=partner_of(principal[0]),
        facts={"from": typed.starts_on.isoformat(), "to": typed.ends_on.isoformat()},
        payload={"for": principal[1].display_name, "deputy": person[1].display_name, "role": principal[0].role,
                 "reason": typed.reason.strip()},
    )  # fmt: skip
    return []


def end_deputy(deputy_id: UUID, acting: Acting, now: datetime) -> bool:
    """End a deputy's time now: the next request is refused. Returns whether it was running."""
    row = db.session.scalar(select(Deputy).where(Deputy.id == deputy_id).with_for_update())
    if row is None or row.ended_at is not None:
        return False
    row.ended_at = now
    found = next((one for one in deputies_at(None) if one.deputy_id == deputy_id), None)
    record(
        EventKind.DEPUTY_ENDED, case_id=None, acting=acting, happened_at=now, now=now,
        party=partner_of(found.principal) if found else None,
        payload={"for": found.principal_name, "deputy": found.name} if found else {},
    )  # fmt: skip
    return True


def partner_of(view: MembershipView) -> Party | None:
    """The safeguarding partner of a membership, where it is one's."""
    if view.role == "service-director":
        return Party.LOCAL_AUTHORITY
    return Party(view.agency_partner) if view.agency_partner else None
