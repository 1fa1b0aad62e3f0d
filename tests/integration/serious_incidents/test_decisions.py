"""The decision on three positions, the notification, and two people at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from app.access.roles import Role
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.serious_incidents import service
from app.serious_incidents.errors import AlreadyDone, ChangedMeanwhile, Incomplete, OutOfTurn
from app.serious_incidents.queries import decision_overview, untold
from tests.integration.serious_incidents.journey import (
    ANSWERS,
    HOUR,
    MONDAY,
    NOT,
    NOTIFY,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)
from tests.support.people import find
from tests.support.places import Place

LATER = TUESDAY_MIDNIGHT + 10 * HOUR


@pytest.mark.duty("A-05", "B1-01", "B1-02", "B1-14", "B1-15")
def test_the_decision_keeps_test_harm_guidance_and_three_positions(journey: Journey) -> None:
    journey.to_decision().decide()
    row = journey.state().decision
    assert row is not None
    assert (row.abuse, row.limb_a, row.limb_b) == ("suspected", True, False)
    assert row.harm_kinds == ["physical", "emotional"]
    assert row.guidance_considered
    assert row.guidance_edition == ANSWERS.guidance_edition
    assert (row.person_id, row.outcome) == (journey.director.person_id, NOTIFY)
    assert [one["party"] for one in row.positions] == [party.value for party in SAFEGUARDING_PARTNERS]
    assert [one["person"] for one in row.positions] == [
        journey.director.name,
        journey.police.name,
        journey.nurse.name,
    ]
    assert all(one["capacity"] for one in row.positions)
    assert [event.outcome for event in journey.events(EventKind.DECISION_RECORDED)] == [NOTIFY]


@pytest.mark.duty("B1-01", "B1-14")
def test_unanswered_questions_stop_the_decision(journey: Journey) -> None:
    journey.to_decision()
    answers = replace(ANSWERS, limb_a=None, limb_b_rationale="", guidance_considered=False)
    with pytest.raises(Incomplete) as caught:
        journey.decide(answers=answers)
    found = {fault.field for fault in caught.value.faults}
    assert {"limb_a", "limb_b_rationale", "guidance_considered"} <= found
    assert journey.state().decision is None


@pytest.mark.duty("B1-15")
def test_no_decision_without_three_positions(journey: Journey) -> None:
    journey.to_responses()
    journey.respond(Party.POLICE)
    with pytest.raises(OutOfTurn) as caught:
        journey.decide()
    assert "Children's Services" in caught.value.message


def test_partners_that_differ_need_a_meeting(journey: Journey) -> None:
    journey.to_responses()
    for party, outcome in zip(SAFEGUARDING_PARTNERS, (NOTIFY, NOTIFY, NOT), strict=True):
        journey.respond(party, outcome)
    with pytest.raises(OutOfTurn) as caught:
        journey.decide()
    assert "meeting" in caught.value.message
    journey.respond(Party.ICB, NOTIFY)
    journey.decide()
    assert journey.state().decision is not None


@pytest.mark.duty("B1-15")
def test_the_police_may_record_what_all_agree_but_not_what_silence_agreed_to(journey: Journey) -> None:
    journey.to_responses()
    assert all([journey.silent(party) for party in SAFEGUARDING_PARTNERS])
    with pytest.raises(OutOfTurn):
        journey.decide(who=journey.police, now=LATER)
    journey.decide(who=journey.childrens, now=LATER)
    decision = journey.state().decision
    assert decision is not None
    assert {one["kind"] for one in decision.positions} == {"deemed"}


@pytest.mark.duty("B1-15")
def test_a_police_representative_records_an_agreed_decision(journey: Journey) -> None:
    journey.to_decision().decide(who=journey.police)
    decision = journey.state().decision
    assert decision is not None
    assert decision.person_name == journey.police.name


@pytest.mark.duty("B1-15")
def test_not_notifying_is_the_local_authoritys_to_confirm(journey: Journey) -> None:
    journey.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, NOT)
    answers = replace(ANSWERS, abuse="neither", outcome=NOT)
    with pytest.raises(OutOfTurn):
        journey.decide(who=journey.police, answers=answers)
    journey.decide(who=journey.director, answers=answers)
    assert [event.outcome for event in journey.events(EventKind.DECISION_RECORDED)] == [NOT]


def test_a_silence_whose_job_has_not_run_is_counted_before_deciding(journey: Journey) -> None:
    journey.to_responses()
    for party in (Party.LOCAL_AUTHORITY, Party.POLICE):
        journey.respond(party)
    journey.receive(Party.ICB)
    journey.do(service.contact_deputy, Party.ICB, actor=None, now=TUESDAY_NOON)
    journey.decide(now=LATER)
    assert [event.happened_at for event in journey.events(EventKind.RESPONSE_DEEMED)] == [TUESDAY_MIDNIGHT]
    assert journey.state().decision is not None


def test_the_same_form_twice_is_one_decision_and_a_second_one_is_shown_the_first(journey: Journey) -> None:
    journey.to_decision()
    proposed = journey.proposed()
    first = journey.do(service.record_decision, proposed, who=journey.director, now=TUESDAY_NOON)
    again = journey.do(service.record_decision, proposed, who=journey.director, now=TUESDAY_NOON)
    assert first.id == again.id
    with pytest.raises(AlreadyDone) as caught:
        journey.decide(who=journey.police)
    assert caught.value.recorded.answers["abuse_rationale"] == ANSWERS.abuse_rationale
    assert len(journey.events(EventKind.DECISION_RECORDED)) == 1


def test_a_form_shown_before_a_position_changed_records_nothing(journey: Journey) -> None:
    journey.to_decision()
    stale = journey.proposed()
    journey.respond(Party.POLICE, NOTIFY, who=journey.police_too)
    with pytest.raises(ChangedMeanwhile):
        journey.do(service.record_decision, stale, who=journey.director, now=TUESDAY_NOON)
    assert journey.state().decision is None


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at once; each gives its result or the exception that it raised."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait(10)
        try:
            return call()
        except Exception as error:  # noqa: BLE001 (what was raised is what the test looks at)
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_who_decide_at_once_one_wins_and_the_other_sees_the_difference(journey: Journey) -> None:
    journey.to_decision()
    one, two = journey.proposed(), journey.proposed(replace(ANSWERS, rationale="For another reason"))
    results = together(
        lambda: journey.do(service.record_decision, one, who=journey.director, now=TUESDAY_NOON),
        lambda: journey.do(service.record_decision, two, who=journey.police, now=TUESDAY_NOON),
    )
    lost = [result for result in results if isinstance(result, AlreadyDone)]
    decision = journey.state().decision
    assert len(lost) == 1
    assert decision is not None
    assert lost[0].recorded.answers["rationale"] == decision.rationale
    assert len(journey.events(EventKind.DECISION_RECORDED)) == 1


@pytest.mark.duty("B1-08")
def test_two_workers_count_one_silence_once(journey: Journey) -> None:
    journey.to_responses()
    journey.receive(Party.ICB)
    journey.do(service.contact_deputy, Party.ICB, actor=None, now=TUESDAY_NOON)
    calls = [lambda: journey.do(service.deem, Party.ICB, LATER)] * 4
    assert sorted(together(*calls)) == [False, False, False, True]
    assert len(journey.events(EventKind.RESPONSE_DEEMED)) == 1


@pytest.mark.duty("B1-08")
def test_an_answer_and_the_job_at_once_leave_one_position(journey: Journey) -> None:
    journey.to_responses()
    journey.receive(Party.ICB)
    journey.do(service.contact_deputy, Party.ICB, actor=None, now=TUESDAY_NOON)
    answer = service.Answer(Party.ICB, NOT, "It is what our records show", "", uuid4())
    together(
        lambda: journey.do(service.deem, Party.ICB, LATER),
        lambda: journey.do(service.respond, answer, who=journey.nurse, now=LATER),
    )
    state = journey.state()
    assert state.positions[Party.ICB].kind == "deemed"
    assert [row.outcome for row in state.late] == [NOT]


SENT_AT = TUESDAY_NOON + HOUR


def sent(**changes: Any) -> service.Sent:
    given: dict[str, Any] = {
        "submitted_at": SENT_AT,
        "channel": "national-system",
        "channel_detail": "",
        "panel_reference": "SIN-2026-0042 (invented)",
        "submitted_by": "Helen Whitcombe",
        "recorded_late_reason": "",
        "missed_reason": "",
        "missed_reported_to": "",
        "key": uuid4(),
    }
    return service.Sent(**{**given, **changes})


def notify(journey: Journey, now: datetime = SENT_AT + HOUR, **changes: Any) -> Any:
    return journey.do(service.record_notification, sent(**changes), who=journey.director, now=now)


@pytest.mark.duty("B1-03")
def test_the_notification_keeps_time_channel_reference_and_submitter(journey: Journey) -> None:
    journey.to_decision()
    with pytest.raises(OutOfTurn):
        notify(journey)
    journey.decide()
    notify(journey)
    row = journey.state().notification
    assert row is not None
    assert (row.submitted_at, row.channel) == (SENT_AT, "national-system")
    assert (row.panel_reference, row.submitted_by) == ("SIN-2026-0042 (invented)", "Helen Whitcombe")
    (event,) = journey.events(EventKind.NOTIFICATION_SENT)
    assert (event.happened_at, event.recorded_at) == (SENT_AT, SENT_AT + HOUR)
    with pytest.raises(AlreadyDone):
        notify(journey)


@pytest.mark.duty("B1-03")
def test_an_impossible_or_unexplained_time_is_not_recorded(journey: Journey) -> None:
    journey.to_decision().decide()
    cases = [
        ({"submitted_at": None}, "submitted_at"),
        ({"submitted_at": SENT_AT + 2 * HOUR}, "submitted_at"),
        ({"submitted_at": MONDAY - timedelta(days=1)}, "submitted_at"),
        ({"submitted_at": MONDAY + HOUR}, "recorded_late_reason"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "other"}, "channel_detail"),
        ({"panel_reference": " "}, "panel_reference"),
        ({"submitted_by": ""}, "submitted_by"),
    ]
    for changes, field in cases:
        with pytest.raises(Incomplete) as caught:
            notify(journey, **changes)
        assert [fault.field for fault in caught.value.faults] == [field]
    assert journey.state().notification is None


@pytest.mark.duty("B1-03")
def test_a_missed_statutory_clock_stays_missed_with_its_reason(journey: Journey) -> None:
    journey.to_decision().decide()
    late = MONDAY + timedelta(days=9)
    with pytest.raises(Incomplete) as caught:
        notify(journey, now=late + HOUR, submitted_at=late)
    assert {fault.field for fault in caught.value.faults} == {"missed_reason", "missed_reported_to"}
    notify(
        journey,
        now=late + HOUR,
        submitted_at=late,
        missed_reason="System down",
        missed_reported_to="The Panel",
    )
    (event,) = journey.events(EventKind.NOTIFICATION_SENT)
    assert event.facts["missed"] is True


def shown(journey: Journey, who: Any) -> Any:
    with journey.place.pinned():
        return decision_overview(journey.case_id, who.actor())


def test_partners_see_the_views_once_shared_and_responses_at_once(journey: Journey) -> None:
    journey.share()
    journey.view(Party.LIG_CHAIR)
    journey.view(Party.SERVICE_DIRECTOR)
    assert [view.said for view in shown(journey, journey.police).views] == [None, None]
    assert all(view.said for view in shown(journey, journey.team).views)
    journey.share_view()
    assert all(view.said for view in shown(journey, journey.police).views)
    journey.respond(Party.ICB)
    assert [entry.state for entry in shown(journey, journey.police).positions] == [
        "awaited",
        "awaited",
        "given",
    ]
    hidden = shown(journey, journey.lig_member)
    assert {entry.state for entry in hidden.positions} == {"hidden"}
    assert [view.said for view in hidden.views] == [None, None]
    assert hidden.actions == []


def test_the_timeline_is_told_what_not_to_tell(journey: Journey) -> None:
    def silent_on(who: Any) -> set[EventKind]:
        with journey.place.pinned():
            return set(untold(journey.case_id, who.actor()))

    journey.share()
    assert silent_on(journey.team) == set()
    assert EventKind.INITIAL_VIEW_GIVEN in silent_on(journey.police)
    journey.view(Party.LIG_CHAIR)
    journey.view(Party.SERVICE_DIRECTOR)
    journey.share_view()
    assert silent_on(journey.police) == set()
    assert {EventKind.RESPONSE_GIVEN, EventKind.INITIAL_VIEW_GIVEN} <= silent_on(journey.lig_member)


def test_a_representative_outside_the_three_sees_only_the_outcome(journey: Journey) -> None:
    journey.to_decision().decide()
    decision = shown(journey, journey.lig_member).decision
    assert decision.outcome == NOTIFY
    assert (decision.answers, decision.positions) == ({}, [])


def test_each_is_offered_what_they_can_do_now(journey: Journey) -> None:
    def offered(who: Any) -> list[str]:
        return [action.endpoint.removeprefix("serious_incidents.") for action in shown(journey, who).actions]

    assert offered(journey.team) == ["share"]
    journey.share()
    assert offered(journey.chair) == ["initial_view"]
    journey.view(Party.LIG_CHAIR)
    journey.view(Party.SERVICE_DIRECTOR)
    assert offered(journey.team) == ["share_initial_view", "preparation.index"]
    journey.share_view()
    assert offered(journey.police) == ["response", "confirm_received"]
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party)
    assert offered(journey.nurse) == ["response"]
    assert offered(journey.director) == ["decision", "response", "override", "preparation.index"]
    journey.decide()
    assert offered(journey.team) == ["notification", "inform", "preparation.index", "new_information"]
    assert offered(journey.police) == []


def test_the_director_is_told_once_that_the_decision_waits(journey: Journey) -> None:
    journey.to_responses()
    for party in (Party.ICB, Party.POLICE):
        journey.respond(party)
    assert journey.messages("decision-waits") == []
    journey.respond(Party.LOCAL_AUTHORITY)
    journey.respond(Party.LOCAL_AUTHORITY)  # said again: nothing more is sent
    assert [one.to_person for one in journey.messages("decision-waits")] == [journey.director.person_id]


def test_whoever_referred_is_told_that_there_is_a_decision(wight: Place) -> None:
    member = find(wight, Role.AGENCY_LIG_MEMBER)
    journey = Journey(wight, referrer=member).to_decision()
    assert journey.messages("referral-decided") == []
    journey.decide()
    assert [one.to_person for one in journey.messages("referral-decided")] == [member.person_id]
