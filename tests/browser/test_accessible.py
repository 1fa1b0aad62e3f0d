"""Pages in a browser: nothing for axe to find, nothing wider than the window, nothing blocked.

script/test looks at a quarter of them, drawn by WAYMARK_SEED; script/soak, and a run of this file alone, at all.
"""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.people import SCREENS
from tests.browser.site import Site, serving
from tests.support.people import client_of

WIDTHS = (1280, 375, 320)
PAGES = [
    ("nobody", "/sign-in"),
    ("team", "/account/sessions"),
    ("team", "/isle-of-wight/tasks"),
    ("team", "/isle-of-wight/cases"),
    ("team", "/demo/clock"),
    ("team", "{referred}"),
    ("team", "{referred}/share"),
    ("team", "{asked}"),
    ("team", "{asked}/clock/B1-03"),
    ("police", "{asked}/response"),
    ("director", "{agreed}/decision"),
    ("director", "{decided}"),
    ("director", "{decided}/decision"),
    ("director", "{decided}/notification"),
    ("team", "{asked}/answer-for/police"),
    ("team", "{asked}/received/police"),
    ("police", "{asked}/received"),
    ("team", "{asked}/deputy/police/elsewhere"),
    ("team", "{differing}/meetings/short/arrange"),
    ("team", "{differing}/meetings/short/record"),
    ("team", "{disputed}"),
    ("team", "{disputed}/meetings/exceptional/record"),
    ("partnership_chair", "{disputed}/chair-decision"),
    ("team", "{decided}/new-information"),
    ("team", "{decided}/history?known-day=23&known-month=11&known-year=2026"),
    ("team", "{decided}/corrections"),
    ("chair", "{not_notified}/what-follows"),
    ("director", "{not_notified}/override"),
    ("scrutineer", "{decided}/observation"),
    ("scrutineer", "/isle-of-wight/scrutiny/"),
    ("scrutineer", "/isle-of-wight/scrutiny/?show=contested"),
    ("scrutineer", "{audit}"),
    ("scrutineer", "{decided}/views"),
    ("scrutineer", "{decided}"),
    ("scrutineer", "{disputed}/history?known-day=23&known-month=11&known-year=2026"),
    ("scrutineer", "/isle-of-wight/scrutiny/observations/"),
    ("scrutineer", "/isle-of-wight/scrutiny/observations/add"),
    ("scrutineer", "/isle-of-wight/scrutiny/refused"),
    ("chair", "{observed}"),
    ("chair", "{observed}/answer"),
    ("team", "{decided}/same-incident"),
    ("director", "{decided}/pack/"),
    ("director", "{decided}/pack/sections/incident"),
    ("director", "{decided}/pack/print"),
    ("team", "/isle-of-wight/deputies/"),
    ("team", "/isle-of-wight/deputies/name"),
    ("team", "/isle-of-wight/enter/"),
    ("team", "/isle-of-wight/enter/case"),
    ("team", "/isle-of-wight/enter/spreadsheet"),
    ("team", "/isle-of-wight/enter/notification-first"),
    ("member", "/isle-of-wight/arrangements/"),
    ("member", "/isle-of-wight/arrangements/record"),
    ("manager", "/isle-of-wight/settings/"),
    ("manager", "/isle-of-wight/settings/change"),
    ("manager", "/isle-of-wight/settings/editions/1"),
    ("administrator", "/isle-of-wight/people/"),
    ("manager", "/isle-of-wight/people/?show=all"),
    ("administrator", "{person}"),
    ("administrator", "{person}/memberships"),
    ("administrator", "/isle-of-wight/people/invite"),
    ("administrator", "/isle-of-wight/people/invitations"),
    ("administrator", "{sent}"),
    ("administrator", "{sent}/withdraw"),
    ("administrator", "{made}"),
    ("manager", "{made}/check"),
    ("manager", "/isle-of-wight/people/waiting"),
    ("manager", "{proposal}"),
    ("administrator", "/isle-of-wight/access"),
    ("scrutineer", "/isle-of-wight/access?role=reviewer"),
    ("nobody", "{link}"),
    ("manager", "{link}"),
    ("invited", "/account/waiting"),
    ("invited", "/account/passkeys"),
    ("team", "{decided}/commissions/"),
    ("team", "{decided}/commissions/give"),
    ("team", "{given}"),
    ("team", "{given}/end"),
    ("team", "{given}/terms/write"),
    ("team", "{given}/terms/2"),
    ("team", "{given}/timetable"),
    ("team", "{given}/papers/release"),
    ("team", "{given}/papers/1"),
    ("team", "{given}/papers/1/withdraw"),
    ("chair", "{given}/versions/1"),
    ("chair", "{given}/remove"),
    ("reviewer", "/isle-of-wight/tasks"),
    ("reviewer", "/isle-of-wight/commissions/"),
    ("reviewer", "{own}"),
    ("reviewer", "{own}/terms/2"),
    ("reviewer", "{own}/papers/1"),
    ("reviewer", "{own}/draft"),
    ("reviewer", "{own}/submit"),
    ("reviewer", "{own}/versions/1"),
    ("event_lead", "/isle-of-wight/tasks"),
    ("event_lead", "/isle-of-wight/commissions/"),
    ("team", "{sealed}"),
    ("chair", "{sealed}/conflicts/"),
    ("scrutineer", "{sealed}/conflicts/"),
    ("police", "{sealed}/conflicts/"),
    ("police", "{sealed}/conflicts/declare"),
    ("team", "{sealed}/conflicts/seal"),
    ("team", "{sealed}/conflicts/seals/{seal}/lift"),
    ("team", "{sealed}/conflicts/declarations/{declaration}/answer"),
    ("practitioner", "/isle-of-wight/referrals"),
    ("practitioner", "{draft}"),
    ("practitioner", "{draft}/child-1?check=1"),
    ("practitioner", "{draft}/incident?check=1"),
    ("practitioner", "{draft}/check"),
]


