"""How the procedure's timescales are counted: pure functions on dates (the project's rules of counting, 1 to
13).

All dates are dates in Europe/London. The day of the event is day nought; weekends and bank holidays of
England and
Wales do not count; a clock ends at the London midnight that ends its last day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.procedure.calendar import ENGLAND_AND_WALES, LAST_YEAR, ONE_DAY, Calendar, check_year

LONDON = ZoneInfo("Europe/London")
MOST_DAYS = 2000
MOST_MONTHS = 600
MOST_PLACES = 999
THIRTEEN_WEEKS = 91


class NoSuchTime(ValueError):
    """A time of day that the clocks skip when they go forward."""


def within_working_days(day: date, n: int, calendar: Calendar = ENGLAND_AND_WALES) -> date:
    """The last day of a clock of `n` working days from `day`, which does not count. Raises ValueError."""
    return working_days_after(day, n, calendar)[-1]


def working_days_after(day: date, n: int, calendar: Calendar = ENGLAND_AND_WALES) -> list[date]:
    """The `n` working days after `day`, in order. Raises ValueError where `n` is not between 1 and 2000."""
    return _working_days(day, n, ONE_DAY, calendar)


def working_days_before(day: date, n: int, calendar: Calendar = ENGLAND_AND_WALES) -> date:
    """The `n`th working day before `day`, which does not count: no later than then. Raises ValueError."""
    return _working_days(day, n, -ONE_DAY, calendar)[-1]


def months_after(day: date, n: int) -> date:
    """The corresponding date `n` months later; the last day of that month where it has no such date."""
    check_year(day)
    if not 0 <= n <= MOST_MONTHS:
        raise ValueError(f"A number of months must be between 0 and {MOST_MONTHS}.")
    years, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if years > LAST_YEAR:
        raise ValueError(f"Dates are counted to {LAST_YEAR}.")
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def act_by(day: date, calendar: Calendar = ENGLAND_AND_WALES) -> date:
    """The last working day on or before a date that itself does not move (statutory months)."""
    while not calendar.is_working(day):
        day -= ONE_DAY
    return day


def one_week_before(day: date, calendar: Calendar = ENGLAND_AND_WALES) -> date:
    """Seven calendar days before a meeting, or the working day before that."""
    return act_by(day - timedelta(days=7), calendar)


def london_date(instant: datetime) -> date:
    """The date in London of an aware instant. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs its time zone.")
    return instant.astimezone(LONDON).date()


def day_end(day: date) -> datetime:
    """The London midnight that ends a day, exclusive; aware, UTC."""
    return datetime.combine(day + ONE_DAY, time(), LONDON).astimezone(UTC)


def day_start(day: date) -> datetime:
    """The London midnight that begins a day; aware, UTC."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def day_only(day: date, place: int = 1) -> datetime:
    """The instant that stands for a day of which no time is known: within the first thousandth of its first second,
    a different one for each `place` from 1 to 999, so that what happened on one day keeps its order. Aware, UTC."""
    if not 1 <= place <= MOST_PLACES:
        raise ValueError(f"A place within a day must be between 1 and {MOST_PLACES}.")
    return day_start(day) + timedelta(microseconds=place)


def is_day_only(instant: datetime) -> bool:
    """Whether an instant stands for a day of which no time is known. No time that somebody types is one: a typed
    midnight is the day's very start."""
    return timedelta(0) < instant - day_start(london_date(instant)) <= timedelta(microseconds=MOST_PLACES)


def combine_london(day: date, at: time) -> datetime:
    """A London date and time of day as an aware UTC instant; the first of two where the clocks go back.

    Raises NoSuchTime where the clocks skip it (01:30 on 29 March 2026).
    """
    local = datetime.combine(day, at, LONDON)
    instant = local.astimezone(UTC)
    if instant.astimezone(LONDON).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(f"{at:%H:%M} did not happen on this date: clocks went forward from 01:00 to 02:00.")
    return instant


def check_instant(instant: datetime) -> bool:
    """Whether an instant lies within the years that are counted."""
    try:
        check_year(london_date(instant))
    except ValueError:
        return False
    return True


def age_on(born: date, day: date) -> int:
    """Whole years of age on a day; a birthday on 29 February is reached on 1 March in other years."""
    before_birthday = (day.month, day.day) < (born.month, born.day)
    return day.year - born.year - before_birthday


def birthday(born: date, age: int) -> date:
    """The day at whose start an age is reached."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def thirteen_weeks_from(day: date) -> date:
    """The last day of thirteen weeks, the first of which is counted."""
    return day + timedelta(days=THIRTEEN_WEEKS - 1)


def _working_days(day: date, n: int, step: timedelta, calendar: Calendar) -> list[date]:
    check_year(day)
    if not 1 <= n <= MOST_DAYS:
        raise ValueError(f"A number of working days must be between 1 and {MOST_DAYS}.")
    found: list[date] = []
    while len(found) < n:
        day += step
        if calendar.is_working(day):
            found.append(day)
    return found
