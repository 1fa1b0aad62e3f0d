from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.papers.picture import RADIUS, picture
from app.procedure.chronology import EXACTNESS, Entry, clock, merge, narrow

FIRST = date(2024, 1, 1)


@dataclass(frozen=True)
class Returned:
    agency_name: str
    content: dict[str, Any]


def row(day: str, precision: str = "day", time: str = "", what: str = "Invented") -> dict[str, str]:
    return {
        "day": day,
        "precision": precision,
        "time": time,
        "what": what,
        "source": "Record",
        "significance": "",
    }


rows = st.lists(
    st.builds(
        lambda days, precision, time: row((FIRST + timedelta(days=days)).isoformat(), precision, time),
        st.integers(0, 900), st.sampled_from(sorted(EXACTNESS)), st.sampled_from(["", "09:30", "23:59"]),
    ),
    max_size=12,
)  # fmt: skip
returns = st.lists(
    st.builds(lambda name, told: Returned(name, {"chronology": told}), st.sampled_from("ABC"), rows),
    max_size=4,
)


def test_the_chronologies_of_all_agencies_stand_in_one_order() -> None:
    police = Returned("Police", {"chronology": [row("2026-03-02", time="14:30"), row("2026-03-31")]})
    health = Returned("Health", {"chronology": [row("2026-03-02", time="09:05"), row("2026-03-02")]})
    told = [(one.agency, one.when) for one in merge([police, health])]
    assert told == [("Health", "2 March 2026 at 9:05am"), ("Police", "2 March 2026 at 2:30pm"),
                    ("Health", "2 March 2026"), ("Police", "31 March 2026")]  # fmt: skip


def test_what_is_known_to_a_month_comes_after_its_days_and_to_a_year_after_its_months() -> None:
    told = merge([Returned("A", {"chronology": [
        row("2026-01-01", "year"), row("2026-03-01", "month"), row("2026-03-31"), row("2026-04-01"),
        row("2026-12-01", "month"), row("2026-12-31", time="23:50"), row("2027-01-01")]})])  # fmt: skip
    assert [one.when for one in told] == [
        "31 March 2026", "March 2026", "1 April 2026", "31 December 2026 at 11:50pm", "December 2026", "2026",
        "1 January 2027",
    ]  # fmt: skip


def test_a_time_is_written_as_on_every_page() -> None:
    told = {
        "09:30": "9:30am",
        "00:05": "12:05am",
        "12:00": "midday",
        "00:00": "midnight",
        "14:00": "2pm",
        "soon": "soon",
    }
    assert {time: clock(time) for time in told} == told


def test_an_agency_that_was_not_involved_has_no_entries() -> None:
    assert merge([Returned("A", {"none": True, "chronology": [row("2026-03-02")]}), Returned("B", {})]) == []


def test_what_is_alike_keeps_its_order() -> None:
    told = [row("2026-03-02", what=word) for word in ("first", "second", "third")]
    assert [one.what for one in merge([Returned("A", {"chronology": told})])] == ["first", "second", "third"]


@given(returns)
def test_nothing_is_lost_and_nothing_is_added(told: list[Returned]) -> None:
    merged = merge(told)
    assert len(merged) == sum(len(one.content["chronology"]) for one in told)
    for before, after in zip(merged, merged[1:], strict=False):
        assert (before.last_day, EXACTNESS[before.precision]) <= (after.last_day, EXACTNESS[after.precision])


@given(returns, st.sets(st.sampled_from("ABC")), st.integers(0, 900), st.integers(0, 900))
def test_narrowing_keeps_exactly_what_can_have_happened_between_the_days(
    told: list[Returned], agencies: set[str], first: int, last: int
) -> None:
    merged = merge(told)
    start, end = (FIRST + timedelta(days=n) for n in sorted((first, last)))
    kept = narrow(merged, agencies, start, end)
    assert kept == [one for one in merged if one in kept]
    for one in merged:
        days = {one.first_day + timedelta(days=n) for n in range((one.last_day - one.first_day).days + 1)}
        inside = any(start <= day <= end for day in days) and (not agencies or one.agency in agencies)
        assert (one in kept) == inside
    assert narrow(merged) == merged


@given(returns.filter(lambda told: any(one.content["chronology"] for one in told)))
def test_no_mark_of_the_picture_covers_another_or_leaves_it(told: list[Returned]) -> None:
    merged = merge(told)
    drawn = picture(merged)
    assert drawn is not None
    assert sorted(mark.number for lane in drawn.lanes for mark in lane.marks) == list(
        range(1, len(merged) + 1)
    )
    for lane in drawn.lanes:
        assert {mark.entry.agency for mark in lane.marks} == {lane.agency}
        for mark in lane.marks:
            assert merged[mark.number - 1] is mark.entry
            assert mark.x >= 0
            assert mark.x + mark.width <= drawn.width
            assert lane.y < mark.y
            assert mark.y + 2 * RADIUS <= lane.y + lane.height <= drawn.height
        for place, mark in enumerate(lane.marks):
            for other in lane.marks[place + 1 :]:
                apart = mark.x + mark.width < other.x or other.x + other.width < mark.x
                assert apart or mark.y != other.y


def test_without_entries_there_is_no_picture() -> None:
    assert picture([]) is None


def test_a_long_gap_is_shortened_and_marked() -> None:
    far = [
        Entry(day, "day", "", "", "", "", "A")
        for day in (date(2010, 5, 1), date(2026, 3, 1), date(2026, 3, 9))
    ]
    drawn = picture(far)
    assert drawn is not None
    assert len(drawn.gaps) == 1
    assert drawn.width < 700
