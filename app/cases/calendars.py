"""The calendar that cases are counted by: its editions, and the next one (clocks 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from app.procedure.calendar import ENGLAND_AND_WALES, Calendar, Calendars
from tenants.registry import CalendarEdition, calendar_editions


@dataclass(frozen=True, slots=True)
class Change:
    """What one edition changed: the bank holidays that it added, and those that it withdrew, by their day."""

    number: int
    adopted_at: datetime
    reason: str
    added: dict[str, str]
    withdrawn: dict[str, str]


def calendars(up_to: int | None = None) -> Calendars:
    """Every edition of the calendar, with the instants at which they were adopted; none later than `up_to`."""
    rows = [row for row in calendar_editions() if up_to is None or row.number <= up_to]
    return Calendars(ENGLAND_AND_WALES, tuple((row.adopted_at, calendar_of(row)) for row in rows))


def calendar_of(row: CalendarEdition) -> Calendar:
    """A stored edition as the procedure reads it."""
    added = {date.fromisoformat(day): name for day, name in row.added.items()}
    return Calendar(row.number, MappingProxyType(added))


def changes() -> list[Change]:
    """What each edition after the first changed, in order."""
    found: list[Change] = []
    before: dict[str, str] = {}
    for row in calendar_editions():
        added = {day: name for day, name in row.added.items() if before.get(day) != name}
        withdrawn = {day: name for day, name in before.items() if day not in row.added}
        found.append(Change(row.number, row.adopted_at, row.reason, added, withdrawn))
        before = dict(row.added)
    return found


def change_of(number: int) -> Change | None:
    """What one edition changed, where there is such an edition."""
    return next((one for one in changes() if one.number == number), None)


def key_of(number: int, case_id: UUID) -> str:
    """The key of the work that tells a case of an edition, once."""
    return f"calendar:{number}:{case_id}"


def next_edition(day: date, name: str) -> Calendar:
    """The edition that adds a bank holiday to the newest. Raises ValueError where the day is one already, falls
    on a weekend, lies outside the years that are counted, or has no name."""
    newest = calendars().all()[0]
    known = newest.holiday(day)
    if known is not None:
        raise ValueError(f"{day.isoformat()} is a bank holiday already: {known}.")
    if day.weekday() > 4:
        raise ValueError(f"{day.isoformat()} is a weekend, which is never a working day.")
    return newest.with_holiday(day, name)


def edition_without(day: date) -> Calendar:
    """The edition that takes an added bank holiday out of the newest. Raises ValueError where it was not added."""
    newest = calendars().all()[0]
    if day not in newest.added:
        raise ValueError(f"{day.isoformat()} was not added here, so it cannot be withdrawn.")
    kept = {one: name for one, name in newest.added.items() if one != day}
    return replace(newest, edition=newest.edition + 1, added=MappingProxyType(kept))


def done_by(found: Sequence[Change], day: date, name: str | None) -> int | None:
    """The edition that has made a day what it is asked to be: a bank holiday of that name, or none again (`name` is
    None). None where the newest edition says something else."""
    last = next(
        (one for one in reversed(found) if day.isoformat() in (*one.added, *one.withdrawn)),
        None,
    )
    if last is None or last.added.get(day.isoformat()) != name:
        return None
    return last.number


def moved(before: dict[str, date | None], after: dict[str, date | None]) -> dict[str, tuple[str, str]]:
    """Which open clocks have moved, by the obligation's key: from which date to which."""
    return {
        key: (was.isoformat(), now.isoformat())
        for key, was in before.items()
        if was is not None and (now := after.get(key)) is not None and now != was
    }
