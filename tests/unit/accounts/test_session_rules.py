from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, session
from flask.testing import FlaskClient

from app.accounts import session_rules
from app.accounts.session_rules import ABSOLUTE, IDLE, begin_session
from tests.unit.accounts.small_app import KNOWN, small_app

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def move(instant: datetime) -> None:
        monkeypatch.setattr(session_rules, "real_now", lambda: instant)

    move(START)
    return move


@pytest.fixture
def application() -> Flask:
    app = small_app()

    @app.post("/begin")
    def begin() -> str:
        begin_session(KNOWN)
        return ""

    @app.post("/slow-sign-out")
    def slow() -> str:
        # Another tab signs out while this request is still running
        session["note"] = "written late"
        app.extensions["redis"].held.clear()
        return ""

    return app


@pytest.fixture
def browser(application: Flask, at: Callable[[datetime], None]) -> FlaskClient:
    client = application.test_client()
    client.post("/begin")
    return client


def test_half_an_hour_without_a_request_ends_the_session(
    browser: FlaskClient, at: Callable[[datetime], None]
) -> None:
    at(START + IDLE)
    assert browser.get("/").text == "Known Person"
    at(START + IDLE + IDLE + timedelta(seconds=1))
    assert browser.get("/").text == "nobody"
    at(START + IDLE)
    assert browser.get("/").text == "nobody"


def test_ten_hours_end_the_session_however_busy(browser: FlaskClient, at: Callable[[datetime], None]) -> None:
    moment = START
    while moment + timedelta(minutes=20) <= START + ABSOLUTE:
        moment += timedelta(minutes=20)
        at(moment)
        assert browser.get("/").text == "Known Person"
    at(START + ABSOLUTE + timedelta(seconds=1))
    assert browser.get("/").text == "nobody"


def test_a_request_that_ends_after_a_sign_out_does_not_bring_the_session_back(
    browser: FlaskClient, application: Flask
) -> None:
    browser.post("/slow-sign-out")
    assert application.extensions["redis"].held == {}
    assert browser.get("/").text == "nobody"


def test_what_is_stored_is_never_unpickled(browser: FlaskClient, application: Flask) -> None:
    held = application.extensions["redis"].held
    at = START.timestamp()
    content = {
        session_rules.PERSON: str(KNOWN),
        session_rules.SIGNED_IN_AT: at,
        session_rules.SEEN_AT: at,
    }
    for name in held:
        held[name] = pickle.dumps(content)
    assert browser.get("/").text == "nobody"


def test_a_session_without_its_times_is_ended(browser: FlaskClient) -> None:
    with browser.session_transaction() as held:
        del held[session_rules.SEEN_AT]
    assert browser.get("/").text == "nobody"


def test_the_cookie_carries_a_number_and_nothing_else(browser: FlaskClient, application: Flask) -> None:
    cookie = browser.get_cookie("session")
    assert cookie is not None
    assert list(application.extensions["redis"].held) == [session_rules.KEY_PREFIX + cookie.value]
    assert cookie.expires is None
