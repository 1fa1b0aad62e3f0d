"""The second path after a notification: no rapid review is held, as all partners agree, and the Panel is told; or one
partner does not agree, and the review is held. And what follows a review: a recommendation and its action."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.serious_incidents import service
from tests.browser.people import Person
from tests.browser.played import Play, moment, playing
from tests.browser.site import AXE, FIND
from tests.integration.serious_incidents.journey import HOUR, MONDAY, Journey

DAY = timedelta(days=1)


@pytest.fixture
def play(app: Flask, browser: Browser) -> Iterator[Play]:
    """A server of its own for each play, so that its clock is its own."""
    with playing(app, browser) as played:
        yield played


def notified(play: Play) -> tuple[Journey, str]:
    """A case whose notification has been sent; the case's address."""
    case = play.case().to_decision()
    case.decide(now=MONDAY + 6 * HOUR)
    sent = service.Sent(MONDAY + 7 * HOUR, "national-system", "", "INV", "Somebody", "", "", "", uuid4())
    case.do(service.record_notification, sent, who=case.director, now=MONDAY + 7 * HOUR)
    play.at(MONDAY + 8 * HOUR)
    return case, f"/{case.place.slug}/cases/{case.reference}"


def looked(person: Person, name: str) -> None:
    """Keep a picture; nothing that axe finds, and no wider than a telephone."""
    person.page.evaluate(AXE)
    assert person.page.evaluate(FIND) == [], name
    person.page.set_viewport_size({"width": 375, "height": 800})
    assert person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
    person.page.set_viewport_size({"width": 1280, "height": 900})
    person.picture(name)


def ground(person: Person, path: str) -> None:
    person.go(path)
    person.follow("Record why no rapid review is held")
    person.tick("outcome", "criteria-not-met")
    person.fill("words", "The post-mortem found a natural cause that nobody could have known of before.")
    person.fill(
        "source", "Discussed by the three representatives and the scrutineer on the telephone this morning."
    )
    looked(person, "declined_reviews-ground")
    person.press("Record the ground")
    person.sees("The ground has been recorded")


def answer(person: Person, path: str, outcome: str = "agreed") -> None:
    person.go(path)
    person.follow("The decision not to hold a rapid review")
    person.follow("Say whether you agree")
    person.press("Record the answer")
    person.sees("Select whether the partner agrees")
    looked(person, "declined_reviews-agree")
    person.tick("outcome", outcome)
    person.fill("words", "Our records say the same, and our designated doctor has read the report.")
    person.press("Record the answer")
    person.sees("has been recorded")


@pytest.mark.duty("B2-02", "N-05")
def test_no_rapid_review_is_held_and_the_panel_is_told(play: Play) -> None:
    case, path = notified(play)
    team, scrutineer = play.by(case.team), play.by(case.scrutineer)
    ground(play.by(case.director), path)
    answer(play.by(case.director), path)
    answer(play.by(case.nurse), path)
    team.go(f"{path}/no-rapid-review")
    looked(team, "declined_reviews-index-waiting")
    team.page.locator("a", has_text="Record an answer for them").nth(1).click()
    team.fill("said_by", "Alex Invented")
    team.fill("capacity", "Detective Chief Inspector")
    moment(team, "said_at", play.now - HOUR)
    team.tick("source", "call")
    team.tick("outcome", "agreed")
    team.fill("words", "They agree: nothing in their records speaks against it.")
    team.fill("evidence", "Note of the call, kept with the case.")
    looked(team, "declined_reviews-agree-for")
    team.press("Record the answer")
    team.sees("They have been told")
    team.go(f"{path}/no-rapid-review/panel")
    team.sees("Still missing: the Independent Scrutineer")

    scrutineer.go(path)
    scrutineer.follow("The decision not to hold a rapid review")
    scrutineer.follow("Record your oversight")
    scrutineer.fill(
        "words", "I read the report and heard all three partners. Each had looked at its own records."
    )
    looked(scrutineer, "declined_reviews-oversee")
    scrutineer.press("Record your oversight")
    scrutineer.sees("Your oversight has been recorded")

    play.at(MONDAY + 2 * DAY)
    team.go(f"{path}/no-rapid-review")
    looked(team, "declined_reviews-index-complete")
    team.follow("Record that the Panel was notified")
    moment(team, "sent_at", play.now - HOUR)
    team.tick("channel", "e-mail")
    team.fill("address", "the Panel's secretariat")
    team.fill("panel_reference", "INVENTED-7")
    team.fill("sent_by", "The Partnership Team")
    looked(team, "declined_reviews-panel")
    team.press("Record the notice")
    team.sees("The Panel was notified of this decision")
    looked(team, "declined_reviews-index-told")
    assert case.owed()["B2-02"] == ("partnership-team", "met")


