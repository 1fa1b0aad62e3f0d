"""Scoping in browsers: agencies are asked, one writes and returns its summary, another's is recorded, one is chased."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.access.roles import Role
from app.serious_incidents import service
from tests.browser.people import Person
from tests.browser.played import Play, playing
from tests.browser.site import AXE, FIND
from tests.integration.involvement.given import typed_day
from tests.integration.serious_incidents.journey import HOUR, NOT, NOT_MET, TUESDAY_NOON, Journey
from tests.support.people import find

TODAY = TUESDAY_NOON.date()
DUE = TODAY + timedelta(days=3)
WORDS = {
    "about": {"author": "Sam Ryde", "author_role": "Named nurse, not of the team concerned"},
    "practice": {"good": "The health visitor saw the child at home each time.",
                 "not_good": "Two missed appointments were not followed up."},
    "context": {"equality": "The family speaks Polish at home; an interpreter was used once of five times.",
                "voice": "The child told the school nurse that evenings were loud."},
    "safety": {"other_children": "A brother of two lives in the home.", "immediate_action": "He was seen on the day."},
}  # fmt: skip


@pytest.fixture
def play(app: Flask, browser: Browser) -> Iterator[Play]:
    """A server of its own, so that its clock is its own."""
    with playing(app, browser) as played:
        played.at(TUESDAY_NOON)
        yield played


def looked_at(person: Person, name: str) -> None:
    """The page as it looks, without a fault of accessibility, and no wider than a telephone."""
    person.picture(name)
    person.page.evaluate(AXE)
    assert person.page.evaluate(FIND) == [], name
    person.page.set_viewport_size({"width": 375, "height": 900})
    assert person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
    person.page.set_viewport_size({"width": 1280, "height": 900})


def notified(play: Play) -> Journey:
    """A case that was notified."""
    journey = play.case().to_decision()
    journey.decide(now=TUESDAY_NOON - HOUR)
    sent = service.Sent(
        TUESDAY_NOON - HOUR / 2, "national-system", "", f"INV-{uuid4()}", "The SD", "", "", "", uuid4()
    )
    journey.do(service.record_notification, sent, who=journey.director, now=TUESDAY_NOON)
    return journey


def write_section(person: Person, part: str) -> None:
    """Answer the open section and go on."""
    for name, words in WORDS[part].items():
        person.fill(name, words)
    person.press("Save and continue")


def test_agencies_are_asked_and_return(play: Play) -> None:
    journey = notified(play)
    team, base = play.by(journey.team), f"/isle-of-wight/cases/{journey.reference}/involvement"
    team.go(f"{base}/")
    team.follow("Ask agencies")
    looked_at(team, "involvement-open")
    team.press("Ask them")
    team.sees("There is a problem")
    for name, value in typed_day("due_on", DUE).items():
        team.fill(name, value)
    team.page.fill("#name_1", "Rowan School")
    team.page.fill("#contact_1", "The head teacher")
    team.page.fill("#email_1", "head@rowan.example")
    team.press("Add another organisation")
    assert team.page.input_value("#name_1") == "Rowan School"
    team.fill("questions", "What was known of the home in the last year?")
    team.press("Ask them")
    team.sees("have been asked")
    member = find(journey.place, Role.AGENCY_LIG_MEMBER)
    agency = play.by(member)
    agency.go("/isle-of-wight/involvement/")
    looked_at(agency, "involvement-own-list")
    agency.page.locator(f"a:has-text('{journey.reference}')").first.click()
    looked_at(agency, "involvement-own")
    write_the_form(agency)
    agency.sees("Your agency's return is submitted")
    agency.follow("Return 1")
    looked_at(agency, "involvement-own-return")
    record_for_the_school(team, base)
    team.go(f"{base}/")
    team.page.get_by_role("button", name=re.compile("Chase now")).first.click()
    team.sees("has been reminded")
    chair = play.by(journey.chair)
    chair.go(f"{base}/")
    looked_at(chair, "involvement-board-chair")
    play.at(TUESDAY_NOON + timedelta(days=5))
    team.go(f"{base}/")
    team.sees("Overdue")
    looked_at(team, "involvement-board")
    team.page.locator("p.wm-owed__action a").first.click()
    looked_at(team, "involvement-one-agency")


def write_the_form(agency: Person) -> None:
    """Section by section, with rows, saved as one types; then checked and returned."""
    agency.follow("About this return")
    agency.press("Save and continue")
    agency.sees("Say whether your agency was involved")
    looked_at(agency, "involvement-about-errors")
    agency.tick("involved", "yes")
    write_section(agency, "about")
    agency.page.fill("#day_day_1", "3")
    agency.page.fill("#day_month_1", "March")
    agency.page.fill("#day_year_1", "2026")
    agency.page.fill("#who_1", "Health visitor, mother and child")
    agency.page.fill("#what_1", "A visit at home, as planned.")
    agency.press("Save and add another")
    looked_at(agency, "involvement-contacts")
    agency.press("Save and continue")
    agency.page.fill("#day_month_1", "4")
    agency.page.fill("#day_year_1", "2026")
    agency.page.fill("#what_1", "Two appointments were missed.")
    agency.page.fill("#source_1", "Appointments record")
    agency.page.get_by_text("Saved at").wait_for()
    agency.page.reload()
    assert agency.page.input_value("#source_1") == "Appointments record"
    looked_at(agency, "involvement-chronology")
    agency.press("Save and continue")
    agency.press("Save and continue")
    for part in ("practice", "context", "safety"):
        write_section(agency, part)
    agency.fill("answer_1", "That it was cold, from a visit in January.")
    agency.press("Save and continue")
    agency.page.locator("a.govuk-back-link").click()
    agency.follow("Attachments (optional)")
    agency.page.set_input_files(
        "input[type=file]", {"name": "letter.docm", "mimeType": "x", "buffer": b"PK\x03\x04"}
    )
    agency.press("Attach the file")
    agency.sees("damaged")
    agency.page.set_input_files(
        "input[type=file]", {"name": "Visits.pdf", "mimeType": "x", "buffer": b"%PDF-1.7 x"}
    )
    agency.press("Attach the file")
    agency.sees("Visits.pdf is attached")
    looked_at(agency, "involvement-files")
    agency.follow("Back to the list of sections")
    looked_at(agency, "involvement-task-list")
    agency.follow("Check and return it")
    looked_at(agency, "involvement-check")
    agency.press("Return it")


def record_for_the_school(team: Person, base: str) -> None:
    """The Partnership Team records that the school was not involved."""
    team.go(f"{base}/")
    team.page.locator("li", has_text="Rowan School").get_by_role(
        "link", name=re.compile("^Record a return")
    ).click()
    looked_at(team, "involvement-record")
    team.follow("About this return")
    team.tick("involved", "no")
    write_section(team, "about")
    team.press("Record the return")
    team.sees("Select how the return came")
    looked_at(team, "involvement-record-check")
    for name, text in {
        "given_by": "Jo Marsh",
        "given_capacity": "Head teacher",
        "evidence": "E-mail of today",
    }.items():
        team.fill(name, text)
    for name, value in {**typed_day("returned_at", TODAY), "returned_at-time": "12:00"}.items():
        team.fill(name, value)
    team.tick("source", "e-mail")
    team.press("Record the return")
    team.sees("The return is recorded")


def test_the_chair_directs_a_discussion_and_a_partner_comments(play: Play) -> None:
    journey = play.case().to_responses()
    for party in journey.answering:
        journey.respond(party, NOT)
    journey.decide(answers=NOT_MET, now=TUESDAY_NOON - HOUR)
    base = f"/isle-of-wight/cases/{journey.reference}"
    chosen(journey)
    chair = play.by(journey.chair)
    chair.go(f"{base}/involvement/")
    chair.follow("Direct the scoping")
    looked_at(chair, "involvement-direct")
    for name, day in (("due_on", DUE), ("discussed_on", DUE + timedelta(days=6))):
        for field, value in typed_day(name, day).items():
            chair.fill(field, value)
    chair.fill("words", "What each agency knew in the last year.")
    chair.press("Direct the scoping")
    chair.sees("is asked to send the requests")
    looked_at(chair, "involvement-board-discussion")
    police = play.by(journey.police)
    police.go(f"{base}/outcome/")
    police.fill("words", "We would look at the last two years.")
    police.press("Send the comment")
    police.sees("Your comment is kept")
    looked_at(police, "involvement-outcome")


def chosen(journey: Journey) -> None:
    """The chair decides that the group discusses the referral."""
    entry = service.Entry("It may hold learning that is new to us.", uuid4(), "discussion")
    journey.do(service.choose_outcome, entry, who=journey.chair, now=TUESDAY_NOON)
