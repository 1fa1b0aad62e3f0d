"""Errors as pages: calm, without anything of the fault, the same wherever nothing is found."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect

from app import clock_source
from config import Mode
from tests.unit.web.conftest import SECRET, small_app

TYPED = "<b>What somebody typed</b>"
NONCE = re.compile(r'nonce="[^"]+"')


@pytest.mark.parametrize("code", [400, 404, 405, 413, 429, 500, 503])
def test_each_error_has_a_page_of_its_own_without_details(client: FlaskClient, code: int) -> None:
    answer = client.get(f"/status/{code}")
    assert answer.status_code == code
    assert SECRET not in answer.text
    assert answer.text.count("<h1") == 1
    assert '<html lang="en-GB"' in answer.text


@pytest.mark.parametrize(
    ("code", "heading"), [(410, "not understood"), (422, "not understood"), (502, "went wrong")]
)
def test_other_errors_are_shown_as_their_kind(client: FlaskClient, code: int, heading: str) -> None:
    answer = client.get(f"/status/{code}")
    assert answer.status_code == code
    assert heading in answer.text
    assert SECRET not in answer.text


@pytest.mark.parametrize("address", ["/%00", "/case%00s?x=1", "/%ff", "/a%ed%a0%80b"])
def test_an_unreadable_address_is_a_wrong_address(client: FlaskClient, address: str) -> None:
    absent, unreadable = client.get("/nowhere"), client.get(address)
    assert unreadable.status_code == absent.status_code == 404
    assert NONCE.sub("", unreadable.text) == NONCE.sub("", absent.text)


@pytest.mark.parametrize(("kind", "code"), [("ours", 500), ("database", 503)])
def test_a_fault_tells_nothing_of_itself(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, kind: str, code: int
) -> None:
    with caplog.at_level(logging.ERROR, logger="waymark.errors"):
        answer = client.get(f"/fault/{kind}")
    assert answer.status_code == code
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert any(record.name == "waymark.errors" for record in caplog.records)


def test_the_database_s_own_words_are_not_logged(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/fault/database")
    assert SECRET not in caplog.text


def test_a_fault_gives_back_what_was_typed_as_text(client: FlaskClient) -> None:
    sent = {"what-happened": TYPED, "csrf_token": "a-token"}
    answer = client.post("/fault/ours", data=sent, headers={"Origin": "http://localhost"})
    assert "&lt;b&gt;What somebody typed&lt;/b&gt;" in answer.text
    assert "What happened" in answer.text
    assert "a-token" not in answer.text


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_words_from_elsewhere_are_not_put_on_our_page(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/fault/ours", data={"what": TYPED}, headers=headers)
    assert answer.status_code == 500
    assert "somebody typed" not in answer.text


def test_a_stale_form_is_explained_and_given_back(small: Flask) -> None:
    CSRFProtect(small)
    answer = small.test_client().post(
        "/fault/ours", data={"what": "long text"}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 400
    assert "gone stale" in answer.text
    assert "long text" in answer.text


def test_a_method_that_is_not_for_here_names_those_that_are(client: FlaskClient) -> None:
    answer = client.post("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_demonstration_says_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_source, "now", lambda: datetime(2026, 11, 26, 17, 30, tzinfo=UTC))
    page = small_app(mode=Mode.DEMONSTRATION).test_client().get("/").text
    assert "Everything here is invented" in page
    assert "26 November 2026 at 5:30pm" in page


def test_production_does_not_speak_of_a_demonstration(client: FlaskClient) -> None:
    assert "invented" not in client.get("/").text
