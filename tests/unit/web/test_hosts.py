"""Which hosts are Waymark's."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.web import hosts
from config import Config, Mode
from tests.unit.web.conftest import LONG_ADDRESS, small_app

LIVE = Config(base_url=LONG_ADDRESS)
ODD_PORT = Config(base_url="https://waymark.example:8443")
SHOWN = Config(mode=Mode.DEMONSTRATION, base_url="http://127.0.0.1:8000")
EVIL = [
    "", " ", "evil.example", "waymark.example.evil.example", "evil.example#waymark.example", "waymark.example:8443",
    "waymark.example:80", "waymark.example@evil.example", "evil@waymark.example", "waymark.example/",
    "waymark.example\\", "waymark.example ", " waymark.example", "waymark.example.", "waymark.ex\u0430mple",
    "waymark.example,evil.example", "127.0.0.1", "localhost", "[::1]", "waymark.example:x", "waymark.example:99999",
    "[waymark.example", ":443", "waymark.example?x", "waymark.example\tx",
]  # fmt: skip


@pytest.mark.parametrize("host", EVIL)
def test_any_other_host_is_not_ours(host: str) -> None:
    assert not hosts.is_ours(host, LIVE)


@pytest.mark.parametrize("host", ["waymark.example", "WAYMARK.example", "waymark.example:443"])
def test_the_host_of_the_base_address_is_ours(host: str) -> None:
    assert hosts.is_ours(host, LIVE)


def test_a_port_of_its_own_must_be_named() -> None:
    assert hosts.is_ours("waymark.example:8443", ODD_PORT)
    assert not hosts.is_ours("waymark.example", ODD_PORT)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:4711", "[::1]:8000"])
def test_the_demonstration_also_answers_to_this_machines_own_names(host: str) -> None:
    assert hosts.is_ours(host, SHOWN)
    assert not hosts.is_ours("evil.example", SHOWN)


@given(st.text())
def test_no_text_makes_it_fail(host: str) -> None:
    assert hosts.is_ours(host, LIVE) == (host.lower() in ("waymark.example", "waymark.example:443"))


@pytest.fixture
def small() -> Flask:
    made = small_app(LONG_ADDRESS)
    hosts.register(made)
    return made


def test_another_host_is_refused_before_anything_else_and_told_nothing(small: Flask) -> None:
    client = small.test_client()
    for path in ("/", "/nowhere", "/static/favicon.svg", "/fault/ours"):
        for method in ("GET", "POST"):
            answer = client.open(path, method=method, headers={"Host": "evil.example"})
            assert answer.status_code == 400
            assert "evil" not in answer.text
            assert "Waymark" not in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/", headers={"Host": "waymark.example"}).status_code == 200
