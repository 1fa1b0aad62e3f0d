"""The five working days, day by day, against the local steps (N-02)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.clocks import day_end, london_date, working_days_after
from app.procedure.day_budget import DayBudget, day_budget
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, Event, EventKind, Party
from app.procedure.history import History
from app.procedure.obligation import ClockSettings
from tests.unit.procedure.test_obligations import FRIDAY, HOUR, at, to_partners

K = EventKind
DAY = 24 * HOUR


def budget(events: list[Event], now: float = 1, **days: int) -> DayBudget:
    found = maybe(events, now, **days)
    assert found is not None
    return found


def maybe(events: list[Event], now: float = 1, **days: int) -> DayBudget | None:
    settings = ClockSettings({name.replace("_", "-"): n for name, n in days.items()})
    return day_budget(History(events, ENGLAND_AND_WALES, settings), FRIDAY + now * HOUR)


def referred(aware_hours_before: float) -> list[Event]:
    return [at(-aware_hours_before, K.LOCAL_AUTHORITY_AWARE), at(0, K.REFERRAL_SUBMITTED)]


@pytest.mark.duty("N-02")
def test_a_fresh_referral_fits_and_says_until_when_each_step_can_take() -> None:
    found = budget(referred(1))
    assert [day.day for day in found.days] == working_days_after(date(2026, 11, 20), 5)
    assert (found.gone_before_referral, found.present.name, found.fits) == (0, "Sharing the referral", True)
    assert [step.clock for step in found.remaining] == ["B1-06", "B1-07", None, "B1-08", None, None]
    # Two days of views and responses, and one more: silence counts only when the responses' last day is over.
    assert (found.due_on, found.must_end_by) == (date(2026, 11, 27), date(2026, 11, 24))
    assert found.warn_at == day_end(date(2026, 11, 24))


@pytest.mark.duty("N-02")
def test_days_gone_before_the_referral_are_counted_and_warned_of() -> None:
    found = budget(referred(7 * 24))  # aware on the Friday before
    assert found.gone_before_referral == 4
    assert [day.use for day in found.days] == ["gone-before-referral"] * 4 + ["today"]
    assert not found.fits
    assert found.warn_at == FRIDAY + HOUR
    assert found.shorten[0].startswith("Share the referral at once")
    assert "own duty" in found.shorten[-1]


@pytest.mark.duty("N-02")
def test_a_difference_adds_the_meeting_and_the_chair() -> None:
    events = [
        *to_partners(),
        *(at(6, K.RESPONSE_GIVEN, party, "notify") for party in (Party.POLICE, Party.ICB)),
    ]
    events.append(at(7, K.RESPONSE_GIVEN, Party.LOCAL_AUTHORITY, "do-not-notify"))
    assert [step.clock for step in budget(events, 8).remaining] == ["B1-09", None, None]
    events.append(at(9, K.SHORT_MEETING_HELD))
    assert budget(events, 10).present.clock == "B1-10"
    late = budget(events, 24 * 7)  # the last day
    assert (late.days[-1].use, late.fits) == ("today", True)
    assert not budget(events, 24 * 8).fits


@pytest.mark.duty("N-02")
def test_there_is_no_budget_without_awareness_or_after_the_end() -> None:
    assert maybe([at(0, K.REFERRAL_SUBMITTED)]) is None
    events = [*to_partners(), *(at(6, K.RESPONSE_GIVEN, party, "notify") for party in SAFEGUARDING_PARTNERS)]
    assert budget(events, 7).present.name == "Recording the decision"
    events.append(at(7, K.DECISION_RECORDED, outcome="notify"))
    assert [step.name for step in budget(events, 8).remaining] == ["Sending the notification"]
    assert maybe([*events, at(8, K.NOTIFICATION_SENT)], 9) is None
    assert maybe([*events[:-1], at(7, K.DECISION_RECORDED, outcome="do-not-notify")], 8) is None


@pytest.mark.duty("N-02")
@given(st.integers(0, 240), st.integers(0, 240), st.integers(1, 3))
def test_knowing_earlier_never_makes_it_fit_better(earlier: int, later: int, respond: int) -> None:
    sooner, known = sorted((earlier, later), reverse=True)
    first = budget(referred(sooner), 1, B1_08=respond)
    second = budget(referred(known), 1, B1_08=respond)
    assert first.fits <= second.fits
    assert first.due_on <= second.due_on
    assert len(first.days) == 5


@pytest.mark.duty("N-02")
@given(st.integers(0, 96))
def test_a_present_step_that_ends_in_time_leaves_room_for_the_others(hours: int) -> None:
    found = budget(referred(1), hours)
    present = max(london_date(FRIDAY + hours * HOUR), date(2026, 11, 23))
    assert found.must_end_by is not None
    assert found.fits == (present <= found.must_end_by)


def test_what_happened_stands_beside_its_day() -> None:
    events = [*referred(1), *(at(2, K.REFERRAL_SHARED, party) for party in INITIAL_VIEWERS),
              *(at(24 * 3, K.INITIAL_VIEW_GIVEN, party, "notify") for party in INITIAL_VIEWERS)]  # fmt: skip
    found = budget(events, 24 * 3 + 1)
    assert found.days[0].happened == ("Initial view given",)
    assert found.days[0].day == date(2026, 11, 23)
    assert found.present.name == "Sharing the initial view"
    assert timedelta(days=1) == DAY
