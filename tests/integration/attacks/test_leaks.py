"""Canaries in every text of four partnerships, looked for in everything that anybody else can be given.

`WAYMARK_PROBES` says how many probes (300 in script/test, 10,000 in script/soak). The harness is itself tried: each
leak that is planted must be found, or it fails.
"""

from __future__ import annotations

import logging
import os
import random
import re
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
import structlog
from aiosmtpd.controller import Controller
from flask import Flask, Response, redirect, request
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import clock_source, create_app
from app.access.roles import Role
from app.cases.reference import check_character
from app.ledger import anchors
from app.outbox.models import JobIntent, OutboxMessage
from app.outbox.sweeper import run_due, sweep_once
from tenants.db import db
from tests.integration.attacks import probes, sinks
from tests.integration.attacks.nests import PLACES, PRESENT, Nest, hatch
from tests.integration.attacks.probes import Asker, Target
from tests.integration.attacks.rooms import furnish, seal
from tests.integration.attacks.walks import statements
from tests.integration.outbox.conftest import Sink
from tests.support.people import client_of
from tests.support.servers import Servers, running

PROBES = int(os.environ.get("WAYMARK_PROBES", "300"))
SEED = int(os.environ.get("WAYMARK_SEED", "0")) or secrets.randbelow(1_000_000)
PLANTED_PROBES = 100
WHOLE_CASES = {
    "cases.case",
    "cases.case_list",
    "cases.case_history",
    "cases.views",
    "cases.tasks",
    "scrutiny.case",
}
MAILS = 150 if PROBES < 1000 else 10_000  # what each message says is looked at in any case, sent or not


@dataclass
class Hive:
    """Four nests on servers of their own, everybody who asks, and where mail arrives."""

    servers: Servers
    app: Flask
    owner: Flask
    nests: list[Nest]
    mail: Sink
    logs: list[sinks.Log]

    @property
    def askers(self) -> list[Asker]:
        return probes.askers(self.nests)

    @property
    def words(self) -> set[str]:
        """Every canary."""
        return {word for nest in self.nests for word in nest.words}


@pytest.fixture(scope="module")
def hive() -> Iterator[Hive]:
    """Everything is played once, with the logs kept, at a moment after all that was played."""
    from app.partnerships.service import owner_app

    mail = Sink()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        mail.port = probe.getsockname()[1]
    controller = Controller(mail, hostname="127.0.0.1", port=mail.port)
    controller.start()
    with (
        stopping(controller),
        running() as servers,
        pytest.MonkeyPatch.context() as patch,
        sinks.logs() as log,
    ):
        patch.setattr(clock_source, "real_now", lambda: PRESENT)
        app = create_app(replace(servers.config, smtp_port=mail.port))
        app.config["WTF_CSRF_ENABLED"] = False
        owner = owner_app(servers.config)
        nests = [furnish(hatch(app, owner, slug), owner) for slug in PLACES]
        seal(nests[0], owner, nests[0].people[Role.PARTNER_REPRESENTATIVE])
        made = Hive(servers, app, owner, nests, mail, [log])
        run_due(app, MAILS)
        anchors.write_all(app)
        yield made


@contextmanager
def stopping(controller: Controller) -> Iterator[None]:
    """Stop the mail server, whatever happens."""
    try:
        yield
    finally:
        controller.stop()


def given(hive: Hive, wanted: list[tuple[Target, str]], chance: random.Random) -> Iterator[str]:
    """Make probes; each answer that holds a canary which whoever asked must not be given."""
    for target, channel in wanted:
        told, answer = probes.ask(hive.app, target, chance, channel)
        for word in target.asker.forbidden:
            if word in told:
                yield (
                    f"{target.method} {target.rule.rule} about {target.nest.place.slug} by {channel} as "
                    f"{target.asker.name}: {answer.status_code} holds {word}"
                )


def everywhere_else(hive: Hive) -> Iterator[str]:
    """Every place outside the tables that holds a canary which must not be there."""
    told = [*sinks.messages(hive.nests), *sinks.mails(hive.mail.mails, hive.nests)]
    told += [(name, value, frozenset(hive.words)) for name, value in sinks.redis_holds(hive.app)]
    lines = [line for log in hive.logs for line in log.lines()]
    told += [("a line of the log", line, frozenset(hive.words)) for line in lines]
    for name, value, forbidden in told:
        yield from (f"{name}: {word}" for word in forbidden if word in value)
    for name, content in sinks.files(hive.servers):
        yield from (f"{name}: {word}" for word in hive.words if word.encode() in content)