@pytest.fixture(scope="module")
def site(app: Flask, browser: Browser) -> Iterator[Site]:
    """One server for all of this file."""
    with serving(app, browser) as served:
        yield served


if os.environ.get("WAYMARK_SAMPLE"):
    PAGES = random.Random(os.environ["WAYMARK_SEED"]).sample(PAGES, len(PAGES) // 4)


@pytest.mark.parametrize(("who", "address"), PAGES, ids=[f"{who} {address}" for who, address in PAGES])
def test_a_page(site: Site, who: str, address: str) -> None:
    looked = site.look(who, address)
    looked.picture(address)
    assert looked.page.locator("h1").count() == 1
    assert [looked.overflow(width) for width in WIDTHS] == [0, 0, 0]
    assert looked.faults() == []
    assert looked.complaints == []
    looked.close()


@pytest.mark.duty("N-01", "N-02", "B3-04", "X-04")
def test_the_panels_of_the_case_page_are_among_what_was_looked_at(site: Site) -> None:
    looked = site.look("team", "{referred}")
    for name, said in (
        ("Who leads", "Hampshire Safeguarding Children Partnership"),
        ("The five working days", "Day 5"),
    ):
        panel = looked.page.locator("section", has=looked.page.get_by_role("heading", name=name))
        assert said in panel.inner_text()
    assert looked.faults() == []
    looked.close()


def test_the_exported_audit_is_a_page_to_read_and_print(site: Site) -> None:
    sent = client_of(site.app, site.people["scrutineer"]).post(site.path("{audit}/export"))
    with zipfile.ZipFile(io.BytesIO(sent.data)) as archive:
        written = archive.read("audit.html").decode()
    looked = site.look("nobody", "/sign-in")
    looked.page.goto("about:blank")
    looked.page.set_content(written)
    assert looked.page.locator("h1").count() == 1
    assert [looked.overflow(width) for width in WIDTHS] == [0, 0, 0]
    assert looked.faults() == []
    assert looked.complaints == []
    if SCREENS is not None:
        looked.page.screenshot(path=Path(SCREENS) / "export.png", full_page=True)
        looked.page.pdf(path=Path(SCREENS) / "export.pdf")
    looked.close()


def test_a_page_that_is_not_there(site: Site) -> None:
    looked = site.look("team", "/nowhere/")
    assert looked.page.inner_text("h1") == "Page not found"
    assert looked.faults() == []
    looked.close()


def test_a_drafts_faults_and_differences_stay_accessible(site: Site) -> None:
    looked = site.look("reviewer", "{own}/draft")
    looked.page.fill("#finding-2", "reversed \u202e text")
    looked.page.get_by_role("button", name="Save", exact=True).click()
    looked.page.get_by_role("heading", name="There is a problem").wait_for()
    assert looked.faults() == []
    looked.page.evaluate("document.querySelector('[name=version]').value = '0'")
    looked.page.evaluate("document.querySelector('[name=form_id]').value = 'another'")
    looked.page.fill("#finding-2", "Written on another page")
    looked.page.get_by_role("button", name="Save", exact=True).click()
    looked.page.locator("#changed").wait_for()
    assert looked.faults() == []
    assert [looked.overflow(width) for width in WIDTHS] == [0, 0, 0]
    looked.close()


def test_a_paper_is_looked_at_before_it_is_released(site: Site) -> None:
    looked = site.look("team", "{given}/papers/release")
    for part in ("decisions", "timeline"):
        looked.page.check(f'[name="part"][value="{part}"]')
        looked.page.get_by_role("button", name="Look at it").click()
        looked.page.locator("#looked").wait_for()
        assert looked.faults() == []
        assert [looked.overflow(width) for width in WIDTHS] == [0, 0, 0]
    looked.close()


def test_questions_that_an_answer_reveals_stay_accessible(site: Site) -> None:
    looked = site.look("practitioner", "{draft}/child-1")
    known = looked.page.get_by_role("group", name="Is the date of birth known?")
    known.get_by_label("Estimated").check()
    looked.page.get_by_role("group", name="Estimated date of birth").wait_for()
    assert looked.faults() == []
    looked.close()


def test_the_way_to_the_content_is_the_first_thing_the_keyboard_meets(site: Site) -> None:
    looked = site.look("team", "{asked}")
    looked.page.keyboard.press("Tab")
    assert looked.page.evaluate("document.activeElement.textContent") == "Skip to main content"
    looked.page.keyboard.press("Enter")
    assert looked.page.evaluate("location.hash") == "#main-content"
    looked.close()
