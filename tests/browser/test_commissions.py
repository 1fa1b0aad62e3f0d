"""A reviewer's day and an event lead's, played in browsers: what is asked, released and written, and the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.access.roles import Role
from tests.browser.people import Live, Person
from tests.browser.played import Play, playing
from tests.integration.serious_incidents.journey import HOUR, TUESDAY_NOON, Journey
from tests.support.people import Someone, find

TODAY = TUESDAY_NOON.date()
DAY = timedelta(days=1)
SignIn = Callable[..., Person]


@pytest.fixture
def play(app: Flask, browser: Browser) -> Iterator[Play]:
    """A server of its own for each play, so that its clock is its own."""
    with playing(app, browser) as played:
        played.at(TUESDAY_NOON)
        yield played


def decided(play: Play) -> Journey:
    """A case on which a decision has been made."""
    journey = play.case().to_decision()
    journey.decide(now=TUESDAY_NOON)
    return journey


def commission(team: Person, case: str, who: Someone, days: int) -> str:
    """The Partnership Team gives a commission through its form; where it is."""
    team.go(case)
    team.follow("Who is commissioned for this case")
    team.follow("Give a commission")
    team.press("Give the commission")
    team.sees("There is a problem")
    label = team.page.locator("#membership option").filter(has_text=who.name).inner_text()
    team.page.select_option("#membership", label=label)
    team.fill_date("first_day", TODAY)
    team.fill_date("last_day", TODAY + days * DAY)
    team.fill("contact", "Joanna Meekin, 01983 000000")
    team.picture("commission-give")
    team.press("Give the commission")
    team.sees("is commissioned")
    return team.page.url.split("/cases/")[1].split("/commissions/")[1]


def set_out(team: Person, page: str) -> None:
    """Terms of reference, a timetable, and two papers."""
    team.go(page)
    team.follow("Write the terms of reference")
    for name, words in {
        "purpose": "To learn how agencies worked together around one child.",
        "scope": "From the child's birth to the day of the incident.",
        "enquiry": "Who knew what, and when?\nWhat stood in the way of acting sooner?",
    }.items():
        team.fill(name, words)
    team.press("Release version 1")
    team.follow("Set the timetable")
    team.fill_date("start", TODAY)
    team.fill_date("first_draft", TODAY + 11 * DAY)
    team.fill_date("end", TODAY + 30 * DAY)
    team.picture("commission-timetable")
    team.press("Set the timetable")
    team.sees("not a working day, the last before it is Friday 4 December 2026")
    for part in ("decisions", "timeline"):
        team.follow("Release a paper")
        team.tick("part", part)
        team.press("Look at it")
        team.picture(f"commission-look-{part}")
        team.press("Release it")
        team.sees("The paper is released")
    team.picture("commission")


@pytest.mark.duty("S-02", "B3-15")
def test_a_reviewers_day(play: Play) -> None:
    case = decided(play)
    path, someone = f"/isle-of-wight/cases/{case.reference}", find(case.place, Role.REVIEWER)
    team, reviewer = play.by(case.team), play.by(someone)
    reference = commission(team, path, someone, 40)
    set_out(team, f"{path}/commissions/{reference}")

    reviewer.go("/")
    reviewer.sees("First draft")
    reviewer.picture("reviewer-tasks")
    reviewer.follow("My commission")
    reviewer.sees(f"Local child safeguarding practice review {reference}")
    reviewer.go(
        f"/isle-of-wight/commissions/{reference}"
    )  # one of several, where other tests commissioned them too
    reviewer.sees("Who knew what, and when?")
    reviewer.picture("reviewer-commission")
    assert case.reference not in reviewer.page.content()
    reviewer.follow("The decisions on notification, with their reasons")
    reviewer.sees("The test is met, and the three partners agree")
    for name in (case.director.name, case.police.name, case.team.name):
        assert name not in reviewer.page.content()
    reviewer.picture("reviewer-paper")
    assert reviewer.go(path) == 404
    assert reviewer.go("/isle-of-wight/cases") == 404

    reviewer.go(f"/isle-of-wight/commissions/{reference}")
    reviewer.follow("Write your draft")
    reviewer.fill("report", "Each agency held a part of what was known.")
    reviewer.page.locator("[data-autosave-status]", has_text="Saved at").wait_for()
    reviewer.page.locator("#finding-1").fill("Records were read together only after the incident.")
    reviewer.page.locator("#recommendation-1").fill(
        "Each agency names who reads its record beside the others'."
    )
    reviewer.press("Save and add another finding")
    reviewer.page.locator("#finding-2").wait_for()
    reviewer.picture("reviewer-draft")
    team.go(f"{path}/commissions/{reference}")
    team.sees("None yet")
    reviewer.press("Save and go on to submit")
    reviewer.tick("called", "first-draft")
    reviewer.fill("note", "An early look, for the meeting.")
    reviewer.picture("reviewer-submit")
    reviewer.press("Submit this version")
    reviewer.sees("Version 1 is submitted")

    chair = play.by(case.chair)
    chair.go(f"{path}/commissions/{reference}")
    chair.follow("Version 1")
    chair.sees("Records were read together only after the incident.")
    chair.fill("words", "Say more about what stood in the way.")
    chair.picture("commission-version")
    chair.press("Send the comment")
    reviewer.go(f"/isle-of-wight/commissions/{reference}")
    reviewer.follow("Version 1")
    reviewer.sees("Say more about what stood in the way.")
    assert case.chair.name not in reviewer.page.content()
    reviewer.picture("reviewer-version")

    team.go(f"{path}/commissions/{reference}")
    team.sees("The decisions on notification, with their reasons")
    chair.go(f"{path}/commissions/{reference}")
    chair.follow(f"Remove {someone.name}")
    chair.fill("reason", "A conflict of interest came to light.")
    chair.picture("commission-remove")
    chair.press("Remove them now")
    chair.sees("Removed")
    reviewer.page.reload()
    reviewer.sees("Page not found")
    for page in ("/isle-of-wight/commissions/", "/isle-of-wight/tasks"):  # where those of other tests may be
        assert reviewer.go(page) == 200
        assert reference not in reviewer.page.inner_text("main")


@pytest.mark.duty("S-02")
def test_an_event_leads_days(play: Play) -> None:
    case = play.case("portsmouth")
    path, someone = f"/portsmouth/cases/{case.reference}", find(case.place, Role.EVENT_LEAD)
    team, lead = play.by(case.team), play.by(someone)
    reference = commission(team, path, someone, 2)
    assert re.fullmatch(r"LE-.{4}-.", reference)
    team.follow("Release a paper")
    team.tick("part", "written")
    team.fill("title", "What the school recorded")
    team.fill("text", "The school's chronology, as the head teacher sent it.")
    team.press("Look at it")
    team.press("Release it")
    lead.go("/portsmouth/commissions/")
    lead.sees("Local learning event")
    lead.follow("What the school recorded")
    lead.sees("as the head teacher sent it")
    paper = urlsplit(lead.page.url).path
    team.follow("Withdraw What the school recorded")
    team.fill("reason", "Released to the wrong person.")
    team.press("Withdraw it now")
    team.sees("Withdrawn")
    assert lead.go(paper) == 404
    lead.go(f"/portsmouth/commissions/{reference}/draft")
    lead.fill("report", "Kept across the days.")
    lead.press("Save")
    play.at(TUESDAY_NOON + 2 * DAY + 11 * HOUR)
    lead.go(f"/portsmouth/commissions/{reference}")
    lead.sees("Go on with your draft")
    play.at(TUESDAY_NOON + 2 * DAY + 12 * HOUR)  # the midnight that ends the last day
    lead.page.reload()
    lead.sees("Page not found")
    team.go(f"{path}/commissions/{reference}")
    team.follow("Change the last day")
    team.fill_date("last_day", TODAY + 9 * DAY)
    team.fill("reason", "The workshop is a week later.")
    team.press("Change the last day")
    lead.go(f"/portsmouth/commissions/{reference}/draft")
    assert lead.page.input_value("#report") == "Kept across the days."


@pytest.mark.duty("S-02")
def test_the_demonstrations_reviewer_and_event_lead_sign_in(live: Live, as_person: SignIn) -> None:
    for organisation, name, slug in (
        ("Coastal Schools Trust", "Judith Ormerod", "isle-of-wight"),
        ("Solent Community Health", "Priya Nandakumar", "isle-of-wight"),
        ("Coastal Schools Trust", "Colin Stavely", "portsmouth"),
    ):
        person = as_person(organisation, name)
        person.go("/")
        person.sees("Nothing waits for you here")
        assert person.page.locator("nav.wm-nav a").all_inner_texts() == ["My tasks", "My commission"]
        person.follow("My commission")
        person.sees("No commission of yours runs today")
        assert person.go(f"/{slug}/cases") == 404
