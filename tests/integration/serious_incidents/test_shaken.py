"""A decision that has lost what it rested on: put back before anything is sent, while the local authority's own duty
and its clock go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.access.roles import Role
from app.cases.rebuild import differences
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.positions import shaken
from app.serious_incidents import service, turns
from app.serious_incidents.errors import AlreadyDone, Incomplete, OutOfTurn
from app.serious_incidents.notifications import Sent
from tests.integration.serious_incidents.journey import (
    ANSWERS,
    HOUR,
    MONDAY,
    NOT,
    NOT_MET,
    NOTIFY,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)
from tests.integration.serious_incidents.test_corrections import correct, number_of
from tests.support.people import client_of, find

K = EventKind
WEDNESDAY = TUESDAY_MIDNIGHT + 10 * HOUR
DAY = timedelta(days=1)


def sent(at: datetime, missed: str = "") -> Sent:
    reported = "The Strategic Partnership Manager" if missed else ""
    return Sent(at, "national-system", "", "INV-1", "The Service Director", "Late", missed, reported, uuid4())


def blocked(journey: Journey) -> bool:
    """Whether the notification waits."""
    return journey.read(lambda _id: turns.notification(journey.state())) is not None


def put_back(journey: Journey, now: datetime) -> None:
    journey.enter(service.put_back, journey.team, now)


@pytest.mark.duty("B1-08", "B1-15")
def test_an_answer_that_is_withdrawn_puts_the_decision_back(journey: Journey) -> None:
    journey.to_responses()
    for party in (Party.LOCAL_AUTHORITY, Party.POLICE):
        journey.respond(party)
    journey.answered_elsewhere(Party.ICB, at=MONDAY + 5 * HOUR, now=MONDAY + 6 * HOUR)
    journey.decide(now=MONDAY + 7 * HOUR)
    assert not blocked(journey)
    correct(journey, number_of(journey, K.RESPONSE_GIVEN, Party.ICB), None, MONDAY + 8 * HOUR)
    assert [event.party for event in journey.events(K.BASIS_CHANGED)] == [Party.ICB]
    assert blocked(journey)
    assert journey.owed()["B1-08:put-back:1"] == ("partnership-team", None)
    assert len(journey.messages("basis-changed")) > 0
    with pytest.raises(OutOfTurn):
        journey.do(
            service.record_notification, sent(MONDAY + 8 * HOUR), who=journey.director, now=MONDAY + 9 * HOUR
        )
    put_back(journey, MONDAY + 9 * HOUR)
    # The partner can answer again, in Waymark or outside it, and the decision is made anew.
    journey.answered_elsewhere(Party.ICB, at=MONDAY + 6 * HOUR, now=MONDAY + 10 * HOUR)
    journey.decide(now=MONDAY + 11 * HOUR)
    assert not blocked(journey)
    assert [row.number for row in journey.state().decisions] == [1, 2]
    assert journey.read(differences) == []


@pytest.mark.duty("B1-08", "B1-09")
def test_a_meeting_that_is_withdrawn_takes_its_positions_and_the_decision_with_it(journey: Journey) -> None:
    journey.to_difference()
    journey.meet({Party.POLICE: NOTIFY}, at=MONDAY + 6 * HOUR)
    journey.decide(now=MONDAY + 7 * HOUR)
    correct(journey, number_of(journey, K.SHORT_MEETING_HELD), None, MONDAY + 8 * HOUR)
    assert blocked(journey)
    put_back(journey, MONDAY + 9 * HOUR)
    with pytest.raises(OutOfTurn):
        journey.decide(now=MONDAY + 10 * HOUR)  # the partners differ again
    assert journey.read(differences) == []


@pytest.mark.duty("B1-08")
def test_a_late_answer_that_turns_out_to_have_been_in_time_puts_the_decision_back(journey: Journey) -> None:
    journey.to_responses()
    for party in (Party.LOCAL_AUTHORITY, Party.ICB):
        journey.respond(party)
    assert journey.silent(Party.POLICE)
    journey.decide(now=WEDNESDAY)
    journey.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_MIDNIGHT + HOUR, now=WEDNESDAY + HOUR)
    assert not blocked(journey)
    correct(journey, number_of(journey, K.RESPONSE_LATE, Party.POLICE), TUESDAY_NOON, WEDNESDAY + 2 * HOUR)
    assert blocked(journey)
    assert journey.owed()["B1-08:put-back:1"] == ("partnership-team", None)


@pytest.mark.duty("B1-08")
def test_a_second_answer_in_time_displaces_again_after_the_first_was_withdrawn(journey: Journey) -> None:
    journey.to_responses()
    for party in (Party.LOCAL_AUTHORITY, Party.ICB):
        journey.respond(party)
    assert journey.silent(Party.POLICE)
    journey.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_NOON, now=WEDNESDAY)
    correct(journey, number_of(journey, K.RESPONSE_GIVEN, Party.POLICE), None, WEDNESDAY + HOUR)
    journey.decide(now=WEDNESDAY + 2 * HOUR)
    journey.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_NOON + HOUR, now=WEDNESDAY + 3 * HOUR)
    assert blocked(journey)
    assert journey.owed()["B1-08:put-back:1"] == ("partnership-team", None)


@pytest.mark.duty("B1-08", "N-04")
def test_silence_can_count_anew_once_the_decision_was_put_back(journey: Journey) -> None:
    journey.to_responses()
    for party in (Party.LOCAL_AUTHORITY, Party.ICB):
        journey.respond(party)
    assert journey.silent(Party.POLICE)
    journey.decide(now=WEDNESDAY)
    # The request reached the police a day later than recorded: their silence counted too early.
    correct(
        journey,
        number_of(journey, K.REQUEST_RECEIVED, Party.POLICE),
        MONDAY + DAY + 4 * HOUR,
        WEDNESDAY + HOUR,
    )
    assert Party.POLICE not in journey.state().positions
    assert blocked(journey)
    put_back(journey, WEDNESDAY + 2 * HOUR)
    assert journey.owed()["B1-08:police"] == ("police", None)
    assert journey.do(service.deem, Party.POLICE, TUESDAY_MIDNIGHT + DAY)
    journey.decide(now=WEDNESDAY + DAY)
    assert not blocked(journey)


@pytest.mark.duty("B1-03", "N-03")
def test_the_statutory_clock_runs_while_a_decision_not_to_notify_is_looked_at_again(journey: Journey) -> None:
    journey.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, NOT)
    journey.decide(answers=NOT_MET, now=MONDAY + 6 * HOUR)
    assert journey.owed()["B1-03"] == ("service-director", "not needed")
    journey.enter(service.raise_information, journey.chair, MONDAY + 7 * HOUR)
    assert journey.owed()["B1-03"] == ("service-director", None)
    with pytest.raises(OutOfTurn):
        journey.enter(service.choose_outcome, journey.chair, MONDAY + 8 * HOUR, "no-further-action")
    journey.enter(service.decline, journey.director, MONDAY + 8 * HOUR)
    assert journey.owed()["B1-03"] == ("service-director", "not needed")


@pytest.mark.duty("B1-13", "B1-15")
def test_a_decision_does_not_stand_against_what_all_three_say_now(journey: Journey) -> None:
    journey.to_decision()
    journey.decide(now=MONDAY + 6 * HOUR)
    journey.enter(service.raise_information, journey.chair, MONDAY + 7 * HOUR)
    assert not blocked(journey)  # the decision stands until it is made anew
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, NOT, now=MONDAY + 8 * HOUR)
    assert blocked(journey)
    with pytest.raises(OutOfTurn):
        journey.enter(service.decline, journey.director, MONDAY + 9 * HOUR)
    assert len(journey.read(lambda _id: shaken(journey.state().told))) == 3


@pytest.mark.duty("N-03")
def test_the_local_authority_notifies_while_everything_else_waits(journey: Journey) -> None:
    journey.to_responses()
    for party in (Party.LOCAL_AUTHORITY, Party.ICB):
        journey.respond(party)
    assert journey.silent(Party.POLICE)
    journey.decide(now=WEDNESDAY)
    with pytest.raises(OutOfTurn):  # nothing stands in the way of the local decision yet
        journey.enter(service.override, journey.director, WEDNESDAY)
    journey.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_NOON, now=WEDNESDAY + HOUR)
    assert blocked(journey)
    journey.enter(service.override, journey.director, WEDNESDAY + 2 * HOUR)
    assert not blocked(journey)
    journey.do(
        service.record_notification,
        sent(WEDNESDAY + 3 * HOUR),
        who=journey.director,
        now=WEDNESDAY + 3 * HOUR,
    )
    assert journey.owed()["B1-03"] == ("service-director", "met")


@pytest.mark.duty("N-03")
def test_the_local_authority_notifies_before_anything_was_shared(journey: Journey) -> None:
    journey.enter(service.override, journey.director, MONDAY + HOUR)
    journey.do(service.record_notification, sent(MONDAY + HOUR), who=journey.director, now=MONDAY + 2 * HOUR)
    assert journey.owed()["B1-03"] == ("service-director", "met")
    with pytest.raises(AlreadyDone):
        journey.enter(service.override, journey.director, MONDAY + 3 * HOUR)


@pytest.mark.duty("B1-03")
def test_the_local_authority_confirms_the_partnership_chairs_decision_not_to_notify(
    journey: Journey, app: Flask
) -> None:
    journey.to_chair()
    with pytest.raises(OutOfTurn):
        journey.enter(service.confirm_not_notifying, journey.director, MONDAY + 7 * HOUR)
    journey.chair_decides(NOT)
    assert journey.owed()["B1-03:confirm:1"] == ("local-authority", None)
    assert journey.owed()["B1-03"] == ("service-director", None)
    typed = service.Entry(" ", uuid4())
    with pytest.raises(Incomplete):
        journey.do(service.confirm_not_notifying, typed, who=journey.director, now=MONDAY + 9 * HOUR)
    key = uuid4()
    for _ in range(2):  # the same form sent twice
        journey.enter(service.confirm_not_notifying, journey.director, MONDAY + 9 * HOUR, key=key)
    assert journey.owed()["B1-03:confirm:1"] == ("local-authority", "met")
    assert journey.owed()["B1-03"] == ("service-director", "not needed")
    page = (
        client_of(app, journey.director)
        .get(f"/isle-of-wight/cases/{journey.reference}")
        .get_data(as_text=True)
    )
    assert "The local authority does not notify on its own duty" in page


@pytest.mark.duty("B1-03")
def test_a_clock_that_a_correction_makes_a_missed_one_is_explained(journey: Journey, app: Flask) -> None:
    journey.to_decision()
    journey.decide(now=MONDAY + 6 * HOUR)
    journey.do(
        service.record_notification, sent(MONDAY + 7 * HOUR), who=journey.director, now=MONDAY + 7 * HOUR
    )
    with pytest.raises(OutOfTurn):
        journey.enter(service.explain_missed, journey.director, MONDAY + 8 * HOUR)
    with pytest.raises(Incomplete, match="after the notification was sent"):
        correct(journey, number_of(journey, K.LOCAL_AUTHORITY_AWARE), MONDAY + 8 * HOUR, MONDAY + 9 * HOUR)
    correct(journey, number_of(journey, K.LOCAL_AUTHORITY_AWARE), MONDAY - 21 * DAY, MONDAY + 8 * HOUR)
    assert journey.owed()["B1-03:missed"] == ("local-authority", None)
    browser = client_of(app, journey.director)
    base = f"/isle-of-wight/cases/{journey.reference}"
    assert "Say why the clock was missed" in browser.get(base).get_data(as_text=True)
    refused = browser.post(f"{base}/missed-clock", data={"words": "It was overlooked", "source": ""})
    assert (refused.status_code, "It was overlooked" in refused.get_data(as_text=True)) == (400, True)
    assert "Say to whom it was reported" in refused.get_data(as_text=True)
    form = {"words": "It was overlooked", "source": "The Strategic Partnership Manager"}
    journey.do(
        service.explain_missed, service.Entry(form["words"], uuid4(), "", form["source"]), who=journey.director,
        now=MONDAY + 9 * HOUR,
    )  # fmt: skip
    assert journey.owed()["B1-03:missed"] == ("local-authority", "met")
    assert journey.owed()["B1-03"] == ("service-director", "met")
    told = browser.get(base).get_data(as_text=True)
    assert "Why the clock for notifying the Panel was missed" in told
    assert "It was overlooked" in told


@pytest.mark.duty("B1-03")
def test_a_notification_cannot_be_corrected_to_before_the_awareness(journey: Journey) -> None:
    journey.to_decision()
    journey.decide(now=MONDAY + 6 * HOUR)
    journey.do(
        service.record_notification, sent(MONDAY + 7 * HOUR), who=journey.director, now=MONDAY + 7 * HOUR
    )
    with pytest.raises(Incomplete, match="before the local authority became aware"):
        correct(journey, number_of(journey, K.NOTIFICATION_SENT), MONDAY - 40 * DAY, MONDAY + 9 * HOUR)


@pytest.mark.duty("B1-08")
def test_a_change_of_mind_makes_nobody_late(journey: Journey) -> None:
    from app.cases.queries import obligations_of

    journey.to_responses()
    journey.respond(Party.POLICE, NOT)
    journey.meet({Party.POLICE: NOTIFY}, at=WEDNESDAY, now=WEDNESDAY)
    rows = journey.read(lambda case_id: {row.key: row for row in obligations_of(case_id)})
    assert rows["B1-08:police"].ended == MONDAY + 5 * HOUR


@pytest.mark.duty("B1-09")
def test_two_who_differ_need_a_meeting_although_the_third_cannot_be_reached(journey: Journey) -> None:
    journey.to_responses()
    journey.do(service.request_bounced, Party.ICB, MONDAY + 4 * HOUR, MONDAY + 4 * HOUR)
    journey.respond(Party.LOCAL_AUTHORITY)
    assert "B1-09" not in journey.owed()
    journey.respond(Party.POLICE, NOT)
    assert journey.owed()["B1-09"] == ("partnership-team", None)
    journey.meet(at=MONDAY + 6 * HOUR)
    assert journey.owed()["B1-10:decide"] == ("partnership-chair", None)
    journey.chair_decides(NOTIFY)
    assert journey.owed()["B1-08:icb"] == ("icb", "not needed")
    assert journey.owed()["B1-08:reach:icb"] == ("partnership-team", "not needed")
    # What the third says after that is kept as late, and changes nothing.
    late = journey.respond(Party.ICB, NOT, now=MONDAY + 10 * HOUR)
    assert journey.read(lambda _id: late.late)
    assert not blocked(journey)


@pytest.mark.duty("B1-08")
def test_a_silence_that_counted_as_nothing_is_looked_at_again_when_its_clock_moves(journey: Journey) -> None:
    journey.to_responses()
    for party in (Party.LOCAL_AUTHORITY, Party.ICB):
        journey.respond(party)
    journey.receive(Party.POLICE)
    assert not journey.do(service.deem, Party.POLICE, TUESDAY_MIDNIGHT)  # the deputy was not contacted
    assert len(journey.events(K.SILENCE_NOT_DEEMED, Party.POLICE)) == 1
    correct(journey, number_of(journey, K.REQUEST_RECEIVED, Party.POLICE), MONDAY + DAY, WEDNESDAY)
    standing = journey.state().told
    assert journey.read(lambda _id: standing.first(K.SILENCE_NOT_DEEMED, Party.POLICE)) is None
    assert journey.owed()["B1-08:police"] == ("police", None)


@pytest.mark.duty("B1-04")
def test_what_is_owed_after_a_notification_stays_owed_when_it_is_decided_anew(journey: Journey) -> None:
    journey.to_decision()
    journey.decide(now=MONDAY + 6 * HOUR)
    journey.do(
        service.record_notification, sent(MONDAY + 7 * HOUR), who=journey.director, now=MONDAY + 7 * HOUR
    )
    journey.enter(service.raise_information, journey.chair, MONDAY + 8 * HOUR)
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, NOT, now=MONDAY + 9 * HOUR)
    journey.decide(answers=NOT_MET, now=MONDAY + 10 * HOUR)
    assert journey.owed()["B1-04:strategic-manager"] == ("partnership-team", None)
    assert "A-06:1" not in journey.owed()
    with pytest.raises(OutOfTurn):
        journey.enter(service.override, journey.director, MONDAY + 11 * HOUR)
    journey.do(service.inform, parties=[Party.STRATEGIC_MANAGER], elsewhere_at=None, detail="", key=uuid4(),
               who=journey.team, now=MONDAY + 11 * HOUR)  # fmt: skip
    assert journey.owed()["B1-04:strategic-manager"] == ("partnership-team", "met")


@pytest.mark.duty("B1-15")
def test_the_record_of_the_decision_stays_met_when_an_answer_comes_to_light(journey: Journey) -> None:
    journey.to_responses()
    for party in (Party.LOCAL_AUTHORITY, Party.ICB):
        journey.respond(party)
    assert journey.silent(Party.POLICE)
    journey.decide(now=WEDNESDAY, answers=ANSWERS)
    journey.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_NOON, now=WEDNESDAY + HOUR)
    assert journey.owed()["B1-15"] == ("local-authority", "met")


def test_what_was_superseded_stays_so_in_the_history_as_it_happened(
    journey: Journey, app: Flask, at: Callable[[datetime], None]
) -> None:
    at(WEDNESDAY + HOUR)
    correct(journey, number_of(journey, K.LOCAL_AUTHORITY_AWARE), MONDAY - HOUR, WEDNESDAY)
    browser = client_of(app, find(journey.place, Role.PARTNERSHIP_TEAM))
    page = browser.get(
        f"/isle-of-wight/cases/{journey.reference}/history?happened-day=23&happened-month=11&happened-year=2026"
    ).get_data(as_text=True)
    # The entry that was superseded, the one that stands, and the correction that names which entry it corrects.
    assert page.count("Local authority became aware of the incident") == 3
    assert page.count("Superseded") == 1
