"""What remains is what really remains: clocks as they are counted, decisions looked at again, own steps, and the
instant of the warning (N-02)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES, Calendar, Calendars
from app.procedure.clocks import day_end, day_start, london_date, within_working_days
from app.procedure.day_budget import DayBudget, day_budget, unfit_since
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, Event, EventKind, Party
from app.procedure.history import History
from app.procedure.obligation import ClockSettings
from app.procedure.obligations import obligations
from app.procedure.own_procedure import OwnProcedure, OwnStep
from tests.unit.procedure.test_day_budget import referred
from tests.unit.procedure.test_obligations import EVENTS, FRIDAY, HOUR, at, to_partners
from tests.unit.procedure.test_own_procedure import procedures

pytestmark = pytest.mark.duty("N-02")
K = EventKind
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, LAST = (date(2026, 11, day) for day in (23, 24, 25, 26, 27))
NONE = ClockSettings()


def of(
    events: Sequence[Event], now: datetime, settings: ClockSettings = NONE,
    calendar: Calendar | Calendars = ENGLAND_AND_WALES,
) -> DayBudget:  # fmt: skip
    found = day_budget(History(events, calendar, settings), now)
    assert found is not None
    return found


def names(found: DayBudget) -> list[str]:
    return [step.name for step in found.remaining]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def when(moment: datetime, kind: EventKind, party: Party | None = None, outcome: str | None = None,
         **facts: object) -> Event:  # fmt: skip
    return Event(kind, moment, moment, party=party, outcome=outcome, facts=facts)


def answered(outcome: str = "notify", hours: float = 6, **other: str) -> list[Event]:
    return [
        at(hours, K.RESPONSE_GIVEN, party, other.get(party.name.lower(), outcome))
        for party in SAFEGUARDING_PARTNERS
    ]


def with_steps(*own: OwnStep, **clocks: int) -> ClockSettings:
    """A partnership's own steps and clocks, also such as cannot be adopted because they are too long to fit."""
    return ClockSettings({name.replace("_", "-"): n for name, n in clocks.items()}, OwnProcedure(steps=own))


def step(
    days: int | None = 1, trigger: EventKind = K.INITIAL_VIEW_SHARED, closing: EventKind = K.LOCAL_STEP_DONE,
    blocks: str = "decision",
) -> OwnStep:  # fmt: skip
    return OwnStep("doctor", "Consult the designated doctor", Party.ICB, trigger, closing, days, blocks)


# --- silence counts only when its last day is over


def test_the_responses_leave_a_whole_day_for_the_decision_and_the_notification() -> None:
    found = of(to_partners(), noon(MONDAY))
    assert (found.present.name, found.must_end_by) == ("The partners' responses", THURSDAY)
    assert found.fits
    # Received by the police on Thursday, silent on Friday: nothing counts before Friday is over.
    late = [event for event in to_partners() if event.party is not Party.POLICE]
    late += [
        event
        for event in to_partners()
        if event.party is Party.POLICE and event.kind is not K.REQUEST_RECEIVED
    ]
    assert not of([*late, when(noon(THURSDAY), K.REQUEST_RECEIVED, Party.POLICE)], noon(THURSDAY)).fits


@given(
    st.integers(0, 300),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 3),
    st.none() | st.integers(0, 4),
)
def test_a_case_that_takes_every_clock_to_its_end_is_in_time_exactly_where_it_fits(
    gone: int, share: int, view: int, respond: int, doctor: int | None
) -> None:
    own = [] if doctor is None else [step(days=doctor)]
    clocks = with_steps(*own, B1_06=share, B1_07=view, B1_08=respond)
    events = [at(-gone, K.LOCAL_AUTHORITY_AWARE), at(0, K.REFERRAL_SUBMITTED)]
    found = of(events, FRIDAY, clocks)
    moment = FRIDAY
    for kind in (K.REFERRAL_SHARED, K.INITIAL_VIEW_GIVEN):
        moment = last_moment(events, clocks)
        events += [when(moment, kind, party, "notify") for party in INITIAL_VIEWERS]
    events += [when(moment, K.INITIAL_VIEW_SHARED, party) for party in SAFEGUARDING_PARTNERS]
    events += [when(moment, K.REQUEST_RECEIVED, party) for party in SAFEGUARDING_PARTNERS]
    silent = last_moment(events, clocks, "B1-08") + timedelta(seconds=1)
    decided = within_working_days(london_date(silent) - timedelta(days=1), 1)
    if own:
        ends = [one.due_on for one in obligations(events, settings=clocks) if one.key == "LOCAL:doctor"]
        decided = max([decided, *(end for end in ends if end is not None)])
    assert (decided <= found.due_on) == found.fits


