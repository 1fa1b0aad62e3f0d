"""Canaries: a word in every text field of a case, looked for in everything that anybody else can be given.

`WAYMARK_PROBES` says how many probes (300 in script/test, 10,000 in script/soak). The harness is itself tried: a leak
that is planted must be found.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access.roles import Role
from app.cases.models import Case
from app.cases.reference import check_character
from app.outbox.models import JobIntent, OutboxMessage
from app.outbox.sweeper import run_due
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from tenants.db import db
from tests.integration.referrals.conftest import send, submit
from tests.integration.serious_incidents.journey import Journey
from tests.support.people import Someone, client_of, find
from tests.support.places import Place
from tests.unit.referrals.typed import whole

PROBES = int(os.environ.get("WAYMARK_PROBES", "300"))
SEED = int(os.environ.get("WAYMARK_SEED", "0")) or secrets.randbelow(1_000_000)
CANARY = f"canary{secrets.token_hex(6)}"
FREE_TEXT = {"name", "narrative", "judgement", "told_by", "action", "how_checked", "other_agencies", "why", "lessons",
             "job_title"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Nest:
    """A case with a canary in every text, and where to look for it."""

    app: Flask
    place: Place
    case: Case
    draft: str


def with_canaries() -> dict[str, dict[str, Any]]:
    """A whole referral whose texts all say the canary."""
    pages = deepcopy(whole())
    for typed in pages.values():
        for name, value in typed.items():
            if name in FREE_TEXT and isinstance(value, str) and value:
                typed[name] = f"{value} {CANARY}"
    return pages


@pytest.fixture(scope="module")
def nest(app: Flask) -> Nest:
    from tests.support.places import place

    wight = place(app, "isle-of-wight")
    author = find(wight, Role.AGENCY_LIG_MEMBER, "community-health")
    client = client_of(app, author)
    with wight.pinned():
        from app.referrals.queries import ways_to_refer

        way = ways_to_refer(author.actor())[0].value
    begun = client.post(f"/{wight.slug}/referrals/new", data={"way": way, "start_key": str(uuid4())})
    draft = begun.headers["Location"]
    pages = with_canaries()
    for page, typed in pages.items():
        if page == "cdop":
            continue
        if page == "child-2":
            send(client, wight, draft, "children", {}, go="add")
        if page == "other-1":
            send(client, wight, draft, "others", pages["others"], go="add")
        send(client, wight, draft, page, typed)
    answer = submit(client, wight, draft)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with wight.pinned():
        case = db.session.scalars(select(Case).order_by(Case.opened_at.desc()).limit(1)).one()
    assert CANARY in client.get(f"/{wight.slug}/cases/{case.reference}").get_data(as_text=True)
    go_on(wight, case)
    return Nest(app, wight, case, draft.rsplit("/", 1)[1])


def go_on(place: Place, case: Case) -> None:
    """Views and answers, each with the canary in its reason."""
    journey = Journey(place)
    journey.case_id, journey.reference = case.id, case.reference
    from app.clock_source import real_now
    from app.serious_incidents import service

    def now() -> Any:
        return real_now()

    journey.share(now=now())
    for party in (Party.LIG_CHAIR, Party.SERVICE_DIRECTOR):
        who = journey.chair if party is Party.LIG_CHAIR else journey.director
        journey.do(service.give_initial_view, party=party, outcome="notify", rationale=CANARY, who=who, now=now(),
                   key=uuid4())  # fmt: skip
    journey.share_view(now=now())
    for party in SAFEGUARDING_PARTNERS:
        answer = service.Answer(party, "notify", CANARY, "", uuid4())
        journey.do(service.respond, answer, who=journey.answering[party], now=now())


def strangers(app: Flask, hampshire: Place) -> list[FlaskClient]:
    """People of another partnership, somebody with no case access in this one, and nobody at all."""
    from tests.support.places import place

    roles = (Role.PARTNERSHIP_TEAM, Role.LIG_CHAIR, Role.SERVICE_DIRECTOR, Role.INDEPENDENT_SCRUTINEER,
             Role.CDOP_CHAIR, Role.STRATEGIC_MANAGER)  # fmt: skip
    administrator = find(place(app, "isle-of-wight"), Role.PARTNERSHIP_ADMINISTRATOR)
    people: list[Someone | None] = [find(hampshire, role) for role in roles]
    return [client_of(app, one) for one in [*people, administrator, None]]


def probe(chance: random.Random, nest: Nest, clients: list[FlaskClient]) -> str:
    """One attempt to be given the case: by path, query, body, header or file name. Returns all that came back."""
    reference, identifier = nest.case.reference, str(nest.case.id)
    slug = chance.choice(["isle-of-wight", "hampshire"])
    word = chance.choice(
        [reference, reference.lower(), identifier, nest.draft, f"{reference}%00", f"../{reference}"]
    )
    page = chance.choice(["", "/share", "/response", "/decision", "/notification", "/inform", "/views", "/awareness",
                          "/clock/B1-03", "/deputy/police", "/initial-view"])  # fmt: skip
    path = chance.choice([
        f"/{slug}/cases/{word}{page}", f"/{slug}/referrals/{word}", f"/{slug}/referrals/{nest.draft}/check",
        f"/{slug}/referrals/{nest.draft}/incident", f"/{slug}/cases", f"/{slug}/tasks", f"/{slug}/referrals", "/",
        "/sign-in", f"/static/{word}", f"/theme/{word}.css",
    ])  # fmt: skip
    given = {
        "query_string": {chance.choice(["after", "reference", "case", "q", "id", "slug", "next"]): word},
        "headers": {
            chance.choice(["X-Partnership", "X-Forwarded-Host", "Referer", "X-Original-URL"]): reference
        },
    }
    client = chance.choice(clients)
    if chance.random() < 0.3:
        file = {"file": (BytesIO(b"x"), f"{reference}.pdf")}
        answer = client.post(path, data={"reference": word, "case_id": identifier, **file}, **given)
    else:
        answer = client.get(path, **given)
    return f"{answer.headers}\n{answer.get_data(as_text=True)}"


@pytest.mark.long
def test_no_probe_is_given_a_canary(
    nest: Nest, hampshire: Place, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nleak probes: {PROBES}, seed {SEED}")
    caplog.set_level(logging.DEBUG)
    chance, clients = random.Random(SEED), strangers(nest.app, hampshire)
    found = [number for number in range(PROBES) if CANARY in probe(chance, nest, clients)]
    assert found == []
    assert "Ash Invented" not in caplog.text


def everything_kept_outside(nest: Nest) -> Iterator[tuple[str, str]]:
    """Every message, every piece of due work, and everything in Redis."""
    with nest.place.pinned():
        for message in db.session.scalars(select(OutboxMessage)):
            yield (
                f"message {message.kind}",
                f"{message.subject}\n{message.body}\n{message.context}\n{message.key}",
            )
        for intent in db.session.scalars(select(JobIntent)):
            yield f"work {intent.kind}", f"{intent.args} {intent.key}"
    redis = nest.app.extensions["redis"]
    for key in redis.keys("*"):
        kind = redis.type(key)
        value = redis.get(key) if kind == b"string" else redis.hgetall(key) if kind == b"hash" else b""
        yield f"redis {key!r}", f"{key!r} {value!r}"


def test_no_message_and_nothing_in_the_queue_carries_a_canary(nest: Nest) -> None:
    run_due(nest.app)
    kept = list(everything_kept_outside(nest))
    assert any(name.startswith("message initial-view-shared") for name, _text in kept)
    assert [name for name, text in kept if CANARY in text or "Ash Invented" in text] == []


@pytest.mark.parametrize("where", ["page", "message"])
def test_a_planted_leak_is_found(
    nest: Nest, hampshire: Place, monkeypatch: pytest.MonkeyPatch, where: str, app: Flask
) -> None:
    if where == "page":
        from app.web import errors

        def tell_all(error: Any) -> Any:
            return f"not found: {CANARY}", error.code

        monkeypatch.setattr(errors, "as_page", tell_all)
        planted = app.error_handler_spec[None][None]
        from werkzeug.exceptions import HTTPException

        monkeypatch.setitem(planted, HTTPException, tell_all)
        chance, clients = random.Random(1), strangers(app, hampshire)
        assert any(CANARY in probe(chance, nest, clients) for _ in range(100))
        return
    with nest.place.pinned():
        message = db.session.scalars(select(OutboxMessage).limit(1)).one()
        message.body += CANARY
        db.session.commit()
    assert any(CANARY in text for _name, text in everything_kept_outside(nest))
    with nest.place.pinned():
        message = db.session.get_one(OutboxMessage, (nest.place.id, message.id))
        message.body = message.body.replace(CANARY, "")
        db.session.commit()


def test_what_may_not_be_seen_costs_the_same_statements_as_what_is_not_there(
    nest: Nest, hampshire: Place, statements: Callable[[], list[str]]
) -> None:
    client = client_of(nest.app, find(hampshire, Role.PARTNERSHIP_TEAM))
    absent = f"IOW-2222-{check_character('IOW', '2222')}"
    asked = []
    for reference in (nest.case.reference, absent):
        statements().clear()
        assert client.get(f"/hampshire/cases/{reference}").status_code == 404
        asked.append(list(statements()))
    assert asked[0] == asked[1]
    assert asked[0]


@pytest.fixture
def statements(nest: Nest) -> Iterator[Callable[[], list[str]]]:
    """The SQL statements sent since the list was last cleared."""
    from sqlalchemy import event

    told: list[str] = []
    with nest.app.app_context():
        engine = db.engine

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    yield lambda: told
    event.remove(engine, "before_cursor_execute", listen)
