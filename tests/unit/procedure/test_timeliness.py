"""How clocks were kept: every state, silences apart from answers, and how many working days late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.clocks import day_end, london_date
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, Event, EventKind, Party, Stage
from app.procedure.obligation import ClockRule, Ending, Obligation, State, state
from app.procedure.obligations import obligations
from app.procedure.timeliness import (
    LATE,
    Responses,
    Verdict,
    ended_in_silence,
    responses,
    timed,
    totals,
    verdict,
    working_days_late,
)

pytestmark = pytest.mark.duty("S-01")
K, V = EventKind, Verdict
FRIDAY = date(2026, 11, 20)
DUE = day_end(FRIDAY)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def clock(
    ended: datetime | None = None,
    ending: Ending | None = None,
    duty: str = "B1-06",
    due: datetime | None = DUE,
) -> Obligation:
    return Obligation(
        key=duty, duty=duty, stage=Stage.NOTIFICATION, owner=Party.PARTNERSHIP_TEAM, action="Do it", paragraph="1",
        rule=ClockRule("within", 1), counted_from=FRIDAY - DAY, starts=DUE - 2 * DAY,
        due_on=FRIDAY if due else None, due=due, ended=ended, ending=ending,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("owed", "now", "expected"),
    [
        (clock(), DUE - HOUR, V.RUNNING),
        (clock(), DUE, V.OVERDUE),
        (clock(DUE - HOUR, "met"), DUE + DAY, V.MET),
        (clock(DUE + HOUR, "met"), DUE + DAY, V.MET_LATE),
        (clock(DUE - HOUR, "not needed"), DUE + DAY, V.NOT_NEEDED),
        (clock(DUE + HOUR, "not needed"), DUE + DAY, V.MISSED),
        (clock(DUE + HOUR, "superseded"), DUE + DAY, V.SUPERSEDED),
        (clock(due=None), DUE, V.OPEN),
        (clock(DUE, "met", due=None), DUE, V.DONE),
        (clock(DUE, "not needed", due=None), DUE, V.NOT_NEEDED),
        (clock(duty="B1-08"), DUE - HOUR, V.RUNNING),
        (clock(duty="B1-08"), DUE, V.SILENT),
        (clock(DUE, "met", "B1-08"), DUE + DAY, V.SILENT),  # deemed agreement: the clock ended it
        (clock(DUE - HOUR, "met", "B1-08"), DUE + DAY, V.MET),
        (clock(DUE + HOUR, "met", "B1-08"), DUE + DAY, V.MET_LATE),
        (clock(DUE + HOUR, "not needed", "B1-08"), DUE + DAY, V.SILENT),  # decided without the partner
        (clock(DUE - HOUR, "not needed", "B1-08"), DUE + DAY, V.NOT_NEEDED),
    ],
)
def test_every_way_in_which_a_clock_is_kept(owed: Obligation, now: datetime, expected: Verdict) -> None:
    assert verdict(owed, now) is expected
    assert ended_in_silence(owed, now) == (expected is V.SILENT)


@pytest.mark.parametrize(
    ("day", "late"),
    [
        (FRIDAY, 0),
        (FRIDAY + DAY, 0),
        (FRIDAY + 2 * DAY, 0),
        (FRIDAY + 3 * DAY, 1),
        (FRIDAY + 10 * DAY, 6),
        (date(2026, 12, 29), 25),  # Christmas Day, and the Monday in place of Boxing Day, do not count
    ],
)
def test_working_days_late(day: date, late: int) -> None:
    assert working_days_late(FRIDAY, day) == late


def test_a_bank_holiday_proclaimed_late_is_no_day_of_lateness() -> None:
    day = FRIDAY + 4 * DAY
    more = ENGLAND_AND_WALES.with_holiday(FRIDAY + 3 * DAY, "A day of mourning")
    assert (working_days_late(FRIDAY, day), working_days_late(FRIDAY, day, more)) == (2, 1)
    assert timed(clock(), day_end(day) - HOUR, more).late_by == 1
    assert timed(clock(), day_end(day) - HOUR).late_by == 2


@given(st.integers(0, 60), st.integers(0, 60))
def test_lateness_only_grows(one: int, other: int) -> None:
    first, second = sorted((one, other))
    assert working_days_late(FRIDAY, FRIDAY + first * DAY) <= working_days_late(FRIDAY, FRIDAY + second * DAY)
    assert working_days_late(FRIDAY, FRIDAY + first * DAY) <= first


@given(
    st.none() | st.integers(-72, 72),
    st.sampled_from(("met", "not needed", "superseded")),
    st.sampled_from(("B1-06", "B1-08")),
    st.integers(-72, 200),
)
def test_what_the_case_page_calls_late_the_audit_calls_late_or_silent(
    ended: int | None, ending: Ending, duty: str, after: int
) -> None:
    """The two words for one clock never contradict each other."""
    now = DUE + after * HOUR
    end = None if ended is None else min(DUE + ended * HOUR, now)
    owed = clock(end, None if end is None else ending, duty)
    shown, found = state(owed, now), verdict(owed, now)
    if shown in (State.OVERDUE, State.MET_LATE):
        assert found in (*LATE, V.SILENT)
    if shown in (State.RUNNING, State.DUE_SOON, State.DUE_TODAY):
        assert found is V.RUNNING
    assert (timed(owed, now).late_by == 0) or found in LATE


def test_totals_count_clocks_and_nothing_else() -> None:
    owed = [
        clock(),
        clock(DUE - HOUR, "met"),
        clock(DUE - HOUR, "met"),
        clock(due=None),
        clock(DUE, "met", due=None),
    ]
    counted = totals(timed(one, DUE + 3 * DAY) for one in owed)
    assert counted == {V.MET: 2, V.OVERDUE: 1}
    assert list(counted) == [V.MET, V.OVERDUE]


START = datetime(2026, 11, 20, 10, tzinfo=UTC)


def at(hours: float, kind: EventKind, party: Party | None = None, outcome: str | None = None) -> Event:
    return Event(kind, START + hours * HOUR, START + hours * HOUR, party=party, outcome=outcome)


def asked() -> list[Event]:
    return [
        at(-1, K.LOCAL_AUTHORITY_AWARE), at(0, K.REFERRAL_SUBMITTED), at(0, K.REFERRAL_ACKNOWLEDGED),
        *(at(1, K.REFERRAL_SHARED, party) for party in INITIAL_VIEWERS),
        *(at(2, K.INITIAL_VIEW_GIVEN, party, "notify") for party in INITIAL_VIEWERS),
        *(at(3, K.INITIAL_VIEW_SHARED, party) for party in SAFEGUARDING_PARTNERS),
        *(at(4, K.REQUEST_RECEIVED, party) for party in SAFEGUARDING_PARTNERS),
    ]  # fmt: skip


def counted(events: list[Event], now: datetime) -> Responses:
    return responses(obligations(events), now)


def test_who_answered_who_was_late_and_who_was_silent() -> None:
    monday_ends = day_end(date(2026, 11, 23))
    events = [*asked(), at(5, K.RESPONSE_GIVEN, Party.ICB, "notify")]
    assert counted(events, START + 6 * HOUR) == Responses(given=1, awaited=2)
    after = (monday_ends - START) / HOUR + 5
    late = [*events, at(after, K.RESPONSE_GIVEN, Party.POLICE, "notify")]
    assert counted(late, START + (after + 1) * HOUR) == Responses(given=1, late=1, silent=1)
    deemed = Event(K.RESPONSE_DEEMED, monday_ends, monday_ends, party=Party.POLICE, outcome="notify")
    contacted = at(6, K.DEPUTY_CONTACTED, Party.POLICE)
    assert counted([*events, contacted, deemed], monday_ends) == Responses(given=1, silent=2)


def test_a_bounced_request_is_awaited_once_and_not_silent() -> None:
    without = [event for event in asked() if (event.kind, event.party) != (K.REQUEST_RECEIVED, Party.POLICE)]
    events = [*without, at(4, K.REQUEST_BOUNCED, Party.POLICE)]
    assert counted(events, START + 500 * HOUR) == Responses(silent=2, awaited=1)


@pytest.mark.duty("B1-08")
def test_an_answer_replaced_later_leaves_its_clock_met() -> None:
    """What is said at a meeting, or again after the clock, replaces the position and not the time of the answer."""
    events = [*asked(), at(5, K.RESPONSE_GIVEN, Party.POLICE, "do-not-notify")]
    again = [
        at(100, K.RESPONSE_GIVEN, Party.POLICE, "notify"),
        at(120, K.POSITION_TAKEN, Party.POLICE, "notify"),
    ]
    for more in ([], again[:1], again[1:], again):
        row = next(one for one in obligations([*events, *more]) if one.key == "B1-08:police")
        assert row.ended == START + 5 * HOUR
        assert verdict(row, START + 200 * HOUR) is V.MET


def test_late_by_is_counted_to_when_it_was_done() -> None:
    owed = clock(day_end(date(2026, 11, 24)) - HOUR, "met")
    assert timed(owed, DUE + 30 * DAY).late_by == 2
    assert london_date(owed.ended or DUE) == date(2026, 11, 24)
