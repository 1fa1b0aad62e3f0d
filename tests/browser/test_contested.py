"""Decisions on notification as people make them: agreed, silent, disputed, overridden, reconsidered, and in a
partnership with its own procedure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.procedure.events import Party
from app.serious_incidents import service
from app.serious_incidents.meetings import field_of
from tests.browser.people import Person
from tests.browser.played import Play, decide, moment, playing, respond, share, share_view, view
from tests.integration.serious_incidents.journey import (
    HOUR,
    MONDAY,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)

LOCAL, POLICE, ICB = "Children's Services", "the police", "the integrated care board"


@pytest.fixture
def play(app: Flask, browser: Browser) -> Iterator[Play]:
    """A server of its own for each play, so that its clock is its own."""
    with playing(app, browser) as played:
        yield played


def to_partners(play: Play, case: Journey, director: str = "notify") -> str:
    """From a referral to the three partners having been asked; the case's address."""
    path = f"/{case.place.slug}/cases/{case.reference}"
    play.at(MONDAY + HOUR)
    share(play.by(case.team), path)
    view(play.by(case.chair), path)
    view(play.by(case.director), path, director)
    share_view(play.by(case.team), path)
    play.at(MONDAY + 4 * HOUR)
    return path


@pytest.mark.duty("A-05", "A-06", "B1-08", "B1-15", "N-10")
def test_an_agreed_decision_to_notify_and_one_not_to(play: Play) -> None:
    case = play.case()
    path = to_partners(play, case)
    director, police, nurse = play.by(case.director), play.by(case.police), play.by(case.nurse)
    respond(nurse, path, ICB)
    respond(police, path, POLICE)
    respond(director, path, LOCAL)
    director.follow("Record the decision")
    decide(director, "notify")
    director.sees("Decision recorded: to notify")

    director.follow("Prepare the notification")
    director.picture("pack")
    director.page.locator("main a[href*='/pack/sections/']").first.click()
    director.picture("pack-section")
    director.go(f"{path}/pack/print")
    director.picture("pack-print")

    other = play.case()
    path = to_partners(play, other, "do-not-notify")
    for person, partner in ((nurse, ICB), (police, POLICE), (director, LOCAL)):
        respond(person, path, partner, "do-not-notify")
    director.follow("Record the decision")
    decide(director, "do-not-notify")
    chair = play.by(other.chair)
    chair.go(path)
    chair.follow("Say what follows")
    chair.press("Record what follows")
    chair.sees("There is a problem")
    chair.tick("outcome", "leads-meeting")
    chair.fill("words", "Three agencies knew of the family; they meet to see what each can learn.")
    chair.picture("what-follows")
    chair.press("Record what follows")
    police.go(path)
    police.sees("they meet to see what each can learn")


@pytest.mark.duty("B1-08", "B1-12", "N-04")
def test_a_silent_partner_is_deemed_and_an_answer_given_in_time_displaces_it(play: Play) -> None:
    case = play.case()
    path = to_partners(play, case)
    team, director, nurse = play.by(case.team), play.by(case.director), play.by(case.nurse)
    for party in (Party.LOCAL_AUTHORITY, Party.POLICE, Party.ICB):
        case.receive(party)
    respond(nurse, path, ICB)
    respond(director, path, LOCAL)
    play.at(TUESDAY_NOON)
    team.go(path)
    team.follow(f"Contact the deputy of {POLICE}")
    team.picture("deputy")
    team.press("Contact the deputy")
    team.sees("Deputy of")
    assert case.do(service.deem, Party.POLICE, TUESDAY_MIDNIGHT)
    play.at(TUESDAY_MIDNIGHT + 9 * HOUR)
    director.go(path)
    director.sees("deemed agreement")
    director.follow("Record the decision")
    director.sees("deemed agreement")
    decide(director, "notify")

    team.go(path)
    team.follow(f"Record an answer of {POLICE}")
    team.fill("answered_by", "Alex Invented")
    team.fill("capacity", "Detective Inspector, for the constabulary's representative")
    moment(team, "answered_at", TUESDAY_NOON + 2 * HOUR)
    team.tick("source", "call")
    team.tick("outcome", "do-not-notify")
    team.fill("rationale", "The injury was looked at and explained.")
    team.fill("evidence", "Note of the call on Tuesday afternoon, kept with the case.")
    team.picture("answer-for")
    team.press("Record the answer")
    team.sees("on its behalf")
    team.follow("Put the decision back")
    team.fill("words", "The police had answered in time, by telephone.")
    team.picture("put-back")
    team.press("Put it back")
    team.sees("put back to those who made it")
    team.picture("case-put-back")
    director.go(f"{path}/notification")
    director.sees("put back")


