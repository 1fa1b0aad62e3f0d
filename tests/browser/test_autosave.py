"""Saving as one types, in a browser: told honestly, and never after the form itself was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, Route

from tests.browser.site import Site, serving
from tests.support.people import client_of

FORM = "{draft}/criteria"
TRIES = 50


@pytest.fixture(scope="module")
def site(app: Flask, browser: Browser) -> Iterator[Site]:
    """One server for all of this file."""
    with serving(app, browser) as served:
        yield served


class Server:
    """What the browser's requests to save are answered with, in turn, and what they carried."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.answer: dict[str, Any] | None = None
        page.route("**/autosave", self._take)

    def _take(self, route: Route, request: Request) -> None:
        self.sent.append(request.post_data or "")
        if self.answer is None:
            route.continue_()
        else:
            route.fulfill(**self.answer)


def told(page: Page, text: str) -> None:
    """Wait until the page says it (Playwright's own bound applies)."""
    page.locator("[data-autosave-status]", has_text=text).wait_for()


def test_what_is_typed_is_saved_and_still_there(site: Site) -> None:
    looked = site.look("practitioner", FORM)
    looked.page.fill("#why", "typed slowly")
    told(looked.page, "Saved at")
    looked.page.reload()
    assert looked.page.input_value("#why") == "typed slowly"
    assert looked.complaints == []
    looked.close()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"status": 503, "body": "away"}, "Not saved: Waymark cannot be reached."),
        ({"status": 401, "body": "out"}, "Not saved: you may have been signed out."),
        (
            {"status": 302, "headers": {"Location": "/sign-in"}, "body": ""},
            "Not saved: you may have been signed out.",
        ),
        ({"status": 413, "body": "large"}, "Not saved: this page holds more than can be sent at once."),
        (
            {"status": 409, "json": {"message": "Somebody else has changed this page."}},
            "Not saved: Somebody else",
        ),
    ],
)
def test_what_is_not_saved_is_said(site: Site, answer: dict[str, Any], text: str) -> None:
    looked = site.look("practitioner", FORM)
    server = Server(looked.page)
    server.answer = answer
    looked.page.fill(
        "#why", f"typed in vain {uuid4()}"
    )  # leaving the page before may have saved what it held
    told(looked.page, text)
    told(looked.page, "What you typed is still on this page")
    assert len(server.sent) == 1
    looked.close()


def test_a_page_that_closed_meanwhile_says_so_and_gives_back_what_was_typed(site: Site) -> None:
    looked = site.look("reviewer", "{own}/draft")
    team = site.people["team"]
    assert team is not None
    sent = {"reason": "A conflict of interest", "submission_key": str(uuid4())}
    assert client_of(site.app, team).post(site.path("{given}/remove"), data=sent).status_code == 303
    looked.page.fill("#report", "Half a sentence")
    told(
        looked.page,
        "Not saved: this page is no longer open to you. Copy what you typed before you leave.",
    )
    assert "signed out" not in looked.page.inner_text("[data-autosave-status]")
    looked.page.get_by_role("button", name="Save", exact=True).click()
    looked.page.get_by_role("heading", name="Page not found").wait_for()
    assert looked.page.get_by_label("Report").input_value() == "Half a sentence"
    assert looked.faults() == []
    looked.close()


def test_leaving_the_page_saves_first(site: Site) -> None:
    looked = site.look("practitioner", FORM)
    looked.page.fill("#why", "left in a hurry")
    looked.page.goto("about:blank")
    # The save outlives its page, and nothing there tells when it has arrived.
    for _ in range(TRIES):
        looked.page.goto(site.address + site.path(FORM))
        if looked.page.input_value("#why") == "left in a hurry":
            break
    assert looked.page.input_value("#why") == "left in a hurry"
    looked.close()


def test_sending_the_form_is_not_followed_by_an_older_save(site: Site) -> None:
    looked = site.look("practitioner", FORM)
    server = Server(looked.page)
    looked.page.fill("#why", "sent by the button")
    looked.page.get_by_role("button", name="Save and come back later").click()
    looked.page.wait_for_url("**" + site.path("{draft}"))
    assert server.sent == []
    looked.page.goto(site.address + site.path(FORM))
    assert looked.page.input_value("#why") == "sent by the button"
    looked.close()
