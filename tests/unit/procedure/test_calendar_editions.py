"""A bank holiday proclaimed late moves running clocks, and rewrites nothing that has ended (clocks 9)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES, Calendars
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


@given(st.integers(0, 30), st.integers(1, 60))
def test_a_holiday_never_makes_a_clock_shorter(days: int, hours: int) -> None:
    start = START - timedelta(days=days)
    before, after = due([], start), due([told(ADOPTED + hours * HOUR)], start)
    assert before <= after <= before + timedelta(days=4)
