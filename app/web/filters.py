"""Dates and times as people read them, always in London."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask

from app.procedure.clocks import LONDON, is_day_only
from app.procedure.explain import MONTHS, WEEKDAYS
from app.web.text_rules import displayable


def long_date(day: date | None) -> str:
    """26 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else ""


def weekday_date(day: date | None) -> str:
    """Thursday 26 November 2026."""
    return f"{WEEKDAYS[day.weekday()]} {long_date(day)}" if day else ""


def clock_time(instant: datetime) -> str:
    """5:30pm, 9am, midday or midnight, in London."""
    local = instant.astimezone(LONDON)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def london_datetime(instant: datetime | None) -> str:
    """26 November 2026 at 5:30pm. A midnight is named by the day that it ends, which nobody can mistake; where only
    the day is known, that is said."""
    if instant is None:
        return ""
    local = instant.astimezone(LONDON)
    if is_day_only(instant):
        return f"{long_date(local.date())}, time not recorded"
    if (local.hour, local.minute) == (0, 0):
        return f"midnight at the end of {long_date(local.date() - timedelta(days=1))}"
    return f"{long_date(local.date())} at {clock_time(instant)}"


def london_date(instant: datetime | None) -> str:
    """26 November 2026, of an instant."""
    return long_date(instant.astimezone(LONDON).date()) if instant else ""


def register(app: Flask) -> None:
    """Make the filters known to templates."""
    app.jinja_env.filters["displayable"] = displayable
    for made in (long_date, weekday_date, clock_time, london_datetime, london_date):
        app.jinja_env.filters[made.__name__] = made
