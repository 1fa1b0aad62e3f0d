"""Any other write of a scrutineer is refused as a wrong address is, and recorded once for each page and hour."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs
from werkzeug.routing import Rule

from app.access.guard import READS, declared
from app.access.permissions import Permission, grant_for
from app.access.roles import Role
from app.ledger.models import LedgerEvent, LedgerPayload
from app.ledger.verify import verify
from app.procedure.events import EventKind
from app.scrutiny.models import RefusedWrite
from tenants.db import db
from tests.integration.conflicts.sealing import seal
from tests.integration.scrutiny.conftest import WEDNESDAY
from tests.integration.serious_incidents.journey import Journey
from tests.support.cast import cast
from tests.support.people import Someone, client_of, find
from tests.support.places import Place, fresh_place

# What a scrutineer may send, by permission: observations, the export of an audit (which is recorded), and saying that
# they are too near to a case to scrutinise it.
MAY_SEND = {
    Permission.OBSERVATION_ADD, Permission.AUDIT_VIEW, Permission.CONFLICT_DECLARE, Permission.REVIEW_OVERSEE,
}  # fmt: skip


@pytest.fixture
def people(app: Flask, owner_of: Flask, tmp_path: Path, now: None) -> dict[Role, Someone]:
    """Everybody of a partnership that no other test touches."""
    return cast(fresh_place(app, owner_of, tmp_path), owner_of)


def events(place: Place) -> list[tuple[str, str, str]]:
    """What was recorded as refused: endpoint, method and capacity."""
    with place.pinned():
        query = (
            select(LedgerEvent)
            .where(LedgerEvent.kind == EventKind.WRITE_REFUSED.value)
            .order_by(LedgerEvent.number)
        )
        found = [(json.loads(row.facts), row.actor_capacity) for row in db.session.scalars(query)]
    return [(facts["endpoint"], facts["method"], capacity) for facts, capacity in found]


def writing(app: Flask) -> list[tuple[Rule, str, Permission]]:
    """Every route that changes something and needs a permission, once for each method."""
    found = []
    for rule in app.url_map.iter_rules():
        permission, _reason = declared(app, rule.endpoint)
        methods = sorted((rule.methods or set()) - set(READS))
        found += [(rule, method, permission) for method in methods if permission is not None]
    return found


def anywhere(rule: Rule, slug: str) -> str:
    """An address of a route, whatever its parts: the guard asks before they are looked at."""
    path = rule.rule.replace("<slug>", slug)
    path = re.sub(r"<uuid:\w+>", str(uuid4()), path)
    path = re.sub(r"<int:\w+>", "1", path)
    return re.sub(r"<[^>]+>", "IOW-2222-2", path)


@pytest.mark.duty("S-01")
def test_a_scrutineer_is_refused_at_every_address_that_changes_anything_else(
    app: Flask, people: dict[Role, Someone]
) -> None:
    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    client, refused, sent = client_of(app, scrutineer), [], []
    for rule, method, permission in writing(app):
        if permission in MAY_SEND:
            sent.append(rule.endpoint)
            continue
        assert grant_for(Role.INDEPENDENT_SCRUTINEER, permission) is None, (rule.rule, permission)
        answer = client.open(anywhere(rule, scrutineer.place.slug), method=method, data={"words": "x"})
        assert answer.status_code == 404, (method, rule.rule)
        refused.append(rule.endpoint)
    assert {"scrutiny.observation", "scrutiny.observe_practice", "scrutiny.download"} <= set(sent)
    assert len(set(refused)) > 25
    assert {endpoint for endpoint, _method, _capacity in events(scrutineer.place)} == set(refused)
    assert {capacity for _endpoint, _method, capacity in events(scrutineer.place)} == {
        "Independent Scrutineer"
    }


@pytest.mark.duty("S-01")
def test_what_is_recorded_says_which_page_and_nothing_of_what_was_sent(
    app: Flask, people: dict[Role, Someone]
) -> None:
    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    path = f"/{scrutineer.place.slug}/cases/IOW-7K3M-Q/decision"
    client_of(app, scrutineer).post(path, data={"rationale": "Tamsin", "outcome": "notify"})
    assert events(scrutineer.place) == [
        ("serious_incidents.record_decision", "POST", "Independent Scrutineer")
    ]
    with scrutineer.place.pinned():
        row = db.session.scalars(select(LedgerEvent).order_by(LedgerEvent.number.desc())).first()
        assert row is not None
        said = db.session.scalars(
            select(LedgerPayload.payload).where(LedgerPayload.number == row.number)
        ).one()
        assert row.case_id is None
        for text in (row.facts, said):
            assert "Tamsin" not in text
            assert "7K3M" not in text
        assert verify().fault is None


def test_the_answer_is_that_of_a_wrong_address_recorded_or_not(
    app: Flask, people: dict[Role, Someone]
) -> None:
    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    client, slug = client_of(app, scrutineer), scrutineer.place.slug

    def page(path: str) -> tuple[int, str]:
        answer = client.post(path)
        return answer.status_code, re.sub(
            r'nonce="[^"]*"|value="[^"]*"|It is [^<]*?\.', "", answer.get_data(as_text=True)
        )

    first, again = page(f"/{slug}/cases/IOW-7K3M-Q/share"), page(f"/{slug}/cases/IOW-7K3M-Q/share")
    assert first == again == page("/nowhere/at/all")
    assert first[0] == 404


def test_looking_is_not_writing(app: Flask, people: dict[Role, Someone]) -> None:
    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    client = client_of(app, scrutineer)
    for method in ("GET", "HEAD", "OPTIONS"):
        client.open(f"/{scrutineer.place.slug}/cases/IOW-7K3M-Q/share", method=method)
        client.open(f"/{scrutineer.place.slug}/enter/case", method=method)
    assert events(scrutineer.place) == []


def test_other_peoples_refused_writes_are_in_the_log_only(app: Flask, people: dict[Role, Someone]) -> None:
    place = people[Role.LIG_CHAIR].place
    with capture_logs() as logs:
        for role in (Role.LIG_CHAIR, Role.PARTNERSHIP_ADMINISTRATOR, Role.REVIEWER, Role.MAIN_BOARD_MEMBER):
            answer = client_of(app, people[role]).post(
                f"/{place.slug}/cases/IOW-7K3M-Q/notification", data={"a": "b"}
            )
            assert answer.status_code == 404
    assert events(place) == []
    lines = [line for line in logs if line["event"] == "write-refused"]
    assert [(line["person"], line["endpoint"], line["recorded"]) for line in lines] == [
        (str(people[role].person_id), "serious_incidents.notification", False)
        for role in (Role.LIG_CHAIR, Role.PARTNERSHIP_ADMINISTRATOR, Role.REVIEWER, Role.MAIN_BOARD_MEMBER)
    ]
    assert all(
        set(line) == {"event", "log_level", "person", "endpoint", "method", "recorded"} for line in lines
    )


@pytest.mark.duty("S-01")
def test_a_flood_makes_one_entry_for_each_page_and_hour_and_a_line_for_each_try(
    app: Flask, people: dict[Role, Someone], at: Callable[..., None]
) -> None:
    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    client, slug = client_of(app, scrutineer), scrutineer.place.slug
    with capture_logs() as logs:
        for minutes in (0, 1, 30, 59, 60, 61):
            at(WEDNESDAY + timedelta(minutes=minutes))
            for page in ("share", "decision"):
                assert client.post(f"/{slug}/cases/IOW-{minutes:04}-Q/{page}").status_code == 404
    assert len(events(scrutineer.place)) == 4  # two pages, two hours
    lines = [line["recorded"] for line in logs if line["event"] == "write-refused"]
    assert (len(lines), sum(lines)) == (12, 4)


def test_a_flood_at_once_makes_one_entry(app: Flask, people: dict[Role, Someone]) -> None:
    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    answers: list[int] = []

    def attack() -> None:
        client = client_of(app, scrutineer)
        for _ in range(4):
            answers.append(
                client.post(f"/{scrutineer.place.slug}/enter/case", data={"title": "x"}).status_code
            )

    threads = [threading.Thread(target=attack) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [404] * 24
    assert len(events(scrutineer.place)) == 1


def test_a_form_that_is_not_theirs_is_recorded_while_the_request_itself_leaves_nothing(
    agreed: Journey, client_as: Callable[..., Any]
) -> None:
    before = (agreed.version(), agreed.owed(), len(agreed.events()))
    sent = client_as(agreed.scrutineer).post(
        f"/isle-of-wight/cases/{agreed.reference}/new-information", data={"words": "x", "source": "y"}
    )
    assert sent.status_code == 404
    assert (agreed.version(), agreed.owed(), len(agreed.events())) == before


def test_a_forged_form_of_another_site_is_nothing_the_scrutineer_tried(csrf_app: Flask, people: Any) -> None:
    """Without the form's token it is stopped before it is asked who sent it."""
    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    answer = client_of(csrf_app, scrutineer).post(f"/{scrutineer.place.slug}/enter/case", data={"title": "x"})
    assert answer.status_code == 400
    assert events(scrutineer.place) == []


