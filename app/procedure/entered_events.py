"""The history that a case entered at its stage would have: the events of its past days, with the silences of its
partners judged by the clocks. Nothing is stored here; the preview and the entering both read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.procedure.calendar import Calendars
from app.procedure.clocks import day_only, london_date
from app.procedure.entering import CHAIR, DEEMED, NOT_COUNTED, PARTNERS, UnderWay
from app.procedure.events import (
    INITIAL_VIEWERS,
    SAFEGUARDING_PARTNERS,
    Event,
    EventKind,
    Outcome,
    Party,
    Stage,
)
from app.procedure.explain import long_date
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.obligation import ClockSettings
from app.procedure.own_procedure import OwnStep
from app.procedure.positions import clock_end, ended_in_silence, may_be_deemed, positions

K = EventKind
ENTERED: Mapping[str, object] = {"entered": True, "date_only": True}


@dataclass(frozen=True, slots=True)
class _Past:
    """Something that happened on a day of which no time is known."""

    day: date
    kind: EventKind
    party: Party | None = None
    outcome: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    stage: Stage = Stage.NOTIFICATION


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts the clocks of a case: the calendar's editions and the partnership's own settings."""

    calendars: Calendars
    settings: ClockSettings


@duty("B1-03", "B1-08")
def would_be(case: UnderWay, now: datetime, counting: Counting) -> list[Event]:
    """The events of the case, in the order in which they are told. Those of one day keep the procedure's order; each
    stands within its own day, so that lateness and the next clock are judged by the date (clocks 1, 2 and 6)."""
    past = sorted(_past(case, counting.settings.own.steps), key=lambda one: one.day)
    told = [
        Event(one.kind, min(day_only(one.day, place), now), now, 0, one.stage, one.party, one.outcome,
              {**ENTERED, **one.facts})
        for place, one in enumerate(past, start=1)
    ]  # fmt: skip
    for party in SAFEGUARDING_PARTNERS:
        told = _with_silence(told, party, now, counting)
    entered = Event(
        K.CASE_ENTERED, now, now, stage=Stage.REFERRAL, facts={"entered": True, "date_only": False}
    )
    ordered = [entered, *sorted(told, key=lambda event: event.happened_at)]
    return [replace(event, number=place) for place, event in enumerate(ordered, start=1)]


def history_of(events: list[Event], counting: Counting) -> History:
    """Events as the procedure reads them."""
    return History(events, counting.calendars, counting.settings)


def outcome_faults(case: UnderWay, now: datetime, counting: Counting) -> list[tuple[str, str]]:
    """What is said of silences and of the decision that the clocks and the positions do not bear out. To be asked
    of a case that is otherwise sound."""
    events = would_be(case, now, counting)
    faults = [
        fault for party in SAFEGUARDING_PARTNERS if (fault := _silence_fault(case, party, events, now, counting))
    ]  # fmt: skip
    return faults or _position_faults(case, events, counting)


def _silence_fault(
    case: UnderWay, party: Party, events: list[Event], now: datetime, counting: Counting
) -> tuple[str, str] | None:
    said, name = case.response(party).outcome, f"{party.value}_outcome"
    deemed = any(event.kind is K.RESPONSE_DEEMED and event.party is party for event in events)
    history = history_of(events, counting)
    end = clock_end(history, party)
    if said == NOT_COUNTED and deemed:
        return name, "This silence counted as agreement: the deputy was contacted before the clock ended"
    if said == NOT_COUNTED and end and end > now and history.decision is None:
        return name, "This partner's clock still runs; leave the answer empty"
    if said != DEEMED or deemed:
        return None
    why_not = "the clock has not ended"
    if end is not None and end <= now:
        why_not = _judged(events, party, end, counting) or why_not
    return name, f"This silence cannot have counted as agreement: {why_not}"