@pytest.mark.duty("B1-09", "B1-10", "B1-11")
def test_a_difference_goes_to_a_meeting_and_then_to_the_partnership_chair(play: Play) -> None:
    case = play.case()
    path = to_partners(play, case)
    team, nurse, director = play.by(case.team), play.by(case.nurse), play.by(case.director)
    respond(nurse, path, ICB)
    respond(director, path, LOCAL)
    respond(play.by(case.police), path, POLICE, "do-not-notify")

    team.go(path)
    team.sees("The partners differ")
    team.picture("case-difference")
    team.follow("Arrange the short meeting of the partners")
    moment(team, "arranged_for", MONDAY + 6 * HOUR)
    team.fill("how", "By video call; the link is in the invitation")
    team.picture("arrange-meeting")
    team.press("Arrange the meeting")
    team.sees("has been arranged")
    play.at(MONDAY + 7 * HOUR)
    team.go(path)
    team.follow("Record the short meeting of the partners")
    moment(team, "held_at", MONDAY + 6 * HOUR)
    team.fill("notes", "Each explained what it knows; the police keep their position.")
    _came(team, (Party.LOCAL_AUTHORITY, Party.POLICE, Party.ICB))
    team.picture("record-meeting")
    team.press("Record the meeting")
    team.sees("has been recorded")

    play.at(MONDAY + 24 * HOUR)
    team.follow("Record the meeting with the Partnership Chair")
    moment(team, "held_at", MONDAY + 23 * HOUR)
    team.fill("notes", "The Partnership Chair heard each partner.")
    _came(team, (Party.LOCAL_AUTHORITY, Party.POLICE, Party.ICB, Party.PARTNERSHIP_CHAIR), positions=False)
    team.picture("record-exceptional-meeting")
    team.press("Record the meeting")
    team.sees("has been recorded")

    chair = play.by(case.partnership_chair)
    chair.go(f"/{case.place.slug}/tasks")
    chair.sees(case.reference)
    chair.go(path)
    chair.follow("Record your decision")
    decide(chair, "notify", "chair-decision", scrutineer_present="no")
    chair.sees("Decision recorded: to notify")

    scrutineer = play.by(case.scrutineer)
    scrutineer.go(f"/{case.place.slug}/tasks")
    scrutineer.sees(case.reference)
    scrutineer.go(path)
    scrutineer.follow("Add an observation")
    scrutineer.fill("words", "The meeting should have had the consultant's letter before it.")
    scrutineer.picture("observation")
    scrutineer.press("Add the observation")
    scrutineer.sees("Your observation has been added")
    scrutineer.picture("case-chair-decided")


def _came(team: Person, parties: tuple[Party, ...], positions: bool = True) -> None:
    for party in parties:
        team.fill(field_of(party, "name"), f"Somebody of {party.value}")
        team.fill(field_of(party, "capacity"), "Representative")
        if positions:
            team.tick(field_of(party, "outcome"), "kept")


@pytest.mark.duty("N-03", "N-05", "A-05")
def test_the_local_authority_notifies_against_the_local_decision(play: Play) -> None:
    case = play.case()
    path = to_partners(play, case, "do-not-notify")
    director = play.by(case.director)
    for person, partner in ((play.by(case.nurse), ICB), (play.by(case.police), POLICE), (director, LOCAL)):
        respond(person, path, partner, "do-not-notify")
    director.follow("Record the decision")
    decide(director, "do-not-notify")
    director.follow("Notify on the local authority's own duty")
    director.press("Decide to notify")
    director.sees("There is a problem")
    director.fill("words", "The duty is ours, and the test is met in our judgement.")
    director.picture("override")
    director.press("Decide to notify")
    director.sees("on its own duty")
    director.sees("Decision recorded: not to notify")
    director.follow("Record the notification to the Panel")
    moment(director, "submitted_at", play.now - timedelta(minutes=30))
    director.tick("channel", "national-system")
    director.fill("panel_reference", "INVENTED-2026-7")
    director.fill("submitted_by", "The Service Director")
    director.press("Record the notification")
    director.sees("Serious incident notification sent to the Panel")
    director.follow("Record why no rapid review is held")
    director.picture("review-ground")
    director.go(path)
    director.picture("case-overridden")