def test_a_scrutineer_of_one_partnership_is_a_stranger_in_another(
    app: Flask, people: dict[Role, Someone], hampshire: Place
) -> None:
    before = events(hampshire)
    answer = client_of(app, people[Role.INDEPENDENT_SCRUTINEER]).post(
        "/hampshire/enter/case", data={"title": "x"}
    )
    assert answer.status_code == 404
    assert events(hampshire) == before


def test_scrutineers_and_managers_see_the_list(app: Flask, people: dict[Role, Someone]) -> None:
    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    slug = scrutineer.place.slug
    client_of(app, scrutineer).post(f"/{slug}/cases/IOW-7K3M-Q/decision")
    for role in Role:
        answer = client_of(app, people[role]).get(f"/{slug}/scrutiny/refused")
        sees = role in (Role.INDEPENDENT_SCRUTINEER, Role.STRATEGIC_MANAGER)
        assert answer.status_code == (200 if sees else 404)
        assert ("Record the decision on notification" in answer.get_data(as_text=True)) == sees


@pytest.mark.duty("S-01")
def test_each_case_on_which_it_was_tried_is_told_to_those_who_may_see_it(
    agreed: Journey, silent: Journey, client_as: Callable[..., Any]
) -> None:
    scrutineer, slug = client_as(agreed.scrutineer), agreed.place.slug
    for reference in (agreed.reference, silent.reference, agreed.reference):
        assert scrutineer.post(f"/{slug}/cases/{reference}/share").status_code == 404

    def page(who: Someone) -> str:
        return str(client_as(who).get(f"/{slug}/scrutiny/refused").get_data(as_text=True))

    told = page(agreed.manager)
    assert (told.count(agreed.reference), told.count(silent.reference)) == (
        2,
        2,
    )  # an address and a name of each
    seal(agreed, agreed.manager, by=agreed.chair, now=WEDNESDAY)
    assert agreed.reference not in page(agreed.manager)
    assert silent.reference in page(agreed.manager)
    assert agreed.reference in page(agreed.scrutineer)


