"""Agendas: the standing items of the partnership, items about cases, other items, their order. The caller commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select, text

from app.access.actor import Acting, Actor
from app.cases.service import lock
from app.ledger.service import record
from app.meetings.errors import NoSuchMeeting
from app.meetings.models import CANCELLED, HELD, LigItem, LigMeeting, LigStandingItems
from app.meetings.queries import (
    all_items,
    decisions_of,
    item_of,
    items_of,
    meeting_of,
    minutes_of,
    standing_items,
    standing_titles,
)
from app.procedure.events import EventKind
from app.procedure.lig_meetings import Faults
from app.serious_incidents.errors import ChangedMeanwhile, OutOfTurn
from tenants.db import db
from tenants.scope import current_partnership_id

MOST_ITEMS, LONGEST_ITEM = 30, 200
TURN = text("select pg_advisory_xact_lock(hashtextextended('waymark standing items ' || :partnership, 0))")


def add_standing_items(row: LigMeeting, acting: Acting, now: datetime) -> None:
    """Begin a new meeting's agenda with the standing items as they are now."""
    for place, title in enumerate(standing_titles(), start=1):
        _add(row, "standing", title, None, place, uuid5(row.id, str(place)), acting, now)
    db.session.flush()


def add_case(meeting_id: UUID, case_id: UUID, title: str, acting: Acting, now: datetime) -> LigItem:
    """Put a case on the agenda, before any other business; one that is on it already stays as it is. Raises
    NoSuchMeeting; OutOfTurn where the meeting was held or cancelled; whoever is sealed out of the case is refused."""
    lock(case_id)
    row = _to_change(meeting_id)
    known = db.session.scalar(
        select(LigItem).where(
            LigItem.meeting_id == meeting_id, LigItem.case_id == case_id, LigItem.removed_at.is_(None)
        )
    )
    if known is not None:
        return known
    item = _add(row, "case", title, case_id, _next_place(row), uuid4(), acting, now)
    db.session.flush()
    _tell_ledger(EventKind.AGENDA_CHANGED, item, acting, now, {"change": "added"}, title=item.title)
    return item


def add_other(meeting_id: UUID, title: str, key: UUID, acting: Acting, now: datetime) -> Faults:
    """Put something else on the agenda. Returns what is wrong, with nothing changed; the same form sent twice adds
    one item. Raises NoSuchMeeting, OutOfTurn."""
    row = _to_change(meeting_id)
    if db.session.scalar(select(LigItem.id).where(LigItem.submission_key == key)) is not None:
        return []
    if not title.strip():
        return [("title", "Enter what the item is")]
    item = _add(row, "other", title, None, _next_place(row), key, acting, now)
    db.session.flush()
    _tell_ledger(EventKind.AGENDA_CHANGED, item, acting, now, {"change": "added"}, title=item.title)
    return []


def _add(
    row: LigMeeting, kind: str, title: str, case_id: UUID | None, place: int, key: UUID, acting: Acting, now: datetime
) -> LigItem:  # fmt: skip
    item = LigItem(
        meeting_id=row.id, kind=kind, case_id=case_id, title=title.strip(), place=place, version=1,
        added_by=acting.name, added_capacity=acting.capacity, added_at=now, submission_key=key,
    )  # fmt: skip
    db.session.add(item)
    return item


def _to_change(meeting_id: UUID) -> LigMeeting:
    row = meeting_of(meeting_id, lock=True)
    if row is None:
        raise NoSuchMeeting(str(meeting_id))
    if row.state in (HELD, CANCELLED):
        was = "held" if row.state == HELD else "cancelled"
        raise OutOfTurn(f"This meeting was {was}", "Its agenda does not change any more.")
    return row


def _next_place(row: LigMeeting) -> int:
    """A new item comes last, before the standing items that the meeting ends with: any other business."""
    rows = all_items(row.id)
    if rows and rows[-1].kind == "standing" and len(rows) > 1:
        rows[-1].place = rows[-1].place + 1
        return rows[-1].place - 1
    return max((item.place for item in rows), default=0) + 1


def retitle(
    meeting_id: UUID, item_id: UUID, title: str, version: int, actor: Actor, acting: Acting, now: datetime
) -> Faults:
    """Give an item another title. Returns what is wrong, with nothing changed. Raises NoSuchMeeting, OutOfTurn;
    ChangedMeanwhile where it is no longer at `version`."""
    item = find(meeting_id, item_id, actor)
    _to_change(meeting_id)
    db.session.refresh(item)
    if item.title == title.strip():
        return []
    if item.version != version:
        raise ChangedMeanwhile
    if not title.strip():
        return [("title", "Enter what the item is")]
    was, item.title, item.version = item.title, title.strip(), item.version + 1
    _tell_ledger(
        EventKind.AGENDA_CHANGED, item, acting, now, {"change": "renamed"}, title=item.title, was=was
    )
    return []


