"""A session that ends while somebody types: warned in time, and nothing typed is lost, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, Route, expect
from werkzeug.serving import make_server

from app import create_app
from app.accounts import own_sessions, routes_sessions, session_rules, time_out
from app.clock_source import real_now
from app.web.filters import clock_time
from tests.browser.site import AXE, FIND
from tests.integration.serious_incidents.journey import Journey
from tests.support.people import Someone, client_of
from tests.support.places import place
from tests.support.servers import Servers

TEXT = "Typed slowly,\nover many minutes."


class Desk:
    """Somebody at a computer, whose clock and the server's a test moves together."""

    def __init__(self, csrf_app: Flask, address: str, browser: Browser, journey: Journey) -> None:
        self.app, self.address, self.browser, self.journey = csrf_app, address, browser, journey
        self.moved = timedelta()
        self.opened: list[BrowserContext] = []
        self.faults: list[str] = []

    def now(self) -> datetime:
        return real_now() + self.moved

    def sit_down(self, someone: Someone, scripts: bool = True) -> Page:
        """A browser in which somebody is signed in."""
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
        )
        self.opened.append(context)
        self.sign_in(context, someone)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self._listen(said.text))
        if scripts:
            page.clock.install()
        return page

    def _listen(self, said: str) -> None:
        if "Content Security Policy" in said:
            self.faults.append(said)

    def sign_in(self, context: BrowserContext, someone: Someone) -> None:
        """What signing in leaves: a new session, also for the tabs that are open."""
        cookie: Any = client_of(self.app, someone).get_cookie("waymark")
        context.add_cookies([{"name": "waymark", "value": cookie.value, "url": self.address}])

    def pass_time(self, page: Page | None, **by: float) -> None:
        """Let time pass, for the server and for a page."""
        self.moved += timedelta(**by)
        if page is not None:
            page.clock.fast_forward(timedelta(**by).total_seconds() * 1000)

    def form(self, page: Page) -> None:
        """Open a form and type."""
        page.goto(f"{self.address}/isle-of-wight/cases/{self.journey.reference}/initial-view")
        page.check('main [name="outcome"][value="notify"]')
        page.fill('main [name="rationale"]', TEXT)

    def recorded(self) -> bool:
        """Whether the view was recorded, once."""
        from app.procedure.events import EventKind

        events = self.journey.events(EventKind.INITIAL_VIEW_GIVEN)
        assert len(events) <= 1
        return bool(events)


