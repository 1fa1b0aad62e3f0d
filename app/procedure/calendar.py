"""The calendar that clocks are counted by: bank holidays of England and Wales, as data with an edition
number.

Bank holidays come from the `holidays` library, which a test compares with the published list. Years after
the last
published one are computed from the statutory rules and marked provisional (clocks.md 9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays

FIRST_YEAR, LAST_YEAR = 1990, 2100
PUBLISHED_TO = 2028
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """One edition of the calendar. `added` are bank holidays proclaimed since the library was made."""

    edition: int = 1
    added: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))
    published_to: int = PUBLISHED_TO

    def holiday(self, day: date) -> str | None:
        """The name of the bank holiday on that day, or None. Raises ValueError outside the years that are
        counted."""
        check_year(day)
        return self.added.get(day) or _of_year(day.year).get(day)

    def is_working(self, day: date) -> bool:
        """Whether the day counts as a working day."""
        return self.holiday(day) is None and day.weekday() < 5

    def is_provisional(self, day: date) -> bool:
        """Whether bank holidays of that year have not been published yet."""
        return day.year > self.published_to

    def with_holiday(self, day: date, name: str) -> Calendar:
        """The next edition, with a bank holiday proclaimed since. Raises ValueError for an unnamed one."""
        check_year(day)
        if not name.strip():
            raise ValueError("A bank holiday needs a name.")
        return replace(
            self, edition=self.edition + 1, added=MappingProxyType({**self.added, day: name.strip()})
        )


@dataclass(frozen=True, slots=True)
class Calendars:
    """The editions of the calendar with the instants at which they were adopted, oldest first; the first was
    always in force."""

    first: Calendar
    later: tuple[tuple[datetime, Calendar], ...] = ()

    def all(self) -> list[Calendar]:
        """Every edition, newest first."""
        return [*(calendar for _since, calendar in reversed(self.later)), self.first]


def check_year(day: date) -> None:
    """Raise ValueError where the day lies outside the years that are counted."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"Dates are counted from {FIRST_YEAR} to {LAST_YEAR}; {day.isoformat()} is outside.")


@lru_cache(maxsize=128)
def _of_year(year: int) -> Mapping[date, str]:
    found = holidays.country_holidays("GB", subdiv="ENG", years=year, expand=False)
    return {day: name for day, name in found.items() if day.weekday() < 5}


ENGLAND_AND_WALES = Calendar()
