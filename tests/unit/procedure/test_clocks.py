"""Every worked example of the rules of counting, and the laws that hold on all dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure import clocks
from app.procedure.calendar import ENGLAND_AND_WALES

DAYS = st.dates(date(1995, 1, 1), date(2095, 12, 31))
NUMBERS = st.integers(1, 60)


@pytest.mark.parametrize(
    ("n", "day", "due"),
    [
        (1, date(2026, 12, 23), date(2026, 12, 24)),
        (1, date(2026, 12, 24), date(2026, 12, 29)),
        (1, date(2026, 12, 26), date(2026, 12, 29)),
        (1, date(2022, 9, 16), date(2022, 9, 20)),
        (3, date(2027, 3, 24), date(2027, 3, 31)),
        (5, date(2026, 11, 20), date(2026, 11, 27)),
        (15, date(2026, 12, 11), date(2027, 1, 6)),
    ],
)
def test_within_working_days(n: int, day: date, due: date) -> None:
    assert clocks.within_working_days(day, n) == due


@pytest.mark.parametrize(
    ("day", "due"), [(date(2027, 1, 8), date(2026, 12, 29)), (date(2026, 12, 18), date(2026, 12, 9))]
)
def test_seven_working_days_before(day: date, due: date) -> None:
    assert clocks.working_days_before(day, 7) == due


@pytest.mark.parametrize(
    ("n", "day", "due", "act_by"),
    [
        (4, date(2026, 10, 31), date(2027, 2, 28), date(2027, 2, 26)),
        (6, date(2026, 8, 31), date(2027, 2, 28), date(2027, 2, 26)),
        (6, date(2027, 8, 31), date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_months(n: int, day: date, due: date, act_by: date) -> None:
    assert clocks.months_after(day, n) == due
    assert clocks.act_by(due) == act_by


@given(DAYS, NUMBERS)
def test_a_clock_never_ends_on_a_day_that_does_not_count(day: date, n: int) -> None:
    assert ENGLAND_AND_WALES.is_working(clocks.within_working_days(day, n))
    assert ENGLAND_AND_WALES.is_working(clocks.working_days_before(day, n))
    assert ENGLAND_AND_WALES.is_working(clocks.act_by(day))


@given(DAYS, st.integers(0, 40), NUMBERS)
def test_a_later_start_never_ends_earlier(day: date, later: int, n: int) -> None:
    after = day + timedelta(days=later)
    assert clocks.within_working_days(day, n) <= clocks.within_working_days(after, n)
    assert clocks.working_days_before(day, n) <= clocks.working_days_before(after, n)
    assert clocks.months_after(day, n) <= clocks.months_after(after, n)


@given(DAYS, NUMBERS)
def test_one_more_day_ends_strictly_later(day: date, n: int) -> None:
    assert clocks.within_working_days(day, n) < clocks.within_working_days(day, n + 1)


@given(DAYS, NUMBERS)
def test_before_undoes_within_for_working_days(day: date, n: int) -> None:
    working = clocks.act_by(day)
    assert clocks.working_days_before(clocks.within_working_days(working, n), n) == working


@given(DAYS, st.integers(0, 59))
def test_months_keep_the_day_of_the_month_or_take_the_last(day: date, n: int) -> None:
    due = clocks.months_after(day, n)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == n
    assert due.day == day.day or (due.day < day.day and (due + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("n", [-1, 0, 2001, 10**9])
def test_absurd_numbers_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match="working days must be between"):
        clocks.within_working_days(date(2026, 11, 20), n)
    with pytest.raises(ValueError, match="working days must be between"):
        clocks.working_days_before(date(2026, 11, 20), n)


@pytest.mark.parametrize(
    ("day", "n"), [(date(2026, 1, 1), -1), (date(2026, 1, 1), 601), (date(2100, 12, 1), 1)]
)
def test_absurd_months_are_refused(day: date, n: int) -> None:
    with pytest.raises(ValueError, match="must be between|counted to"):
        clocks.months_after(day, n)


def test_a_week_before_a_meeting_moves_to_the_working_day_before() -> None:
    assert clocks.one_week_before(date(2027, 1, 13)) == date(2027, 1, 6)
    assert clocks.one_week_before(date(2027, 1, 4)) == date(2026, 12, 24)


def test_the_date_of_an_instant_is_londons() -> None:
    assert clocks.london_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)
    with pytest.raises(ValueError, match="time zone"):
        clocks.london_date(datetime(2026, 6, 30))


def test_a_day_ends_at_londons_midnight() -> None:
    assert clocks.day_end(date(2026, 7, 1)) == datetime(2026, 7, 1, 23, tzinfo=UTC)
    assert clocks.day_end(date(2026, 12, 1)) == datetime(2026, 12, 2, tzinfo=UTC)
    assert clocks.day_end(date(2026, 3, 29)) - clocks.day_start(date(2026, 3, 29)) == timedelta(hours=23)


def test_a_time_that_the_clocks_skip_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(clocks.NoSuchTime, match="01:30 did not happen"):
        clocks.combine_london(date(2026, 3, 29), time(1, 30))
    assert clocks.combine_london(date(2026, 10, 25), time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert clocks.combine_london(date(2026, 3, 29), time(2, 0)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_ages_are_reached_at_the_start_of_the_birthday() -> None:
    born = date(2008, 2, 29)
    assert clocks.age_on(born, date(2026, 2, 28)) == 17
    assert clocks.age_on(born, date(2026, 3, 1)) == 18
    assert clocks.birthday(born, 18) == date(2026, 3, 1)
    assert clocks.birthday(born, 20) == date(2028, 2, 29)


def test_thirteen_weeks_count_their_first_day() -> None:
    assert clocks.thirteen_weeks_from(date(2026, 1, 1)) == date(2026, 4, 1)
