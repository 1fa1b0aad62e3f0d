"""The whole application while neither PostgreSQL nor Redis can be reached: never a bare failure."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from config import Config, Mode

NOWHERE = "postgresql+psycopg://waymark_app:x@/waymark?host=/nonexistent"
CONFIG = Config(mode=Mode.TEST, database_url=NOWHERE, secret_key="t" * 40)
ADDRESSES = ["/", "/nowhere", "/sign-in", "/isle-of-wight/tasks", "/theme/hampshire.css", "/%00"]


@pytest.fixture(scope="module")
def no_database() -> Flask:
    """Sessions are in the cookie, so that somebody can have one."""
    return create_app(CONFIG)


@pytest.fixture(scope="module")
def no_redis() -> Flask:
    """Sessions would be in Redis."""
    return create_app(replace(CONFIG, redis_url="redis://:x@127.0.0.1:1"))


@pytest.fixture
def signed_in(no_database: Flask) -> FlaskClient:
    """A browser with a session, whose person the database would have to be asked for."""
    client = no_database.test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": str(uuid4()), "_fresh": True})
    return client


def is_calm(answer: TestResponse) -> bool:
    return (
        answer.status_code == 503
        and "cannot be reached for a moment" in answer.text
        and answer.headers["Cache-Control"] == "no-store"
        and "Retry-After" in answer.headers
        and "Content-Security-Policy" in answer.headers
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_the_database(signed_in: FlaskClient, address: str) -> None:
    assert is_calm(signed_in.get(address))


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_redis(no_redis: Flask, address: str) -> None:
    client = no_redis.test_client()
    client.set_cookie("waymark", "a-session-that-redis-would-hold")
    assert is_calm(client.get(address))


def test_what_was_typed_is_given_back_then_too(signed_in: FlaskClient) -> None:
    typed = {"rationale": "Long thought about"}
    answer = signed_in.post("/sign-out", data=typed, headers={"Origin": "http://localhost"})
    assert is_calm(answer)
    assert "Long thought about" in answer.text


def test_static_files_need_no_server(no_database: Flask) -> None:
    assert no_database.test_client().get("/static/favicon.svg").status_code == 200


def test_too_large_a_form_is_said_to_be_so(no_database: Flask) -> None:
    sent = {"why": "x" * (3 * 1024 * 1024)}
    answer = no_database.test_client().post("/sign-out", data=sent, headers={"Origin": "http://localhost"})
    assert answer.status_code == 413
    assert "too large to send" in answer.text
