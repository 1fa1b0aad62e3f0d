"""What a refused form gives back: what somebody typed, by its question, and nothing that the page itself put there."""

from __future__ import annotations

import pytest
from flask import Flask

from app.web.typed import form_address, in_words, typed_here

OURS = {
    "Origin": "http://localhost",
    "Referer": "http://localhost/isle-of-wight/cases/X/response?party=police",
}


def test_only_what_was_typed_comes_back(small: Flask) -> None:
    sent = {
        "rationale": "Line 1\r\nLine 2\x00",
        "outcome": "notify",
        "empty": "  ",
        "seen": "x",
        "csrf_token": "y",
    }
    with small.test_request_context("/", method="POST", data=sent, headers=OURS):
        assert typed_here() == [("Rationale", "Line 1\r\nLine 2\ufffd"), ("Outcome", "notify")]


def test_every_tick_comes_back(small: Flask) -> None:
    with small.test_request_context("/", method="POST", data={"harm_kinds": ["a b", "c"]}, headers=OURS):
        assert typed_here() == [("Harm kinds", "a b"), ("Harm kinds", "c")]


def test_the_way_back_to_the_form_is_one_of_ours(small: Flask) -> None:
    with small.test_request_context("/", method="POST", headers=OURS):
        assert form_address() == OURS["Referer"]


@pytest.mark.parametrize(
    "referrer",
    [
        "https://elsewhere.example/",
        "http://localhost.elsewhere.example/",
        "javascript:alert(1)",
        "http://[",
        "",
    ],
)
def test_an_address_elsewhere_is_not_offered(small: Flask, referrer: str) -> None:
    headers = {"Origin": "http://localhost", "Referer": referrer}
    with small.test_request_context("/", method="POST", headers=headers):
        assert form_address() is None


def test_a_name_is_told_in_words() -> None:
    assert in_words("what-happened_then") == "What happened then"
    assert len(in_words("x" * 500)) == 100
