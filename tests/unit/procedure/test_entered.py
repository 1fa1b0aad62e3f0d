"""A case entered with past days: every obligation stands as its dates say, whatever the days are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES, Calendars
from app.procedure.clocks import LONDON, day_end, day_only, is_day_only, london_date, within_working_days
from app.procedure.entered_events import Counting, history_of, outcome_faults, would_be
from app.procedure.entering import CHAIR, DEEMED, NOT_COUNTED, Child, Given, Held, UnderWay, stage_of
from app.procedure.entering_faults import under_way_faults
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.obligation import ClockSettings, Obligation, State, state
from app.procedure.obligations import obligations
from app.procedure.own_procedure import OwnProcedure
from app.procedure.positions import position

AGENCIES = {"police": "Police"}
COUNTING = Counting(Calendars(ENGLAND_AND_WALES), ClockSettings())
DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))
GAPS = st.integers(0, 6)
SAID = "notify"


def at(day: date, hour: int = 17) -> datetime:
    return datetime.combine(day, time(hour), LONDON)


def owed(case: UnderWay, now: datetime, counting: Counting = COUNTING) -> dict[str, Obligation]:
    found = obligations(would_be(case, now, counting), counting.calendars, counting.settings)
    return {one.key: one for one in found}


@st.composite
def cases(draw: Any) -> tuple[UnderWay, date]:
    """A case that has come as far as some step, each step some days after the one before; and today."""
    day = draw(DAYS)
    reached = draw(st.integers(0, 7))

    def later() -> date:
        nonlocal day
        day += timedelta(days=draw(GAPS))
        return day

    case = UnderWay("R", "A child", "police", day, summary="What happened", aware_on=day)
    if reached > 0:
        case = replace(case, shared_on=later())
    if reached > 1:
        case = replace(case, chair=Given(SAID, later(), "Chair"))
    if reached > 2:
        case = replace(case, director=Given(SAID, later(), "Director"))
    if reached > 3:
        case = replace(case, view_shared_on=later())
    if reached > 4:
        answers = {party: Given(SAID, later(), "Somebody") for party in SAFEGUARDING_PARTNERS}
        case = replace(case, responses=answers)
    if reached > 5:
        case = replace(case, decision=Given(SAID, later(), "Director"), rationale="Met")
    if reached > 6:
        case = replace(case, notified_on=later(), panel_reference="P", notified_by="Director")
    return case, day + timedelta(days=draw(GAPS))


def by_dates(start: date | None, days: int, ended: date | None, today: date) -> State | None:
    """How a clock stands by its dates alone (clocks 1, 2 and 7); None where it has not begun."""
    if start is None:
        return None
    due = within_working_days(start, days)
    if ended is not None:
        return State.MET if ended <= due else State.MET_LATE
    return State.OVERDUE if today > due else State.RUNNING


def expected(case: UnderWay, today: date) -> dict[str, State | None]:
    views = [case.chair.on, case.director.on]
    both = max(day for day in views if day) if all(views) else None
    found = {
        "B1-06": by_dates(case.referred_on, 1, case.shared_on, today),
        "B1-07:lig-chair": by_dates(case.shared_on, 1, case.chair.on, today),
        "B1-07:service-director": by_dates(case.shared_on, 1, case.director.on, today),
        "B1-07:share": by_dates(both, 1, case.view_shared_on, today),
        "B1-03": by_dates(case.aware_on, 5, case.notified_on, today),
        "N-05": by_dates(case.notified_on, 15, None, today),
    }
    for party in SAFEGUARDING_PARTNERS:
        answered = case.response(party).on
        found[f"B1-08:{party.value}"] = by_dates(case.view_shared_on, 1, answered, today)
    for party in ("independent-scrutineer", "strategic-manager"):
        found[f"B1-04:{party}"] = by_dates(case.decision.on, 5, None, today)
    return found


@pytest.mark.duty("B1-03", "B1-06", "B1-07", "B1-08")
@given(cases(), st.integers(1, 23))
def test_each_obligation_stands_as_its_dates_say(made: tuple[UnderWay, date], hour: int) -> None:
    case, today = made
    now = at(today, hour)
    assert under_way_faults(case, today, AGENCIES) == []
    found = owed(case, now)
    running = {State.RUNNING, State.DUE_SOON, State.DUE_TODAY}
    for key, wanted in expected(case, today).items():
        stands = state(found[key], now) if key in found else None
        assert (State.RUNNING if stands in running else stands) == wanted, key
        if wanted is not None:
            assert found[key].due == day_end(found[key].due_on or today)


@given(cases())
def test_events_stand_on_their_own_days_and_in_order(made: tuple[UnderWay, date]) -> None:
    case, today = made
    events = would_be(case, at(today, 0) + timedelta(microseconds=4), COUNTING)
    told = [event for event in events if event.facts.get("date_only")]
    assert [event.happened_at for event in told] == sorted(event.happened_at for event in told)
    assert all(event.happened_at <= event.recorded_at for event in events)
    days = {event.kind: london_date(event.happened_at) for event in told}
    assert days[EventKind.REFERRAL_SUBMITTED] == case.referred_on
    if case.notified_on:
        assert days[EventKind.NOTIFICATION_SENT] == case.notified_on
    kinds = [event.kind for event in told]
    procedure = [EventKind.REFERRAL_SUBMITTED, EventKind.REFERRAL_SHARED, EventKind.INITIAL_VIEW_SHARED,
                 EventKind.RESPONSE_GIVEN, EventKind.DECISION_RECORDED, EventKind.NOTIFICATION_SENT]  # fmt: skip
    places = [kinds.index(kind) for kind in procedure if kind in kinds]
    assert places == sorted(places)


@given(DAYS, st.integers(1, 999))
def test_a_day_without_a_time_is_known_as_one(day: date, place: int) -> None:
    instant = day_only(day, place)
    assert london_date(instant) == day
    assert is_day_only(instant)
    assert not is_day_only(at(day, 0))
    assert not is_day_only(day_end(day))


VIEW = date(2026, 11, 9)  # a Monday: the response clock ends with Tuesday
ASKED = UnderWay(
    "R", "A child", "police", VIEW, summary="What happened", aware_on=VIEW, shared_on=VIEW,
    chair=Given(SAID, VIEW, "Chair"), director=Given(SAID, VIEW, "Director"), view_shared_on=VIEW,
)  # fmt: skip


def asked(**more: Any) -> UnderWay:
    return replace(ASKED, **more)


@pytest.mark.duty("B1-08", "N-04")
@given(st.integers(0, 4), st.integers(0, 4), st.booleans())
def test_a_late_answer_counts_only_where_the_silence_did_not(answered: int, deputy: int, same: bool) -> None:
    on = VIEW + timedelta(days=answered)
    director = ASKED.director if same else Given("do-not-notify", VIEW, "Director")
    case = asked(
        director=director, responses={Party.POLICE: Given("do-not-notify", on, "DI")},
        deputies={Party.POLICE: VIEW + timedelta(days=deputy)},
    )  # fmt: skip
    history = history_of(would_be(case, at(date(2026, 11, 20)), COUNTING), COUNTING)
    held = position(history, Party.POLICE)
    assert held is not None
    deemed = same and answered > 1 and deputy <= 1  # by Tuesday, and before its midnight
    assert held.kind == ("deemed agreement" if deemed else "given")
    assert held.outcome == (SAID if deemed else "do-not-notify")
    assert bool(history.first(EventKind.RESPONSE_LATE, Party.POLICE)) is deemed
    silent = history.first(EventKind.SILENCE_NOT_DEEMED, Party.POLICE)
    assert bool(silent) is (answered > 1 and not deemed)


def test_what_is_said_of_a_silence_is_judged_by_the_clock() -> None:
    now = at(date(2026, 11, 20))
    silent, with_deputy = {Party.POLICE: Given(DEEMED)}, {Party.POLICE: VIEW}
    assert outcome_faults(asked(responses=silent, deputies=with_deputy), now, COUNTING) == []
    fault = outcome_faults(asked(responses=silent), now, COUNTING)
    assert fault == [
        ("police_outcome", "This silence cannot have counted as agreement: the deputy was not contacted")
    ]
    early = outcome_faults(asked(responses=silent, deputies=with_deputy), at(VIEW), COUNTING)
    assert "the clock has not ended" in early[0][1]
    counted = asked(responses={Party.POLICE: Given(NOT_COUNTED)}, deputies=with_deputy)
    assert "counted as agreement" in outcome_faults(counted, now, COUNTING)[0][1]


def decided(**more: Any) -> UnderWay:
    answers = {party: Given(SAID, VIEW, "Somebody") for party in SAFEGUARDING_PARTNERS}
    made = {"responses": answers, "decision": Given(SAID, date(2026, 11, 11), "Director"), "rationale": "Met"}
    return asked(**{**made, **more})


def faults_of(case: UnderWay, today: date = date(2026, 11, 20)) -> list[str]:
    found = under_way_faults(case, today, AGENCIES)
    return [name for name, _message in found or outcome_faults(case, at(today), COUNTING)]


def test_a_decision_rests_on_positions_that_agree_with_it() -> None:
    assert faults_of(decided()) == []
    other = {**decided().responses, Party.ICB: Given("do-not-notify", VIEW, "Nurse")}
    assert faults_of(decided(responses=other)) == ["decision_outcome"]
    met = {"short_meeting": Held(date(2026, 11, 10), "Agreed"), "at_meeting": {Party.ICB: SAID}}
    assert faults_of(decided(responses=other, **met)) == []
    chairs = decided(responses=other, maker=CHAIR, scrutineer=False, short_meeting=Held(date(2026, 11, 10)))
    assert faults_of(chairs) == []
    assert faults_of(replace(chairs, scrutineer=None)) == ["scrutineer"]
    missing = {party: given for party, given in decided().responses.items() if party is not Party.ICB}
    assert faults_of(decided(responses=missing)) == ["icb_outcome"]
    assert faults_of(decided(responses={**missing, Party.ICB: Given(NOT_COUNTED)})) == []
    deemed = {"responses": {**missing, Party.ICB: Given(DEEMED)}, "deputies": {Party.ICB: VIEW}}
    assert faults_of(decided(**deemed)) == []
    soon = decided(**deemed)
    assert faults_of(replace(soon, decision=Given(SAID, date(2026, 11, 10), "Director"))) == ["icb_outcome"]


def test_a_decision_of_the_partnership_chair_owes_what_followed() -> None:
    other = {**decided().responses, Party.ICB: Given("do-not-notify", VIEW, "Nurse")}
    case = decided(responses=other, maker=CHAIR, scrutineer=False, short_meeting=Held(date(2026, 11, 10)))
    found = owed(case, at(date(2026, 11, 20)))
    assert state(found["B1-10:decide"], at(date(2026, 11, 20))) is State.MET
    assert found["B1-11:1"].ended is None


@pytest.mark.duty("N-03")
def test_what_is_impossible_is_refused() -> None:
    sent = {"notified_on": date(2026, 11, 12), "panel_reference": "P", "notified_by": "Director"}
    assert faults_of(decided(**sent)) == []
    assert faults_of(decided(**{**sent, "notified_on": date(2026, 11, 10)})) == ["notified_on"]
    override = {"override": Given(SAID, date(2026, 11, 10), "Director"), "override_reason": "Its own duty"}
    assert faults_of(decided(**{**sent, "notified_on": date(2026, 11, 10)}, **override)) == []
    assert faults_of(asked(**sent)) == ["notified_on"]
    assert faults_of(asked(**sent, **override)) == []
    assert faults_of(decided(**sent, aware_on=date(2026, 11, 13))) == ["notified_on"]
    assert faults_of(decided(**sent, aware_on=None)) == ["aware_on"]
    assert faults_of(decided(**sent, aware_on=None, aware_not_known=True)) == []
    assert faults_of(decided(children=tuple(Child(str(number)) for number in range(5)))) == ["children"]
    assert faults_of(asked(children=(Child("Ann", date(2027, 1, 1)),))) == ["births"]
    assert stage_of(asked(**sent, **override)) == "notified"


def test_an_own_step_whose_time_had_passed_is_not_owed() -> None:
    """A decision that was made is not held up any more, nor is a day that is over."""
    steps: list[dict[str, Any]] = [
        {"key": "doctor", "action": "Consult", "owner": "icb", "trigger": "initial-view-shared", "days": 1,
         "blocks": "decision"},
        {"key": "copy", "action": "Copy", "owner": "service-director", "trigger": "notification-sent", "days": 0},
    ]  # fmt: skip
    own = OwnProcedure.from_settings({"steps": steps})
    counting = Counting(COUNTING.calendars, ClockSettings(own=own))
    sent = decided(notified_on=date(2026, 11, 12), panel_reference="P", notified_by="Director")
    found, now = owed(sent, at(date(2026, 11, 20)), counting), at(date(2026, 11, 20))
    assert {state(found[key], now) for key in ("LOCAL:doctor", "LOCAL:copy")} == {State.NOT_NEEDED}
    waiting = owed(ASKED, now, counting)["LOCAL:doctor"]
    assert state(waiting, now) is State.OVERDUE  # the decision still waits for it
    today = owed(replace(sent, notified_on=date(2026, 11, 20)), now, counting)["LOCAL:copy"]
    assert state(today, now) is State.DUE_TODAY
    done = owed(replace(sent, steps={"doctor": date(2026, 11, 10)}), now, counting)["LOCAL:doctor"]
    assert state(done, now) is State.MET
