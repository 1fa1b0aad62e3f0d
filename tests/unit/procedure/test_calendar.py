"""The bank holidays of England and Wales, against the list that the government publishes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.procedure.calendar import ENGLAND_AND_WALES, LAST_YEAR
from app.procedure.clocks import within_working_days

PUBLISHED = {
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_bank_holidays_are_the_published_ones(year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    found = [f"{day:%m-%d}" for day in days if day.year == year and ENGLAND_AND_WALES.holiday(day)]
    assert " ".join(found) == PUBLISHED[year]


@pytest.mark.parametrize("year", range(1990, LAST_YEAR + 1))
def test_every_year_that_is_counted_has_its_eight_holidays(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert 8 <= sum(ENGLAND_AND_WALES.holiday(day) is not None for day in days) <= 10


def test_a_proclaimed_holiday_makes_a_later_edition_and_leaves_the_former() -> None:
    day = date(2027, 6, 7)
    later = ENGLAND_AND_WALES.with_holiday(day, "A proclaimed holiday")
    assert later.edition == ENGLAND_AND_WALES.edition + 1
    assert later.holiday(day) == "A proclaimed holiday"
    assert ENGLAND_AND_WALES.is_working(day)
    assert within_working_days(date(2027, 6, 4), 1, later) == date(2027, 6, 8)
    assert within_working_days(date(2027, 6, 4), 1) == day
    assert later.holiday(date(2027, 8, 30)) == ENGLAND_AND_WALES.holiday(date(2027, 8, 30))


def test_years_after_the_published_ones_are_provisional() -> None:
    assert ENGLAND_AND_WALES.is_provisional(date(2029, 1, 1))
    assert not ENGLAND_AND_WALES.is_provisional(date(2028, 12, 31))


@pytest.mark.parametrize("year", [1, 1989, 2101, 9999])
def test_years_outside_are_refused_in_words(year: int) -> None:
    with pytest.raises(ValueError, match="counted from 1990 to 2100"):
        ENGLAND_AND_WALES.is_working(date(year, 3, 5))


def test_a_holiday_needs_a_name() -> None:
    with pytest.raises(ValueError, match="needs a name"):
        ENGLAND_AND_WALES.with_holiday(date(2027, 6, 7), " ")
