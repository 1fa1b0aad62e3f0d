"""The cookie and the host, as production sets them."""

from __future__ import annotations

from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
from flask import Flask

from app import create_app
from app.access.roles import Role
from app.accounts import session_rules
from app.clock_source import real_now
from config import Mode
from tests.support.people import find
from tests.support.places import Place
from tests.support.servers import Servers

BASE = "https://waymark.example"


@pytest.fixture(scope="module")
def live(servers: Servers) -> Flask:
    """The application as production makes it."""
    return create_app(replace(servers.config, mode=Mode.PRODUCTION, base_url=BASE).checked())


def test_the_cookie_is_this_hosts_alone_over_https_and_out_of_reach_of_scripts(live: Flask) -> None:
    answer = live.test_client().get("/sign-in", base_url=BASE)
    assert answer.status_code == 200
    found = [SimpleCookie(one) for one in answer.headers.getlist("Set-Cookie")]
    assert [list(one) for one in found] == [["__Host-waymark"]]
    kept = found[0]["__Host-waymark"]
    assert (kept["secure"], kept["httponly"], kept["samesite"], kept["path"], kept["domain"]) == (
        True, True, "Lax", "/", "",
    )  # fmt: skip
    assert kept["expires"] == kept["max-age"] == ""  # forgotten with the browser


def test_the_same_without_https_has_a_name_that_browsers_accept(app: Flask) -> None:
    answer = app.test_client().get("/sign-in")
    cookie = SimpleCookie(answer.headers.get("Set-Cookie", ""))
    for name, kept in cookie.items():
        assert name == "waymark"
        assert (kept["httponly"], kept["samesite"]) == (True, "Lax")


def test_a_session_works_under_that_name_and_under_no_other(live: Flask, wight: Place) -> None:
    team = find(wight, Role.PARTNERSHIP_TEAM)
    client = live.test_client()
    at = real_now().timestamp()
    with client.session_transaction(base_url=BASE) as held:
        held.update(
            {session_rules.SIGNED_IN_AT: at, session_rules.SEEN_AT: at, "_user_id": str(team.person_id)}
        )
    assert client.get("/isle-of-wight/tasks", base_url=BASE).status_code == 200
    cookie = client.get_cookie("__Host-waymark", domain="waymark.example")
    assert cookie is not None
    other = live.test_client()
    other.set_cookie("waymark", cookie.value, domain="waymark.example")
    assert other.get("/isle-of-wight/tasks", base_url=BASE).status_code == 302


@pytest.mark.parametrize(
    "host", ["evil.example", "waymark.example.evil.example", "127.0.0.1", "localhost:8000"]
)
def test_production_answers_to_its_own_host_only(live: Flask, host: str) -> None:
    for path in ("/", "/sign-in", "/isle-of-wight/cases", "/static/favicon.svg", "/health"):
        answer = live.test_client().get(path, base_url=BASE, headers={"Host": host})
        assert answer.status_code == 400
        assert "Set-Cookie" not in answer.headers
        assert host not in f"{answer.headers}{answer.text}"


def test_https_is_insisted_on_and_no_frame_may_hold_a_page(live: Flask) -> None:
    headers = live.test_client().get("/sign-in", base_url=BASE).headers
    assert "max-age=63072000" in headers["Strict-Transport-Security"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
