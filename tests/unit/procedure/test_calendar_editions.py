"""A bank holiday proclaimed late moves running clocks, and rewrites nothing that has ended (clocks 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES, Calendars
from app.procedure.clocks import london_date, within_working_days
from app.procedure.events import Event, EventKind
from app.procedure.history import History
from app.procedure.obligation import ClockSettings

MONDAY = datetime(2022, 9, 12, 10, tzinfo=UTC)
FUNERAL = date(2022, 9, 19)
HOUR = timedelta(hours=1)
# The library knows the day; the test's first edition is the calendar of another year's Monday.
LATE = date(2026, 12, 7)
START = datetime(2026, 12, 1, 10, tzinfo=UTC)
ADOPTED = datetime(2026, 12, 3, 9, tzinfo=UTC)
NEXT = ENGLAND_AND_WALES.with_holiday(LATE, "A day of mourning (invented)")
EDITIONS = Calendars(ENGLAND_AND_WALES, ((ADOPTED, NEXT),))


def told(at: datetime) -> Event:
    return Event(EventKind.CALENDAR_CHANGED, at, at, facts={"edition": NEXT.edition})


def due(events: list[Event], start: datetime, ended: datetime | None = None) -> date:
    return History(events, EDITIONS, ClockSettings()).due_on("B1-03", start, ended)


def test_a_running_clock_moves_when_the_case_is_told() -> None:
    assert due([], START) == date(2026, 12, 8)
    assert due([told(ADOPTED + HOUR)], START) == date(2026, 12, 9)


def test_a_clock_that_starts_later_is_counted_by_the_new_edition() -> None:
    assert due([], ADOPTED) == date(2026, 12, 11)


def test_nothing_that_has_ended_or_run_out_is_rewritten() -> None:
    events = [told(ADOPTED + HOUR)]
    assert due(events, START, ended=ADOPTED) == date(2026, 12, 8)
    assert due(events, START, ended=ADOPTED + 2 * HOUR) == date(2026, 12, 9)
    assert due([told(datetime(2026, 12, 9, 9, tzinfo=UTC))], START) == date(2026, 12, 8)


def test_a_year_that_the_library_knows() -> None:
    history = History([], ENGLAND_AND_WALES, ClockSettings())
    assert history.due_on("B1-03", MONDAY) == date(2022, 9, 20)
    assert not ENGLAND_AND_WALES.is_working(FUNERAL)


def recorded(happened: datetime, at: datetime) -> Event:
    return Event(EventKind.LOCAL_AUTHORITY_AWARE, happened, at)


def test_a_case_first_recorded_later_is_counted_by_the_newest_edition_whatever_it_tells_of() -> None:
    for start in (START, START - timedelta(days=2)):  # running, and ended, when the edition was adopted
        assert due([recorded(start, ADOPTED - HOUR)], start) == due([], start)
        by_the_newest = within_working_days(london_date(start), 5, NEXT)
        assert due([recorded(start, ADOPTED)], start) == by_the_newest
        assert due([recorded(start, ADOPTED + 500 * HOUR)], start, ended=start + HOUR) == by_the_newest


def test_whatever_is_recorded_next_in_a_case_counts_the_clocks_that_were_running_when_it_was_adopted() -> (
    None
):
    before = recorded(START, START)
    late = recorded(START + HOUR, ADOPTED + 900 * HOUR)  # long after the clock has run out
    assert due([before], START) == date(2026, 12, 8)
    assert due([before, late], START) == due([before, late], START + HOUR) == date(2026, 12, 9)
    assert due([before, late], START, ended=ADOPTED - HOUR) == date(2026, 12, 8)
    over = START - timedelta(days=7)
    assert due([before, late], over) == due([before], over) == date(2026, 12, 1)


def test_a_withdrawn_holiday_moves_running_clocks_back() -> None:
    withdrawn = replace(NEXT, edition=3, added=MappingProxyType({}))
    editions = Calendars(ENGLAND_AND_WALES, ((ADOPTED, NEXT), (ADOPTED + 24 * HOUR, withdrawn)))
    second = Event(EventKind.CALENDAR_CHANGED, ADOPTED + 24 * HOUR, ADOPTED + 25 * HOUR, facts={"edition": 3})
    told_of = [recorded(START, START), told(ADOPTED), second]
    assert History(told_of, editions, ClockSettings()).due_on("B1-03", START) == date(2026, 12, 8)
    assert History(told_of[:2], editions, ClockSettings()).due_on("B1-03", START) == date(2026, 12, 9)


@given(st.integers(0, 30), st.integers(1, 60))
def test_a_holiday_never_makes_a_clock_shorter(days: int, hours: int) -> None:
    start = START - timedelta(days=days)
    before, after = due([], start), due([told(ADOPTED + hours * HOUR)], start)
    assert before <= after <= before + timedelta(days=4)
