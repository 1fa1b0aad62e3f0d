"""Dates and times as they are read: London's, in summer and winter."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.web.filters import clock_time, london_date, london_datetime, long_date, weekday_date


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (at(11, 26, 17, 30), "5:30pm"),
        (at(11, 26, 9), "9am"),
        (at(11, 26, 9, 5), "9:05am"),
        (at(11, 26, 0), "midnight"),
        (at(11, 26, 12), "midday"),
        (at(11, 26, 0, 1), "12:01am"),
        (at(11, 26, 12, 1), "12:01pm"),
        (at(7, 1, 11), "midday"),
        (at(7, 1, 23), "midnight"),
        (at(10, 25, 0, 30), "1:30am"),
        (at(10, 25, 1, 30), "1:30am"),
    ],
)
def test_times_are_london_s(instant: datetime, shown: str) -> None:
    assert clock_time(instant) == shown


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (at(11, 26, 17, 30), "26 November 2026 at 5:30pm"),
        (at(6, 30, 23, 15), "1 July 2026 at 12:15am"),
        (at(12, 31, 23, 59), "31 December 2026 at 11:59pm"),
        (None, ""),
    ],
)
def test_an_instant_is_shown_on_london_s_day(instant: datetime | None, shown: str) -> None:
    assert london_datetime(instant) == shown


def test_the_day_of_an_instant_is_london_s() -> None:
    assert london_date(at(6, 30, 23, 15)) == "1 July 2026"
    assert london_date(None) == ""


def test_days() -> None:
    assert long_date(date(2026, 11, 6)) == "6 November 2026"
    assert weekday_date(date(2026, 11, 27)) == "Friday 27 November 2026"
    assert (long_date(None), weekday_date(None)) == ("", "")
