"""One's own sessions: the list, ending one, and signing out everywhere although Redis forgets."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access.roles import Role
from app.accounts import own_sessions, session_index, session_rules
from app.accounts.models import Person
from app.accounts.session_rules import ABSOLUTE, BROWSER, HANDLE, IDLE, SEEN_AT, SIGNED_IN_AT
from app.clock_source import real_now
from tenants.db import db
from tests.support.cast import cast
from tests.support.people import Someone, client_of
from tests.support.places import Place

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def person(fresh: Place, owner_of: Flask) -> Someone:
    """Somebody whose sessions no other test touches."""
    return cast(fresh, owner_of)[Role.PARTNERSHIP_TEAM]


def browser(person: Someone, agent: str = CHROME) -> FlaskClient:
    """A browser in which the person has signed in and opened a page."""
    client = client_of(person.place.app, person)
    client.environ_base["HTTP_USER_AGENT"] = agent
    assert client.get(f"/{person.place.slug}/tasks").status_code == 200
    return client


def signed_in(client: FlaskClient, person: Someone) -> bool:
    return bool(client.get(f"/{person.place.slug}/tasks").status_code == 200)


def listed(client: FlaskClient) -> list[str]:
    page = BeautifulSoup(client.get("/account/sessions").text, "html.parser")
    return [" ".join(one.get_text(" ").split()) for one in page.select("#sessions > li")]


def handle_of(client: FlaskClient) -> str:
    with client.session_transaction() as held:
        return str(held[HANDLE])


def number_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("waymark")
    assert cookie is not None
    return str(cookie.value)


def test_the_list_says_where_one_is_signed_in_and_nothing_that_would_let_anybody_in(person: Someone) -> None:
    here, elsewhere = browser(person), browser(person, FIREFOX)
    page = here.get("/account/sessions")
    found = listed(here)
    assert len(found) == 2
    assert found[0].startswith("Chrome on Windows This one Signed in")
    assert found[1].startswith("Firefox on Linux Signed in")
    assert "Last used" in found[1]
    for client in (here, elsewhere):
        assert number_of(client) not in f"{page.headers}{page.text}".replace(f"waymark={number_of(here)}", "")
    assert page.headers["Cache-Control"] == "no-store"


def test_the_header_leads_there(person: Someone) -> None:
    page = BeautifulSoup(browser(person).get(f"/{person.place.slug}/tasks").text, "html.parser")
    link = page.select_one(".wm-header__who a")
    assert link is not None
    assert (link.text, link["href"]) == ("Your sessions", "/account/sessions")


def test_ending_one_ends_that_one_and_a_doubled_form_is_no_fault(person: Someone) -> None:
    here, elsewhere = browser(person), browser(person, FIREFOX)
    address = f"/account/sessions/{handle_of(elsewhere)}/end"
    for told in ("That session has been ended.", "That session had ended already."):
        answer = here.post(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sessions")
        assert told in here.get("/account/sessions").text
    assert not signed_in(elsewhere, person)
    assert signed_in(here, person)
    assert len(listed(here)) == 1


def test_ending_the_present_one_signs_out_here(person: Someone) -> None:
    here, elsewhere = browser(person), browser(person)
    answer = here.post(f"/account/sessions/{handle_of(here)}/end")
    assert answer.headers["Location"] == "/sign-in"
    assert not signed_in(here, person)
    assert signed_in(elsewhere, person)


def test_nobody_ends_or_sees_another_persons_session(person: Someone, someone: Someone) -> None:
    theirs = browser(someone)
    mine = browser(person)
    answer = mine.post(f"/account/sessions/{handle_of(theirs)}/end")
    unknown = mine.post(f"/account/sessions/{uuid4()}/end")
    assert (answer.status_code, answer.data) == (unknown.status_code, unknown.data)
    assert signed_in(theirs, someone)
    assert handle_of(theirs) not in mine.get("/account/sessions").text


@pytest.mark.parametrize(
    "path", ["/account/sessions/everywhere", "/account/sessions/00000000-0000-4000-8000-000000000000/end"]
)
def test_nobody_signed_in_is_asked_to_sign_in(app: Flask, path: str) -> None:
    stranger = app.test_client()
    assert stranger.get("/account/sessions").headers["Location"].startswith("/sign-in?next=")
    assert stranger.post(path).status_code == 401


@pytest.mark.parametrize("here", ["not", "too", ""])
def test_signing_out_everywhere(person: Someone, here: str) -> None:
    this, others = browser(person), [browser(person), browser(person, FIREFOX)]
    for _doubled in range(2):
        answer = this.post("/account/sessions/everywhere", data={"here": here})
        if here == "too":
            break
        assert answer.status_code == 303
    assert not any(signed_in(other, person) for other in others)
    assert signed_in(this, person) == (here != "too")
    if here == "too":
        assert "signed out of Waymark everywhere" in answer.text
    else:
        assert len(listed(this)) == 1


def test_everywhere_holds_although_redis_lost_its_index(person: Someone) -> None:
    here, elsewhere = browser(person), browser(person)
    client, number = person.place.app.extensions["redis"], number_of(elsewhere)
    client.delete(f"{session_index.PREFIX}{person.person_id}")
    assert signed_in(elsewhere, person)
    here.post("/account/sessions/everywhere")
    assert not signed_in(elsewhere, person)
    assert client.get(f"{session_rules.KEY_PREFIX}{number}") is None
    assert signed_in(here, person)


def test_a_new_sign_in_after_signing_out_everywhere_is_a_new_session(person: Someone) -> None:
    browser(person).post("/account/sessions/everywhere", data={"here": "too"})
    again = browser(person)
    assert signed_in(again, person)
    assert len(listed(again)) == 1


def test_a_session_brought_back_by_a_slower_request_or_a_backup_of_redis_stays_out(person: Someone) -> None:
    here, elsewhere = browser(person), browser(person)
    redis = person.place.app.extensions["redis"]
    key = f"{session_rules.KEY_PREFIX}{number_of(elsewhere)}"
    kept = redis.get(key)
    here.post("/account/sessions/everywhere")
    redis.set(key, kept, ex=1800)
    assert not signed_in(elsewhere, person)


def test_signing_out_everywhere_is_kept_and_never_moves_back(person: Someone) -> None:
    def kept() -> datetime | None:
        with person.place.app.app_context():
            return db.session.scalar(select(Person.signed_out_before).where(Person.id == person.person_id))

    assert kept() is None
    at = real_now()
    with person.place.app.test_request_context():
        own_sessions.sign_out_everywhere(person.person_id, at, keep_this=False)
        own_sessions.sign_out_everywhere(person.person_id, at - timedelta(days=1), keep_this=False)
    assert kept() == at


def test_the_index_heals_itself_when_a_session_is_used(person: Someone) -> None:
    here, elsewhere = browser(person), browser(person, FIREFOX)
    person.place.app.extensions["redis"].delete(f"{session_index.PREFIX}{person.person_id}")
    assert len(listed(here)) == 1
    with elsewhere.session_transaction() as held:
        held[SEEN_AT] -= 61
    assert signed_in(elsewhere, person)
    assert len(listed(here)) == 2


def test_sessions_that_have_ended_are_not_listed(person: Someone) -> None:
    here, idle, long = browser(person), browser(person), browser(person)
    out, gone = browser(person), browser(person)
    with idle.session_transaction() as held:
        held[SEEN_AT] -= IDLE.total_seconds() + 1
    with long.session_transaction() as held:
        held[SIGNED_IN_AT] -= ABSOLUTE.total_seconds() + 1
    out.post("/sign-out")
    person.place.app.extensions["redis"].delete(f"{session_rules.KEY_PREFIX}{number_of(gone)}")
    assert len(listed(here)) == 1
    index = session_index.numbers_of(person.place.app.extensions["redis"], person.person_id)
    assert list(index) == [handle_of(here)]


def test_what_a_browser_calls_itself_is_kept_in_words_only(person: Someone) -> None:
    spiteful = "<script>alert(1)</script> Firefox/1 (Windows NT; ffffff-secret)"
    client = browser(person, spiteful)
    with client.session_transaction() as held:
        assert held[BROWSER] == "Firefox on Windows"
    assert "secret" not in client.get("/account/sessions").text


def test_when_a_session_ends_is_told_without_prolonging_it(person: Someone) -> None:
    client = browser(person)
    with client.session_transaction() as held:
        held[SEEN_AT] -= 600
    told = [client.get("/account/session").get_json() for _ in range(2)]
    for one in told:
        assert one["signed_in"]
        assert 0 < one["idle"] <= IDLE.total_seconds() - 600
        assert one["idle"] < one["absolute"] <= ABSOLUTE.total_seconds()
    assert told[0]["mark"] == told[1]["mark"]
    assert str(person.person_id) not in str(told)
    stayed = client.post("/account/session/stay").get_json()
    assert stayed["idle"] > IDLE.total_seconds() - 5
    assert client.get("/account/session").headers["Cache-Control"] == "no-store"


def test_what_only_asks_sets_no_cookie_so_that_it_cannot_undo_a_sign_in_in_another_tab(
    person: Someone,
) -> None:
    client = browser(person)
    assert "Set-Cookie" not in client.get("/account/session").headers
    assert "Set-Cookie" not in client.get("/static/favicon.svg").headers
    with client.session_transaction() as held:
        held[SEEN_AT] -= IDLE.total_seconds() + 1
    number = number_of(client)
    answer = client.get("/account/session")
    assert answer.get_json() == {"signed_in": False}
    assert "Set-Cookie" not in answer.headers
    assert person.place.app.extensions["redis"].get(f"{session_rules.KEY_PREFIX}{number}") is None


def test_staying_does_not_prolong_the_ten_hours(person: Someone) -> None:
    client = browser(person)
    with client.session_transaction() as held:
        held[SIGNED_IN_AT] -= ABSOLUTE.total_seconds() - 60
    assert client.post("/account/session/stay").get_json()["absolute"] <= 60
    with client.session_transaction() as held:
        held[SIGNED_IN_AT] -= 61
    assert client.post("/account/session/stay").get_json() == {"signed_in": False}
    assert client.get("/account/session").get_json() == {"signed_in": False}


def test_two_people_have_two_marks(person: Someone, someone: Someone) -> None:
    marks = {browser(one).get("/account/session").get_json()["mark"] for one in (person, someone)}
    assert len(marks) == 2


def test_staying_signed_in_needs_the_pages_token(csrf_app: Flask, person: Someone) -> None:
    client = client_of(csrf_app, person)
    for path in ("/account/session/stay", "/account/sessions/everywhere", f"/account/sessions/{uuid4()}/end"):
        assert client.post(path).status_code == 400
    token = client.get("/account/session").get_json()["token"]
    assert client.post("/account/session/stay", data={"csrf_token": token}).get_json()["signed_in"]