def last_moment(events: list[Event], clocks: ClockSettings, duty: str = "B1-0") -> datetime:
    """The last second of the clocks of local steps that run."""
    dues = [one.due for one in obligations(events, settings=clocks)
            if one.ended is None and one.due and one.duty != "B1-03" and one.duty.startswith(duty)]  # fmt: skip
    return max(dues) - timedelta(seconds=1)


# --- the warning comes at the very instant


@given(
    st.lists(EVENTS, max_size=15), procedures, st.integers(0, 400), st.integers(0, 400), st.integers(-200, 0)
)
@hypothesis_settings(max_examples=150, deadline=None)
def test_it_stops_fitting_at_the_instant_of_the_warning_and_not_before(
    events: list[Event], procedure: dict[str, Any], one: int, other: int, aware: int
) -> None:
    try:
        clocks = ClockSettings.of_edition(procedure)
    except ValueError:
        clocks = NONE
    told = [*referred(-aware), *events]
    earlier, later = (FRIDAY + hours * HOUR for hours in sorted((one, other)))
    history = History(told, ENGLAND_AND_WALES, clocks)
    first, second = day_budget(history, earlier), day_budget(history, later)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert second.fits == (later < first.warn_at)
        assert (first.present, first.must_end_by is None) == (second.present, second.must_end_by is None)
        assert first.fits == (first.must_end_by is not None and earlier < first.warn_at)
        assert first.until is None or first.late or first.until <= (first.owed_on or first.until)


@pytest.mark.parametrize("missing", [K.REQUEST_RECEIVED, None])
def test_a_request_that_was_not_received_slides_with_today(missing: EventKind | None) -> None:
    events = [event for event in to_partners() if event.kind is not missing]
    bounced = [at(5, K.REQUEST_BOUNCED, Party.POLICE)] if missing else []
    found = of([*events, *bounced], noon(MONDAY))
    assert found.fits
    # One working day from receipt, and one for the rest: it must be received by Wednesday. The others' clock ends on
    # Monday, and holds until Thursday is over where it runs.
    assert found.warn_at == day_end(TUESDAY + timedelta(days=1) if missing else THURSDAY)


# --- the calendar of B1-03's own clock


def test_a_bank_holiday_moves_the_budget_when_it_moves_the_statutory_clock() -> None:
    adopted = noon(MONDAY)
    later = ENGLAND_AND_WALES.with_holiday(WEDNESDAY, "A day of mourning (invented)")
    editions = Calendars(ENGLAND_AND_WALES, ((adopted, later),))
    events = to_partners()
    untold = of(events, adopted + HOUR, calendar=editions)
    assert (untold.due_on, untold.must_end_by, untold.days[-1].day) == (LAST, THURSDAY, LAST)
    told = Event(K.CALENDAR_CHANGED, adopted, adopted + HOUR, facts={"edition": 2})
    found = of([*events, told], adopted + HOUR, calendar=editions)
    assert found.due_on == {one.key: one.due_on for one in obligations([*events, told], editions)}["B1-03"]
    assert (found.due_on, found.must_end_by) == (date(2026, 11, 30), LAST)
    assert [day.day.day for day in found.days] == [23, 24, 26, 27, 30]


# --- the clocks of those who are still waited for


def test_the_responses_end_with_the_latest_clock_of_those_still_waiting() -> None:
    events = [event for event in to_partners() if event.kind is not K.REQUEST_RECEIVED]
    events += [at(5, K.REQUEST_RECEIVED, Party.ICB), when(noon(TUESDAY), K.REQUEST_RECEIVED, Party.POLICE)]
    events += [at(6, K.RESPONSE_GIVEN, Party.LOCAL_AUTHORITY, "notify")]
    found = of(events, noon(TUESDAY) + HOUR)
    assert (found.owed_on, found.until, found.must_end_by) == (WEDNESDAY, WEDNESDAY, THURSDAY)
    answered = of(
        [*events, when(noon(TUESDAY) + HOUR, K.RESPONSE_GIVEN, Party.POLICE, "notify")], noon(TUESDAY) + HOUR
    )
    assert (answered.owed_on, answered.late) == (MONDAY, True)


def test_a_difference_is_counted_from_when_it_began_and_not_from_each_answer() -> None:
    events = [*to_partners(), *answered(police="do-not-notify")]
    again = when(noon(TUESDAY), K.RESPONSE_GIVEN, Party.POLICE, "do-not-notify")
    found = of([*events, again], noon(TUESDAY) + HOUR)
    owed = {one.key: one for one in obligations([*events, again])}["B1-09"]
    assert (found.present.name, found.owed_on, owed.due_on) == ("The short meeting", MONDAY, MONDAY)
    assert found.late
    meeting = when(noon(TUESDAY), K.SHORT_MEETING_HELD)
    chairs = of(
        [*events, meeting, when(noon(WEDNESDAY), K.RESPONSE_GIVEN, Party.ICB, "notify")], noon(WEDNESDAY)
    )
    assert (chairs.present.name, chairs.owed_on) == ("The Partnership Chair's decision", WEDNESDAY)