def _position_faults(case: UnderWay, events: list[Event], counting: Counting) -> list[tuple[str, str]]:
    """The partners' decision rests on positions that agree with it; silence that does not count is none."""
    if not case.decision.whole or case.maker != PARTNERS:
        return []
    made = next(event for event in events if event.kind is K.DECISION_RECORDED)
    held = positions(history_of([one for one in events if one.happened_at < made.happened_at], counting))
    silent = {party for party in SAFEGUARDING_PARTNERS if case.response(party).outcome == NOT_COUNTED}
    faults = []
    for party in SAFEGUARDING_PARTNERS:
        if party not in held and party not in silent:
            faults.append((f"{party.value}_outcome", _missing_before(case, party, events)))
    if not faults and {one.outcome for one in held.values()} - {case.decision.outcome}:
        faults.append(
            ("decision_outcome", "The three responses say otherwise. Enter what changed at the short meeting, or say "
             "that the Partnership Chair decided")
        )  # fmt: skip
    return faults


def _missing_before(case: UnderWay, party: Party, events: list[Event]) -> str:
    deemed = next((one for one in events if one.kind is K.RESPONSE_DEEMED and one.party is party), None)
    if deemed is not None and case.decision.on is not None:
        day = long_date(london_date(deemed.happened_at))
        return f"Enter the answer: this silence counted as agreement only from the first minute of {day}"
    return "Enter the three responses first; or say that there was no answer"


def _past(case: UnderWay, steps: tuple[OwnStep, ...]) -> Iterator[_Past]:
    """What happened, in the procedure's order; days as they were said."""
    yield from _referral(case)
    yield from _steps(case, steps, K.REFERRAL_SUBMITTED)
    for party in INITIAL_VIEWERS if case.shared_on else ():
        yield _Past(_day(case.shared_on), K.REFERRAL_SHARED, party)
    yield from _steps(case, steps, K.REFERRAL_SHARED)
    for party, given in case.views.items():
        if given.on is not None:
            yield _Past(given.on, K.INITIAL_VIEW_GIVEN, party, given.outcome)
    yield from _steps(case, steps, K.INITIAL_VIEW_GIVEN)
    yield from _asked(case)
    yield from _steps(case, steps, K.INITIAL_VIEW_SHARED)
    yield from _meetings(case)
    yield from _steps(case, steps, K.SHORT_MEETING_HELD)
    yield from _decided(case)
    yield from _steps(case, steps, K.DECISION_RECORDED)
    yield from _sent(case)
    yield from _steps(case, steps, K.NOTIFICATION_SENT)


def _referral(case: UnderWay) -> Iterator[_Past]:
    on = _day(case.referred_on)
    outside = case.areas.incident == "outside"
    facts: dict[str, object] = {
        "source": "entered", "children": len(case.children) or 1, "outside_england": outside,
        "incident_area": None if outside else case.areas.incident, "home_area": case.areas.home,
    }  # fmt: skip
    if case.areas.incident is None and case.areas.home is None:
        facts = {"source": "entered", "children": len(case.children) or 1}
    yield _Past(on, K.REFERRAL_SUBMITTED, Party.AGENCY_REPRESENTATIVE, None, facts, Stage.REFERRAL)
    yield _Past(on, K.REFERRAL_ACKNOWLEDGED, Party.REFERRER, stage=Stage.REFERRAL)
    if case.aware_on is not None:
        yield _Past(case.aware_on, K.LOCAL_AUTHORITY_AWARE, Party.LOCAL_AUTHORITY)


def _asked(case: UnderWay) -> Iterator[_Past]:
    """The partners asked, their deputies contacted, their answers."""
    if case.view_shared_on is not None:
        same = case.chair.outcome if case.chair.outcome == case.director.outcome else None
        for party in SAFEGUARDING_PARTNERS:
            yield _Past(case.view_shared_on, K.INITIAL_VIEW_SHARED, party, same)
            yield _Past(case.view_shared_on, K.REQUEST_RECEIVED, party)
    for party, day in case.deputies.items():
        yield _Past(day, K.DEPUTY_CONTACTED, party, facts={"deputies": 1, "inbox": False})
    for party in SAFEGUARDING_PARTNERS:
        given = case.response(party)
        if given.on is not None:
            facts: dict[str, object] = {"on_behalf": True, "source": "before"}
            yield _Past(given.on, K.RESPONSE_GIVEN, party, given.outcome, facts)


