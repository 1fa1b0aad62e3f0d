"""The calendar that cases are counted by, and telling each case of a bank holiday proclaimed late (clocks 9)."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from uuid import UUID

from app.procedure.calendar import ENGLAND_AND_WALES, Calendar, Calendars
from tenants.registry import CalendarEdition, calendar_editions


def calendars() -> Calendars:
    """Every edition of the calendar, with the instants at which they were adopted."""
    return Calendars(
        ENGLAND_AND_WALES, tuple((row.adopted_at, calendar_of(row)) for row in calendar_editions())
    )


def calendar_of(row: CalendarEdition) -> Calendar:
    """A stored edition as the procedure reads it."""
    added = {date.fromisoformat(day): name for day, name in row.added.items()}
    return Calendar(row.number, MappingProxyType(added))


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


def moved(before: dict[str, date | None], after: dict[str, date | None]) -> dict[str, tuple[str, str]]:
    """Which open clocks have moved, by the obligation's key: from which date to which."""
    return {
        key: (was.isoformat(), now.isoformat())
        for key, was in before.items()
        if was is not None and (now := after.get(key)) is not None and now != was
    }
