"""The demonstration's provider, used as a browser and a relying party would."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey

from demo_world import authority
from demo_world.authority import Client, CodeStore
from demo_world.people import load
from demo_world.server import make_app

BASE = "http://127.0.0.1:9001"
COUNCIL = f"{BASE}/isle-of-wight-council"
CALLBACK = "http://127.0.0.1:8000/sign-in/callback"
VERIFIER = "v" * 64
ASKED = {
    "response_type": "code",
    "client_id": "waymark",
    "redirect_uri": CALLBACK,
    "scope": "openid profile email",
    "state": "a-state",
    "nonce": "a-nonce",
    "code_challenge": create_s256_code_challenge(VERIFIER),
    "code_challenge_method": "S256",
}
HELEN = next(person for person in load()["isle-of-wight-council"].people if person.name == "Helen Whitcombe")


@pytest.fixture
def browser(tmp_path: Path) -> FlaskClient:
    client = Client("waymark", base_url="http://127.0.0.1:8000")
    return make_app(load(), BASE, tmp_path, client).test_client()


def answer(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def code_for(browser: FlaskClient, slug: str = "isle-of-wight-council") -> str:
    page = browser.post(f"/{slug}/authorize", query_string=ASKED, data={"person": HELEN.subject})
    return answer(page.headers["Location"])["code"]


def exchange(browser: FlaskClient, code: str, slug: str = "isle-of-wight-council", **changes: str):  # noqa: ANN201
    form = {
        "grant_type": "authorization_code",
        "client_id": "waymark",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    return browser.post(f"/{slug}/token", data=form)


def test_one_chooses_a_person_of_that_organisation_and_no_other(browser: FlaskClient) -> None:
    page = BeautifulSoup(
        browser.get("/isle-of-wight-council/authorize", query_string=ASKED).text, "html.parser"
    )
    offered = {button["value"] for button in page.select(".people button")}
    assert offered == {person.subject for person in load()["isle-of-wight-council"].people}
    assert "Demonstration" in page.select_one(".note").text
    assert page.find("input", {"type": "password"}) is None


def test_the_answer_names_the_issuer_and_the_token_names_the_person(browser: FlaskClient) -> None:
    page = browser.post(
        "/isle-of-wight-council/authorize", query_string=ASKED, data={"person": HELEN.subject}
    )
    given = answer(page.headers["Location"])
    assert (given["state"], given["iss"]) == ("a-state", COUNCIL)
    token = exchange(browser, given["code"]).get_json()
    key = ECKey.import_key(browser.get("/isle-of-wight-council/jwks.json").get_json()["keys"][0])
    claims = jwt.decode(token["id_token"], key, algorithms=["ES256"]).claims
    assert (claims["iss"], claims["sub"], claims["nonce"]) == (COUNCIL, HELEN.subject, "a-nonce")
    assert claims["aud"] == ["waymark"]
    assert claims["email"] == "helen.whitcombe@isle-of-wight-council.example"


def test_discovery_says_what_is_so(browser: FlaskClient) -> None:
    said = browser.get("/isle-of-wight-council/.well-known/openid-configuration").get_json()
    assert said["issuer"] == COUNCIL
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["authorization_response_iss_parameter_supported"] is True


def test_each_organisation_has_a_key_of_its_own_and_publishes_no_secret(browser: FlaskClient) -> None:
    keys = [browser.get(f"/{slug}/jwks.json").get_json()["keys"][0] for slug in load()]
    assert len({key["kid"] for key in keys}) == len(keys)
    assert not any("d" in key for key in keys)


def test_keys_are_kept_for_their_owner_alone_and_over_a_restart(tmp_path: Path) -> None:
    client = Client("waymark")
    first = make_app(load(), BASE, tmp_path, client).test_client().get("/hampshire-county-council/jwks.json")
    second = make_app(load(), BASE, tmp_path, client).test_client().get("/hampshire-county-council/jwks.json")
    assert first.get_json() == second.get_json()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}


def test_a_code_is_used_once(browser: FlaskClient) -> None:
    code = code_for(browser)
    assert exchange(browser, code).status_code == 200
    assert exchange(browser, code).get_json()["error"] == "invalid_grant"


def test_a_code_tried_wrongly_is_used_up(browser: FlaskClient) -> None:
    code = code_for(browser)
    assert exchange(browser, code, code_verifier="w" * 64).status_code == 400
    assert exchange(browser, code).status_code == 400


@pytest.mark.parametrize(
    "changes", [{"code_verifier": ""}, {"redirect_uri": CALLBACK + "/x"}, {"client_id": "x"}]
)
def test_a_code_without_what_belongs_to_it_is_refused(browser: FlaskClient, changes: dict[str, str]) -> None:
    assert exchange(browser, code_for(browser), **changes).status_code in (400, 401)


def test_a_code_of_one_organisation_is_worth_nothing_at_another(browser: FlaskClient) -> None:
    assert exchange(browser, code_for(browser), slug="hampshire-county-council").status_code == 400


def test_a_code_lasts_a_minute() -> None:
    at = [1000.0]
    store = CodeStore(clock=lambda: at[0])
    code = authority.Code("waymark", CALLBACK, "openid", "n", "c", "S256", HELEN, 1000.0)
    store.put("early", code)
    store.put("late", code)
    at[0] += 59
    assert store.take("early") is code
    at[0] += 1
    assert store.take("late") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": ""},
        {"code_challenge": ""},
        {"nonce": ""},
        {"response_type": "token"},
    ],
)
def test_a_request_that_is_not_strict_is_sent_back_with_the_issuer(
    browser: FlaskClient, changes: dict[str, str]
) -> None:
    page = browser.get("/isle-of-wight-council/authorize", query_string={**ASKED, **changes})
    given = answer(page.headers["Location"])
    assert "error" in given
    assert given["iss"] == COUNCIL
    assert "code" not in given


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/sign-in/callback",
        "http://127.0.0.1:8000/elsewhere",
        "http://127.0.0.1:8000/sign-in/callback?next=x",
        "http://127.0.0.1.evil.example/sign-in/callback",
        "http://somebody@127.0.0.1/sign-in/callback",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_to_another_address(browser: FlaskClient, address: str) -> None:
    page = browser.get("/isle-of-wight-council/authorize", query_string={**ASKED, "redirect_uri": address})
    assert page.status_code == 400
    assert "Location" not in page.headers


@pytest.mark.parametrize(
    "subject", ["", "somebody-else", load()["hampshire-county-council"].people[0].subject]
)
def test_who_is_not_of_the_organisation_cannot_be_chosen(browser: FlaskClient, subject: str) -> None:
    page = browser.post("/isle-of-wight-council/authorize", query_string=ASKED, data={"person": subject})
    given = answer(page.headers["Location"])
    assert (given["error"], given["iss"]) == ("access_denied", COUNCIL)


def test_with_a_secret_the_secret_is_asked_for(tmp_path: Path) -> None:
    client = replace(Client("waymark", base_url="http://127.0.0.1:8000"), secret="a-secret")
    browser = make_app(load(), BASE, tmp_path, client).test_client()
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    path = "/isle-of-wight-council/token"
    refused = [
        exchange(browser, code_for(browser)),
        browser.post(path, data={**form, "code": code_for(browser)}, auth=("waymark", "another")),
    ]
    assert [one.status_code for one in refused] == [401, 401]
    assert (
        browser.post(path, data={**form, "code": code_for(browser)}, auth=("waymark", "a-secret")).status_code
        == 200
    )


def test_signing_out_comes_back_to_waymark_and_to_nobody_else(browser: FlaskClient) -> None:
    asked = {
        "client_id": "waymark",
        "post_logout_redirect_uri": "http://127.0.0.1:8000/sign-in",
        "state": "s",
    }
    back = browser.get("/isle-of-wight-council/end-session", query_string=asked)
    assert back.headers["Location"] == "http://127.0.0.1:8000/sign-in?state=s"
    for elsewhere in ("https://evil.example/", "http://127.0.0.1:8000.evil.example/"):
        asked["post_logout_redirect_uri"] = elsewhere
        page = browser.get("/isle-of-wight-council/end-session", query_string=asked)
        assert page.status_code == 200
        assert "Location" not in page.headers


def test_an_organisation_that_does_not_exist_is_not_found(browser: FlaskClient) -> None:
    for path in ("/nobody/authorize", "/nobody/jwks.json", "/nobody/.well-known/openid-configuration"):
        assert browser.get(path).status_code == 404
