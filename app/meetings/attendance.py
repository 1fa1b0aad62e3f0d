"""Who came to a meeting of the group, in what capacity, for which safeguarding partner, and when they left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting, Capacity
from app.access.queries import everybodys_capacities
from app.access.roles import Role
from app.accounts.queries import names_of
from app.ledger.service import record
from app.meetings.errors import NoSuchMeeting
from app.meetings.models import CANCELLED, LigAttendance, LigMeeting
from app.meetings.queries import attendance_of, meeting_of
from app.meetings.telling import INVITED
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.lig_meetings import Came, Faults, attendance_faults, times_faults
from app.procedure.quorum import Presence
from app.serious_incidents.errors import ChangedMeanwhile, OutOfTurn
from tenants.db import db

# Whoever holds one of these for the agency of a safeguarding partner represents that partner at the group.
REPRESENT = (
    Role.PARTNER_REPRESENTATIVE, Role.SERVICE_DIRECTOR, Role.DESIGNATED_PROFESSIONAL, Role.AGENCY_LIG_MEMBER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can be picked, in one of their capacities, and the partner whom they represent in it."""

    person_id: UUID
    name: str
    capacity: str
    party: Party | None

    @property
    def key(self) -> str:
        """What a form calls this choice: the person and the capacity."""
        return f"{self.person_id}|{self.capacity}"


@dataclass(frozen=True, slots=True)
class NewAttendance:
    """Somebody's attendance as it was typed: a member in a capacity, or a guest by name, whose capacity is in words.
    `party` is the safeguarding partner whom they represent, `deputy_for` whose named deputy they are for it."""

    name: str
    capacity: str
    key: UUID
    person_id: UUID | None = None
    party: Party | None = None
    deputy_for: str = ""
    apologies: bool = False
    came_at: datetime | None = None
    left_at: datetime | None = None


def members(today: date) -> list[Member]:
    """Everybody who can be picked, once for each capacity they hold today, by name."""
    held = everybodys_capacities(today)
    names = names_of(list(held))
    found = [
        Member(person_id, names.get(person_id, ""), capacity.label, represented(capacity))
        for person_id, capacities in held.items()
        for capacity in capacities
    ]
    return sorted(set(found), key=lambda one: (one.name.casefold(), one.capacity))


def represented(capacity: Capacity) -> Party | None:
    """The safeguarding partner whom somebody represents in a capacity, their own or as a deputy."""
    return (
        capacity.partner if capacity.role in REPRESENT and capacity.partner in SAFEGUARDING_PARTNERS else None
    )


