"""The group's calendar: arranging meetings, moving and cancelling, opening and closing them. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select, text

from app.access.actor import Acting
from app.cases.models import Case
from app.ledger.service import record
from app.meetings import changes, telling
from app.meetings.agenda import add_case, add_standing_items
from app.meetings.errors import NoSuchMeeting
from app.meetings.models import CANCELLED, HELD, OPEN, PLANNED, LigMeeting, LigMeetingMove
from app.meetings.queries import at_the_same_moment, cases_of, last_recorded, made_by, meeting_of
from app.procedure.events import EventKind
from app.procedure.lig_meetings import (
    Faults,
    closing_faults,
    opening_faults,
    schedule_faults,
    time_faults,
)
from app.serious_incidents.errors import ChangedMeanwhile, OutOfTurn
from app.web.filters import london_datetime
from tenants.db import db
from tenants.scope import current_partnership_id

__all__ = [
    "ChangedMeanwhile", "Moved", "NewMeeting", "NoSuchMeeting", "OutOfTurn", "add_case", "cancel", "close_meeting",
    "load", "move", "open_meeting", "schedule", "schedule_series",
]  # fmt: skip
TURN = text("select pg_advisory_xact_lock(hashtextextended('waymark meetings ' || :partnership, 0))")


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """A meeting as it was typed; `held` says that it was held already and is recorded late."""

    kind: str
    starts_at: datetime | None
    minutes_long: int | None
    place: str
    key: UUID
    held: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """When and where a meeting is to be instead, and why."""

    starts_at: datetime | None
    minutes_long: int | None
    place: str
    reason: str


def schedule(typed: NewMeeting, acting: Acting, now: datetime) -> tuple[LigMeeting | None, Faults]:
    """Arrange a meeting, and tell the group. Returns what is wrong (field and message) with nothing changed; the same
    form sent twice arranges one. A standing meeting begins with the standing items."""
    _take_turn()
    known = made_by(typed.key)
    if known is not None:
        return known, []
    row, faults = _make(typed, acting, now)
    if row is not None and not typed.held:
        telling.scheduled(row, now)
    return row, faults


def schedule_series(
    typed: NewMeeting, starts: Sequence[datetime], acting: Acting, now: datetime
) -> tuple[list[LigMeeting], Faults]:
    """Arrange a meeting at each of these moments, all or none, and tell the group once."""
    _take_turn()
    made: list[LigMeeting] = []
    for starts_at in starts:
        key = uuid5(typed.key, starts_at.isoformat())
        row = made_by(key)
        if row is None:
            row, faults = _make(replace(typed, starts_at=starts_at, key=key), acting, now)
            if row is None:
                return [], faults
        made.append(row)
    telling.series_scheduled(made, now)
    return made, []


def _take_turn() -> None:
    """Calendars are written one after the other, so that no two meetings are put at one moment."""
    db.session.execute(TURN, {"partnership": str(current_partnership_id())})


def _make(typed: NewMeeting, acting: Acting, now: datetime) -> tuple[LigMeeting | None, Faults]:
    faults = schedule_faults(typed.kind, typed.starts_at, typed.minutes_long, typed.place, now, typed.held)
    faults = faults or _double(typed.starts_at)
    if faults or typed.starts_at is None or typed.minutes_long is None:
        return None, faults
    row = LigMeeting(
        kind=typed.kind, starts_at=typed.starts_at, minutes_long=typed.minutes_long, place=typed.place.strip(),
        state=PLANNED, version=1, sequence=0, scheduled_by=acting.name, scheduled_capacity=acting.capacity,
        scheduled_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if row.kind == "standing":
        add_standing_items(row, acting, now)
    _tell_ledger(EventKind.LIG_MEETING_SCHEDULED, row, acting, now, now, place=row.place)
    return row, []


def _double(starts_at: datetime | None, but: UUID | None = None) -> Faults:
    if starts_at is None or at_the_same_moment(starts_at, but) is None:
        return []
    return [
        (
            "starts_at",
            f"A meeting of the group begins at that very time already: {london_datetime(starts_at)}",
        )
    ]


def load(meeting_id: UUID) -> LigMeeting:
    """The meeting, locked after the cases on its agenda, as every verb locks them. Raises NoSuchMeeting."""
    about = cases_of(meeting_id)
    if about:
        db.session.execute(select(Case.id).where(Case.id.in_(about)).order_by(Case.id).with_for_update())
    row = meeting_of(meeting_id, lock=True)
    if row is None:
        raise NoSuchMeeting(str(meeting_id))
    return row


def move(
    meeting_id: UUID, typed: Moved, acting: Acting, now: datetime, *, version: int | None = None
) -> Faults:
    """Move a meeting that has not been opened, with a reason, and tell everybody who sits on the group once more.
    Returns what is wrong, with nothing changed. Raises NoSuchMeeting; OutOfTurn where it was opened or cancelled;
    ChangedMeanwhile where it is no longer at `version`."""
    row = load(meeting_id)
    _take_turn()  # after the cases: whoever plans a review has its case locked when a meeting is arranged for it
    place = typed.place.strip()
    same = (row.starts_at, row.minutes_long, row.place) == (typed.starts_at, typed.minutes_long, place)
    if version is not None and row.version != version:
        if same:
            return []
        raise ChangedMeanwhile
    only_planned(row, "moved")
    faults = _move_faults(row, typed, now)
    if not faults and same:
        faults = [("starts_at", "That is when and where the meeting is already")]
    if faults or typed.starts_at is None or typed.minutes_long is None:
        return faults
    was = row.starts_at
    row.version, row.sequence = row.version + 1, row.sequence + 1
    db.session.add(
        LigMeetingMove(meeting_id=row.id, number=row.sequence, was_starts_at=was, was_minutes_long=row.minutes_long,
                       was_place=row.place, reason=typed.reason.strip(), moved_by=acting.name,
                       moved_capacity=acting.capacity, moved_at=now)
    )  # fmt: skip
    row.starts_at, row.minutes_long, row.place = typed.starts_at, typed.minutes_long, place
    db.session.flush()
    _tell_ledger(
        EventKind.LIG_MEETING_MOVED, row, acting, now, now, was=was, place=place, reason=typed.reason.strip()
    )
    changes.tell(changes.Change(row.id, "moved", was, row.starts_at, cases_of(row.id), acting, now))
    telling.moved(row, now)
    return []


def _move_faults(row: LigMeeting, typed: Moved, now: datetime) -> Faults:
    faults = time_faults(typed.starts_at, typed.minutes_long, now) or _double(typed.starts_at, row.id)
    if not typed.place.strip():
        faults.append(("place", "Say where the meeting is, or how people join it"))
    if not typed.reason.strip():
        faults.append(("reason", "Say why the meeting is moved"))
    return faults


def only_planned(row: LigMeeting, done: str) -> None:
    """Raise OutOfTurn where a meeting cannot be moved, cancelled or opened any more."""
    if row.state == CANCELLED:
        raise OutOfTurn("This meeting was cancelled", f"It cannot be {done} any more. Arrange another one.")
    if row.state != PLANNED:
        raise OutOfTurn("This meeting has been opened already", f"It cannot be {done} any more.")


def cancel(
    meeting_id: UUID, reason: str, acting: Acting, now: datetime, *, version: int | None = None
) -> Faults:
    """Cancel a meeting that has not been opened, with a reason, and tell the group. Returns what is wrong, with
    nothing changed; cancelled a second time, the first stands. Raises as `move`."""
    row = load(meeting_id)
    if row.state == CANCELLED and row.cancelled_reason == reason.strip():
        return []
    only_planned(row, "cancelled")
    if version is not None and row.version != version:
        raise ChangedMeanwhile
    if not reason.strip():
        return [("reason", "Say why the meeting is cancelled")]
    row.state, row.version, row.sequence = CANCELLED, row.version + 1, row.sequence + 1
    row.cancelled_at, row.cancelled_by, row.cancelled_capacity = now, acting.name, acting.capacity
    row.cancelled_reason = reason.strip()
    db.session.flush()
    _tell_ledger(EventKind.LIG_MEETING_CANCELLED, row, acting, now, now, reason=row.cancelled_reason)
    changes.tell(
        changes.Change(row.id, "cancelled", row.starts_at, row.starts_at, cases_of(row.id), acting, now)
    )
    telling.cancelled(row, now)
    return []


def open_meeting(meeting_id: UUID, opened_at: datetime | None, acting: Acting, now: datetime) -> Faults:
    """Open a meeting, now or at an earlier time of its day that is recorded late. Returns what is wrong, with nothing
    changed. Raises NoSuchMeeting, OutOfTurn."""
    row = load(meeting_id)
    if row.opened_at is not None and row.opened_at == opened_at:
        return []
    only_planned(row, "opened")
    faults = opening_faults(opened_at, row.starts_at, now)
    if faults or opened_at is None:
        return faults
    row.state, row.version = OPEN, row.version + 1
    row.opened_at, row.opened_by, row.opened_capacity = opened_at, acting.name, acting.capacity
    db.session.flush()
    _tell_ledger(EventKind.LIG_MEETING_OPENED, row, acting, opened_at, now)
    changes.tell(changes.Change(row.id, "opened", None, opened_at, cases_of(row.id), acting, now))
    return []


def close_meeting(meeting_id: UUID, closed_at: datetime | None, acting: Acting, now: datetime) -> Faults:
    """Close an open meeting, now or at an earlier time that is recorded late; minutes and decisions can still be
    recorded afterwards. Returns what is wrong, with nothing changed. Raises NoSuchMeeting, OutOfTurn."""
    row = load(meeting_id)
    if row.closed_at is not None and row.closed_at == closed_at:
        return []
    if row.opened_at is None or row.state != OPEN:
        raise OutOfTurn(
            "This meeting is not open", "Only a meeting that was opened, and has not ended, can be closed."
        )
    faults = closing_faults(closed_at, row.opened_at, last_recorded(row), now)
    if faults or closed_at is None:
        return faults
    row.state, row.version = HELD, row.version + 1
    row.closed_at, row.closed_by, row.closed_capacity = closed_at, acting.name, acting.capacity
    db.session.flush()
    _tell_ledger(EventKind.LIG_MEETING_CLOSED, row, acting, closed_at, now)
    changes.tell(changes.Change(row.id, "closed", None, closed_at, cases_of(row.id), acting, now))
    return []


def _tell_ledger(
    kind: EventKind, row: LigMeeting, acting: Acting, at: datetime, now: datetime, was: datetime | None = None,
    **payload: str,
) -> None:  # fmt: skip
    facts: dict[str, object] = {
        "meeting": str(row.id),
        "kind": row.kind,
        "starts_at": row.starts_at.isoformat(),
    }
    if was is not None:
        facts["was"] = was.isoformat()
    record(kind, case_id=None, acting=acting, happened_at=at, now=now, facts=facts, payload=dict(payload))
