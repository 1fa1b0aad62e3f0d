"""The chronologies of all agencies as one timeline (Rapid Reviews: "Gather the facts about the case").

What is known to a month or a year only comes after what happened on the days of that month or year: nobody then reads
that it happened on its first day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from app.procedure.explain import MONTHS

DAY, MONTH, YEAR = "day", "month", "year"
EXACTNESS = {DAY: 0, MONTH: 1, YEAR: 2}
UNTIMED = "24:00"


class Returned(Protocol):
    """What an agency returned."""

    @property
    def agency_name(self) -> str:
        """Which agency."""

    @property
    def content(self) -> Mapping[str, Any]:
        """What it said, its chronology among it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: when (as exactly as `precision` says), what, where it is recorded, why it matters, and whose it is."""

    day: date
    precision: str
    time: str
    what: str
    source: str
    significance: str
    agency: str

    @property
    def last_day(self) -> date:
        """The last day on which it can have happened."""
        if self.precision == YEAR:
            return date(self.day.year, 12, 31)
        if self.precision == MONTH:
            return date(self.day.year, self.day.month, monthrange(self.day.year, self.day.month)[1])
        return self.day

    @property
    def first_day(self) -> date:
        """The first day on which it can have happened."""
        if self.precision == YEAR:
            return date(self.day.year, 1, 1)
        return self.day.replace(day=1) if self.precision == MONTH else self.day

    @property
    def when(self) -> str:
        """When, as exactly as it is known: 2 March 2026 at 9:30am, March 2026, 2026."""
        if self.precision == YEAR:
            return str(self.day.year)
        month = f"{MONTHS[self.day.month - 1]} {self.day.year}"
        if self.precision == MONTH:
            return month
        return f"{self.day.day} {month} at {clock(self.time)}" if self.time else f"{self.day.day} {month}"


def clock(time: str) -> str:
    """A time of day as pages write it: 9:30am, midday; as it was kept where it is none."""
    hour, _colon, minute = time.partition(":")
    if not (hour.isdigit() and minute.isdigit()):
        return time
    at = int(hour) % 24, int(minute)
    if at in ((0, 0), (12, 0)):
        return "midday" if at[0] else "midnight"
    minutes = f":{at[1]:02}" if at[1] else ""
    return f"{at[0] % 12 or 12}{minutes}{'am' if at[0] < 12 else 'pm'}"


def merge(returns: Iterable[Returned]) -> list[Entry]:
    """The chronologies of all agencies in one order: by day and time; on one day what has no time after what has one,
    and what is known to a month or year after what is known exactly within it. What is alike keeps its order."""
    found = [
        _entry(row, one.agency_name)
        for one in returns
        if not one.content.get("none")
        for row in one.content.get("chronology") or []
    ]
    return sorted(found, key=_place)


def _entry(row: Mapping[str, Any], agency: str) -> Entry:
    said = {name: str(row.get(name) or "") for name in ("time", "what", "source", "significance")}
    precision = row.get("precision")
    known = precision if precision in EXACTNESS else DAY
    return Entry(date.fromisoformat(str(row["day"])), known, agency=agency, **said)


def _place(entry: Entry) -> tuple[date, int, str]:
    return entry.last_day, EXACTNESS[entry.precision], entry.time or UNTIMED


def narrow(
    entries: Iterable[Entry],
    agencies: Collection[str] = (),
    first: date | None = None,
    last: date | None = None,
) -> list[Entry]:
    """The entries of some agencies (of all where none is named) that can have happened between two days, both
    included; where a day is None, that side is open."""
    return [
        one
        for one in entries
        if (not agencies or one.agency in agencies)
        and (first is None or one.last_day >= first)
        and (last is None or one.first_day <= last)
    ]
