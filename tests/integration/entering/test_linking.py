"""Two cases of one incident: found by the database, linked, undone, linked after all; nothing silently."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access.roles import Role
from app.cases.models import Case
from app.cases.queries import obligations_of
from app.cases.rebuild import differences
from app.cases.service import Where
from app.clock_source import real_now
from app.entering import likeness
from app.ledger.service import history
from app.outbox.models import OutboxMessage
from app.procedure.entering import Child
from app.procedure.events import EventKind
from app.procedure.history import in_force
from app.serious_incidents import service
from app.serious_incidents.corrections import Correction
from tenants.db import db
from tests.support.came_first import case_that_came_first
from tests.support.people import client_of, find
from tests.support.places import Place

Opened = Callable[..., tuple[UUID, str]]


@pytest.fixture
def browser(app: Flask, wight: Place) -> FlaskClient:
    return client_of(app, find(wight, Role.PARTNERSHIP_TEAM))


@pytest.fixture
def opened(wight: Place) -> Opened:
    """Opens the case of a notification that came first; its id and reference."""

    return partial(case_that_came_first, wight)


def address(reference: str) -> str:
    return f"/isle-of-wight/cases/{reference}/same-incident"


def seen_by(browser: FlaskClient, one: str, other: str) -> str:
    page = browser.get(address(one), query_string={"with": other}).get_data(as_text=True)
    found = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert found is not None
    return found[1]


def say(browser: FlaskClient, one: str, other: str, verdict: str, seen: str, reason: str = "Compared") -> int:
    form = {"with": other, "verdict": verdict, "reason": reason, "seen": seen, "submission_key": str(uuid4())}
    answer = browser.post(address(one), data=form)
    assert reason in answer.get_data(as_text=True) or answer.status_code == 303
    return int(answer.status_code)


def aware(case_id: UUID) -> datetime | None:
    told = [event for event in in_force(history(case_id)) if event.kind is EventKind.LOCAL_AUTHORITY_AWARE]
    return min((event.happened_at for event in told), default=None)


def test_a_link_is_undone_with_a_reason_and_what_it_brought_is_taken_back(
    browser: FlaskClient, wight: Place, opened: Opened
) -> None:
    (first_id, first), (second_id, second) = opened(aware=30), opened(aware=3)
    with wight.pinned():
        before = aware(second_id)
    assert say(browser, first, second, "linked", seen_by(browser, first, second)) == 303
    with wight.pinned():
        assert aware(second_id) == aware(first_id) != before
    stands = seen_by(browser, second, first)
    page = browser.get(address(second), query_string={"with": first}).get_data(as_text=True)
    assert "What was decided." in page
    assert "undo the link" in page
    assert say(browser, second, first, "refused", stands, "Two families of one name") == 303
    with wight.pinned():
        assert aware(second_id) == before
        for case_id in (first_id, second_id):
            kinds = [event.kind for event in history(case_id)]
            assert EventKind.SAME_INCIDENT_UNLINKED in kinds
            assert differences(case_id) == []
        superseded = [one for one in history(second_id) if one.kind is EventKind.ENTRY_SUPERSEDED]
        assert len(superseded) == 1
        assert not [one for one in history(first_id) if one.kind is EventKind.ENTRY_SUPERSEDED]
    text = browser.get(f"/isle-of-wight/cases/{second}").get_data(as_text=True)
    assert "The link with another referral was undone" in text
    assert "Linked as the same incident" not in text


def test_a_refusal_can_be_changed_to_a_link(browser: FlaskClient, wight: Place, opened: Opened) -> None:
    (first_id, first), (_second_id, second) = opened(), opened()
    assert say(browser, first, second, "refused", "") == 303
    assert say(browser, first, second, "linked", seen_by(browser, first, second), "The same after all") == 303
    assert "Linked as the same incident" in browser.get(f"/isle-of-wight/cases/{first}").get_data(
        as_text=True
    )
    page = browser.get(address(first)).get_data(as_text=True)
    assert "decided anew since" in page
    assert "The same after all" in page
    with wight.pinned():
        kinds = [event.kind for event in history(first_id)]
        assert kinds.index(EventKind.SAME_INCIDENT_REFUSED) < kinds.index(EventKind.SAME_INCIDENT_LINKED)


def test_who_decides_after_somebody_else_sees_it_and_keeps_what_they_typed(
    browser: FlaskClient, opened: Opened
) -> None:
    (_first_id, first), (_second_id, second) = opened(), opened()
    assert say(browser, first, second, "linked", "", "First") == 303
    form = {
        "with": second,
        "verdict": "refused",
        "reason": "My long reason",
        "seen": "",
        "submission_key": str(uuid4()),
    }
    late = browser.post(address(first), data=form)
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    for told in ("Somebody decided this meanwhile", "My long reason", "First", "undo the link"):
        assert told in page
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert seen is not None
    assert say(browser, first, second, "refused", seen[1], "My long reason") == 303


@pytest.mark.duty("B1-03")
def test_correcting_awareness_in_one_of_two_linked_cases_tells_the_other(
    browser: FlaskClient, wight: Place, opened: Opened
) -> None:
    (first_id, first), (second_id, second) = opened(aware=30), opened(aware=3)
    say(browser, first, second, "linked", "")
    team, now = find(wight, Role.PARTNERSHIP_TEAM), real_now()
    with wight.pinned():
        number = next(one.number for one in history(first_id) if one.kind is EventKind.LOCAL_AUTHORITY_AWARE)
        typed = Correction(number, False, now - timedelta(hours=40), "It was earlier", uuid4())
        service.correct(first_id, typed, actor=team.actor(), now=now)
        db.session.commit()
        query = select(OutboxMessage).where(OutboxMessage.kind == "linked-awareness-corrected")
        told = [one for one in db.session.scalars(query) if one.case_reference == second]
        assert told
        assert len({one.to_person for one in told}) == len(told)
        assert differences(second_id) == []
    for reference in (first, second):
        page = browser.get(f"/isle-of-wight/cases/{reference}").get_data(as_text=True)
        assert "The two differ on when the local authority became aware" in page


def test_likeness_is_found_by_the_database(wight: Place, opened: Opened) -> None:
    name, day = f"Quirin {uuid4().hex[:8]}", date(2016, 3, 2)
    mine, _reference = opened(Child(name, day))
    alike = {
        opened(Child(name.upper(), day))[0],  # the same name and day
        opened(Child(f"{name.split()[1]}, Quirin"))[0],  # another order, the day not known
        opened(Child("", day))[0],  # not named, the same day
    }
    others = {
        opened(Child(name, date(2017, 3, 2)))[0],
        opened(Child("Somebody Else"))[0],
    }  # another day; name
    team = find(wight, Role.PARTNERSHIP_TEAM)
    with wight.pinned():
        case = db.session.scalars(select(Case).where(Case.id == mine)).one()
        found = {one.case.id for one in likeness.likenesses(case, team.actor())}
        assert alike <= found
        assert not others & found


def test_nameless_cases_of_one_day_and_area_are_alike(wight: Place, opened: Opened) -> None:
    where = Where(date(2020, 1, 1) + timedelta(days=uuid4().int % 2000), "E06000046", "E06000046")
    mine, _reference = opened(where=where)
    other, _reference = opened(where=where)
    opened(where=Where(where.incident_on, "E06000044", None))
    team = find(wight, Role.PARTNERSHIP_TEAM)
    with wight.pinned():
        case = db.session.scalars(select(Case).where(Case.id == mine)).one()
        assert [one.case.id for one in likeness.likenesses(case, team.actor())] == [other]
        assert likeness.incident_of(mine).home == "E06000046"
        assert {row.key for row in obligations_of(mine)} >= {"A-09", "B1-03"}
