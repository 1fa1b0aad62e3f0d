"""Cases already under way, a notification that came first, and two referrals of one incident."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.access.roles import Role
from app.cases.queries import obligations_of
from app.cases.rebuild import all_differences
from app.clock_source import real_now
from app.entering.requests import CameFirst, came_first_faults, open_from_notification
from app.entering.under_way import under_way
from app.ledger.service import history
from app.procedure.entering import Child
from app.procedure.entering_faults import under_way_faults
from app.procedure.events import EventKind
from app.procedure.same_incident import Incident, Known, reasons_alike
from tenants.db import db
from tests.integration.referrals.conftest import draft_at, fill
from tests.support.came_first import case_that_came_first
from tests.support.people import client_of, find
from tests.support.places import Place

TODAY = date(2026, 11, 23)
ROW = {"own_reference": "OLD-1", "title": "A child aged 4", "agency": "police", "summary": "What happened",
       "referred_on": "2/11/2026", "aware_on": "2026-11-02", "shared_on": "3 November 2026"}  # fmt: skip


def test_a_row_is_read_as_people_write_it() -> None:
    case, faults = under_way(ROW)
    assert faults == []
    assert (case.referred_on, case.shared_on) == (date(2026, 11, 2), date(2026, 11, 3))
    assert under_way_faults(case, TODAY, {"police": "Police"}) == []
    wrong, faults = under_way({**ROW, "referred_on": "soon", "chair_outcome": "maybe"})
    assert {name for name, _message in faults} == {"referred_on", "chair_outcome"}
    early, _faults = under_way({**ROW, "shared_on": "1/11/2026"})
    assert [name for name, _ in under_way_faults(early, TODAY, {"police": "Police"})] == ["shared_on"]
    assert wrong.referred_on is None


@pytest.mark.duty("A-09")
def test_a_notification_that_came_first_asks_for_its_referral(wight: Place) -> None:
    team, now = find(wight, Role.PARTNERSHIP_TEAM), real_now()
    sent = now - timedelta(hours=2)
    typed = CameFirst("A child", (), "Known", sent - timedelta(hours=1), sent, "national-system",
                      f"INV-{uuid4().hex[:8]}", "SD", "police", uuid4())  # fmt: skip
    assert came_first_faults(CameFirst("", (), "", None, None, None, "", "", "", uuid4()), now, {"police"})
    with wight.pinned():
        case, faults = open_from_notification(typed, actor=team.actor(), now=now)
        assert faults == []
        assert case is not None
        case_id = case.id
        db.session.commit()
        owed = {one.key: one for one in obligations_of(case_id)}
        assert owed["A-09"].open
        assert owed["B1-03"].ending == "met"
        assert "B1-06" not in owed
        assert all_differences() == []
        again, _faults = open_from_notification(typed, actor=team.actor(), now=now)
        assert again is not None
        assert again.id == case_id


known = st.builds(
    Known,
    st.sampled_from(("", "Ann Other", "Other, Ann", "Bob Nobody")),
    st.none() | st.sampled_from((TODAY, date(2020, 1, 1))),
    st.sampled_from(("", "9434765919")),
)


@given(st.lists(known, max_size=2), st.lists(known, max_size=2))
def test_likeness_is_the_same_from_both_sides(one: list[Known], other: list[Known]) -> None:
    first, second = Incident(one, TODAY, "E06000046"), Incident(other, TODAY, "E06000046")
    assert bool(reasons_alike(first, second)) == bool(reasons_alike(second, first))


def test_names_in_another_order_are_alike() -> None:
    one = Incident([Known("Ann Other", TODAY)])
    assert reasons_alike(one, Incident([Known("Other, Ann", TODAY)]))
    assert reasons_alike(one, Incident([Known("Bob Nobody", date(2020, 1, 1))])) == []


@pytest.mark.duty("A-09")
def test_the_referral_that_was_asked_for_is_linked_to_the_same_case(app: Flask, wight: Place) -> None:
    representative = find(wight, Role.AGENCY_LIG_MEMBER, "community-health")
    case_id, reference = case_that_came_first(wight, agency="community-health")
    browser = client_of(app, representative)
    page = browser.get(f"/isle-of-wight/cases/{reference}").get_data(as_text=True)
    assert "Your agency is asked for the referral form" in page
    address = f"/isle-of-wight/cases/{reference}/referral"
    begun = browser.post(address, data={"submission_key": str(uuid4())})
    again = browser.post(address, data={"submission_key": str(uuid4())})
    assert begun.status_code == again.status_code == 303
    assert begun.headers["Location"] == again.headers["Location"]
    fill(browser, wight, begun.headers["Location"])
    draft = begun.headers["Location"]
    form = {"submission_key": str(uuid4()), "version": draft_at(wight, draft).version}
    assert browser.post(f"{draft}/submit", data=form).status_code == 303
    assert draft_at(wight, draft).reference == reference
    with wight.pinned():
        owed = {one.key: one for one in obligations_of(case_id)}
        assert owed["A-09"].ending == "met"
        assert all_differences() == []
    assert "asked for the referral form" not in browser.get(f"/isle-of-wight/cases/{reference}").get_data(
        as_text=True
    )
    assert browser.get(address).status_code == 404


def test_nobody_else_writes_the_referral_that_one_agency_is_asked_for(app: Flask, wight: Place) -> None:
    _case_id, reference = case_that_came_first(wight, agency="community-health")
    for someone in (
        find(wight, Role.PARTNERSHIP_TEAM),
        find(wight, Role.PRACTITIONER),
        find(wight, Role.PARTNER_REPRESENTATIVE, "police"),
    ):
        answer = client_of(app, someone).get(f"/isle-of-wight/cases/{reference}/referral")
        assert answer.status_code == 404


def test_two_cases_of_one_incident_are_shown_and_linked_by_a_person(app: Flask, wight: Place) -> None:
    name = f"Ann {uuid4().hex[:8]}"
    first_id, first = case_that_came_first(wight, Child(name))
    second_id, second = case_that_came_first(wight, Child(name.upper()), agency="community-health")
    browser = client_of(app, find(wight, Role.PARTNERSHIP_TEAM))
    assert f"Compare with {second}" in browser.get(f"/isle-of-wight/cases/{first}").get_data(as_text=True)
    address = f"/isle-of-wight/cases/{first}/same-incident"
    assert browser.get(address, query_string={"with": "WM-NONE"}).status_code == 404
    assert name in browser.get(address, query_string={"with": second}).get_data(as_text=True)
    unsaid = browser.post(address, data={"with": second, "submission_key": str(uuid4())})
    assert unsaid.status_code == 400
    form = {"with": second, "verdict": "linked", "reason": "The same child, the same night"}
    form["submission_key"] = str(uuid4())
    for _time in range(2):  # the same form sent twice
        assert browser.post(address, data=form).status_code == 303
    page = browser.get(f"/isle-of-wight/cases/{second}").get_data(as_text=True)
    assert "Linked as the same incident" in page
    assert f"Compare with {first}" not in page
    with wight.pinned():
        aware = [
            min(one.happened_at for one in history(case_id) if one.kind is EventKind.LOCAL_AUTHORITY_AWARE)
            for case_id in (first_id, second_id)
        ]
        linked = [one for one in history(first_id) if one.kind is EventKind.SAME_INCIDENT_LINKED]
        assert aware[0] == aware[1]  # the local authority became aware of one incident once
        assert len(linked) == 1
        assert all_differences() == []


def test_a_case_under_way_is_entered_by_form(app: Flask, wight: Place) -> None:
    browser, own = client_of(app, find(wight, Role.PARTNERSHIP_TEAM)), f"FORM-{uuid4().hex[:6]}"
    typed = {
        "own_reference": own,
        "title": "A child aged 7 (invented)",
        "agency": "police",
        "summary": "What happened",
        "submission_key": str(uuid4()),
        **{
            f"referred_on-{part}": text
            for part, text in zip(("day", "month", "year"), ("2", "11", "2026"), strict=True)
        },
    }
    wrong = browser.post("/isle-of-wight/enter/case", data={**typed, "referred_on-month": "13"})
    assert wrong.status_code == 400
    assert own in wrong.get_data(as_text=True)
    entered = browser.post("/isle-of-wight/enter/case", data=typed)
    assert entered.status_code == 303
    page = browser.get(entered.headers["Location"])
    assert "A child aged 7 (invented)" in page.get_data(as_text=True)
    twice = browser.post("/isle-of-wight/enter/case", data={**typed, "submission_key": str(uuid4())})
    assert "entered already" in twice.get_data(as_text=True)
