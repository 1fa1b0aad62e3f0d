"""A day as people and spreadsheets write it: read where it can be one day only, told where it cannot."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.entering.days import of_serial, read_day
from app.entering.under_way import own_key

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    ["20/11/2026", "2026-11-20", "2026-11-20 00:00:00", "20-11-2026", "2026/11/20", "20.11.2026", "20 11 2026",
     "20 November 2026", "20th November 2026", "20 Nov 2026", "20-Nov-2026", "20th of November, 2026",
     "Friday 20 November 2026", "Fri, 20 Nov 2026", " 20 / 11 / 2026 "],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert read_day(text) == (DAY, None)


@pytest.mark.parametrize(
    "text",
    ["20 M 2026", "2026-11-20 garbage", "20/11/02026", "2026-W47-5", "20 Ju 2026", "31/2/2026", "2026-11-20T10:30",
     "20/11/1026", "tomorrow", "46346", "20112026", "Monday 20 November 2026", "٢٠/11/2026", "x" * 5000],
)  # fmt: skip
def test_what_is_no_day_is_told_and_never_guessed(text: str) -> None:
    found, fault = read_day(text)
    assert found is None
    assert fault
    assert len(fault) < 150


@pytest.mark.parametrize("text", ["20/11/26", "20 Nov 26", "20-11-26"])
def test_a_year_of_two_numbers_is_answered_clearly(text: str) -> None:
    assert read_day(text)[1] == f"“{text}”: write the year with 4 numbers, like 2026"


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_every_day_comes_back_from_its_spellings(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d %B %Y}",
        f"{day:%A %d %b %Y}",
    ):
        assert read_day(text) == (day, None)


def test_a_spreadsheet_s_number_is_a_day_of_its_epoch() -> None:
    assert of_serial(46346, datetime(1899, 12, 30)) == (date(2026, 11, 20), None)
    assert of_serial(44884, datetime(1904, 1, 1)) == (date(2026, 11, 20), None)
    assert of_serial(46346.5, datetime(1899, 12, 30))[0] is None
    assert of_serial(3, datetime(1899, 12, 30))[0] is None


def test_references_are_compared_in_one_spelling() -> None:
    spellings = ("OLD-12", "old-12", " OLD \u2013 12 ", "\uff2f\uff2c\uff24\u2010\uff11\uff12", "Old- 12")
    assert {own_key(one) for one in spellings} == {"old-12"}
    assert own_key("OLD 1  2") == own_key("old 1 2") != own_key("OLD-12")