@pytest.mark.duty("N-05")
def test_a_partner_does_not_agree_and_the_review_is_held(play: Play) -> None:
    case, path = notified(play)
    ground(play.by(case.director), path)
    answer(play.by(case.nurse), path, "not-agreed")
    team = play.by(case.team)
    team.go(f"{path}/no-rapid-review")
    team.sees("does not agree: the rapid review is held")
    looked(team, "declined_reviews-index-refused")
    play.at(MONDAY + 9 * HOUR)
    team.follow("Withdraw the ground")
    looked(team, "declined_reviews-withdraw")
    team.fill("reason", "The integrated care board does not agree.")
    team.press("Withdraw the ground")
    team.sees("Grounds since withdrawn")
    looked(team, "declined_reviews-index-withdrawn")
    assert case.owed()["N-05"] == ("partnership-team", None)


@pytest.mark.duty("B2-21")
def test_a_recommendation_and_its_action(play: Play) -> None:
    case, path = notified(play)
    team, police = play.by(case.team), play.by(case.police)
    team.go(f"{path}/recommendations")
    team.follow("Write a recommendation")
    looked(team, "recommendations-new")
    team.fill("text", "Every handover between shifts asks a second question about the child's own words.")
    team.press("Write it down")
    team.sees("Still missing")
    looked(team, "recommendations-one-missing")
    team.follow("Change what it says")
    team.fill("measure", "An audit of twenty handovers, from four in ten now to nine in ten.")
    team.fill("achievable", "The rota gives ten minutes at each handover.")
    team.fill("relevance", "Finding two: what the child had said was not handed on.")
    team.fill_date("by_when", date(2027, 3, 12))
    team.fill("expected_impact", "Children are heard sooner, and by whoever is with them.")
    team.fill("how_known", "The audit after six months, and what children say in the survey.")
    team.page.locator("main [name=agencies]").first.check()
    team.fill("reason", "Written out as the group asked.")
    looked(team, "recommendations-change")
    team.press("Keep the change")
    team.sees("has been changed")
    team.follow("Agree an action")
    team.fill("words", "Write the guidance for handovers, and brief every shift on it.")
    label = team.page.locator("#agency option").filter(has_text="Constabulary").first.inner_text()
    team.page.select_option("#agency", label=label)
    team.fill("owner", "The head of public protection")
    team.fill_date("due_on", date(2026, 12, 10))
    looked(team, "recommendations-new-action")
    team.press("Agree the action")
    team.sees("Its agency has been told")
    team.follow("Record what became of it")
    team.tick("state", "accepted")
    team.fill("reason", "The group, at its meeting of 23 November.")
    looked(team, "recommendations-state")
    team.press("Record")
    team.sees("Accepted")
    looked(team, "recommendations-one")
    team.go(f"{path}/recommendations")
    looked(team, "recommendations-index")

    play.at(MONDAY + 20 * DAY)
    police.go(f"/{case.place.slug}/actions")
    looked(police, "recommendations-owed")
    mine = police.page.locator("li", has_text=case.reference)
    mine.locator("a", has_text="Update it").click()
    police.fill("words", "The guidance is written and every shift has been briefed.")
    police.tick("state", "done")
    police.press("Add it")
    police.sees("Say what shows that it is done")
    looked(police, "recommendations-update")
    police.fill("evidence", "Guidance of 3 December on the staff pages; the list of briefings.")
    police.press("Add it")
    police.sees("has been added to the action")
    looked(police, "recommendations-action")
    team.go(f"/{case.place.slug}/recommendations")
    team.sees(case.reference)
    looked(team, "recommendations-register")