def attend(meeting_id: UUID, typed: NewAttendance, acting: Acting, now: datetime) -> Faults:
    """Record that somebody came, or sent apologies. Returns what is wrong (field and message) with nothing changed;
    the same form sent twice records once. Raises NoSuchMeeting, OutOfTurn."""
    row = _load(meeting_id)
    if db.session.scalar(select(LigAttendance.id).where(LigAttendance.submission_key == typed.key)):
        return []
    faults = attendance_faults(_came(typed, now), row.sitting, now) or _twice(row, typed)
    if faults:
        return faults
    one = LigAttendance(
        meeting_id=row.id, person_id=typed.person_id, name=typed.name.strip(), capacity=typed.capacity.strip(),
        party=typed.party.value if typed.party else None, deputy_for=typed.deputy_for.strip(),
        apologies=typed.apologies, came_at=None if typed.apologies else typed.came_at,
        left_at=None if typed.apologies else typed.left_at, version=1, recorded_by=acting.name,
        recorded_capacity=acting.capacity, recorded_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(one)
    db.session.flush()
    _tell_ledger(one, "apologies" if one.apologies else "came", acting, now)
    return []


def attend_all(meeting_id: UUID, typed: Sequence[NewAttendance], acting: Acting, now: datetime) -> Faults:
    """Record that several came, all or none. Returns the first fault, with nothing changed: the caller undoes the rest.
    Raises as `attend`."""
    if not typed:
        return [("people", "Select who came")]
    for one in typed:
        faults = attend(meeting_id, one, acting, now)
        if faults:
            return [("came_at" if field != "who" else "people", message) for field, message in faults]
    return []


def sitting(today: date) -> list[Member]:
    """The members who sit on the group today, each in the first of their capacities there, by name."""
    names = {role.value for role in INVITED}
    found: dict[UUID, Member] = {}
    for person_id, capacities in everybodys_capacities(today).items():
        held = next((capacity for capacity in capacities if capacity.role.value in names), None)
        if held is not None:
            found[person_id] = Member(person_id, "", held.label, represented(held))
    called = names_of(list(found))
    members_ = [replace(one, name=called.get(person_id, "")) for person_id, one in found.items()]
    return sorted(members_, key=lambda one: (one.name.casefold(), one.capacity))


def _came(typed: NewAttendance, now: datetime) -> Came:
    own: set[Party] = set()
    if typed.person_id is not None:
        held = everybodys_capacities(london_date(now)).get(typed.person_id, ())
        own = {party for capacity in held if (party := represented(capacity)) is not None}
    return Came(
        typed.name,
        typed.apologies,
        typed.party,
        frozenset(own),
        typed.deputy_for,
        typed.came_at,
        typed.left_at,
    )


def _twice(row: LigMeeting, typed: NewAttendance) -> Faults:
    """Nobody is there twice at one time, nor there and excused."""
    for other in attendance_of(row.id):
        same = (
            other.person_id == typed.person_id
            if typed.person_id
            else other.person_id is None and other.name.casefold() == typed.name.strip().casefold()
        )
        if same and (typed.apologies or other.apologies):
            what = "sent apologies" if other.apologies else "is recorded as having come"
            return [("who", f"{other.name} {what} already. Strike that out first if it is wrong")]
        if same and other.presence is not None and _overlap(other.presence, typed.came_at, typed.left_at):
            return [("came_at", f"{other.name} is recorded as being there at that time already")]
    return []


def _overlap(there: Presence, came_at: datetime | None, left_at: datetime | None) -> bool:
    return (
        came_at is not None
        and (there.left_at is None or came_at < there.left_at)
        and (left_at is None or there.came_at < left_at)
    )


def change_times(
    meeting_id: UUID, attendance_id: UUID, came_at: datetime | None, left_at: datetime | None, *, version: int,
    acting: Acting, now: datetime,
) -> Faults:  # fmt: skip
    """Record when somebody left, or put right when they came or left. Returns what is wrong, with nothing changed.
    Raises NoSuchMeeting, OutOfTurn; ChangedMeanwhile where it is no longer at `version`."""
    row, one = _load(meeting_id), _one(meeting_id, attendance_id)
    if one.apologies:
        raise OutOfTurn("They sent apologies", "Strike the apologies out, then record that they came.")
    if (one.came_at, one.left_at) == (came_at, left_at):
        return []
    if one.version != version:
        raise ChangedMeanwhile
    faults = times_faults(came_at, left_at, row.sitting, now) or _again(row, one, came_at, left_at)
    if faults:
        return faults
    was = {"was_came": str(one.came_at), "was_left": str(one.left_at)}
    one.came_at, one.left_at, one.version = came_at, left_at, one.version + 1
    db.session.flush()
    _tell_ledger(one, "times", acting, now, **was)
    return []


def _again(row: LigMeeting, one: LigAttendance, came_at: datetime | None, left_at: datetime | None) -> Faults:
    for other in attendance_of(row.id):
        same = other.id != one.id and (other.person_id, other.name) == (one.person_id, one.name)
        if same and other.presence is not None and _overlap(other.presence, came_at, left_at):
            return [("came_at", f"{other.name} is recorded as being there at that time already")]
    return []


def strike_out(meeting_id: UUID, attendance_id: UUID, reason: str, acting: Acting, now: datetime) -> Faults:
    """Strike out an attendance that was recorded wrongly; it stays to be seen, with the reason. Returns what is wrong,
    with nothing changed; struck out a second time, the first stands. Raises NoSuchMeeting, OutOfTurn."""
    _load(meeting_id)
    one = _one(meeting_id, attendance_id)
    if one.removed_at is not None:
        return []
    if not reason.strip():
        return [("reason", "Say what is wrong with it")]
    one.removed_at, one.removed_by, one.removed_reason = now, acting.name, reason.strip()
    one.version += 1
    db.session.flush()
    _tell_ledger(one, "struck-out", acting, now, reason=one.removed_reason)
    return []


def attendance_one(meeting_id: UUID, attendance_id: UUID) -> LigAttendance | None:
    """One attendance of a meeting, struck out or not, or None."""
    query = select(LigAttendance).where(
        LigAttendance.id == attendance_id, LigAttendance.meeting_id == meeting_id
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def _one(meeting_id: UUID, attendance_id: UUID) -> LigAttendance:
    found = attendance_one(meeting_id, attendance_id)
    if found is None:
        raise NoSuchMeeting(str(attendance_id))
    return found


def _load(meeting_id: UUID) -> LigMeeting:
    row = meeting_of(meeting_id, lock=True)
    if row is None:
        raise NoSuchMeeting(str(meeting_id))
    if row.state == CANCELLED:
        raise OutOfTurn("This meeting was cancelled", "Nobody came to it.")
    return row


def _tell_ledger(one: LigAttendance, change: str, acting: Acting, now: datetime, **payload: str) -> None:
    record(
        EventKind.LIG_ATTENDANCE_RECORDED, case_id=None, acting=acting, happened_at=now, now=now,
        party=Party(one.party) if one.party else None,
        facts={"meeting": str(one.meeting_id), "attendance": str(one.id), "change": change},
        payload={"name": one.name, "capacity": one.capacity, "deputy_for": one.deputy_for,
                 "came_at": str(one.came_at), "left_at": str(one.left_at), **payload},
    )  # fmt: skip
