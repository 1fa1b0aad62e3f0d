"""Bringing cases in, in a browser: a spreadsheet looked at and entered, a referral waited for, two cases compared."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from app.entering.columns import COLUMNS
from tests.browser.site import Looked, Site, serving

LABELS = {column.name: column.label for column in COLUMNS}
WIDTHS = (1280, 375, 320)
SAID = ("chair", "director", "local-authority", "police", "icb", "decision")


@pytest.fixture(scope="module")
def site(app: Flask, browser: Browser) -> Iterator[Site]:
    """One server for all of this file."""
    with serving(app, browser) as served:
        yield served


def sound(looked: Looked, name: str) -> None:
    """Nothing for axe to find, nothing wider than the window, no complaint; and a picture."""
    looked.picture(name)
    assert [looked.overflow(width) for width in WIDTHS] == [0, 0, 0]
    looked.page.set_viewport_size({"width": 1280, "height": 900})
    assert looked.faults() == []
    assert [one for one in looked.complaints if "status of 400" not in one] == []


def notified(children: str = "Ann Invented; Bob Invented") -> dict[str, str]:
    """A case that was notified, a day late, with a response that came a day late."""
    row = {"own_reference": f"2020/{uuid4().hex[:6]}", "title": "A child aged 4 (invented)", "agency": "police",
           "children": children, "births": "2/3/2016; not known", "incident_on": "1/11/2020",
           "incident_area": "Isle of Wight Council", "home_area": "Isle of Wight Council", "summary": "What happened",
           "referred_on": "2/11/2020", "aware_on": "2/11/2020", "shared_on": "3/11/2020",
           "view_shared_on": "4/11/2020", "rationale": "The test is met", "notified_on": "10 November 2020",
           "panel_reference": f"P-{uuid4().hex[:6]}", "notified_by": "Sam Invented"}  # fmt: skip
    days = {"chair": 3, "director": 4, "local-authority": 5, "police": 6, "icb": 5, "decision": 9}
    for who in SAID:
        row |= {
            f"{who}_outcome": "notify",
            f"{who}_on": f"{days[who]}/11/2020",
            f"{who}_by": "Jordan Invented",
        }
    return row


def written(folder: Path, rows: list[dict[str, str]]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    path = folder / "cases under way.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        heading = [LABELS[name] for name in names]
        csv.writer(file).writerows([heading, *([row.get(name, "") for name in names] for row in rows)])
    return path


def test_a_spreadsheet_is_looked_at_row_by_row_and_entered(site: Site, tmp_path: Path) -> None:
    wrong = {**notified(), "referred_on": "2/11/20", "title": "A child aged 9 (invented)"}
    good = notified()
    looked = site.look("team", "/isle-of-wight/enter/spreadsheet")
    page = looked.page
    page.set_input_files("#file", written(tmp_path, [good, wrong]))
    page.get_by_role("button", name="See what would be entered").click()
    expect(page.get_by_text("1 of 2 rows cannot be entered.")).to_be_visible()
    expect(page.get_by_text("Row 3", exact=False).first).to_be_visible()
    page.get_by_text("Its clocks").click()
    expect(page.get_by_text("Notify the Child Safeguarding Practice Review Panel")).to_be_visible()
    sound(looked, "spreadsheet-looked-at")
    page.get_by_role("button", name="Enter the 1 sound row, leave out 1").click()
    expect(page.get_by_text("1 case has been entered.")).to_be_visible()
    sound(looked, "spreadsheet-entered")
    page.get_by_role("link", name="IOW-").click()
    expect(page.get_by_text("9 November 2020, time not recorded").first).to_be_visible()
    assert (
        page.content().count("midnight at the end") == 1
    )  # of the clock that ended in silence, and of nothing else
    sound(looked, "entered-case")
    page.get_by_role("link", name="See the decision").click()
    expect(page.get_by_text("Not known: decided before the case was entered").first).to_be_visible()
    sound(looked, "entered-decision")
    page.go_back()
    page.get_by_role("link", name="Correct an entry").click()
    expect(page.get_by_text("10 November 2020, time not recorded").first).to_be_visible()
    sound(looked, "entered-corrections")
    looked.close()


def test_the_case_form_says_what_is_wrong_beside_its_fields(site: Site) -> None:
    looked = site.look("team", "/isle-of-wight/enter/case")
    page = looked.page
    page.get_by_label("Your own reference").fill("X-1")
    page.get_by_label("Agency that referred it").select_option("police")
    page.get_by_role("group", name="Day of the referral").get_by_label("Day").fill("5")
    page.get_by_role("button", name="Enter the case").click()
    expect(page.get_by_role("link", name="Day of the referral must include a month and year")).to_be_visible()
    sound(looked, "case-form-errors")
    looked.close()


def open_first(site: Site, title: str, child: str) -> tuple[Looked, str]:
    """The case of a notification that came first, opened in a browser; its reference."""
    looked = site.look("team", "/isle-of-wight/enter/notification-first")
    page = looked.page
    page.get_by_label("What is the case about?").fill(title)
    page.get_by_label("What are the children's names?").fill(child)
    page.get_by_label("What is known?").fill("What is known")
    hours = {"When did the local authority become aware?": "9am", "When was the notification sent?": "10am"}
    for group, hour in hours.items():
        part = page.get_by_role("group", name=group)
        for label, text in (("Day", "24"), ("Month", "11"), ("Year", "2026"), ("Time", hour)):
            part.get_by_label(label).fill(text)
    page.get_by_label("Child Safeguarding Online Notification System").check()
    page.get_by_label("What reference was given?").fill(f"INV-{uuid4().hex[:6]}")
    page.get_by_label("Who sent it for the local authority?").fill("The Service Director")
    page.get_by_label("Which agency is asked for the referral form?").select_option("community-health")
    page.get_by_role("button", name="Open the case and ask for the referral").click()
    expect(page.get_by_text("The case has been opened")).to_be_visible()
    return looked, page.url.rsplit("/", 1)[1]


def test_a_referral_is_waited_for_and_asked_of_a_further_agency(site: Site) -> None:
    looked, reference = open_first(site, "A child aged 7 (invented)", f"Nora {uuid4().hex[:6]}")
    page = looked.page
    sound(looked, "came-first-case")
    page.get_by_role("link", name="Ask a further agency").click()
    page.get_by_label("Which agency is asked for the referral form?").select_option("police")
    sound(looked, "ask-further")
    page.get_by_role("button", name="Ask this agency").click()
    expect(page.get_by_text("The agency has been asked for the referral form.")).to_be_visible()
    page.get_by_role("link", name="Write the referral for an agency").click()
    sound(looked, "write-for-agency")
    looked.close()
    asked = site.look("police", "/isle-of-wight/tasks")
    expect(
        asked.page.get_by_role("link", name=f"Write the referral that is waited for in {reference}")
    ).to_be_visible()
    sound(asked, "asked-tasks")
    asked.close()


def test_two_cases_are_linked_and_the_link_undone(site: Site) -> None:
    child = f"Otis {uuid4().hex[:6]}"
    first, one = open_first(site, "A child aged 2 (invented)", child)
    first.close()
    looked, _other = open_first(site, "A child aged two (invented)", child)
    page = looked.page
    page.get_by_role("link", name=f"Compare with {one}").click()
    sound(looked, "compare-two")
    page.get_by_label("They are of the same incident: link them").check()
    page.get_by_label("How do you know?").fill("One child, one night")
    page.get_by_role("button", name="Record this").click()
    expect(page.get_by_text("Linked as the same incident")).to_be_visible()
    sound(looked, "linked-case")
    page.get_by_role("link", name="Compare the two, or undo the link").click()
    sound(looked, "decide-anew")
    page.get_by_label("undo the link").check()
    page.get_by_label("How do you know?").fill("Two families of one name")
    page.get_by_role("button", name="Record this").click()
    expect(page.get_by_text("The link with another referral was undone")).to_be_visible()
    looked.close()