def test_what_the_step_can_take_is_never_later_than_its_own_clock() -> None:
    found = of(referred(1), FRIDAY + HOUR)
    assert (found.must_end_by, found.owed_on, found.until) == (TUESDAY, MONDAY, MONDAY)
    views = of(
        [*referred(1), *(at(2, K.REFERRAL_SHARED, party) for party in INITIAL_VIEWERS)], FRIDAY + 3 * HOUR
    )
    assert (views.owed_on, views.until) == (MONDAY, MONDAY)
    sharing = of(to_partners()[:8], FRIDAY + 4 * HOUR)
    assert (sharing.present.name, sharing.owed_on, sharing.until) == (
        "Sharing the initial view",
        MONDAY,
        MONDAY,
    )
    over = of(referred(1), noon(TUESDAY))
    assert (over.late, over.until, over.fits) == (True, TUESDAY, True)


# --- a decision that is looked at again


def decided(outcome: str, **facts: object) -> list[Event]:
    silent = [event for event in answered(outcome) if event.party is not Party.POLICE]
    deemed = when(day_end(MONDAY), K.RESPONSE_DEEMED, Party.POLICE, outcome)
    return [*to_partners(), *silent, deemed, when(noon(TUESDAY), K.DECISION_RECORDED, None, outcome, **facts)]


def displaced(outcome: str, answer: str, **facts: object) -> list[Event]:
    given = Event(K.RESPONSE_GIVEN, noon(MONDAY), noon(TUESDAY) + HOUR, party=Party.POLICE, outcome=answer)
    return [*decided(outcome, **facts), given, when(noon(TUESDAY) + HOUR, K.DEEMED_DISPLACED, Party.POLICE)]


NOW = noon(TUESDAY) + 3 * HOUR
BACK = when(noon(TUESDAY) + 2 * HOUR, K.DECISION_PUT_BACK)


@pytest.mark.parametrize("outcome", ["notify", "do-not-notify"])
def test_a_decision_whose_silence_was_answered_is_put_back_first(outcome: str) -> None:
    agree, other = "Recording the decision", "do-not-notify" if outcome == "notify" else "notify"
    found = of(displaced(outcome, outcome), NOW)
    assert names(found) == ["Putting the decision back", agree, "Sending the notification"]
    assert names(of(displaced(outcome, other), NOW))[:2] == ["Putting the decision back", "The short meeting"]
    assert names(of([*displaced(outcome, outcome), BACK], NOW)) == [agree, "Sending the notification"]
    differ = of([*displaced(outcome, other), BACK], NOW)
    assert names(differ) == ["The short meeting", agree, "Sending the notification"]
    assert differ.owed_on == WEDNESDAY  # as B1-09 counts it, from the putting back
    chairs = of([*displaced(outcome, other, maker="partnership-chair"), BACK], NOW)
    assert names(chairs) == ["The Partnership Chair's new decision", "Sending the notification"]


def test_there_is_a_budget_while_a_decision_not_to_notify_is_reconsidered() -> None:
    events = decided("do-not-notify")
    assert day_budget(History(events, ENGLAND_AND_WALES, NONE), NOW) is None
    raised = when(noon(TUESDAY) + HOUR, K.NEW_INFORMATION_RAISED)
    assert names(of([*events, raised], NOW)) == ["Recording the decision", "Sending the notification"]
    declined = when(noon(TUESDAY) + 2 * HOUR, K.RECONSIDERATION_DECLINED)
    assert day_budget(History([*events, raised, declined], ENGLAND_AND_WALES, NONE), NOW) is None


def test_the_local_authoritys_own_duty_leaves_only_the_notification() -> None:
    override = when(noon(TUESDAY) + HOUR, K.NOTIFIED_AGAINST_DECISION)
    doctor = with_steps(step(trigger=K.DECISION_RECORDED, blocks="notification"))
    for events in (decided("do-not-notify"), displaced("notify", "do-not-notify"), to_partners()):
        found = of([*events, override], NOW, doctor)
        assert names(found) == ["Sending the notification"]
        assert found.shorten == ("Send the notification now.",)


