"""The sign-in pages with a hostile provider behind them."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.accounts import identity_queries, routes
from app.accounts.oidc import SignInClient
from app.accounts.oidc_types import Identity, Provider
from app.accounts.queries import PartnershipView
from app.accounts.routes import own_path
from tests.unit.accounts.hostile import ISSUER, OTHER_ISSUER, PROVIDER_ID, Hostile, provider
from tests.unit.accounts.small_app import KNOWN, person, small_app


class World:
    """What the database would say."""

    def __init__(self) -> None:
        self.provider: Provider | None = provider()
        self.subjects = {(PROVIDER_ID, "person-1")}
        self.partnerships = [
            PartnershipView(uuid4(), "isle-of-wight", "Isle of Wight", "#123456", ("lig-chair",))
        ]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()

    def identified(identity: Identity) -> identity_queries.SignedInPerson | None:
        return person() if (identity.provider_id, identity.subject) in made.subjects else None

    monkeypatch.setattr(identity_queries, "person_identified", identified)
    monkeypatch.setattr(
        identity_queries, "provider_of", lambda slug: made.provider if slug == "council" else None
    )
    monkeypatch.setattr(identity_queries, "provider_by_id", lambda _identifier: made.provider)
    monkeypatch.setattr(
        identity_queries, "choices", lambda: [identity_queries.Choice("council", "A <Council>")]
    )
    monkeypatch.setattr(routes, "partnerships_of", lambda _person, _today: made.partnerships)
    return made


@pytest.fixture
def application(world: World, oidc: SignInClient) -> Flask:
    app = small_app()
    app.extensions["waymark_sign_in"] = oidc
    return app


@pytest.fixture
def browser(application: Flask) -> FlaskClient:
    return application.test_client()


def begin(browser: FlaskClient, hostile: Hostile, wanted: str = "") -> dict[str, str]:
    """Press the organisation's button; what the provider was asked."""
    page = browser.post("/sign-in/council", data={"next": wanted})
    link = BeautifulSoup(page.text, "html.parser").find(id="continue")
    assert link is not None
    assert page.headers["Refresh"] == f"0; url={link['href']}"
    asked = {name: values[0] for name, values in parse_qs(urlsplit(unescape(link["href"])).query).items()}
    hostile.nonce = asked["nonce"]
    return asked


def come_back(browser: FlaskClient, asked: dict[str, str], **changes: str) -> TestResponse:
    return browser.get(
        "/sign-in/callback", query_string={"code": "c", "state": asked["state"], "iss": ISSUER, **changes}
    )


def who(browser: FlaskClient) -> str:
    return browser.get("/").text


