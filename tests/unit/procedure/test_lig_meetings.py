"""When the group may meet, and what may be recorded of a meeting."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.clocks import LONDON, NoSuchTime, combine_london, london_date
from app.procedure.events import Party
from app.procedure.lig_meetings import (
    MOST_MEETINGS,
    Came,
    Every,
    Sitting,
    at_the_same_time,
    attendance_faults,
    closing_faults,
    deciding_faults,
    length,
    opening_faults,
    schedule_faults,
    series,
)

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TEN = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_month_later_is_the_same_weekday_of_the_same_week() -> None:
    second_tuesday = series(date(2026, 12, 8), Every.MONTH, 4)
    assert second_tuesday == [date(2026, 12, 8), date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9)]


def test_a_fifth_weekday_is_the_last_of_each_month() -> None:
    assert series(date(2026, 12, 29), Every.MONTH, 3) == [
        date(2026, 12, 29),
        date(2027, 1, 26),
        date(2027, 2, 23),
    ]


@given(st.dates(date(2024, 1, 1), date(2040, 1, 1)), st.sampled_from(Every), st.integers(1, MOST_MEETINGS))
def test_a_series_keeps_its_weekday_and_comes_in_order(first: date, every: Every, many: int) -> None:
    days = series(first, every, many)
    assert len(days) == many
    assert days == sorted(set(days))
    assert {day.weekday() for day in days} == {first.weekday()}
    assert days[0] == first
    if every is Every.MONTH:
        assert len({(day.year, day.month) for day in days}) == many


def test_a_series_is_never_empty_nor_without_end() -> None:
    for many in (0, MOST_MEETINGS + 1):
        with pytest.raises(ValueError, match="between 1 and"):
            series(date(2026, 12, 8), Every.WEEK, many)


@given(st.dates(date(2024, 1, 1), date(2040, 1, 1)), st.integers(3, 23), st.integers(0, 59))
def test_the_time_of_day_is_the_same_across_clock_changes(first: date, hour: int, minute: int) -> None:
    starts = at_the_same_time(combine_london(first, time(hour, minute)), series(first, Every.WEEK, 26))
    assert {one.astimezone(LONDON).time() for one in starts} == {time(hour, minute)}


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    begins = combine_london(date(2027, 3, 21), time(1, 30))
    with pytest.raises(NoSuchTime):
        at_the_same_time(begins, [date(2027, 3, 28)])


def test_a_meeting_across_the_clock_change_is_as_long_as_it_is() -> None:
    begins = combine_london(date(2027, 3, 28), time(0, 30))
    assert length(begins, time(2, 30)) == 60
    assert length(begins, time(0, 30)) == 0


def scheduling(
    starts_at: datetime | None = TEN, minutes: int | None = 60, held: bool = False, kind: str = "standing",
    place: str = "Room 1",
) -> list[str]:  # fmt: skip
    return [field for field, _message in schedule_faults(kind, starts_at, minutes, place, NOW, held)]


def test_what_is_wrong_with_a_meeting_to_be_arranged() -> None:
    assert scheduling() == []
    assert scheduling(starts_at=None) == ["starts_at"]
    assert scheduling(starts_at=NOW) == ["starts_at"]
    assert scheduling(starts_at=NOW - HOUR, held=True) == []
    assert scheduling(held=True) == ["starts_at"]
    assert scheduling(starts_at=NOW + timedelta(days=2000)) == ["starts_at"]
    assert [scheduling(minutes=minutes) for minutes in (None, 0, -5, 721)] == [["ends_at"]] * 4
    assert scheduling(kind="other", place=" ") == ["kind", "place"]


def test_a_meeting_is_opened_on_its_day_and_never_before_now() -> None:
    now = TEN + 2 * HOUR
    assert opening_faults(TEN, TEN, now) == []
    assert opening_faults(TEN - HOUR, TEN, now) == []
    for wrong in (None, now + HOUR, TEN - timedelta(days=1)):
        assert len(opening_faults(wrong, TEN, now)) == 1


def test_a_meeting_closes_after_all_that_is_recorded_of_it() -> None:
    now = TEN + timedelta(days=3)
    assert closing_faults(TEN + HOUR, TEN, None, now) == []
    assert closing_faults(TEN + HOUR, TEN, TEN + HOUR, now) == []
    for wrong in (None, now + HOUR, TEN, TEN + timedelta(days=2)):
        assert len(closing_faults(wrong, TEN, None, now)) == 1
    assert len(closing_faults(TEN + HOUR, TEN, TEN + 2 * HOUR, now)) == 1


def attended(**more: object) -> list[str]:
    typed: dict[str, object] = {
        "name": "Somebody", "apologies": False, "party": None, "own": frozenset(), "deputy_for": "", "came_at": TEN,
        "left_at": None, **more,
    }  # fmt: skip
    sitting = Sitting(TEN, TEN, TEN + 3 * HOUR)
    return [field for field, _ in attendance_faults(Came(**typed), sitting, TEN + 4 * HOUR)]  # type: ignore[arg-type]


def test_a_partner_is_represented_by_its_own_or_by_a_named_deputy() -> None:
    assert attended() == []
    assert attended(party=Party.POLICE, own=frozenset({Party.POLICE})) == []
    assert attended(party=Party.POLICE, own=frozenset({Party.ICB})) == ["deputy_for"]
    assert attended(party=Party.POLICE, deputy_for="The Superintendent") == []
    assert attended(party=Party.LIG_CHAIR, deputy_for="Somebody") == ["party"]


def test_when_somebody_came_and_left() -> None:
    assert attended(name=" ") == ["who"]
    assert attended(came_at=None) == ["came_at"]
    assert attended(came_at=None, apologies=True) == []
    assert attended(came_at=TEN - timedelta(days=1)) == ["came_at"]
    assert attended(came_at=TEN + 5 * HOUR) == ["came_at"]
    assert attended(came_at=TEN + 3 * HOUR) == ["came_at"]
    assert attended(left_at=TEN) == ["left_at"]
    assert attended(left_at=TEN + 5 * HOUR) == ["left_at"]
    assert attended(left_at=TEN + 3 * HOUR + HOUR / 2) == ["left_at"]
    assert attended(came_at=TEN - HOUR, left_at=TEN + HOUR) == []


def test_a_decision_is_made_while_the_meeting_sits() -> None:
    sitting, now = Sitting(TEN, TEN, TEN + HOUR), TEN + 2 * HOUR
    assert deciding_faults(TEN, sitting, now) == []
    assert deciding_faults(TEN + HOUR, sitting, now) == []
    for wrong in (None, TEN - HOUR, TEN + HOUR + timedelta(minutes=1), now + HOUR):
        assert [field for field, _ in deciding_faults(wrong, sitting, now)] == ["decided_at"]
    assert deciding_faults(TEN, Sitting(TEN, None, None), now) != []
    assert london_date(TEN) == date(2026, 12, 8)
