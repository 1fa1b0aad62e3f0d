"""What a passkey's answer must prove: tried with an authenticator that misbehaves in every way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, session

from app.accounts import ceremony
from app.accounts.ceremony import Credential, PasskeyRefused, Site, site_of
from tests.support.authenticator import Authenticator
from tests.unit.accounts.small_app import small_app

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    app = small_app()
    app.config["WAYMARK"] = replace(app.config["WAYMARK"], base_url="http://localhost:8000")
    monkeypatch.setattr(ceremony, "real_now", lambda: AT)
    with app.test_request_context():
        yield app


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://waymark.example", Site("waymark.example", "https://waymark.example")),
        ("https://Waymark.Example/", Site("waymark.example", "https://waymark.example")),
        ("https://waymark.example:443", Site("waymark.example", "https://waymark.example")),
        ("https://waymark.example:8443", Site("waymark.example", "https://waymark.example:8443")),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.1", None),
        ("https://[::1]:8000", None),
        ("http://waymark.example", None),
        ("http://localhost.evil.example", None),
        ("", None),
    ],
)
def test_the_site_is_the_address_and_a_number_has_none(address: str, site: Site | None) -> None:
    assert site_of(address) == site


def make(device: Authenticator) -> Credential:
    return ceremony.made(device.make(ceremony.ask_to_make("make", "x", "Ada")), "make", "x")


def use(device: Authenticator, credential: Credential, count: int = 0) -> int:
    answer = device.use(ceremony.ask_to_use("sign-in"))
    shown = ceremony.shown(answer)
    return ceremony.used(shown, ceremony.take("sign-in"), credential.public_key, count)


def test_a_passkey_is_made_and_used(application: Flask) -> None:
    device = Authenticator()
    credential = make(device)
    assert credential.credential_id == device.credential_id
    assert credential.handle == device.handle
    assert len(credential.handle) == 32
    assert use(device, credential) == 1
    assert use(device, credential, 1) == 2


def test_what_is_asked_demands_that_the_device_checks_who_holds_it(application: Flask) -> None:
    options = ceremony.ask_to_make("make", "x", "Ada", known=(b"old",))
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "preferred"
    assert options["attestation"] == "none"
    assert [one["id"] for one in options["excludeCredentials"]] == ["b2xk"]
    asked = ceremony.ask_to_use("sign-in")
    assert (asked["userVerification"], asked["allowCredentials"], asked["rpId"]) == (
        "required",
        [],
        "localhost",
    )


@pytest.mark.parametrize("origin", ["http://localhost:8001", "https://localhost:8000", "http://evil.example"])
def test_a_passkey_of_another_site_is_refused(application: Flask, origin: str) -> None:
    with pytest.raises(PasskeyRefused):
        make(Authenticator(origin=origin))
    device = Authenticator()
    credential = make(device)
    device.origin = origin
    with pytest.raises(PasskeyRefused):
        use(device, credential)


def test_a_device_that_does_not_check_who_holds_it_is_refused(application: Flask) -> None:
    with pytest.raises(PasskeyRefused):
        make(Authenticator(verifies=False))
    device = Authenticator()
    credential = make(device)
    device.verifies = False
    with pytest.raises(PasskeyRefused):
        use(device, credential)


def test_another_key_is_refused(application: Flask) -> None:
    device = Authenticator()
    credential = make(device)
    device.key = Authenticator().key
    with pytest.raises(PasskeyRefused):
        use(device, credential)


def test_a_count_that_goes_back_is_refused_and_devices_that_do_not_count_are_not(application: Flask) -> None:
    device = Authenticator()
    credential = make(device)
    for stored in (1, 7):
        device.count = 0
        with pytest.raises(PasskeyRefused, match="count of uses"):
            use(device, credential, stored)
    silent = Authenticator(counts=False)
    credential = make(silent)
    assert use(silent, credential) == use(silent, credential) == 0


def test_a_challenge_is_good_once(application: Flask) -> None:
    device = Authenticator()
    asked = ceremony.ask_to_make("make", "x", "Ada")
    kept = dict(session[ceremony.KEPT])
    answer = device.make(asked)
    ceremony.made(answer, "make", "x")
    with pytest.raises(PasskeyRefused, match="begun"):
        ceremony.made(answer, "make", "x")
    session[ceremony.KEPT] = kept  # a request at the same time still finds it in its copy of the session
    with pytest.raises(PasskeyRefused, match="before"):
        ceremony.made(answer, "make", "x")


def test_a_wrong_answer_uses_the_challenge_up(application: Flask) -> None:
    asked = ceremony.ask_to_make("make", "x", "Ada")
    with pytest.raises(PasskeyRefused):
        ceremony.made("{}", "make", "x")
    with pytest.raises(PasskeyRefused, match="begun"):
        ceremony.made(Authenticator().make(asked), "make", "x")


@pytest.mark.parametrize(("purpose", "about"), [("add", "x"), ("make", "y"), ("sign-in", "")])
def test_a_challenge_serves_one_purpose(application: Flask, purpose: str, about: str) -> None:
    answer = Authenticator().make(ceremony.ask_to_make("make", "x", "Ada"))
    with pytest.raises(PasskeyRefused, match="nothing of the kind"):
        ceremony.made(answer, purpose, about)


def test_a_challenge_lives_five_minutes(application: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, good in ((299, True), (301, False), (-1, False)):
        monkeypatch.setattr(ceremony, "real_now", lambda: AT)
        answer = Authenticator().make(ceremony.ask_to_make("make", "x", "Ada"))
        later = AT + timedelta(seconds=seconds)
        monkeypatch.setattr(ceremony, "real_now", lambda later=later: later)
        if good:
            ceremony.made(answer, "make", "x")
        else:
            with pytest.raises(PasskeyRefused, match="too long"):
                ceremony.made(answer, "make", "x")


def spoilt(answer: str, **changes: Any) -> str:
    read = json.loads(answer)
    return json.dumps({**read, **changes, "response": {**read["response"], **changes.get("response", {})}})


@pytest.mark.parametrize(
    "answer", ["", "x", "[]", "null", "{}", '{"response": 1}', '{"rawId": "AA"}', "[" * 15_000, "a" * 30_000]
)
def test_what_is_no_answer_is_refused(application: Flask, answer: str) -> None:
    ceremony.ask_to_make("make", "x", "Ada")
    with pytest.raises(PasskeyRefused):
        ceremony.made(answer, "make", "x")
    with pytest.raises(PasskeyRefused):
        ceremony.shown(answer)


@pytest.mark.parametrize(
    "changes",
    [
        {"rawId": "AAAA"},
        {"type": "password"},
        {"response": {"attestationObject": "AAAA"}},
        {"response": {"clientDataJSON": "e30"}},
        {"response": {"attestationObject": 7}},
        {"response": {"clientDataJSON": None}},
    ],
)
def test_a_spoilt_answer_is_refused(application: Flask, changes: dict[str, Any]) -> None:
    answer = Authenticator().make(ceremony.ask_to_make("make", "x", "Ada"))
    with pytest.raises(PasskeyRefused):
        ceremony.made(spoilt(answer, **changes), "make", "x")


@pytest.mark.parametrize(
    "changes",
    [
        {"response": {"signature": "AAAA"}},
        {"response": {"authenticatorData": "AAAA"}},
        {"response": {"clientDataJSON": "e30"}},
        {"id": "AAAA"},
    ],
)
def test_a_spoilt_use_is_refused(application: Flask, changes: dict[str, Any]) -> None:
    device = Authenticator()
    credential = make(device)
    answer = spoilt(device.use(ceremony.ask_to_use("sign-in")), **changes)
    with pytest.raises(PasskeyRefused):
        ceremony.used(ceremony.shown(answer), ceremony.take("sign-in"), credential.public_key, 0)


@pytest.mark.parametrize("handle", [None, "", 7])
def test_an_answer_that_does_not_say_whose_it_is_is_refused(application: Flask, handle: Any) -> None:
    device = Authenticator()
    make(device)
    answer = spoilt(device.use(ceremony.ask_to_use("sign-in")), response={"userHandle": handle})
    with pytest.raises(PasskeyRefused):
        ceremony.shown(answer)


def test_without_a_name_there_are_no_passkeys(application: Flask) -> None:
    application.config["WAYMARK"] = replace(application.config["WAYMARK"], base_url="http://127.0.0.1:8000")
    for ask in (lambda: ceremony.ask_to_use("sign-in"), lambda: ceremony.ask_to_make("make", "x", "Ada")):
        with pytest.raises(PasskeyRefused, match="BASE_URL"):
            ask()
