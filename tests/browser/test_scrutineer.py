"""A scrutineer's day: a contested case found among others, read, looked at as it stood, observed on, answered and
exported; and a form of somebody else's tried by its address."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.procedure.events import Party
from app.serious_incidents import service
from tests.browser.people import Person
from tests.browser.played import Play, playing
from tests.integration.serious_incidents.journey import HOUR, MONDAY, NOT, TUESDAY_MIDNIGHT, Journey

WEDNESDAY = TUESDAY_MIDNIGHT + 10 * HOUR
NEXT_MONDAY, NEXT_WEDNESDAY = MONDAY + timedelta(days=7), WEDNESDAY + timedelta(days=7)


@pytest.fixture
def play(app: Flask, browser: Browser) -> Iterator[Play]:
    """A server of its own, so that its clock is its own."""
    with playing(app, browser) as played:
        yield played


def contested_in_silence(play: Play) -> Journey:
    """The police stayed silent and the board differed; they met, the Partnership Chair decided, and decided anew."""
    case = play.case().to_responses()
    case.respond(Party.LOCAL_AUTHORITY)
    case.respond(Party.ICB, NOT)
    assert case.silent(Party.POLICE)
    case.meet(at=WEDNESDAY)
    case.chair_decides(NOT, scrutineer=False, now=WEDNESDAY + HOUR)
    case.enter(service.raise_information, case.team, NEXT_MONDAY)
    case.chair_decides(scrutineer=False, now=NEXT_MONDAY + HOUR)
    return case


def finds(who: Person, reference: str) -> None:
    """The list says something of a case: on its first page, or on an older one where other tests made many."""
    older = who.page.locator("main a", has_text="Older")
    while reference not in who.page.inner_text("main"):
        who.page.goto(urljoin(who.page.url, str(older.get_attribute("href"))))


@pytest.mark.duty("S-01", "B1-11")
def test_a_scrutineers_day(play: Play, tmp_path: Path) -> None:
    quiet, case = play.case().to_decision(), contested_in_silence(play)
    quiet.decide()
    play.at(NEXT_WEDNESDAY)
    director = play.by(case.director)
    director.go(f"/isle-of-wight/cases/{case.reference}")

    scrutineer = play.by(case.scrutineer)
    scrutineer.go("/isle-of-wight/tasks")
    scrutineer.follow("Scrutiny")
    scrutineer.picture("scrutiny")
    finds(scrutineer, quiet.reference)
    scrutineer.follow("Contested")
    scrutineer.page.wait_for_url("**show=contested**")
    finds(scrutineer, case.reference)
    assert quiet.reference not in scrutineer.page.inner_text("main")
    scrutineer.follow(case.reference)
    scrutineer.sees("Silent")
    scrutineer.sees("No response before the clock ended: it counts as agreement")
    scrutineer.sees("Superseded by decision 2, reconsidered")
    scrutineer.sees("1 ended in silence")
    scrutineer.sees(f"{case.director.name}")
    scrutineer.picture("audit")
    scrutineer.page.get_by_text(f"The view of {case.director.name}").click()
    scrutineer.sees("Case, 2 December 2026 at 10am")

    scrutineer.fill_date("known", date(2026, 11, 25))
    scrutineer.press("Show the case as it stood")
    scrutineer.sees("As known on 25 November 2026")
    scrutineer.sees("Decision 1: Do not notify the Panel")
    assert "Decision 2" not in scrutineer.page.inner_text("main")
    scrutineer.picture("case-as-it-stood")

    scrutineer.go(f"/isle-of-wight/scrutiny/{case.reference}")
    scrutineer.follow("Add an observation")
    scrutineer.press("Add the observation")
    scrutineer.sees("There is a problem")
    scrutineer.fill("words", "Nobody rang the police before their clock ended.")
    scrutineer.picture("observe")
    scrutineer.press("Add the observation")
    scrutineer.sees("Your observation has been added")

    chair = play.by(case.chair)
    chair.go("/isle-of-wight/tasks")
    chair.follow("Observations")
    chair.page.get_by_role("link", name=case.reference).first.click()
    chair.sees("Nobody rang the police")
    chair.follow("Answer this observation")
    chair.fill("words", "The team now rings at midday, and writes down whom it reached.")
    chair.picture("answer-observation")
    chair.press("Add the answer")
    chair.sees("Your answer has been added")
    scrutineer.go(f"/isle-of-wight/scrutiny/{case.reference}")
    scrutineer.sees("The team now rings at midday")

    with scrutineer.page.expect_download() as handed:
        scrutineer.press("Export the audit")
    file = tmp_path / handed.value.suggested_filename
    handed.value.save_as(file)
    assert file.name == f"audit-{case.reference}.zip"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "audit")
    program = [sys.executable, "-I", str(tmp_path / "audit" / "verify.py")]
    done = subprocess.run(program, capture_output=True, text=True, env={}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The team now rings at midday" in (tmp_path / "audit" / "audit.html").read_text()

    path = f"/isle-of-wight/cases/{case.reference}/new-information"
    assert scrutineer.go(path) == 404
    scrutineer.sees("Page not found")
    sending = "path => fetch(path, {method: 'POST', body: new URLSearchParams({words: 'x'})}).then(sent => sent.status)"
    assert scrutineer.page.evaluate(sending, path) == 404
    scrutineer.go("/isle-of-wight/scrutiny/")
    scrutineer.follow("Changes that were tried and refused")
    scrutineer.sees("Raise new information after a decision")
    scrutineer.picture("refused")
    manager = play.by(case.manager)
    manager.go("/isle-of-wight/scrutiny/refused")
    manager.sees("Raise new information after a decision")
