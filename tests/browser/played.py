"""A case played in browsers by the people of one partnership, on the application's own pages, at times a test sets.

The referral is there already; every step of the decision is taken in the pages. What a mail server and the worker
would report (a request delivered, a clock that ended) is reported by the test.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from app import clock_source
from tests.browser.people import Live, Person
from tests.integration.serious_incidents.journey import MONDAY, Journey
from tests.support.people import Someone, client_of
from tests.support.places import place

ANSWER = {
    "notify": {"abuse": "suspected", "limb_a": "yes", "harm_kinds": "physical"},
    "do-not-notify": {"abuse": "neither", "limb_a": "no", "harm_kinds": "none"},
}


class Play:
    """One server, one clock, and whoever acts."""

    def __init__(self, app: Flask, address: str, browser: Browser) -> None:
        self.app, self.address, self.browser, self.now = app, address, browser, MONDAY
        self.opened: list[Person] = []

    def case(self, slug: str = "isle-of-wight") -> Journey:
        """A referral that has come in."""
        return Journey(place(self.app, slug))

    def by(self, someone: Someone) -> Person:
        """Somebody signed in, in a browser of their own."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        cookie: Any = client_of(self.app, someone).get_cookie("waymark")
        context.add_cookies([{"name": "waymark", "value": cookie.value, "url": self.address}])
        person = Person.in_context(Live(self.address, ""), context)
        self.opened.append(person)
        return person

    def at(self, moment: datetime) -> None:
        """The time that every page and every rule now sees."""
        self.now = moment

    def close(self) -> None:
        """Close every browser; nothing may have gone wrong in one."""
        for person in self.opened:
            person.close()
        self.opened = []


@contextmanager
def playing(app: Flask, browser: Browser) -> Iterator[Play]:
    """The application on a free port, at a time that the test sets."""
    with pytest.MonkeyPatch.context() as patch:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        play = Play(app, f"http://127.0.0.1:{server.server_port}", browser)
        patch.setattr(clock_source, "real_now", lambda: play.now)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield play
            play.close()
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def share(person: Person, path: str) -> None:
    person.go(path)
    person.follow("Share the referral")
    person.press("Share the referral")
    person.sees("Referral shared")


def view(person: Person, path: str, outcome: str = "notify") -> None:
    person.go(path)
    person.follow("Give your initial view")
    person.tick("outcome", outcome)
    person.fill("rationale", "This is what the first look at our records shows.")
    person.press("Record your view")
    person.sees("Your turn" if outcome == "never" else "Initial view")


def share_view(person: Person, path: str) -> None:
    person.go(path)
    person.follow("Share the initial view with the partners")
    person.press("Share with the three partners")
    person.sees("Initial view shared")


def respond(person: Person, path: str, partner: str, outcome: str = "notify", again: bool = False) -> None:
    person.go(path)
    person.follow(f"{'Respond again' if again else 'Respond'} for {partner}")
    person.tick("outcome", outcome)
    person.fill("rationale", "This is what our records show.")
    person.press("Send your response")
    person.sees("responded: to notify" if outcome == "notify" else "responded: not to notify")


def decide(person: Person, outcome: str, picture: str = "", **more: str) -> None:
    """Fill in the decision's form, which is open, and send it."""
    for name, value in {**ANSWER[outcome], **more}.items():
        person.tick(name, value)
    person.tick("limb_b", "no")
    person.tick("outcome", outcome)
    person.page.check('main [name="guidance_considered"]')
    for name, text in {
        "abuse_rationale": "What the three agencies know, taken together.",
        "limb_a_rationale": "At home, in the area.",
        "limb_b_rationale": "It was in England.",
        "harm_judgement": "Likely to last, though it is not certain.",
        "rationale": "What was said at the meeting, and what the records show.",
    }.items():
        person.fill(name, text)
    if picture:
        person.picture(picture)
    person.press("Record the decision")
    person.sees("The decision has been recorded")


def moment(person: Person, name: str, at: datetime) -> None:
    """Type a date and a time of day, which in winter is London's."""
    person.fill_date(name, at.date())
    person.fill(f"{name}-time", f"{at:%H:%M}")
