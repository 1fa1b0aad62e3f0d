"""Every case as the scrutineer first sees it: true, narrowed, paged, and in a fixed number of queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.roles import Role
from app.cases.models import Case
from app.cases.timeliness_queries import contested as contested_cases
from app.cases.timeliness_queries import obligations_in, some_silence, something_late
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.procedure.timeliness import LATE, Verdict, verdict
from app.scrutiny.service import NewObservation, answer, observe
from app.serious_incidents import service
from tenants.db import db
from tests.integration.access.test_matrix import make_case
from tests.integration.scrutiny.conftest import WEDNESDAY
from tests.integration.serious_incidents.journey import (
    HOUR,
    MONDAY,
    NOT,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)
from tests.support.cast import cast
from tests.support.people import Someone, client_of, find
from tests.support.places import Place, fresh_place


def whole_list(client: Any, slug: str, show: str = "") -> str:
    """Every page of the overview."""
    address: str | None = f"/{slug}/scrutiny/" + (f"?show={show}" if show else "")
    pages = []
    while address is not None:
        answered = client.get(address)
        assert answered.status_code == 200
        pages.append(answered.get_data(as_text=True))
        older = re.search(r'rel="next" href="([^"]+)"', pages[-1])
        address = older[1].replace("&amp;", "&") if older else None
    return "\n".join(pages)


def told(text: str, reference: str) -> str:
    """What the list says of one case."""
    item = next(part for part in text.split('<li class="wm-owed__item">') if f">{reference}</a>" in part)
    return " ".join(re.sub(r"<[^>]+>", " ", item.split("</li>")[0]).split())


@pytest.mark.duty("S-01")
def test_each_case_says_what_was_decided_who_was_silent_and_what_was_late(
    agreed: Journey, silent: Journey, contested: Journey, client_as: Callable[..., Any]
) -> None:
    text = whole_list(client_as(agreed.scrutineer), "isle-of-wight")
    first, second, third = (told(text, one.reference) for one in (agreed, silent, contested))
    assert "Notify the Panel , 24 November 2026" in first
    assert "Partners: 3 answered in time, 0 silent" in first
    assert "Silence" in second
    assert "Partners: 2 answered in time, 1 silent" in second
    assert "1 ended in silence" in second
    assert "Contested" in third
    assert (
        "Do not notify the Panel, by the Partnership Chair; the local authority notifies on its own duty"
        in third
    )


@pytest.mark.duty("S-01")
def test_the_filters_find_what_they_name_and_nothing_else(
    agreed: Journey, silent: Journey, contested: Journey, wight: Place, client_as: Callable[..., Any], at: Any
) -> None:
    late = Journey(wight)
    late.share(now=WEDNESDAY)  # a day after its clock
    scrutineer = client_as(agreed.scrutineer)
    found = {name: whole_list(scrutineer, "isle-of-wight", name) for name in ("late", "silent", "contested")}
    for name, inside in (("late", late), ("silent", silent), ("contested", contested)):
        for journey in (agreed, silent, contested, late):
            assert (journey.reference in found[name]) == (journey is inside), (name, journey.reference)
    assert "1 met late" in told(found["late"], late.reference)


@pytest.mark.duty("S-01")
def test_what_is_narrowed_in_the_database_is_what_the_rules_say(
    agreed: Journey, silent: Journey, contested: Journey, wight: Place, owner_of: Flask
) -> None:
    """Cases at every step, some answered late, some never, looked at on several days."""
    reminded, undecided, replaced = (
        Journey(wight),
        Journey(wight).to_responses(),
        Journey(wight).to_responses(),
    )
    reminded.share()
    for party in SAFEGUARDING_PARTNERS:
        undecided.receive(party)
        replaced.receive(party)
    undecided.respond(Party.ICB, now=WEDNESDAY)  # late, and nothing had been deemed
    replaced.respond(Party.POLICE, NOT)
    replaced.respond(Party.LOCAL_AUTHORITY)
    replaced.respond(Party.ICB)
    replaced.meet({Party.POLICE: "notify"}, at=WEDNESDAY)
    for now in (MONDAY + HOUR, TUESDAY_NOON, TUESDAY_MIDNIGHT, WEDNESDAY, WEDNESDAY + 24 * 9 * HOUR):
        with wight.pinned():
            ids = list(db.session.scalars(select(Case.id)))
            owed = obligations_in(ids)
            verdicts = {case_id: {verdict(one, now) for one in owed[case_id]} for case_id in ids}
            assert where(something_late(now)) == {one for one in ids if verdicts[one] & set(LATE)}
            assert where(some_silence(now)) == {one for one in ids if Verdict.SILENT in verdicts[one]}
            assert where(contested_cases()) == {
                one for one in ids if any(owed_one.duty == "B1-09" for owed_one in owed[one])
            }
    with wight.pinned():
        assert replaced.case_id not in where(some_silence(WEDNESDAY))
        police = next(
            one for one in obligations_in([replaced.case_id])[replaced.case_id] if one.key == "B1-08:police"
        )
        assert (
            verdict(police, WEDNESDAY) is Verdict.MET
        )  # what was said at the meeting leaves the answer's clock
        assert undecided.case_id in where(something_late(WEDNESDAY))


def where(condition: Any) -> set[UUID]:
    return set(db.session.scalars(select(Case.id).where(condition)))


def test_observations_without_an_answer(
    agreed: Journey, contested: Journey, client_as: Callable[..., Any]
) -> None:
    from app.scrutiny.queries import observations_of, row_of

    scrutineer = client_as(agreed.scrutineer)
    for journey in (agreed, contested):
        journey.do(observe, NewObservation("case", "Why?", uuid4()), who=journey.scrutineer, now=WEDNESDAY)
    with agreed.place.pinned():
        row = row_of(observations_of(agreed.case_id)[0].id)
        answer(row, "Because", uuid4(), actor=agreed.chair.actor(), now=WEDNESDAY)
        db.session.commit()
    text = whole_list(scrutineer, "isle-of-wight", "unanswered")
    assert contested.reference in text
    assert agreed.reference not in text
    assert "1 observation, 1 without an answer" in told(text, contested.reference)
    assert "1 observation" in told(whole_list(scrutineer, "isle-of-wight"), agreed.reference)


@pytest.fixture(scope="module")
def crowded(
    app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Place, dict[Role, Someone]]:
    """A partnership of its own with 57 cases."""
    place = fresh_place(app, owner_of, tmp_path_factory.mktemp("scrutiny"))
    people = cast(place, owner_of)
    for _ in range(57):
        make_case(people[Role.PARTNERSHIP_TEAM])
    return place, people


def test_every_case_stands_on_one_page(app: Flask, crowded: tuple[Place, dict[Role, Someone]]) -> None:
    place, people = crowded
    text = whole_list(client_of(app, people[Role.INDEPENDENT_SCRUTINEER]), place.slug)
    listed = re.findall(r'/scrutiny/([A-Z0-9-]+)">', text)
    with place.pinned():
        every = set(db.session.scalars(select(Case.reference)))
    assert len(listed) == len(set(listed)) == 57
    assert set(listed) == every


def test_a_page_of_many_cases_costs_as_many_queries_as_a_page_of_few(
    app: Flask,
    crowded: tuple[Place, dict[Role, Someone]],
    owner_of: Flask,
    tmp_path: Path,
    statements: list[str],
) -> None:
    place, people = crowded
    few = fresh_place(app, owner_of, tmp_path)
    others = cast(few, owner_of)
    make_case(others[Role.PARTNERSHIP_TEAM])
    counted = []
    for somewhere, everybody in ((few, others), (place, people)):
        client = client_of(app, everybody[Role.INDEPENDENT_SCRUTINEER])
        client.get(f"/{somewhere.slug}/scrutiny/")
        statements.clear()
        client.get(f"/{somewhere.slug}/scrutiny/")
        counted.append(list(statements))
    assert len(counted[0]) == len(counted[1])
    reading = [
        one for one in counted[1] if re.search(r"FROM (cases|obligations|ledger_events|scrutiny_\w+)\b", one)
    ]
    assert len(reading) == 4  # cases, obligations, decisions, observations


@pytest.mark.parametrize(
    "after", ["", "x", "2026-11-23~x", "2026-11-23T10:00:00~" + "0" * 32, "~", "9" * 5000]
)
def test_a_key_that_is_none_is_a_wrong_address(
    wight: Place, client_as: Callable[..., Any], after: str
) -> None:
    client = client_as(find(wight, Role.INDEPENDENT_SCRUTINEER))
    for page in ("scrutiny/", "scrutiny/observations/", "scrutiny/refused"):
        assert client.get(f"/isle-of-wight/{page}", query_string={"after": after}).status_code == 404


def test_a_filter_that_is_none_is_a_wrong_address(wight: Place, client_as: Callable[..., Any]) -> None:
    client = client_as(find(wight, Role.INDEPENDENT_SCRUTINEER))
    assert client.get("/isle-of-wight/scrutiny/?show=everything").status_code == 404


def test_another_partnerships_cases_are_not_there(
    agreed: Journey, hampshire: Place, client_as: Callable[..., Any]
) -> None:
    client = client_as(find(hampshire, Role.INDEPENDENT_SCRUTINEER))
    assert agreed.reference not in whole_list(client, "hampshire")
    assert client.get("/isle-of-wight/scrutiny/").status_code == 404
    for slug in ("hampshire", "isle-of-wight"):
        assert client.get(f"/{slug}/scrutiny/{agreed.reference}").status_code == 404


def test_a_case_with_a_silence_that_was_displaced_is_not_silent(
    silent: Journey, client_as: Callable[..., Any]
) -> None:
    silent.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_NOON + HOUR, now=WEDNESDAY - HOUR)
    text = whole_list(client_as(silent.scrutineer), "isle-of-wight")
    assert "3 answered in time, 0 silent" in told(text, silent.reference)
    silent.enter(service.put_back, silent.team, WEDNESDAY)
    page = (
        client_as(silent.scrutineer).get(f"/isle-of-wight/scrutiny/{silent.reference}").get_data(as_text=True)
    )
    assert "displaced by an answer that had been given in time" in page
    assert "being looked at again" in page