def test_every_text_of_every_partnership_holds_a_canary(hive: Hive) -> None:
    assert sinks.without_canary(hive.servers, hive.nests) == []
    assert sinks.envelope_leaks(hive.servers, hive.nests) == []


@pytest.mark.parametrize(
    "planted",
    ["alter table cases add planted text", "alter table partner_meetings add planted jsonb default '{}'"],
)
def test_a_new_column_without_a_canary_is_noticed(hive: Hive, planted: str) -> None:
    with hive.servers.embedded.postgres.connect(database="waymark") as connection:
        table = planted.split()[2]
        connection.execute(planted)
        try:
            faults = sinks.without_canary(hive.servers, hive.nests)
        finally:
            connection.execute(f"alter table {table} drop planted")
    assert len(faults) == len(PLACES)
    assert all(f"{table}.planted" in fault for fault in faults)


@pytest.mark.long
def test_no_probe_is_given_a_canary(hive: Hive) -> None:
    chance = random.Random(SEED)
    found = probes.targets(hive.app, hive.nests, hive.askers)
    wanted = list(probes.plan(found, chance, PROBES))
    leaks = list(given(hive, wanted, chance))
    each = probes.once_each(found, chance)
    done = {(one.rule.rule, one.method, one.asker.kind) for one, _way in wanted}
    all_of_them = {(one.rule.rule, one.method, one.asker.kind) for one in each}
    ways = dict(sorted(Counter(way for _one, way in wanted).items()))
    print(f"\nleak probes: {PROBES}, {len(leaks)} leaks, seed {SEED}")
    print(
        f"leak probes: {len(done & all_of_them)} of {len(all_of_them)} routes × methods × kinds of person; {ways}"
    )
    assert leaks == []
    assert 2 * len(each) > PROBES or done >= all_of_them


@pytest.mark.long
def test_nothing_outside_the_tables_holds_a_canary(hive: Hive) -> None:
    chance = random.Random(SEED)
    found = probes.targets(hive.app, hive.nests, hive.askers)
    list(given(hive, list(probes.plan(found, chance, 40)), chance))
    run_due(hive.app, MAILS)
    anchors.write_all(hive.app)
    assert len(hive.mail.mails) > 20
    assert any("initial-view-shared" in name for name, _told, _words in sinks.messages(hive.nests))
    assert any("anchors" in name for name, _content in sinks.files(hive.servers))
    assert list(everywhere_else(hive)) == []


def test_what_may_be_seen_is_seen(hive: Hive) -> None:
    """The harness sees canaries where they belong: otherwise it would find no leak either."""
    for nest in hive.nests:
        team = client_of(hive.app, nest.people[Role.PARTNERSHIP_TEAM])
        reference = nest.references[0]
        assert nest.secret in probes.everything(team.get(f"/{nest.place.slug}/cases/{reference}"))
        packed = team.get(f"/{nest.place.slug}/cases/{nest.references[2]}/pack/download")
        assert nest.secret not in packed.get_data().decode("utf-8", "replace")
        assert nest.secret in probes.everything(packed)


def test_a_commissioned_reviewer_sees_what_was_released_and_nothing_else_of_the_case(hive: Hive) -> None:
    for nest in hive.nests:
        assert nest.commissioned is not None
        client, own = client_of(hive.app, nest.commissioned), f"/{nest.place.slug}/commissions"
        running = nest.parts["commission"][0]
        paths = ("", "/terms/1", "/terms/2", "/papers/1", "/draft", "/versions/1")
        told = {path: probes.everything(client.get(f"{own}/{running}{path}")) for path in paths}
        assert {path for path, page in told.items() if nest.lent in page or nest.unsent in page} == set(paths)
        assert not any(nest.secret in page for page in told.values())
        assert nest.unsent in told["/draft"]
        assert client.get(f"{own}/{running}/papers/2").status_code == 404