def test_signing_in_leads_to_the_page_that_was_wanted(browser: FlaskClient, hostile: Hostile) -> None:
    answer = come_back(browser, begin(browser, hostile, "/isle-of-wight/cases?page=2"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/isle-of-wight/cases?page=2"
    assert who(browser) == "Known Person"


def test_the_page_to_choose_an_organisation_escapes_and_carries_the_token(browser: FlaskClient) -> None:
    page = BeautifulSoup(browser.get("/sign-in?next=/isle-of-wight/").text, "html.parser")
    assert page.find("button").text == "A <Council>"
    assert page.find("form")["action"] == "/sign-in/council"
    assert page.find("input", {"name": "csrf_token"})["value"] == "token"
    assert page.find("input", {"name": "next"})["value"] == "/isle-of-wight/"


def test_the_session_gets_a_new_number_at_sign_in_and_the_old_one_is_worthless(
    browser: FlaskClient, application: Flask, hostile: Hostile
) -> None:
    asked = begin(browser, hostile)
    before = browser.get_cookie("session")
    come_back(browser, asked)
    after = browser.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    thief = application.test_client()
    thief.set_cookie("session", before.value)
    assert who(thief) == "nobody"


def test_a_session_number_chosen_by_somebody_else_is_not_taken_over(
    browser: FlaskClient, application: Flask, hostile: Hostile
) -> None:
    browser.set_cookie("session", "chosen-by-an-attacker")
    come_back(browser, begin(browser, hostile))
    thief = application.test_client()
    thief.set_cookie("session", "chosen-by-an-attacker")
    assert who(thief) == "nobody"


def test_the_cookie_is_out_of_reach_of_scripts(browser: FlaskClient, hostile: Hostile) -> None:
    answer = come_back(browser, begin(browser, hostile))
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_answer_is_used_once(browser: FlaskClient, hostile: Hostile) -> None:
    asked = begin(browser, hostile)
    assert come_back(browser, asked).status_code == 302
    again = come_back(browser, asked)
    assert again.status_code == 400
    assert "You are not signed in" in again.text


def test_a_refused_answer_is_used_up_too(browser: FlaskClient, hostile: Hostile) -> None:
    asked = begin(browser, hostile)
    assert come_back(browser, asked, iss=OTHER_ISSUER).status_code == 400
    assert come_back(browser, asked).status_code == 400
    assert who(browser) == "nobody"


def test_an_answer_in_a_browser_that_did_not_begin_is_refused(
    browser: FlaskClient, application: Flask, hostile: Hostile
) -> None:
    asked = begin(browser, hostile)
    victim = application.test_client()
    assert come_back(victim, asked).status_code == 400
    assert who(victim) == "nobody"


def test_an_answer_without_any_session_is_refused(browser: FlaskClient) -> None:
    assert browser.get("/sign-in/callback").status_code == 400
    assert browser.get("/sign-in/callback?code=c&state=").status_code == 400


@pytest.mark.parametrize("changes", [{"iss": OTHER_ISSUER}, {"code": ""}, {"error": "server_error"}])
def test_a_wrong_answer_signs_nobody_in(
    browser: FlaskClient, hostile: Hostile, changes: dict[str, str]
) -> None:
    assert come_back(browser, begin(browser, hostile), **changes).status_code == 400
    assert who(browser) == "nobody"


def test_changing_ones_mind_is_told_kindly(browser: FlaskClient, hostile: Hostile) -> None:
    answer = come_back(browser, begin(browser, hostile), error="access_denied")
    assert "without signing in" in answer.text


def test_a_wrong_nonce_signs_nobody_in(browser: FlaskClient, hostile: Hostile) -> None:
    asked = begin(browser, hostile)
    hostile.nonce = "of another sign-in"
    assert come_back(browser, asked).status_code == 400
    assert who(browser) == "nobody"


def test_two_tabs_may_sign_in_at_once(browser: FlaskClient, hostile: Hostile) -> None:
    first = begin(browser, hostile, "/one")
    second = begin(browser, hostile, "/two")
    hostile.nonce = first["nonce"]
    assert come_back(browser, first).headers["Location"] == "/one"
    assert come_back(browser, second).status_code == 400  # the new session knows nothing of the old one's


def test_an_unknown_person_is_told_whom_to_ask(browser: FlaskClient, world: World, hostile: Hostile) -> None:
    world.subjects.clear()
    hostile.claims = {"email": "chair@council.example", "email_verified": True, "name": "Known Person"}
    answer = come_back(browser, begin(browser, hostile))
    assert answer.status_code == 403
    assert "Partnership Team" in answer.text
    assert "council / person-1" in answer.text
    assert "chair@council.example" not in answer.text
    assert who(browser) == "nobody"


def test_a_person_without_a_membership_sees_the_very_same_page(
    browser: FlaskClient, world: World, hostile: Hostile
) -> None:
    world.partnerships = []
    known = come_back(browser, begin(browser, hostile))
    world.subjects.clear()
    unknown = come_back(browser, begin(browser, hostile))
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert known.status_code == 403


def test_the_same_subject_and_address_at_another_issuer_is_another_person(
    browser: FlaskClient, world: World, hostile: Hostile
) -> None:
    elsewhere = uuid4()
    world.provider = provider(id=elsewhere, issuer=OTHER_ISSUER)
    hostile.issuer = OTHER_ISSUER
    hostile.claims = {"email": "chair@council.example", "email_verified": True}
    answer = come_back(browser, begin(browser, hostile), iss=OTHER_ISSUER)
    assert answer.status_code == 403
    assert who(browser) == "nobody"


def test_a_provider_switched_off_meanwhile_signs_nobody_in(
    browser: FlaskClient, world: World, hostile: Hostile
) -> None:
    asked = begin(browser, hostile)
    world.provider = None
    assert come_back(browser, asked).status_code == 400


def test_a_provider_that_does_not_answer_has_its_own_page(browser: FlaskClient, hostile: Hostile) -> None:
    hostile.down = True
    answer = browser.post("/sign-in/council")
    assert answer.status_code == 503
    assert "is not answering" in answer.text


def test_an_organisation_that_does_not_exist_is_not_found(browser: FlaskClient) -> None:
    assert browser.post("/sign-in/nobody").status_code == 404


def test_a_provider_that_does_not_name_itself_comes_back_to_an_address_of_its_own(
    browser: FlaskClient, world: World, hostile: Hostile
) -> None:
    hostile.discovery["authorization_response_iss_parameter_supported"] = False
    world.provider = provider(sends_issuer=False)
    asked = begin(browser, hostile)
    assert asked["redirect_uri"] == "http://localhost/sign-in/callback/council"
    answer = {"code": "c", "state": asked["state"]}
    assert browser.get("/sign-in/callback/council", query_string=answer).status_code == 302


def test_its_answer_at_the_common_address_is_refused(
    browser: FlaskClient, world: World, hostile: Hostile
) -> None:
    hostile.discovery["authorization_response_iss_parameter_supported"] = False
    world.provider = provider(sends_issuer=False)
    asked = begin(browser, hostile)
    assert browser.get(
        "/sign-in/callback", query_string={"code": "c", "state": asked["state"]}
    ).status_code == 400  # fmt: skip


def test_signing_out_ends_the_session_and_offers_to_end_the_organisations(
    browser: FlaskClient, application: Flask, hostile: Hostile
) -> None:
    come_back(browser, begin(browser, hostile))
    stolen = browser.get_cookie("session")
    assert stolen is not None
    page = BeautifulSoup(browser.post("/sign-out").text, "html.parser")
    assert page.find(id="sign-out-there")["href"].startswith(f"{ISSUER}/end?client_id=")
    thief = application.test_client()
    thief.set_cookie("session", stolen.value)
    assert (who(browser), who(thief)) == ("nobody", "nobody")


def test_nobody_can_be_signed_out_by_following_a_link(browser: FlaskClient, hostile: Hostile) -> None:
    come_back(browser, begin(browser, hostile))
    assert browser.get("/sign-out").status_code == 405
    assert who(browser) == "Known Person"


def test_somebody_signed_in_goes_straight_on(browser: FlaskClient, hostile: Hostile) -> None:
    come_back(browser, begin(browser, hostile))
    assert browser.get("/sign-in?next=/isle-of-wight/").headers["Location"] == "/isle-of-wight/"
    assert person().person_id == KNOWN


TRICKS = [
    "https://evil.example/", "//evil.example/", "///evil.example/", "////evil.example", "/\\evil.example",
    "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
    "\t//evil.example", " //evil.example", "//evil.example\\@localhost", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "evil.example",
    "https:evil.example", "https:/evil.example", "http:///evil.example",
    "//localhost@evil.example", "//evil.example:443", "//\u0435vil.example", "\uff0f\uff0fevil.example",
    "/sign-in", "/sign-in/callback?state=x", "/sign-out", "", "//[evil", "/[::1]", "/" + "x" * 2001, "/\x00", "/\u202e",
    "/\u2028x", "/a b", "?next=//evil.example", "#//evil.example", "..//evil.example", ";//evil.example",
]  # fmt: skip
# Odd, and still pages of this host: nothing that a browser reads as another's.
STAY = [
    "/", "/isle-of-wight/cases", "/isle-of-wight/cases?after=2026~x", "/isle-of-wight/cases?next=https://evil.example",
    "/isle-of-wight/cases#https://evil.example", "/.//evil.example", "/..//evil.example", "/%2F/evil.example",
    "/%5Cevil.example", "/%09/evil.example", "/@evil.example", "/;//evil.example", "/a//evil.example",
    "/isle-of-wight/cases?q=%0d%0aSet-Cookie:x", "/\u00e9",
]  # fmt: skip


def led_to(path: str) -> str:
    """The host that a browser goes to: it drops tabs and line ends, trims blanks, and reads backslashes as slashes."""
    read = re.sub(r"[\t\r\n]", "", path.strip("".join(chr(code) for code in range(33)))).replace("\\", "/")
    return urlsplit(urljoin("https://waymark.example/sign-in", read)).netloc


@pytest.mark.parametrize("elsewhere", TRICKS)
def test_sign_in_never_leads_elsewhere(browser: FlaskClient, hostile: Hostile, elsewhere: str) -> None:
    assert own_path(elsewhere) == "/"
    assert come_back(browser, begin(browser, hostile, elsewhere)).headers["Location"] == "/"


@pytest.mark.parametrize("path", STAY)
def test_odd_addresses_of_this_host_stay_on_it(browser: FlaskClient, hostile: Hostile, path: str) -> None:
    assert own_path(path) == path
    location = come_back(browser, begin(browser, hostile, path)).headers["Location"]
    assert led_to(location) == "waymark.example"
    assert "\n" not in location


@given(st.one_of(st.text(), st.text(alphabet="/\\:@.?#%;[]\t\r\n evilhtps"), st.sampled_from(TRICKS)))
def test_no_text_leads_a_browser_to_another_host(text: str) -> None:
    assert led_to(own_path(text)) == "waymark.example"
    assert led_to(own_path(f"/{text}")) == "waymark.example"


def test_somebody_whose_ten_hours_are_nearly_over_may_sign_in_again(
    browser: FlaskClient, hostile: Hostile
) -> None:
    come_back(browser, begin(browser, hostile))
    assert browser.get("/sign-in").status_code == 302
    assert "Sign in with your organisation" in browser.get("/sign-in?again=yes").text
    before = browser.get_cookie("session")
    assert come_back(browser, begin(browser, hostile)).status_code == 302
    after = browser.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert who(browser) == "Known Person"
