"""How often somebody may ask: by address or by person, told calmly, with nothing about anybody in the counter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis.exceptions import ConnectionError as RedisAway

from app import create_app
from app.access.limits import LIMIT, limited
from app.access.roles import Role
from tests.support.people import client_of, find
from tests.support.places import Place
from tests.support.servers import Servers

OURS = {"Origin": "http://localhost"}
CASES = "/isle-of-wight/cases"


def low(servers: Servers, proxies: int = 0) -> Flask:
    made = create_app(
        replace(
            servers.config, limit_sign_in="3 per minute", limit_invitation="2 per minute", limit_search="4 per minute",
            limit_autosave="5 per minute", trusted_proxies=proxies,
        )
    )  # fmt: skip
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture(scope="module")
def limited_app(servers: Servers) -> Flask:
    """The application with few requests allowed."""
    return low(servers)


@pytest.fixture(autouse=True)
def forgotten(limited_app: Flask) -> Iterator[None]:
    """Every test counts from nothing."""
    redis = limited_app.extensions["redis"]

    def forget() -> None:
        for key in redis.keys("LIMITS*"):
            redis.delete(key)

    forget()
    yield
    forget()


def statuses(client: FlaskClient, path: str, times: int, method: str = "GET", **more: object) -> list[int]:
    return [client.open(path, method=method, **more).status_code for _ in range(times)]  # type: ignore[arg-type]


def test_sign_in_is_limited_by_address(limited_app: Flask) -> None:
    client = limited_app.test_client()
    assert statuses(client, "/sign-in/callback?code=x&state=y", 5) == [400, 400, 400, 429, 429]
    assert statuses(client, "/sign-in/isle-of-wight-council", 1, "POST") == [429]
    assert statuses(client, "/sign-in/callback", 1, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}) == [400]
    assert statuses(client, "/sign-in", 6) == [200] * 6  # the page itself asks nothing of anybody


def test_what_is_refused_has_done_nothing_and_says_when_to_come_back(limited_app: Flask) -> None:
    client = limited_app.test_client()
    statuses(client, "/sign-in/callback", 3)
    answer = client.post("/sign-in/isle-of-wight-council", data={"next": "/x", "note": "typed"}, headers=OURS)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Please wait a moment" in answer.text
    assert "typed" in answer.text
    assert "Send it again" in answer.text
    assert "Refresh" not in answer.headers


def test_a_new_room_of_sign_in_or_invitations_is_limited_by_its_address(limited_app: Flask) -> None:
    from app.access.limits import limit_of_request

    wanted = {"/sign-in/passkey": "sign-in", "/sign-in": None, "/invitation/abc": "invitation", "/": None,
              "/isle-of-wight/cases?after=x": "search", "/isle-of-wight/cases": None, "/health": None,
              "/sign-in/callback": "sign-in"}  # fmt: skip
    for path, name in wanted.items():
        with limited_app.test_request_context(path):
            if path in ("/sign-in/passkey", "/invitation/abc"):
                # made by others; any endpoint will do
                from flask import request

                request.url_rule = next(
                    r for r in limited_app.url_map.iter_rules() if r.endpoint == "home.index"
                )
            assert limit_of_request() == name, path


def test_a_view_may_name_its_limit() -> None:
    @limited("invitation")
    def view() -> str:
        return ""

    assert getattr(view, LIMIT) == "invitation"
    with pytest.raises(ValueError, match="no limit"):
        limited("whatever")


def test_a_search_is_limited_by_person_and_a_list_is_not(limited_app: Flask, wight: Place) -> None:
    team, chair = (
        client_of(limited_app, find(wight, role)) for role in (Role.PARTNERSHIP_TEAM, Role.LIG_CHAIR)
    )
    assert statuses(team, f"{CASES}?q=anything", 6) == [200] * 4 + [429] * 2
    assert statuses(team, CASES, 6) == [200] * 6
    assert statuses(chair, f"{CASES}?q=anything", 4) == [200] * 4


def test_saving_as_one_types_is_limited_too(limited_app: Flask, wight: Place) -> None:
    client = client_of(limited_app, find(wight, Role.PRACTITIONER))
    path = "/isle-of-wight/referrals/00000000-0000-4000-8000-000000000000/incident/autosave"
    assert statuses(client, path, 6, "POST") == [404] * 5 + [429]


@pytest.mark.parametrize(("proxies", "counted"), [(0, [400, 400, 400, 429]), (1, [400] * 4)])
def test_the_address_is_the_one_that_the_trusted_proxy_says(
    servers: Servers, proxies: int, counted: list[int]
) -> None:
    client = low(servers, proxies).test_client()
    found = [
        client.get("/sign-in/callback", headers={"X-Forwarded-For": f"192.0.2.{place}"}).status_code
        for place in range(4)
    ]
    assert found == counted


def test_the_counter_holds_no_name_no_reference_no_address(limited_app: Flask, wight: Place) -> None:
    team = find(wight, Role.PARTNERSHIP_TEAM)
    client = client_of(limited_app, team)
    client.get(f"{CASES}/IOW-2222-2?q=Ash+Invented", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    client.get("/sign-in/callback?code=Ash", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    keys = [key.decode() for key in limited_app.extensions["redis"].keys("LIMITS*")]
    assert {key.split("/")[2] for key in keys} == {"search", "sign-in"}
    told = " ".join(keys).lower()
    for word in ("iow", "2222-2", "ash", "192.0.2.7", str(team.person_id), *team.name.lower().split()):
        assert word not in told


def test_where_the_counter_is_away_nobody_is_let_through(
    limited_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_named: object) -> bool:
        raise RedisAway("away")

    monkeypatch.setattr(limited_app.extensions["waymark_limiter"].limiter, "hit", away)
    answer = limited_app.test_client().get("/sign-in/callback")
    assert answer.status_code == 503
    assert "cannot be reached" in answer.text


def test_tests_and_commands_have_no_limits(app: Flask) -> None:
    assert "waymark_limiter" not in app.extensions
    assert "waymark_limiter" not in create_app().extensions