@pytest.mark.long
def test_a_draft_that_was_not_submitted_is_shown_to_nobody_else(hive: Hive) -> None:
    nest = hive.nests[0]
    running = next(parts for parts in nest.together if "commission" in parts)
    rules = [rule for rule in hive.app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    rules = [rule for rule in rules if "commission" in rule.arguments or rule.endpoint in WHOLE_CASES]
    opened = set()
    for role, someone in nest.people.items():
        client = client_of(hive.app, someone)
        for rule in rules:
            path = re.sub(r"<(\w+)>", lambda part: {"slug": nest.place.slug, **running}[part[1]], rule.rule)
            answer = client.get(path)
            opened |= {rule.endpoint} if answer.status_code == 200 else set()
            assert nest.unsent not in probes.everything(answer), (role, path)
    assert opened == {rule.endpoint for rule in rules if not rule.endpoint.startswith("own_commission.")}


# Planted leaks: each must be found.


def planted(
    hive: Hive, endpoints: set[str], chance: random.Random, who: str = "", own: bool = False
) -> Iterator[str]:
    """Probes of some routes (by some people, in their `own` partnership) only, so that a leak there is met soon."""
    everybody = [one for one in hive.askers if who in one.name]
    found = [one for one in probes.targets(hive.app, hive.nests, everybody) if one.rule.endpoint in endpoints]
    found = [one for one in found if not own or one.asker.home is one.nest]
    yield from given(hive, list(probes.plan(found, chance, PLANTED_PROBES)), chance)


def view(hive: Hive, monkeypatch: pytest.MonkeyPatch, endpoint: str, made: Callable[..., Any]) -> None:
    """Put another view in a route's place, as declared as the one it replaces."""
    before = hive.app.view_functions[endpoint]
    made.__dict__.update(before.__dict__)
    monkeypatch.setitem(hive.app.view_functions, endpoint, made)


def of_somebody(hive: Hive) -> str:
    return hive.nests[1].secret


def test_a_page_that_says_too_much_is_found(hive: Hive, monkeypatch: pytest.MonkeyPatch) -> None:
    from werkzeug.exceptions import HTTPException

    handlers = hive.app.error_handler_spec[None][None]
    monkeypatch.setitem(
        handlers, HTTPException, lambda error: (f"{of_somebody(hive)} was not found", error.code or 500)
    )
    assert any(planted(hive, {"cases.case"}, random.Random(SEED)))


def test_a_header_that_says_too_much_is_found(hive: Hive, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(answer: Response) -> Response:
        answer.headers["X-Debug"] = f"case {of_somebody(hive)}"
        return answer

    monkeypatch.setitem(hive.app.after_request_funcs, None, [tell, *hive.app.after_request_funcs[None]])
    assert any(planted(hive, {"cases.case_list"}, random.Random(SEED)))


def test_a_redirect_that_says_too_much_is_found(hive: Hive, monkeypatch: pytest.MonkeyPatch) -> None:
    view(hive, monkeypatch, "accounts.sign_in", lambda: redirect(f"/?title={of_somebody(hive)}"))
    assert any(planted(hive, {"accounts.sign_in"}, random.Random(SEED)))


def test_a_file_that_says_too_much_is_found_inside_its_packing(
    hive: Hive, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.entering.columns import COLUMNS, empty_spreadsheet

    content = empty_spreadsheet(COLUMNS, {"police": of_somebody(hive)})
    view(hive, monkeypatch, "entering.empty", lambda: Response(content, mimetype="application/octet-stream"))
    assert of_somebody(hive).encode() not in content
    assert any(planted(hive, {"entering.empty"}, random.Random(SEED)))


def test_an_error_that_tells_its_text_is_found(hive: Hive, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise RuntimeError(f"cannot show {of_somebody(hive)}")

    view(hive, monkeypatch, "cases.tasks", fail)
    monkeypatch.setitem(hive.app.error_handler_spec[None][None], Exception, lambda error: (str(error), 500))
    assert any(planted(hive, {"cases.tasks"}, random.Random(SEED)))


def test_an_error_whose_text_is_logged_is_found(hive: Hive, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise RuntimeError(f"cannot show {of_somebody(hive)}")

    view(hive, monkeypatch, "cases.tasks", fail)
    someone, before = hive.nests[0].people[Role.PARTNERSHIP_TEAM], len(hive.logs[0].plain)
    assert client_of(hive.app, someone).get("/isle-of-wight/tasks").status_code == 500
    assert any("a line of the log" in one for one in everywhere_else(hive))
    del hive.logs[0].plain[before:]


@pytest.mark.parametrize("by", ["logging", "structlog"])
def test_a_line_of_the_log_is_found(hive: Hive, by: str) -> None:
    before = len(hive.logs[0].plain)
    with sinks.logs() as told:
        if by == "logging":
            logging.getLogger("waymark.errors").info("looked at %s", of_somebody(hive))
        else:
            structlog.get_logger().info("looked", title=of_somebody(hive))
    hive.logs.append(told)
    assert any("a line of the log" in one for one in everywhere_else(hive))
    hive.logs.pop()
    del hive.logs[0].plain[before:]


def test_a_message_and_the_mail_made_of_it_are_found(hive: Hive) -> None:
    nest = hive.nests[0]
    with nest.place.pinned():
        row = db.session.scalars(select(OutboxMessage).limit(1)).one()
        key, body = (nest.place.id, row.id), row.body
        row.body = f"{body} {nest.secret}"
        db.session.commit()
    try:
        assert any(one.startswith("message ") for one in everywhere_else(hive))
        from email.message import EmailMessage

        mail = EmailMessage()
        mail["To"], mail["Subject"] = "somebody@people.example", f"About {nest.secret}"
        mail.set_content("Nothing")
        hive.mail.mails.append(mail)
        assert any(one.startswith("mail to ") for one in everywhere_else(hive))
        hive.mail.mails.remove(mail)
    finally:
        with nest.place.pinned():
            db.session.get_one(OutboxMessage, key).body = body
            db.session.commit()


def test_words_in_the_arguments_of_work_are_found(hive: Hive) -> None:
    nest = hive.nests[0]
    with nest.place.pinned():
        row = db.session.scalars(select(JobIntent).limit(1)).one()
        key, args = (nest.place.id, row.id), dict(row.args)
        row.args = {**args, "title": nest.secret}
        db.session.commit()
    try:
        assert any(one.startswith("work ") for one in everywhere_else(hive))
    finally:
        with nest.place.pinned():
            db.session.get_one(JobIntent, key).args = args
            db.session.commit()


@pytest.mark.parametrize("kind", ["key", "string", "hash", "list", "set", "zset"])
def test_what_redis_holds_is_found(hive: Hive, kind: str) -> None:
    redis, name, word = hive.app.extensions["redis"], "planted", of_somebody(hive)
    {
        "key": lambda: redis.set(f"planted:{word}", "x"), "string": lambda: redis.set(name, word),
        "hash": lambda: redis.hset(name, "title", word), "list": lambda: redis.lpush(name, word),
        "set": lambda: redis.sadd(name, word), "zset": lambda: redis.zadd(name, {word: 1}),
    }[kind]()  # fmt: skip
    try:
        assert any(one.startswith("redis ") for one in everywhere_else(hive))
    finally:
        redis.delete(name, f"planted:{word}")


def test_a_file_beside_the_database_is_found(hive: Hive) -> None:
    path = hive.servers.embedded.data / "exports"
    path.mkdir()
    (path / "audit.csv").write_text(f"title\n{of_somebody(hive)}\n")
    try:
        assert any(one.startswith("file exports/audit.csv") for one in everywhere_else(hive))
    finally:
        (path / "audit.csv").unlink()
        path.rmdir()


def test_an_error_of_the_database_writes_no_content_to_its_log(hive: Hive) -> None:
    nest = hive.nests[0]
    columns = "partnership_id, case_id, ordinal, concern, name, birth_certainty, details"
    twice = text(f"insert into case_children ({columns}) select {columns} from case_children")
    with nest.place.pinned(), pytest.raises(IntegrityError):
        db.session.execute(twice)
    spoilt = text(f"insert into case_children (name) values ('{nest.secret}')")
    with nest.place.pinned(), pytest.raises(DBAPIError):
        db.session.execute(spoilt)
    log = (hive.servers.embedded.data / "logs" / "postgres.log").read_text()
    assert "duplicate key value" in log
    assert not any(word in log for word in hive.words)


def test_a_cache_shared_by_partnerships_is_found(hive: Hive, monkeypatch: pytest.MonkeyPatch) -> None:
    before, kept = hive.app.view_functions["cases.case_list"], {}

    def cached() -> Any:
        if request.query_string not in kept:
            kept[request.query_string] = before()
        return kept[request.query_string]

    view(hive, monkeypatch, "cases.case_list", cached)
    for nest in hive.nests[:2]:
        client_of(hive.app, nest.people[Role.PARTNERSHIP_TEAM]).get(f"/{nest.place.slug}/cases")
    assert any(planted(hive, {"cases.case_list"}, random.Random(SEED)))


def test_an_administrator_who_is_shown_a_case_is_found(hive: Hive, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.access import permissions
    from app.access.permissions import Condition, Permission

    given_too_much = {
        **permissions.GRANTS[Role.PARTNERSHIP_ADMINISTRATOR],
        Permission.CASE_VIEW: Condition.ALWAYS,
    }
    monkeypatch.setitem(permissions.GRANTS, Role.PARTNERSHIP_ADMINISTRATOR, given_too_much)
    assert any(planted(hive, {"cases.case"}, random.Random(SEED), "administrator"))


def test_a_withdrawn_paper_that_is_shown_is_found(hive: Hive, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.commissions import queries

    before = queries.papers_of
    monkeypatch.setattr(queries, "papers_of", lambda row, **_named: before(row, withdrawn=True))
    chance = random.Random(SEED)
    assert any(planted(hive, {"own_commission.one"}, chance, "commissioned reviewer", own=True))


def test_row_level_security_taken_away_is_found(hive: Hive) -> None:
    """With neither wall between the partnerships, their cases are in each other's lists."""
    from sqlalchemy import event

    from tenants import wall
    from tenants.db import GuardedSession

    statements_ = (
        "alter table cases no force row level security",
        "alter policy tenant on cases using (true)",
    )
    undo = ("alter table cases force row level security",
            "alter policy tenant on cases using (partnership_id = (select nullif("
            "current_setting('waymark.partnership', true), '')::uuid))")  # fmt: skip
    event.remove(GuardedSession, "do_orm_execute", wall._wall)
    with hive.servers.embedded.postgres.connect(database="waymark") as connection:
        for statement in statements_:
            connection.execute(statement)
        try:
            assert any(planted(hive, {"cases.case_list"}, random.Random(SEED)))
        finally:
            for statement in undo:
                connection.execute(statement)
            event.listen(GuardedSession, "do_orm_execute", wall._wall)


def test_work_is_handed_over_without_words(hive: Hive) -> None:
    """What RQ is given, while it waits in Redis: identifiers."""
    nest = hive.nests[0]
    with nest.place.pinned():
        row = db.session.scalars(select(JobIntent).where(JobIntent.done_at.is_not(None)).limit(1)).one()
        key, done = (nest.place.id, row.id), row.done_at
        row.done_at, row.lease_until, row.attempts = None, None, 0
        db.session.commit()
    assert sweep_once(hive.app) >= 1
    held = [(name, value) for name, value in sinks.redis_holds(hive.app) if "rq:job" in name]
    assert held
    assert [name for name, value in held if any(word in value for word in hive.words)] == []
    with nest.place.pinned():
        db.session.get_one(JobIntent, key).done_at = done
        db.session.commit()
    for name in hive.app.extensions["redis"].keys("rq:*"):
        hive.app.extensions["redis"].delete(name)


def test_what_may_not_be_seen_costs_the_same_statements_as_what_is_not_there(hive: Hive) -> None:
    nest, elsewhere = hive.nests[0], hive.nests[1]
    client = client_of(hive.app, elsewhere.people[Role.PARTNERSHIP_TEAM])
    absent = f"IOW-2222-{check_character('IOW', '2222')}"
    asked = []
    for reference in (nest.references[0], absent):
        with statements(hive.app) as told:
            assert client.get(f"/{elsewhere.place.slug}/cases/{reference}").status_code == 404
        asked.append(list(told))
    assert asked[0] == asked[1]
    assert asked[0]


def test_the_nests_know_their_cases(hive: Hive) -> None:
    for nest in hive.nests:
        with nest.place.pinned():
            found = set(
                db.session.execute(text("select reference from cases where title like '%canary%'")).scalars()
            )
            assert found <= set(nest.references)
        assert all(UUID(identifier) for identifier in nest.identifiers)