def _meetings(case: UnderWay) -> Iterator[_Past]:
    if case.short_meeting.on is not None:
        yield _Past(case.short_meeting.on, K.SHORT_MEETING_HELD, facts={"scrutineer": False})
        for party, outcome in case.at_meeting.items():
            yield _Past(case.short_meeting.on, K.POSITION_TAKEN, party, outcome, {"meeting": True})
    if case.chair_meeting.on is not None:
        facts: dict[str, object] = {"scrutineer": bool(case.scrutineer)}
        yield _Past(case.chair_meeting.on, K.EXCEPTIONAL_MEETING_HELD, facts=facts)


def _decided(case: UnderWay) -> Iterator[_Past]:
    if case.decision.on is not None:
        facts: dict[str, object] = {"number": 1, "maker": case.maker}
        if case.maker == CHAIR:
            facts["scrutineer"] = bool(case.scrutineer)
        yield _Past(case.decision.on, K.DECISION_RECORDED, None, case.decision.outcome, facts)
    if case.override.on is not None:
        about = 1 if case.decision.on is not None and case.decision.on <= case.override.on else 0
        yield _Past(case.override.on, K.NOTIFIED_AGAINST_DECISION, facts={"about": about})


def _sent(case: UnderWay) -> Iterator[_Past]:
    for party, day in case.informed.items():
        yield _Past(day, K.PARTY_INFORMED, party)
    if case.notified_on is not None:
        yield _Past(case.notified_on, K.NOTIFICATION_SENT, Party.LOCAL_AUTHORITY, facts={"channel": "other"})
    if case.afterwards.on is not None and case.decision.outcome == Outcome.DO_NOT_NOTIFY.value:
        yield _Past(case.afterwards.on, K.OUTCOME_CHOSEN, None, case.afterwards.outcome, {"about": 1})


def _steps(case: UnderWay, steps: tuple[OwnStep, ...], trigger: EventKind) -> Iterator[_Past]:
    for step in steps:
        if step.trigger is trigger and step.key in case.steps:
            yield _Past(case.steps[step.key], K.LOCAL_STEP_DONE, step.owner, facts={"step": step.key})


@duty("B1-08", "N-04")
def _with_silence(told: list[Event], party: Party, now: datetime, counting: Counting) -> list[Event]:
    """The events with what the end of a partner's clock made of a silence: agreement, and then an answer that came
    after it is late; or nothing, which is said."""
    end = clock_end(history_of(told, counting), party)
    if end is None or end > now:
        return told
    before = history_of([event for event in told if event.happened_at < end], counting)
    deeming = may_be_deemed(before, party, end)
    facts: dict[str, object] = {"entered": True}
    if deeming:
        deemed = Event(K.RESPONSE_DEEMED, end, now, 0, Stage.NOTIFICATION, party, deeming.outcome, facts)
        return [*(_late(event, party, end) for event in told), deemed]
    if ended_in_silence(before, party, end) is None:
        return told
    return [*told, Event(K.SILENCE_NOT_DEEMED, end, now, 0, Stage.NOTIFICATION, party, None, facts)]


def _judged(events: list[Event], party: Party, end: datetime, counting: Counting) -> str | None:
    before = history_of([event for event in events if event.happened_at < end], counting)
    return may_be_deemed(before, party, end).why_not


def _late(event: Event, party: Party, end: datetime) -> Event:
    mine = event.kind is K.RESPONSE_GIVEN and event.party is party
    return replace(event, kind=K.RESPONSE_LATE) if mine and event.happened_at >= end else event


def _day(day: date | None) -> date:
    assert day is not None
    return day
