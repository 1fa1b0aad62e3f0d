"""Sharing the referral, the initial view, and informing, on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.serious_incidents import service, turns
from app.serious_incidents.errors import AlreadyDone, Incomplete, OutOfTurn
from tests.integration.serious_incidents.journey import (
    ANSWERS,
    HOUR,
    MONDAY,
    NOT,
    NOTIFY,
    TUESDAY_NOON,
    Journey,
)


@pytest.mark.duty("B1-06")
def test_the_referral_is_shared_with_both(journey: Journey) -> None:
    journey.share()
    assert [event.party for event in journey.events(EventKind.REFERRAL_SHARED)] == [
        Party.LIG_CHAIR,
        Party.SERVICE_DIRECTOR,
    ]
    told = {message.to_person for message in journey.messages("referral-shared")}
    assert told == {journey.chair.person_id, journey.director.person_id}


@pytest.mark.duty("B1-06")
def test_the_same_form_twice_shares_once_and_another_is_told_who_did(journey: Journey) -> None:
    key = uuid4()
    journey.share(key=key)
    journey.share(key=key)
    assert len(journey.events(EventKind.REFERRAL_SHARED)) == 2
    with pytest.raises(AlreadyDone) as caught:
        journey.share()
    assert journey.team.name in caught.value.message


@pytest.mark.duty("B1-07")
def test_a_view_follows_the_sharing_and_needs_its_reason(journey: Journey) -> None:
    with pytest.raises(OutOfTurn):
        journey.view(Party.LIG_CHAIR)
    journey.share()
    with pytest.raises(Incomplete) as caught:
        journey.do(
            service.give_initial_view, party=Party.LIG_CHAIR, outcome=None, rationale=" ",
            who=journey.chair, now=MONDAY + HOUR, key=uuid4(),
        )  # fmt: skip
    assert {fault.field for fault in caught.value.faults} == {"outcome", "rationale"}
    assert journey.state().views == {}


@pytest.mark.duty("B1-07")
def test_nobody_gives_the_view_of_another(journey: Journey) -> None:
    journey.share()
    with pytest.raises(OutOfTurn):
        journey.do(
            service.give_initial_view, party=Party.SERVICE_DIRECTOR, outcome=NOTIFY, rationale="Because",
            who=journey.chair, now=MONDAY + HOUR, key=uuid4(),
        )  # fmt: skip


@pytest.mark.duty("B1-07")
def test_a_view_is_given_once_and_the_second_is_shown_the_first(journey: Journey) -> None:
    journey.share()
    journey.view(Party.LIG_CHAIR)
    with pytest.raises(AlreadyDone) as caught:
        journey.view(Party.LIG_CHAIR, NOT)
    assert caught.value.recorded.answers["rationale"] == "Because of what we know"
    assert journey.state().views[Party.LIG_CHAIR].outcome == NOTIFY


@pytest.mark.duty("B1-07")
def test_the_view_is_shared_with_each_partner_when_both_are_in(journey: Journey) -> None:
    journey.share()
    journey.view(Party.LIG_CHAIR)
    with pytest.raises(OutOfTurn):
        journey.share_view()
    journey.view(Party.SERVICE_DIRECTOR)
    journey.share_view()
    shared = journey.events(EventKind.INITIAL_VIEW_SHARED)
    assert {event.party for event in shared} == set(SAFEGUARDING_PARTNERS)
    assert {event.outcome for event in shared} == {NOTIFY}
    told = {message.to_person for message in journey.messages("initial-view-shared")}
    assert {journey.director.person_id, journey.police.person_id, journey.nurse.person_id} <= told
    assert journey.childrens.person_id not in told


@pytest.mark.duty("B1-07")
def test_two_views_that_differ_are_shared_without_one_outcome(journey: Journey) -> None:
    journey.to_responses(director_view=NOT)
    assert {event.outcome for event in journey.events(EventKind.INITIAL_VIEW_SHARED)} == {None}


def inform(journey: Journey, *parties: Party, **changes: object) -> None:
    given = {
        "parties": list(parties),
        "elsewhere_at": None,
        "detail": "",
        "now": TUESDAY_NOON + HOUR,
        "key": uuid4(),
    }
    journey.do(service.inform, who=journey.team, **{**given, **changes})


@pytest.mark.duty("B1-04")
def test_both_are_informed_of_a_decision_to_notify(journey: Journey) -> None:
    journey.to_decision()
    with pytest.raises(OutOfTurn):
        inform(journey, *turns.TO_INFORM)
    journey.decide()
    inform(journey, *turns.TO_INFORM)
    assert {event.party for event in journey.events(EventKind.PARTY_INFORMED)} == set(turns.TO_INFORM)
    told = {message.to_person for message in journey.messages("notification-informed")}
    assert told == {journey.scrutineer.person_id, journey.manager.person_id}
    with pytest.raises(AlreadyDone):
        inform(journey, *turns.TO_INFORM)


@pytest.mark.duty("B1-04")
def test_each_is_informed_once_and_telling_them_elsewhere_needs_when_and_how(journey: Journey) -> None:
    journey.to_decision()
    journey.decide()
    inform(journey, Party.STRATEGIC_MANAGER)
    with pytest.raises(Incomplete):
        inform(journey, Party.STRATEGIC_MANAGER)
    with pytest.raises(Incomplete) as caught:
        inform(journey, Party.INDEPENDENT_SCRUTINEER, elsewhere_at=TUESDAY_NOON + timedelta(days=1))
    assert {fault.field for fault in caught.value.faults} == {"informed_at", "detail"}
    told_at = TUESDAY_NOON + timedelta(minutes=20)
    inform(journey, Party.INDEPENDENT_SCRUTINEER, elsewhere_at=told_at, detail="By telephone")
    assert journey.events(EventKind.PARTY_INFORMED, Party.INDEPENDENT_SCRUTINEER)[0].happened_at == told_at


@pytest.mark.duty("B1-04")
def test_nobody_is_informed_of_a_decision_not_to_notify(journey: Journey) -> None:
    journey.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, NOT)
    journey.decide(answers=replace(ANSWERS, abuse="neither", outcome=NOT))
    with pytest.raises(OutOfTurn):
        inform(journey, *turns.TO_INFORM)
    assert journey.events(EventKind.PARTY_INFORMED) == []
