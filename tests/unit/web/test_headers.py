"""Headers of every answer, and how long a browser may keep it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.unit.web.conftest import LONG_ADDRESS, small_app

SCRIPT = re.compile(r"<script\b([^>]*)>")
NONCE = re.compile(r"'nonce-([^']+)'")


def policy_of(headers: dict[str, str]) -> dict[str, str]:
    """The policy's directives by name."""
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _blank, value in parts}


@pytest.mark.parametrize(
    "address", ["/", "/nowhere", "/fault/ours", "/fault/database", "/static/favicon.svg"]
)
def test_every_answer_carries_the_policy(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = policy_of(dict(headers))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == policy["style-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_page_s_scripts_carry_the_nonce_of_their_own_answer(client: FlaskClient) -> None:
    answer = client.get("/")
    found = NONCE.search(answer.headers["Content-Security-Policy"])
    assert found is not None
    inline = [tag for tag in SCRIPT.findall(answer.text) if "src=" not in tag]
    assert inline
    assert all(f'nonce="{found[1]}"' in tag for tag in inline)


def test_a_nonce_is_used_once(client: FlaskClient) -> None:
    policies = [client.get("/").headers["Content-Security-Policy"] for _ in range(5)]
    assert len(set(policies)) == 5


def test_no_style_is_inline(client: FlaskClient) -> None:
    for address in ("/", "/nowhere", "/fault/ours"):
        text = client.get(address).text
        assert "<style" not in text
        assert " style=" not in text
        assert not re.search(r"<[^>]+\son[a-z]+=", text)


@pytest.mark.parametrize("address", ["/", "/nowhere", "/fault/ours", "/static/nowhere.css?v=1"])
def test_pages_and_errors_are_not_kept(client: FlaskClient, address: str) -> None:
    assert client.get(address).headers["Cache-Control"] == "no-store"


def test_what_is_addressed_by_its_digest_is_kept(client: FlaskClient) -> None:
    found = re.search(r'href="(/static/build/waymark\.css\?v=[0-9a-f]{12})"', client.get("/").text)
    assert found is not None
    assert "immutable" in client.get(found[1]).headers["Cache-Control"]
    assert "immutable" not in client.get(found[1].partition("?")[0]).headers["Cache-Control"]


def test_https_is_insisted_on_only_where_it_is_used(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    over_tls = small_app(LONG_ADDRESS).test_client().get("/")
    assert int(over_tls.headers["Strict-Transport-Security"].split(";")[0].split("=")[1]) >= 31536000
