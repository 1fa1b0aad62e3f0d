"""The whole way: Waymark's own pages, the demonstration's provider over HTTP, the database and Redis."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.serving import make_server

from app.access.roles import Role
from app.accounts import service
from app.accounts.models import Person
from app.accounts.oidc import SignInClient
from app.accounts.provider_http import Directory
from app.clock_source import now, real_now
from demo_world.authority import Client
from demo_world.people import load
from demo_world.server import make_app
from tenants.db import db
from tests.integration.accounts.test_memberships import TESTER, Council, join, trust
from tests.support.people import Someone, find
from tests.support.places import Place

SECRET = "only-for-this-test"


@dataclass(frozen=True, slots=True)
class Outside:
    """The providers, and how to choose a person there."""

    base: str

    def choose(self, address: str, name: str) -> str:
        """Choose a person on the provider's page; the way back to Waymark, without its host."""
        page = BeautifulSoup(requests.get(address, timeout=10).text, "html.parser")
        button = next(one for one in page.select(".people button") if one.select_one(".name").text == name)
        answer = requests.post(address, data={"person": button["value"]}, allow_redirects=False, timeout=10)
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"


@pytest.fixture(scope="module")
def outside(app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    client = Client("waymark", secret=SECRET, base_url="http://localhost:8000")
    folder: Path = tmp_path_factory.mktemp("outside")
    web = make_server("127.0.0.1", port, make_app(load(), base, folder, client), threaded=True)
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    ours = app.extensions["waymark_sign_in"]
    app.extensions["waymark_sign_in"] = SignInClient(
        Directory(loopback=True), lambda: real_now().timestamp(), {"OIDC_DEMO_CLIENT_SECRET": SECRET}
    )
    before = _move_providers(owner_of, base)
    yield Outside(base)
    _move_providers(owner_of, before)
    app.extensions["waymark_sign_in"] = ours
    web.shutdown()
    thread.join()
    web.server_close()


def _move_providers(owner: Flask, base: str) -> str:
    with owner.app_context(), db.engine.begin() as connection:
        held = connection.scalar(
            text(
                "select p.issuer from identity_providers p join organisations o on o.id = p.organisation_id "
                "where o.slug = 'isle-of-wight-council'"
            )
        )
        before = str(held).rsplit("/", 1)[0]
        connection.execute(
            text(
                "update identity_providers p set issuer = :base || '/' || o.slug from organisations o "
                "where o.id = p.organisation_id and p.issuer like :before"
            ),
            {"base": base, "before": before + "/%"},
        )
    return before


def go_to(browser: FlaskClient, organisation: str, wanted: str = "") -> str:
    """Choose the organisation; the provider's address."""
    page = browser.post(f"/sign-in/{organisation}", data={"next": wanted})
    assert page.status_code == 200, page.text
    return str(BeautifulSoup(page.text, "html.parser").find(id="continue")["href"])


def test_a_person_signs_in_and_opens_their_partnership(app: Flask, wight: Place, outside: Outside) -> None:
    chair = find(wight, Role.LIG_CHAIR)
    browser = app.test_client()
    assert "Isle of Wight Council" in browser.get("/sign-in").text
    address = go_to(browser, "isle-of-wight-council", "/isle-of-wight/cases")
    back = browser.get(outside.choose(address, chair.name))
    assert (back.status_code, back.headers["Location"]) == (302, "/isle-of-wight/cases")
    assert browser.get("/isle-of-wight/cases").status_code == 200
    assert browser.get("/hampshire/cases").status_code == 404


def test_an_answer_cannot_be_used_by_another_browser_or_twice(
    app: Flask, wight: Place, outside: Outside
) -> None:
    chair = find(wight, Role.LIG_CHAIR)
    browser, thief = app.test_client(), app.test_client()
    way_back = outside.choose(go_to(browser, "isle-of-wight-council"), chair.name)
    assert thief.get(way_back).status_code == 400
    assert browser.get(way_back).status_code == 302
    assert browser.get(way_back).status_code == 400


def test_an_unknown_person_is_refused_and_no_account_is_made(app: Flask, outside: Outside) -> None:
    def people() -> int:
        with app.app_context():
            return len(db.session.scalars(select(Person.id)).all())

    before = people()
    browser = app.test_client()
    page = browser.get(outside.choose(go_to(browser, "isle-of-wight-council"), "Terence Unwin"))
    assert page.status_code == 403
    assert "Partnership Team" in page.text
    assert people() == before
    assert browser.get("/isle-of-wight/cases").status_code == 302


def test_signing_out_ends_the_session_everywhere(app: Flask, wight: Place, outside: Outside) -> None:
    chair = find(wight, Role.LIG_CHAIR)
    browser = app.test_client()
    browser.get(outside.choose(go_to(browser, "isle-of-wight-council"), chair.name))
    cookie = browser.get_cookie("waymark")
    assert cookie is not None
    page = browser.post("/sign-out")
    assert "/isle-of-wight-council/end-session?client_id=waymark" in page.text
    thief = app.test_client()
    thief.set_cookie("waymark", cookie.value)
    assert thief.get("/isle-of-wight/cases").status_code == 302


def test_the_session_number_changes_at_sign_in(app: Flask, wight: Place, outside: Outside) -> None:
    chair = find(wight, Role.LIG_CHAIR)
    browser = app.test_client()
    address = go_to(browser, "isle-of-wight-council")
    before = browser.get_cookie("waymark")
    browser.get(outside.choose(address, chair.name))
    after = browser.get_cookie("waymark")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_a_membership_that_ends_refuses_the_very_next_request(
    fresh: Place, owner_of: Flask, client_as: Callable[[Someone], FlaskClient]
) -> None:
    council = Council(owner_of)
    trust(fresh, council, real_now().date())
    identifier = join(fresh, council, Role.PARTNERSHIP_TEAM, starts_on=real_now().date())
    browser = client_as(Someone(council.person_id, "Ada Example", fresh))
    assert browser.get(f"/{fresh.slug}/cases").status_code == 200
    with fresh.pinned():
        service.end_membership(identifier, reason="Left", acting=TESTER, now=now())
        db.session.commit()
    assert browser.get(f"/{fresh.slug}/cases").status_code == 404


def test_a_trust_that_ends_refuses_the_very_next_request(
    fresh: Place, owner_of: Flask, client_as: Callable[[Someone], FlaskClient]
) -> None:
    council = Council(owner_of)
    start = real_now().date() - timedelta(days=9)
    trust(fresh, council, start)
    join(fresh, council, Role.PARTNERSHIP_TEAM, starts_on=start)
    browser = client_as(Someone(council.person_id, "Ada Example", fresh))
    assert browser.get(f"/{fresh.slug}/cases").status_code == 200
    trust(fresh, council, start, start + timedelta(days=1))
    assert browser.get(f"/{fresh.slug}/cases").status_code == 404
