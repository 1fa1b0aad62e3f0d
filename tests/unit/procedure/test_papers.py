from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.papers import (
    NOTES,
    NOTHING,
    circulation,
    open_for_preparation,
    preparation_faults,
    reason_lacking,
    week_before,
)

NOW = datetime(2026, 12, 3, 10, 0, tzinfo=UTC)
days = st.dates(date(2024, 1, 10), date(2029, 12, 31))


@pytest.mark.duty("B2-06")
@pytest.mark.parametrize(
    ("meeting", "due"),
    [
        (date(2026, 12, 3), date(2026, 11, 26)),
        (
            date(2027, 1, 4),
            date(2026, 12, 24),
        ),  # the Monday a week before is the day after Boxing Day's substitute
        (
            date(2027, 4, 2),
            date(2027, 3, 25),
        ),  # Good Friday is no working day; neither is the one a week before
        (date(2026, 12, 5), date(2026, 11, 27)),  # a Saturday: the Saturday before is none either
    ],
)
def test_papers_go_out_a_week_before_the_meeting(meeting: date, due: date) -> None:
    assert week_before(meeting) == due


@pytest.mark.duty("B2-06")
@given(days)
def test_a_week_is_never_less_than_seven_days_and_ends_on_a_working_day(meeting: date) -> None:
    due = week_before(meeting)
    assert (meeting - due).days >= 7
    assert ENGLAND_AND_WALES.is_working(due)
    between = [due + timedelta(days=n) for n in range(1, (meeting - due).days - 6)]
    assert not any(ENGLAND_AND_WALES.is_working(day) for day in between)


@pytest.mark.duty("B2-06")
def test_late_papers_say_by_how_much() -> None:
    meeting = date(2026, 12, 3)
    assert not circulation(date(2026, 11, 26), meeting).late
    late = circulation(date(2026, 11, 27), meeting)
    assert (late.late, late.days, late.due_on) == (True, 6, date(2026, 11, 26))


@pytest.mark.duty("B2-06")
@given(days, st.integers(0, 40))
def test_papers_are_late_after_the_day_on_which_they_were_due(meeting: date, before: int) -> None:
    out = meeting - timedelta(days=before)
    timing = circulation(out, meeting)
    assert timing.late == (out > week_before(meeting))
    assert timing.days == before


@pytest.mark.duty("B2-06")
def test_papers_that_go_out_again_or_late_need_a_reason() -> None:
    assert reason_lacking(False, False, "") == ""
    assert reason_lacking(True, False, " ") == "Say why papers are circulated again"
    late = "less than a week before the meeting"
    assert reason_lacking(False, True, "") == f"Say why papers are circulated {late}"
    assert reason_lacking(True, True, "") == f"Say why papers are circulated again, and {late}"
    assert reason_lacking(True, True, "A return came late") == ""


@pytest.mark.duty("B2-10")
def test_a_member_confirms_to_have_read_and_brings_something() -> None:
    assert [field for field, _message in preparation_faults(False, {})] == ["read", "reflections"]
    assert preparation_faults(True, {"questions": "  "}) == [("reflections", NOTHING)]
    for name in NOTES:
        assert preparation_faults(True, {name: "Invented"}) == []
        assert [field for field, _message in preparation_faults(False, {name: "Invented"})] == ["read"]


@pytest.mark.duty("B2-10")
def test_members_prepare_until_the_meeting_begins() -> None:
    assert open_for_preparation(NOW + timedelta(minutes=1), False, NOW)
    assert not open_for_preparation(NOW, False, NOW)
    assert open_for_preparation(None, False, NOW)
    assert not open_for_preparation(None, True, NOW)
    assert not open_for_preparation(NOW + timedelta(days=1), True, NOW)