def place(meeting_id: UUID, item_id: UUID, up: bool, actor: Actor, acting: Acting, now: datetime) -> None:
    """Move an item up or down by one of those that this person sees; nothing where it is the first or the last.
    Raises NoSuchMeeting, OutOfTurn."""
    find(meeting_id, item_id, actor)
    _to_change(meeting_id)
    seen = [one.row for one in items_of(meeting_id, actor)]
    here = next((at for at, row in enumerate(seen) if row.id == item_id), None)
    if here is None:
        raise NoSuchMeeting(str(item_id))
    there = here - 1 if up else here + 1
    if not 0 <= there < len(seen):
        return
    order = all_items(meeting_id)
    order.remove(seen[here])
    order.insert(order.index(seen[there]) + (0 if up else 1), seen[here])
    for at, row in enumerate(order, start=1):
        row.place = at
    _tell_ledger(EventKind.AGENDA_CHANGED, seen[here], acting, now, {"change": "placed"})


def remove(
    meeting_id: UUID, item_id: UUID, reason: str, actor: Actor, acting: Acting, now: datetime
) -> Faults:
    """Take an item off the agenda, with a reason. Returns what is wrong, with nothing changed. Raises NoSuchMeeting;
    OutOfTurn where something was minuted or decided on it."""
    item = find(meeting_id, item_id, actor)
    _to_change(meeting_id)
    db.session.refresh(item)
    if item.removed_at is not None:
        return []
    stays = not_to_remove(item)
    if stays is not None:
        raise stays
    if not reason.strip():
        return [("reason", "Say why it is taken off")]
    item.removed_at, item.removed_by, item.removed_capacity = now, acting.name, acting.capacity
    item.removed_reason, item.version = reason.strip(), item.version + 1
    _tell_ledger(EventKind.AGENDA_CHANGED, item, acting, now, {"change": "removed"}, title=item.title,
                 reason=item.removed_reason)  # fmt: skip
    return []


def not_to_remove(item: LigItem) -> OutOfTurn | None:
    """Why an item cannot be taken off, or None where it can."""
    if minutes_of([item.id]) or decisions_of([item.id]):
        return OutOfTurn("Something was minuted or decided on this item", "It stays on the agenda.")
    return None


def find(meeting_id: UUID, item_id: UUID, actor: Actor) -> LigItem:
    """An item that this person may see, its case locked where it is about one: whoever was sealed out of it since
    their page was made is refused. Raises NoSuchMeeting."""
    found = item_of(meeting_id, item_id, actor)
    if found is None:
        raise NoSuchMeeting(str(item_id))
    if found.case_id is not None:
        lock(found.case_id)
    return found.row


def write_standing_items(lines: list[str], *, over: int, key: UUID, acting: Acting, now: datetime) -> Faults:
    """Write the standing items anew; meetings that are arranged already keep theirs. Returns what is wrong, with
    nothing changed. Raises ChangedMeanwhile where version `over` is not the newest."""
    db.session.execute(TURN, {"partnership": str(current_partnership_id())})
    before = standing_items()
    items = [line.strip() for line in lines if line.strip()]
    if before is not None and (before.submission_key == key or before.items == items):
        return []
    if (before.number if before else 0) != over:
        raise ChangedMeanwhile
    faults = _list_faults(items)
    if faults:
        return faults
    row = LigStandingItems(
        number=over + 1, items=items, changed_by=acting.name, changed_capacity=acting.capacity, changed_at=now,
        submission_key=key,
    )  # fmt: skip
    db.session.add(row)
    record(EventKind.STANDING_ITEM_CHANGED, case_id=None, acting=acting, happened_at=now, now=now,
           facts={"number": row.number}, payload={"items": items})  # fmt: skip
    return []


def _list_faults(items: list[str]) -> Faults:
    if not items:
        return [("items", "Enter at least one standing item")]
    if len(items) > MOST_ITEMS:
        return [("items", f"Enter {MOST_ITEMS} standing items at most, one to a line")]
    long = next((at for at, line in enumerate(items, start=1) if len(line) > LONGEST_ITEM), None)
    if long is not None:
        return [("items", f"Line {long} is longer than {LONGEST_ITEM} characters: shorten it")]
    twice = next((line for at, line in enumerate(items) if line in items[:at]), None)
    return [("items", f"“{twice}” stands in the list twice")] if twice else []


def _tell_ledger(
    kind: EventKind, item: LigItem, acting: Acting, now: datetime, facts: dict[str, object], **payload: Any
) -> None:
    """In the history of its case where it is about one, so that its words are where that case's words are."""
    record(
        kind, case_id=item.case_id, acting=acting, happened_at=now, now=now,
        facts={"meeting": str(item.meeting_id), "item": str(item.id), **facts}, payload=payload,
    )  # fmt: skip
