"""Decisions that are contested: answers that come to light, meetings, the Partnership Chair, deciding anew."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from app.cases.rebuild import differences
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.scrutiny.service import NewObservation, observe
from app.serious_incidents import service
from app.serious_incidents.errors import AlreadyDone, Incomplete, OutOfTurn
from app.serious_incidents.notifications import Sent
from tests.integration.serious_incidents.journey import (
    HOUR,
    MONDAY,
    NOT,
    NOT_MET,
    NOTIFY,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)

WEDNESDAY = TUESDAY_MIDNIGHT + 10 * HOUR
K = EventKind


def sound(journey: Journey) -> None:
    """Stored obligations are those the history gives, and one position is in force for each partner."""
    assert journey.read(differences) == []


def sent(key: object = None) -> Sent:
    return Sent(
        MONDAY + 9 * HOUR, "national-system", "", "INV-1", "The Service Director", "", "", "", uuid4()
    )


@pytest.mark.duty("B1-08")
def test_an_answer_in_time_recorded_later_displaces_silence_and_a_late_one_does_not(journey: Journey) -> None:
    journey.to_responses()
    assert journey.silent(Party.POLICE)
    late = journey.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_MIDNIGHT + HOUR, now=WEDNESDAY)
    assert journey.read(lambda _id: late.late)
    assert journey.state().positions[Party.POLICE].kind == "deemed"
    assert journey.events(K.DEEMED_DISPLACED) == []
    journey.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_NOON, now=WEDNESDAY + HOUR)
    held = journey.state().positions[Party.POLICE]
    assert (held.kind, held.outcome, held.person_name, held.source) == ("given", NOT, "Alex Invented", "call")
    assert [row.kind for row in journey.state().earlier] == ["deemed"]  # both stay visible
    assert len(journey.state().late) == 1
    assert len(journey.events(K.DEEMED_DISPLACED, Party.POLICE)) == 1
    assert {row.to_person for row in journey.messages("response-recorded-for-you")} >= {
        journey.police.person_id
    }
    sound(journey)


@pytest.mark.duty("B1-08")
def test_an_answer_on_behalf_needs_source_time_and_evidence(journey: Journey) -> None:
    journey.to_responses()
    typed = service.AnswerElsewhere(Party.POLICE, None, " ", None, "", "", None, "", uuid4())
    with pytest.raises(Incomplete) as refused:
        journey.do(service.record_for, typed, who=journey.team, now=WEDNESDAY)
    assert {fault.field for fault in refused.value.faults} == {
        "outcome", "rationale", "answered_at", "answered_by", "capacity", "source", "evidence",
    }  # fmt: skip
    for wrong in (MONDAY, WEDNESDAY + HOUR):  # before the view was shared, and in the future
        with pytest.raises(Incomplete):
            journey.answered_elsewhere(Party.POLICE, at=wrong, now=WEDNESDAY)
    assert journey.events(K.RESPONSE_GIVEN) == []


def test_an_answer_sent_twice_is_one(journey: Journey) -> None:
    journey.to_responses()
    key = uuid4()
    for _again in range(2):
        journey.answered_elsewhere(Party.ICB, at=MONDAY + 4 * HOUR, now=MONDAY + 5 * HOUR, key=key)
    assert len(journey.events(K.RESPONSE_GIVEN, Party.ICB)) == 1


@pytest.mark.duty("B1-08", "B1-15")
def test_a_decision_that_rested_on_silence_is_put_back_before_anything_is_sent(journey: Journey) -> None:
    journey.to_responses()
    journey.respond(Party.LOCAL_AUTHORITY)
    journey.respond(Party.ICB)
    assert journey.silent(Party.POLICE)
    journey.decide(now=WEDNESDAY)
    journey.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_NOON, now=WEDNESDAY + HOUR)
    assert journey.owed()["B1-08:put-back:1"] == ("partnership-team", None)
    with pytest.raises(OutOfTurn):
        journey.do(service.record_notification, sent(), who=journey.director, now=WEDNESDAY + 2 * HOUR)
    with pytest.raises(OutOfTurn):  # nobody decides anew before it was put back
        journey.decide(now=WEDNESDAY + 2 * HOUR)
    journey.enter(service.put_back, journey.team, WEDNESDAY + 2 * HOUR)
    assert journey.owed()["B1-08:put-back:1"] == ("partnership-team", "met")
    assert journey.owed()["B1-15:again:1"] == ("local-authority", None)
    assert journey.owed()["B1-09:2"] == ("partnership-team", None)  # now they differ
    journey.respond(Party.POLICE, NOTIFY, now=WEDNESDAY + 3 * HOUR)
    journey.decide(now=WEDNESDAY + 4 * HOUR)
    state = journey.state()
    assert [row.number for row in state.decisions] == [1, 2]
    assert journey.owed()["B1-15:again:1"] == ("local-authority", "met")
    journey.do(service.inform, parties=[Party.STRATEGIC_MANAGER], elsewhere_at=None, detail="", key=uuid4(),
               who=journey.team, now=WEDNESDAY + 5 * HOUR)  # fmt: skip
    sound(journey)


@pytest.mark.duty("B1-09")
def test_a_short_meeting_settles_a_difference(journey: Journey) -> None:
    journey.to_difference()
    assert journey.owed()["B1-09"] == ("partnership-team", None)
    with pytest.raises(OutOfTurn):
        journey.decide()
    journey.do(
        service.arrange_meeting, kind="short", when=TUESDAY_NOON, how="Video call", key=uuid4(), who=journey.team,
        now=MONDAY + 6 * HOUR,
    )  # fmt: skip
    assert len(journey.messages("meeting-arranged")) >= 3
    journey.meet({Party.POLICE: NOTIFY}, at=TUESDAY_NOON, now=TUESDAY_NOON + HOUR)
    state = journey.state()
    assert {row.outcome for row in state.positions.values()} == {NOTIFY}
    assert state.positions[Party.POLICE].source == "meeting"
    assert [(row.held_at, row.how) for row in state.meetings] == [(TUESDAY_NOON, "Video call")]
    assert journey.owed()["B1-09"] == ("partnership-team", "met")
    assert "B1-10" not in journey.owed()
    decision = journey.decide(now=TUESDAY_NOON + 2 * HOUR)
    assert journey.read(lambda _id: decision.maker) == "partners"
    sound(journey)


@pytest.mark.duty("B1-10", "B1-11")
def test_the_partnership_chair_decides_where_the_meeting_did_not_settle_it(journey: Journey) -> None:
    journey.to_difference()
    with pytest.raises(OutOfTurn):
        journey.chair_decides(now=MONDAY + 6 * HOUR)
    journey.meet(at=MONDAY + 6 * HOUR)
    assert journey.owed()["B1-10:decide"] == ("partnership-chair", None)
    assert journey.messages("difference-unresolved")
    journey.meet(at=MONDAY + 7 * HOUR, kind="exceptional", scrutineer=False)
    assert journey.owed()["B1-10"] == ("partnership-team", "met")
    with pytest.raises(Incomplete):
        journey.chair_decides(scrutineer=None)
    journey.chair_decides(scrutineer=False)
    made = journey.state().decision
    assert made is not None
    assert (made.maker, made.scrutineer_present, made.outcome) == ("partnership-chair", False, NOTIFY)
    assert {one["party"]: one["outcome"] for one in made.positions} == {
        "local-authority": NOTIFY, "police": NOT, "icb": NOTIFY,
    }  # fmt: skip
    assert all(one["person"] and one["capacity"] for one in made.positions)
    assert journey.owed()["B1-11:1"] == ("independent-scrutineer", None)
    of_clocks = NewObservation("case", "The clock of the short meeting was kept", uuid4())
    journey.do(observe, of_clocks, who=journey.scrutineer, now=MONDAY + 9 * HOUR)
    assert journey.owed()["B1-11:1"] == ("independent-scrutineer", None)  # not about how it was decided
    learned = NewObservation("decision", "What can be learned", uuid4())
    journey.do(observe, learned, who=journey.scrutineer, now=MONDAY + 9 * HOUR)
    assert journey.owed()["B1-11:1"] == ("independent-scrutineer", "met")
    with pytest.raises(AlreadyDone):
        journey.chair_decides(NOT, now=MONDAY + 9 * HOUR)
    sound(journey)


@pytest.mark.duty("B1-13")
def test_new_information_makes_the_chair_decide_anew_or_let_it_stand(journey: Journey) -> None:
    journey.to_chair()
    journey.chair_decides(NOT)
    later = MONDAY + 9 * HOUR
    journey.enter(service.raise_information, journey.team, later)
    told = {row.to_person for row in journey.messages("new-information")}
    assert told >= {who.person_id for who in (journey.chair, journey.partnership_chair, journey.scrutineer)}
    assert journey.owed()["B1-13:1"] == ("partnership-chair", None)
    with pytest.raises(OutOfTurn):  # the decision was the chair's
        journey.enter(service.decline, journey.director, later)
    with pytest.raises(OutOfTurn):
        journey.decide(answers=NOT_MET, now=later)
    journey.enter(service.decline, journey.partnership_chair, later + HOUR)
    assert journey.owed()["B1-13:1"] == ("partnership-chair", "met")
    with pytest.raises(AlreadyDone):
        journey.chair_decides(NOTIFY, now=later + HOUR)
    journey.enter(service.raise_information, journey.team, later + 2 * HOUR)
    journey.chair_decides(NOTIFY, now=later + 3 * HOUR)
    decisions = journey.state().decisions
    assert [(row.number, row.outcome) for row in decisions] == [(1, NOT), (2, NOTIFY)]
    assert journey.owed()["B1-13:2"] == ("partnership-chair", "met")
    sound(journey)


@pytest.mark.duty("B1-13")
def test_the_partners_reconsider_their_own_decision(journey: Journey) -> None:
    journey.to_decision()
    journey.decide(now=MONDAY + 6 * HOUR)
    journey.enter(service.raise_information, journey.chair, MONDAY + 7 * HOUR)
    assert journey.owed()["B1-13:1"] == ("local-authority", None)
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, NOT, now=MONDAY + 8 * HOUR)
    journey.decide(answers=NOT_MET, now=MONDAY + 9 * HOUR)
    assert [row.outcome for row in journey.state().decisions] == [NOTIFY, NOT]
    assert journey.owed()["B1-03"] == ("service-director", "not needed")
    sound(journey)


@pytest.mark.duty("N-03")
def test_the_local_authority_notifies_against_the_local_decision(journey: Journey) -> None:
    journey.to_chair()
    journey.chair_decides(NOT)
    assert journey.owed()["B1-03"] == ("service-director", None)  # until the local authority has confirmed it
    with pytest.raises(Incomplete):
        journey.do(service.override, service.Entry(" ", uuid4()), who=journey.director, now=MONDAY + 9 * HOUR)
    journey.enter(service.override, journey.director, MONDAY + 9 * HOUR)
    assert journey.owed()["B1-03"] == ("service-director", None)
    assert journey.owed()["B1-04:strategic-manager"] == ("partnership-team", None)
    state = journey.state()
    assert state.decision is not None
    assert state.decision.outcome == NOT  # kept
    journey.do(service.record_notification, sent(), who=journey.director, now=MONDAY + 10 * HOUR)
    assert journey.owed()["B1-03"] == ("service-director", "met")
    assert journey.owed()["A-06:1"] == ("lig-chair", "not needed")
    with pytest.raises(AlreadyDone):
        journey.enter(service.override, journey.director, MONDAY + 11 * HOUR)
    sound(journey)


@pytest.mark.duty("N-03")
def test_the_local_authority_need_not_wait_for_a_local_decision(journey: Journey) -> None:
    journey.to_responses()
    journey.enter(service.override, journey.director, MONDAY + 5 * HOUR)
    journey.do(service.record_notification, sent(), who=journey.director, now=MONDAY + 10 * HOUR)
    assert journey.owed()["B1-03"] == ("service-director", "met")
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, NOT, now=MONDAY + 10 * HOUR)
    journey.decide(answers=NOT_MET, now=MONDAY + 11 * HOUR)
    assert journey.read(lambda _id: journey.state().to_be_notified) is not None
    sound(journey)


@pytest.mark.duty("A-06")
def test_the_chair_of_the_group_says_what_follows_where_nothing_is_notified(journey: Journey) -> None:
    journey.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, NOT)
    with pytest.raises(OutOfTurn):
        journey.enter(service.choose_outcome, journey.chair, MONDAY + 6 * HOUR, "discussion")
    journey.decide(answers=NOT_MET, now=MONDAY + 6 * HOUR)
    assert journey.owed()["A-06:1"] == ("lig-chair", None)
    with pytest.raises(Incomplete):
        journey.enter(service.choose_outcome, journey.chair, MONDAY + 7 * HOUR, "something else")
    journey.enter(service.choose_outcome, journey.chair, MONDAY + 7 * HOUR, "leads-meeting")
    assert journey.owed()["A-06:1"] == ("lig-chair", "met")
    assert [row.outcome for row in journey.state().entries_of("outcome")] == ["leads-meeting"]
    with pytest.raises(AlreadyDone):
        journey.enter(service.choose_outcome, journey.chair, MONDAY + 8 * HOUR, "discussion")
    assert {row.to_person for row in journey.messages("outcome-chosen")} >= {journey.police.person_id}


@pytest.mark.duty("N-05")
def test_a_rapid_review_follows_unless_a_ground_is_recorded(journey: Journey) -> None:
    journey.to_decision()
    journey.decide(now=MONDAY + 6 * HOUR)
    with pytest.raises(OutOfTurn):
        journey.enter(service.record_ground, journey.director, MONDAY + 7 * HOUR, "criteria-not-met")
    journey.do(service.record_notification, sent(), who=journey.director, now=MONDAY + 10 * HOUR)
    assert journey.owed()["N-05"] == ("partnership-team", None)
    with pytest.raises(Incomplete):
        journey.enter(service.record_ground, journey.director, MONDAY + 11 * HOUR, "")
    journey.enter(service.record_ground, journey.director, MONDAY + 11 * HOUR, "criteria-not-met")
    assert journey.owed()["N-05"] == ("partnership-team", "not needed")
    sound(journey)


@pytest.mark.duty("N-04", "B1-12")
def test_a_deputy_whom_no_message_reached_was_not_contacted(journey: Journey) -> None:
    journey.to_responses()
    journey.receive(Party.POLICE)
    journey.do(service.contact_deputy, Party.POLICE, actor=None, now=TUESDAY_NOON)
    facts = journey.events(K.DEPUTY_CONTACTED, Party.POLICE)[0].facts
    ways = int(str(facts["deputies"])) + bool(facts["inbox"])
    for _each in range(ways - 1):
        journey.do(service.deputy_not_reached, Party.POLICE, TUESDAY_NOON + HOUR)
    assert journey.owed()["N-04:police"] == ("partnership-team", "met")
    journey.do(service.deputy_not_reached, Party.POLICE, TUESDAY_NOON + 2 * HOUR)
    assert journey.owed()["N-04:police"] == ("partnership-team", None)
    assert not journey.do(service.deem, Party.POLICE, TUESDAY_MIDNIGHT)
    assert len(journey.events(K.SILENCE_NOT_DEEMED, Party.POLICE)) == 1
    assert not journey.do(service.deem, Party.POLICE, TUESDAY_MIDNIGHT + timedelta(days=1))
    assert len(journey.events(K.SILENCE_NOT_DEEMED, Party.POLICE)) == 1


@pytest.mark.duty("B1-09")
def test_where_the_views_differ_silence_leads_to_the_meeting(journey: Journey) -> None:
    journey.to_responses(director_view=NOT)
    for party in SAFEGUARDING_PARTNERS:
        journey.receive(party)
        journey.do(service.contact_deputy, party, actor=None, now=TUESDAY_NOON)
    assert "B1-09" not in journey.owed()
    for party in SAFEGUARDING_PARTNERS:
        assert not journey.do(service.deem, party, TUESDAY_MIDNIGHT)
    assert journey.owed()["B1-09"] == ("partnership-team", None)
    journey.meet(at=WEDNESDAY)
    journey.chair_decides(now=WEDNESDAY + HOUR)
    made = journey.state().decision
    assert made is not None
    assert {one["kind"] for one in made.positions} == {"none"}
    assert all(one["person"] and one["capacity"] == "Did not give a view" for one in made.positions)
    sound(journey)
