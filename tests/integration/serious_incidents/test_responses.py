"""The three positions: given, replaced, deemed from silence, late."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from app.outbox.models import OutboxMessage
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.serious_incidents import jobs, service
from app.serious_incidents.errors import AlreadyDone, ChangedMeanwhile, Incomplete, OutOfTurn
from app.serious_incidents.queries import decision_overview
from tenants.db import db
from tests.integration.serious_incidents.journey import (
    HOUR,
    MONDAY,
    NOT,
    NOTIFY,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)

LATER = TUESDAY_MIDNIGHT + timedelta(days=2)


@pytest.mark.duty("B1-08", "B1-15")
def test_a_response_is_recorded_with_person_and_capacity_and_told_to_the_others(journey: Journey) -> None:
    journey.to_responses()
    journey.respond(Party.POLICE)
    row = journey.state().positions[Party.POLICE]
    assert (row.person_id, row.kind, row.late) == (journey.police.person_id, "given", False)
    assert row.capacity.startswith("Safeguarding partner representative")
    told = {message.to_person for message in journey.messages("response-given")}
    assert {journey.director.person_id, journey.nurse.person_id, journey.team.person_id} <= told
    assert journey.police.person_id not in told
    assert [event.outcome for event in journey.events(EventKind.RESPONSE_GIVEN, Party.POLICE)] == [NOTIFY]


@pytest.mark.duty("B1-08")
def test_responding_implies_receipt(journey: Journey) -> None:
    journey.to_responses()
    journey.respond(Party.ICB)
    assert len(journey.events(EventKind.REQUEST_RECEIVED, Party.ICB)) == 1


@pytest.mark.duty("B1-08")
def test_a_response_needs_view_and_reason_and_its_turn(journey: Journey) -> None:
    with pytest.raises(OutOfTurn):
        journey.respond(Party.POLICE)
    journey.to_responses()
    answer = service.Answer(Party.POLICE, None, "", "", uuid4())
    with pytest.raises(Incomplete) as caught:
        journey.do(service.respond, answer, who=journey.police, now=MONDAY + 5 * HOUR)
    assert {fault.field for fault in caught.value.faults} == {"outcome", "rationale"}


@pytest.mark.duty("B1-15")
def test_nobody_answers_for_another_partner(journey: Journey) -> None:
    journey.to_responses()
    for who in (journey.nurse, journey.chair, journey.team, journey.director):
        with pytest.raises(OutOfTurn):
            journey.respond(Party.POLICE, who=who)
    assert journey.state().positions == {}


@pytest.mark.duty("B1-08")
def test_an_answer_is_replaced_until_the_decision_and_both_stay(journey: Journey) -> None:
    journey.to_responses()
    journey.respond(Party.POLICE, NOT)
    journey.respond(Party.POLICE, NOTIFY, who=journey.police_too)
    state = journey.state()
    assert state.positions[Party.POLICE].outcome == NOTIFY
    assert [row.outcome for row in state.earlier] == [NOT]
    assert len(journey.events(EventKind.RESPONSE_GIVEN, Party.POLICE)) == 2


@pytest.mark.duty("B1-08")
def test_the_same_form_twice_is_one_answer(journey: Journey) -> None:
    journey.to_responses()
    key = uuid4()
    journey.respond(Party.POLICE, key=key)
    journey.respond(Party.POLICE, key=key)
    assert len(journey.events(EventKind.RESPONSE_GIVEN, Party.POLICE)) == 1


def test_two_of_one_partner_at_once_are_told(journey: Journey) -> None:
    journey.to_responses()
    journey.respond(Party.POLICE, NOT)
    with pytest.raises(ChangedMeanwhile):
        journey.respond(Party.POLICE, NOTIFY, who=journey.police_too, seen="")
    assert journey.state().positions[Party.POLICE].outcome == NOT


@pytest.mark.duty("B1-08", "N-04")
def test_silence_is_deemed_at_the_exact_end_and_once(journey: Journey) -> None:
    journey.to_responses()
    journey.receive(Party.ICB)
    journey.do(service.contact_deputy, Party.ICB, actor=None, now=TUESDAY_NOON)
    assert journey.do(service.deem, Party.ICB, TUESDAY_MIDNIGHT - timedelta(seconds=1)) is False
    assert journey.do(service.deem, Party.ICB, LATER) is True
    assert journey.do(service.deem, Party.ICB, LATER + HOUR) is False
    (deemed,) = journey.events(EventKind.RESPONSE_DEEMED)
    assert (deemed.happened_at, deemed.recorded_at, deemed.outcome) == (TUESDAY_MIDNIGHT, LATER, NOTIFY)
    row = journey.state().positions[Party.ICB]
    assert (row.person_id, row.kind) == (None, "deemed")


@pytest.mark.duty("N-04")
def test_silence_is_never_called_agreed(journey: Journey) -> None:
    journey.to_responses()
    assert journey.silent(Party.ICB)
    with journey.place.pinned():
        shown = decision_overview(journey.case_id, journey.nurse.actor())
    (said,) = [entry.said for entry in shown.positions if entry.party is Party.ICB]
    assert said is not None
    assert said.label.startswith("Deemed agreement")
    assert "Agrees" not in said.label


@pytest.mark.duty("N-04")
def test_nothing_is_deemed_where_the_deputy_was_not_contacted_in_time(journey: Journey) -> None:
    journey.to_responses()
    journey.receive(Party.ICB)
    assert journey.do(service.deem, Party.ICB, LATER) is False
    journey.do(service.contact_deputy, Party.ICB, actor=None, now=LATER)
    assert journey.do(service.deem, Party.ICB, LATER + HOUR) is False
    assert journey.events(EventKind.RESPONSE_DEEMED) == []


@pytest.mark.duty("B1-08")
def test_nothing_is_deemed_where_the_request_bounced_or_the_views_differ(journey: Journey) -> None:
    journey.to_responses(director_view=NOT)
    journey.do(service.request_bounced, Party.POLICE, MONDAY + 4 * HOUR, MONDAY + 4 * HOUR)
    assert journey.silent(Party.ICB) is False
    assert journey.do(service.deem, Party.POLICE, LATER) is False
    assert journey.state().positions == {}


@pytest.mark.duty("B1-08")
def test_an_answer_after_the_clock_is_late_even_before_the_job_has_run(journey: Journey) -> None:
    journey.to_responses()
    journey.receive(Party.ICB)
    journey.do(service.contact_deputy, Party.ICB, actor=None, now=TUESDAY_NOON)
    row = journey.respond(Party.ICB, NOT, now=TUESDAY_MIDNIGHT)
    assert row.late
    state = journey.state()
    assert state.positions[Party.ICB].kind == "deemed"
    assert [late.outcome for late in state.late] == [NOT]
    assert [event.outcome for event in journey.events(EventKind.RESPONSE_LATE, Party.ICB)] == [NOT]
    assert len(journey.events(EventKind.RESPONSE_DEEMED, Party.ICB)) == 1


def test_an_answer_after_the_clock_counts_where_nothing_could_be_deemed(journey: Journey) -> None:
    journey.to_responses()
    journey.receive(Party.ICB)
    row = journey.respond(Party.ICB, now=LATER)
    assert not row.late
    assert journey.events(EventKind.RESPONSE_DEEMED) == []


@pytest.mark.duty("N-04")
def test_the_deputy_and_the_inbox_are_told_before_the_clock_ends(journey: Journey) -> None:
    journey.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        journey.receive(party)
        assert journey.do(service.contact_deputy, party, actor=None, now=TUESDAY_NOON)
        assert not journey.do(service.contact_deputy, party, actor=None, now=TUESDAY_NOON)
    told = {message.to_person for message in journey.messages("deputy-contact")}
    assert journey.childrens.person_id in told
    assert journey.director.person_id not in told
    assert len(journey.messages("inbox-waiting")) == 3
    assert len(journey.events(EventKind.DEPUTY_CONTACTED)) == 3


@pytest.mark.duty("N-04")
def test_no_deputy_is_contacted_for_a_partner_who_has_answered(journey: Journey) -> None:
    journey.to_responses()
    journey.respond(Party.POLICE)
    assert journey.do(service.contact_deputy, Party.POLICE, actor=None, now=TUESDAY_NOON) is False
    with pytest.raises(OutOfTurn):
        journey.do(service.contact_deputy, Party.POLICE, who=journey.team, now=TUESDAY_NOON, key=uuid4())
    assert journey.messages("deputy-contact") == []


@pytest.mark.duty("N-04")
def test_the_team_contacts_a_deputy_by_hand_once(journey: Journey) -> None:
    journey.to_responses()
    journey.do(service.contact_deputy, Party.POLICE, who=journey.team, now=TUESDAY_NOON, key=uuid4())
    with pytest.raises(AlreadyDone):
        journey.do(service.contact_deputy, Party.POLICE, who=journey.team, now=TUESDAY_NOON, key=uuid4())


def test_the_first_delivery_begins_the_clock_and_a_later_bounce_changes_nothing(journey: Journey) -> None:
    journey.to_responses()
    message = next(one for one in journey.messages("initial-view-shared") if one.context["party"] == "police")
    with journey.place.pinned():
        same = db.session.get_one(OutboxMessage, (message.partnership_id, message.id))
        for outcome in ("accepted", "accepted", "bounced"):
            jobs.request_outcome(same, outcome, MONDAY + 4 * HOUR)
        db.session.commit()
    assert len(journey.events(EventKind.REQUEST_RECEIVED, Party.POLICE)) == 1
    assert journey.events(EventKind.REQUEST_BOUNCED) == []


def test_a_request_that_bounced_first_is_received_when_it_reaches_somebody(journey: Journey) -> None:
    journey.to_responses()
    journey.do(service.request_bounced, Party.POLICE, MONDAY + 4 * HOUR, MONDAY + 4 * HOUR)
    assert journey.receive(Party.POLICE, MONDAY + 5 * HOUR)
    kinds = [event.kind for event in journey.events(party=Party.POLICE)]
    assert kinds[-2:] == [EventKind.REQUEST_BOUNCED, EventKind.REQUEST_RECEIVED]