@pytest.mark.duty("B1-13")
def test_new_information_after_the_partnership_chairs_decision_is_decided_anew(play: Play) -> None:
    case = play.case()
    path = to_partners(play, case)
    team, chair = play.by(case.team), play.by(case.partnership_chair)
    respond(play.by(case.nurse), path, ICB)
    respond(play.by(case.director), path, LOCAL)
    respond(play.by(case.police), path, POLICE, "do-not-notify")
    play.at(MONDAY + 7 * HOUR)
    team.go(path)
    team.follow("Record the short meeting of the partners")
    moment(team, "held_at", MONDAY + 6 * HOUR)
    team.fill("notes", "No agreement.")
    _came(team, (Party.LOCAL_AUTHORITY, Party.POLICE, Party.ICB))
    team.press("Record the meeting")
    team.sees("has been recorded")
    chair.go(path)
    chair.follow("Record your decision")
    chair.fill("no_meeting", "Everybody was heard by telephone on the day.")
    decide(chair, "do-not-notify", scrutineer_present="no")

    play.at(MONDAY + 26 * HOUR)
    team.go(path)
    team.follow("Raise new information")
    team.fill("words", "The hospital's second letter says that the injury was not an accident.")
    team.fill("source", "The consultant paediatrician, by e-mail")
    team.picture("new-information")
    team.press("Raise it")
    team.sees("new information has been raised")
    chair.go(path)
    chair.sees("The hospital's second letter")
    chair.follow("Let the decision stand")
    chair.picture("reconsider")
    chair.go(path)
    chair.follow("Record your decision")
    chair.fill("no_meeting", "The letter speaks for itself.")
    decide(chair, "notify", scrutineer_present="no")
    team.go(path)
    team.sees("Decision recorded: to notify")
    team.sees("Decision recorded: not to notify")
    team.picture("case-reconsidered")
    team.follow("History as it was known on a day")
    team.fill_date("known", MONDAY.date())
    team.press("Show")
    team.sees("Decision recorded: not to notify")
    assert "Decision recorded: to notify" not in team.page.inner_text("main")
    team.picture("history")
    team.go(path)
    team.follow("Correct an entry")
    team.picture("corrections")
    team.page.locator("main a[href*='/corrections/']").first.click()
    team.picture("correct")


@pytest.mark.duty("A-05", "B1-08")
def test_portsmouth_follows_its_own_procedure(play: Play) -> None:
    case = play.case("portsmouth")
    path = to_partners(play, case)
    team, director, nurse = play.by(case.team), play.by(case.director), play.by(case.nurse)
    for party in (Party.LOCAL_AUTHORITY, Party.POLICE, Party.ICB):
        case.receive(party, MONDAY + 4 * HOUR)
    team.go(path)
    team.sees("gives 2 working days")
    for person, partner in ((nurse, ICB), (play.by(case.police), POLICE), (director, LOCAL)):
        respond(person, path, partner)
    director.go(f"{path}/decision")
    director.sees("waits for another step")
    nurse.go(f"/{case.place.slug}/tasks")
    team.go(path)
    team.picture("case-own-procedure")
    team.page.locator("main a[href*='/step/']").first.click()
    moment(team, "happened_at", play.now - timedelta(minutes=10))
    team.fill("words", "The designated doctor agrees that the injury needs an explanation.")
    team.picture("local-step")
    team.press("Record that it is done")
    team.sees("has been recorded as done")
    director.go(path)
    director.follow("Record the decision")
    decide(director, "notify")
    team.go(f"/{case.place.slug}/settings/")
    team.sees("designated doctor")
    team.picture("settings")
    manager = play.by(case.manager)
    manager.go(f"/{case.place.slug}/settings/change")
    manager.picture("settings-change")
    manager.go(f"/{case.place.slug}/arrangements/")
    manager.picture("arrangements")