@pytest.fixture
def desk(servers: Servers, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A server of its own, with tokens checked, in front of one case of which the chair owes a view."""
    app = create_app(servers.config)
    journey = Journey(place(app, "isle-of-wight"))
    journey.share()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    import threading

    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made = Desk(app, f"http://127.0.0.1:{server.server_port}", browser, journey)
    for module in (session_rules, own_sessions, routes_sessions, time_out):
        if hasattr(module, "real_now"):
            monkeypatch.setattr(module, "real_now", made.now)
    try:
        yield made
        assert made.faults == []
    finally:
        for context in made.opened:
            context.close()
        server.shutdown()
        thread.join()
        server.server_close()


def warning(page: Page) -> Any:
    return page.get_by_role("alertdialog")


def typed(page: Page) -> str:
    return page.input_value('main [name="rationale"]')


def back_in(page: Page) -> None:
    """The tab is looked at again."""
    page.evaluate("dispatchEvent(new Event('focus'))")


def picture(page: Page, name: str) -> None:
    from pathlib import Path

    from tests.browser.people import SCREENS

    if SCREENS:
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(SCREENS) / f"{name}-{width}.png")
        page.set_viewport_size({"width": 1280, "height": 900})


def test_an_answer_asked_for_before_staying_does_not_bring_the_warning_back(desk: Desk) -> None:
    page, slow = desk.sit_down(desk.journey.chair), list[tuple[Route, APIResponse]]()
    desk.form(page)
    desk.pass_time(page, minutes=25, seconds=10)
    expect(warning(page)).to_be_visible()
    page.route("**/account/session", lambda route: slow.append((route, route.fetch())))
    with page.expect_request("**/account/session"):
        back_in(page)
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning(page)).to_be_hidden()
    ((route, answer),) = slow
    with page.expect_response("**/account/session"):
        route.fulfill(response=answer)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(warning(page)).to_be_hidden()


def test_the_warning_comes_five_minutes_before_and_staying_prolongs_it(desk: Desk) -> None:
    page = desk.sit_down(desk.journey.chair)
    desk.form(page)
    page.focus('main [name="rationale"]')
    desk.pass_time(page, minutes=24)
    expect(warning(page)).to_be_hidden()
    desk.pass_time(page, minutes=1, seconds=10)
    expect(warning(page)).to_be_visible()
    expect(warning(page)).to_contain_text("For safety you will be signed out at")
    expect(warning(page)).to_contain_text("What you typed stays on this page")
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    picture(page, "time-out-idle")
    page.evaluate(AXE)
    assert page.evaluate(FIND) == []
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
    )
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning(page)).to_be_hidden()
    assert page.evaluate("document.activeElement.name") == "rationale"
    assert typed(page) == TEXT
    desk.pass_time(page, minutes=24)
    expect(warning(page)).to_be_hidden()
    page.get_by_role("button", name="Record your view").click()
    page.wait_for_url(f"**/cases/{desk.journey.reference}")
    assert desk.recorded()


def test_the_time_in_the_warning_is_londons(desk: Desk) -> None:
    page = desk.sit_down(desk.journey.chair)
    desk.form(page)
    desk.pass_time(page, minutes=25, seconds=10)
    expect(warning(page)).to_be_visible()
    shown = page.evaluate("Date.now()") / 1000
    at, earlier = (clock_time(datetime.fromtimestamp(shown + left, UTC)) for left in (290, 230))
    said = warning(page).inner_text()
    assert at in said or earlier in said


def test_another_tab_that_is_used_prolongs_it_for_both(desk: Desk) -> None:
    page = desk.sit_down(desk.journey.chair)
    desk.form(page)
    desk.pass_time(page, minutes=20)
    other = page.context.new_page()
    other.goto(f"{desk.address}/isle-of-wight/tasks")
    desk.pass_time(page, minutes=6)
    page.wait_for_timeout(500)
    expect(warning(page)).to_be_hidden()
    desk.pass_time(page, minutes=20)
    expect(warning(page)).to_be_visible()


def test_a_form_is_sent_after_signing_in_again_in_another_tab(desk: Desk) -> None:
    page = desk.sit_down(desk.journey.chair)
    desk.form(page)
    desk.pass_time(page, minutes=26)
    expect(warning(page)).to_be_visible()
    desk.pass_time(page, minutes=5)
    expect(warning(page)).to_contain_text("You are signed out")
    expect(warning(page)).to_contain_text("What you typed is still on this page")
    picture(page, "time-out-ended")
    page.evaluate(AXE)
    assert page.evaluate(FIND) == []
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again (opens in a new tab)").click()
    expect(opened.value.locator("h1")).to_have_text("Sign in with your organisation")
    desk.sign_in(page.context, desk.journey.chair)
    opened.value.close()
    back_in(page)
    expect(warning(page)).to_be_hidden()
    assert typed(page) == TEXT
    page.get_by_role("button", name="Record your view").click()
    page.wait_for_url(f"**/cases/{desk.journey.reference}")
    assert desk.recorded()


def test_what_one_person_typed_is_not_sent_by_the_next(desk: Desk) -> None:
    page = desk.sit_down(desk.journey.chair)
    desk.form(page)
    desk.pass_time(page, minutes=31)
    desk.sign_in(page.context, desk.journey.director)
    back_in(page)
    expect(warning(page)).to_contain_text("Somebody else is signed in now")
    page.get_by_role("button", name="Back to the page").click()
    page.get_by_role("button", name="Record your view").click()
    expect(page.locator("h1")).to_have_text("This form had gone stale")
    expect(page.locator("main")).to_contain_text(f"You are signed in as {desk.journey.director.name}")
    assert not desk.recorded()


def test_before_the_ten_hours_are_over_one_signs_in_again_in_another_tab(desk: Desk) -> None:
    page = desk.sit_down(desk.journey.chair)
    page.goto(f"{desk.address}/isle-of-wight/tasks")
    for _ in range(29):
        desk.pass_time(page, minutes=20)
        page.goto(f"{desk.address}/isle-of-wight/tasks")
    desk.form(page)
    desk.pass_time(page, minutes=16)
    expect(warning(page)).to_contain_text("nobody stays signed in for longer than ten hours")
    expect(page.get_by_role("button", name="Stay signed in")).to_be_hidden()
    picture(page, "time-out-longest")
    desk.sign_in(page.context, desk.journey.chair)
    back_in(page)
    expect(warning(page)).to_be_hidden()
    page.get_by_role("button", name="Record your view").click()
    page.wait_for_url(f"**/cases/{desk.journey.reference}")
    assert desk.recorded()


def test_without_scripts_the_page_that_refused_sends_it_again(desk: Desk) -> None:
    page = desk.sit_down(desk.journey.chair, scripts=False)
    desk.form(page)
    desk.pass_time(None, minutes=31)
    page.get_by_role("button", name="Record your view").click()
    expect(page.locator("h1")).to_have_text("You are signed out")
    assert page.get_by_label("Rationale").input_value().replace("\r\n", "\n") == TEXT
    desk.sign_in(page.context, desk.journey.chair)  # in another tab
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("h1")).to_have_text("This form had gone stale")
    expect(page.locator("main")).to_contain_text(f"You are signed in as {desk.journey.chair.name}")
    page.get_by_role("button", name="Send it again").click()
    page.wait_for_url(f"**/cases/{desk.journey.reference}")
    assert desk.recorded()
    page.goto(page.url)
    expect(page.locator("main")).to_contain_text("Typed slowly")


def test_without_scripts_going_back_shows_the_form_which_is_sent(desk: Desk) -> None:
    page = desk.sit_down(desk.journey.chair, scripts=False)
    desk.form(page)
    desk.pass_time(None, minutes=31)
    page.get_by_role("button", name="Record your view").click()
    expect(page.locator("h1")).to_have_text("You are signed out")
    desk.sign_in(page.context, desk.journey.chair)
    page.go_back()
    page.check('main [name="outcome"][value="notify"]')
    page.fill('main [name="rationale"]', TEXT)
    page.get_by_role("button", name="Record your view").click()
    page.wait_for_url(f"**/cases/{desk.journey.reference}")
    assert desk.recorded()


def test_nobody_signed_in_is_warned_of_nothing(desk: Desk) -> None:
    context = desk.browser.new_context()
    desk.opened.append(context)
    page = context.new_page()
    page.goto(f"{desk.address}/sign-in")
    assert page.locator("dialog").count() == 0
