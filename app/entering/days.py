"""A day as people and spreadsheets write it. Nothing is guessed: what could be two days, or none, is refused."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from app.procedure.calendar import FIRST_YEAR, LAST_YEAR
from app.web.text_rules import MONTHS, normalised

ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
NUMBERS = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})")
SHORT_YEAR = re.compile(r"\d{1,2}\s*[-/. ]\s*(?:\d{1,2}|[a-z]{3,9})\.?\s*[-/. ]\s*(\d{2})", re.IGNORECASE)
NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)?[-/. ]+([a-z]{3,9})\.?,?[-/. ]+(\d{4})", re.IGNORECASE)
WEEKDAY = re.compile(
    r"(mon|tue|wed|thu|fri|sat|sun)(?:s?day|nesday|rs?day|urday|r|rs|s|nes|ur)?,? +", re.IGNORECASE
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHOWN = 40


def read_day(text: str) -> tuple[date | None, str | None]:
    """A day, nothing where nothing is said, or why it is none: 27/3/2026, 27th March 2026, 2026-03-27."""
    cleaned = " ".join(normalised(text).split())
    if not cleaned:
        return None, None
    shown = f"“{cleaned[:SHOWN]}{'…' if len(cleaned) > SHOWN else ''}”"
    if not cleaned.isascii() or len(cleaned) > SHOWN:
        return None, f"{shown} is not a day, like 27/3/2026"
    named = WEEKDAY.match(cleaned)
    cleaned = cleaned[named.end() :] if named else cleaned
    if SHORT_YEAR.fullmatch(cleaned):
        return None, f"{shown}: write the year with 4 numbers, like 2026"
    parts = _parts(cleaned)
    if parts is None:
        return None, f"{shown} is not a day, like 27/3/2026"
    found, fault = _real(*parts, shown)
    if found is not None and named and DAYS[found.weekday()] != named[1].lower():
        return None, f"{shown}: that day of the week and that date are not the same day"
    return found, fault


def of_serial(number: float, epoch: datetime) -> tuple[date | None, str | None]:
    """The day that a spreadsheet stores as a number of days, counted from its epoch."""
    if number != int(number) or not 0 < number < 100_000:
        return None, f"The number {number:g} is not a day"
    found = (epoch + timedelta(days=int(number))).date()
    return _real(found.year, found.month, found.day, f"The number {int(number)}")


def _parts(text: str) -> tuple[int, int, int] | None:
    if found := ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := NUMBERS.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := NAMED.fullmatch(text):
        months = [place for place, name in enumerate(MONTHS, start=1) if name.startswith(found[2].lower())]
        return (int(found[3]), months[0], int(found[1])) if len(months) == 1 else None
    return None


def _real(year: int, month: int, day: int, shown: str) -> tuple[date | None, str | None]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None, f"{shown}: the year must be between {FIRST_YEAR} and {LAST_YEAR}"
    try:
        return date(year, month, day), None
    except ValueError:
        return None, f"{shown} is not a real date"