def test_the_list_is_read_page_by_page(app: Flask, people: dict[Role, Someone]) -> None:
    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    with scrutineer.place.pinned():
        for place in range(120):
            db.session.add(RefusedWrite(
                person_id=scrutineer.person_id, person_name=scrutineer.name, capacity="Independent Scrutineer",
                endpoint=f"page.{place:03}", method="POST", refused_at=WEDNESDAY, hour=WEDNESDAY,
            ))  # fmt: skip
        from app.access.actor import SYSTEM
        from app.ledger.service import record

        record(EventKind.WRITE_REFUSED, case_id=None, acting=SYSTEM, happened_at=WEDNESDAY, now=WEDNESDAY)
        db.session.commit()
    seen: list[str] = []
    path: str | None = f"/{scrutineer.place.slug}/scrutiny/refused"
    while path is not None:
        told = client_of(app, scrutineer).get(path).get_data(as_text=True)
        seen += re.findall(r"page\.\d{3}", told)
        older = re.search(r'rel="next" href="([^"]+)"', told)
        path = older[1].replace("&amp;", "&") if older else None
    assert len(seen) == len(set(seen)) == 120


def test_two_memberships_that_met_past_the_rule_change_nothing_either(
    app: Flask, people: dict[Role, Someone], owner_of: Flask
) -> None:
    """Loaded by a restore or by hand: what is read may be read, and no write goes through the other role."""
    from datetime import date

    from app.access.actor import SYSTEM
    from app.accounts.models import Membership
    from app.ledger.service import record

    scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
    with scrutineer.place.pinned(owner_of):
        db.session.add(
            Membership(person_id=scrutineer.person_id, role="partnership-team", starts_on=date(2024, 1, 1))
        )
        record(EventKind.MEMBERSHIP_BEGUN, case_id=None, acting=SYSTEM, happened_at=WEDNESDAY, now=WEDNESDAY)
        db.session.commit()
    client, slug = client_of(app, scrutineer), scrutineer.place.slug
    assert client.get(f"/{slug}/enter/case").status_code == 200
    assert client.post(f"/{slug}/enter/case", data={"title": "x"}).status_code == 404
    assert events(scrutineer.place) == [("entering.case", "POST", "Independent Scrutineer")]
    data = {"words": "x", "submission_key": str(uuid4())}
    assert client.post(f"/{slug}/scrutiny/observations/add", data=data).status_code == 303


def test_a_deputy_of_somebody_is_no_scrutineer_who_was_refused(
    wight: Place, now: None, client_as: Any
) -> None:
    count = len(events(wight))
    client_as(find(wight, Role.PARTNERSHIP_TEAM)).post("/isle-of-wight/settings/change")
    assert len(events(wight)) == count