def test_where_the_notification_came_first_and_is_withdrawn_only_the_notification_is_left() -> None:
    first = [at(-2, K.LOCAL_AUTHORITY_AWARE), at(-1, K.REFERRAL_REQUESTED), at(0, K.REFERRAL_SUBMITTED)]
    assert names(of(first, FRIDAY)) == ["Sending the notification"]


# --- the partnership's own steps


def test_an_own_step_that_runs_beside_the_responses_counts_beside_them() -> None:
    portsmouth = with_steps(step(), B1_08=2)
    found = of(to_partners(), noon(MONDAY), portsmouth)
    assert names(found)[:3] == [
        "The partners' responses",
        "Consult the designated doctor",
        "Recording the decision",
    ]
    assert [one.name for one in found.beside] == ["Consult the designated doctor"]
    assert "Consult the designated doctor" not in [one.name for one in found.then]
    assert (found.must_end_by, found.fits) == (THURSDAY, True)  # the doctor has a day, the partners two
    longer = of(to_partners(), noon(MONDAY), with_steps(step(days=6)))
    assert (longer.fits, longer.must_end_by) == (False, None)


def test_an_own_step_is_the_present_one_where_only_it_is_waited_for() -> None:
    events = [*to_partners(), *answered()]
    found = of(events, FRIDAY + 7 * HOUR, with_steps(step(days=2)))
    assert (found.present.name, found.owed_on, found.until) == (
        "Consult the designated doctor",
        TUESDAY,
        TUESDAY,
    )
    assert names(found)[1:] == ["Recording the decision", "Sending the notification"]
    assert (found.must_end_by, found.warn_at) == (LAST, day_end(LAST))
    assert not of(events, FRIDAY + 7 * HOUR, with_steps(step(days=6))).fits
    done = when(FRIDAY + 8 * HOUR, K.LOCAL_STEP_DONE, None, None, step="doctor")
    assert (
        of([*events, done], noon(MONDAY), with_steps(step(days=2))).present.name == "Recording the decision"
    )


def test_an_own_step_whose_trigger_will_come_takes_its_time_then() -> None:
    later = with_steps(step(trigger=K.DECISION_RECORDED, blocks="notification", days=2))
    found = of(to_partners(), noon(MONDAY), later)
    assert names(found)[-2:] == ["Consult the designated doctor", "Sending the notification"]
    assert (found.must_end_by, found.fits, found.beside) == (TUESDAY, True, ())
    assert of(referred(1), FRIDAY, with_steps(step(days=3))).must_end_by == TUESDAY - timedelta(days=1)
    # A short meeting may never come, so what follows one is not waited for; after the difference it is.
    meeting = with_steps(step(trigger=K.SHORT_MEETING_HELD, days=3))
    assert len(names(of(to_partners(), noon(MONDAY), meeting))) == 3
    differing = of([*to_partners(), *answered(police="do-not-notify")], FRIDAY + 7 * HOUR, meeting)
    assert names(differing)[:2] == ["The short meeting", "Consult the designated doctor"]
    assert differing.must_end_by == TUESDAY


def test_an_own_step_that_another_step_closes_takes_no_time_of_its_own() -> None:
    closed = with_steps(step(trigger=K.REFERRAL_SHARED, closing=K.INITIAL_VIEW_SHARED, days=60))
    assert "Consult the designated doctor" not in names(of(referred(1), FRIDAY, closed))
    nothing = with_steps(step(blocks="nothing", days=60))
    assert "Consult the designated doctor" not in names(of(to_partners(), noon(MONDAY), nothing))


# --- since when it does not fit


def since(events: list[Event], now: datetime) -> datetime | None:
    return unfit_since(events, lambda told: History(told, ENGLAND_AND_WALES, NONE), now)


def test_what_does_not_fit_has_not_fitted_since_one_instant_until_it_fits_again() -> None:
    events = referred(1)
    first = day_end(TUESDAY)
    assert since(events, noon(TUESDAY)) is None
    assert [since(events, first + hours * HOUR) for hours in (0, 5, 50)] == [first] * 3
    acknowledged = when(first + HOUR, K.REFERRAL_ACKNOWLEDGED)  # what happens without helping changes nothing
    assert since([*events, acknowledged], first + 3 * HOUR) == first
    shared = [when(first + 2 * HOUR, K.REFERRAL_SHARED, party) for party in INITIAL_VIEWERS]
    views = [when(first + 3 * HOUR, K.INITIAL_VIEW_GIVEN, party, "notify") for party in INITIAL_VIEWERS]
    helped = [*events, *shared, *views]
    assert since(helped, first + 4 * HOUR) is None
    again = since(helped, day_start(LAST))
    assert again is not None
    assert again > first
    assert since(helped, first + 2 * HOUR) == first  # as it was known then
