"""The referral of a notification that came first: asked of whom it can be asked, and everybody's task is seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.access.roles import Role
from app.cases.models import Case
from app.cases.queries import obligations_of
from app.cases.rebuild import differences
from app.clock_source import real_now
from app.entering import requests
from app.entering.models import ReferralRequest
from app.procedure.clocks import LONDON, london_date
from app.referrals.queries import referral_record
from tenants.db import db
from tests.support.meanwhile import meanwhile
from tests.support.people import client_of, find
from tests.support.places import Place

FIRST = "/isle-of-wight/enter/notification-first"


@pytest.fixture
def browser(app: Flask, wight: Place) -> FlaskClient:
    return client_of(app, find(wight, Role.PARTNERSHIP_TEAM))


def form(**more: str) -> dict[str, str]:
    """A notification of two hours ago, of which the local authority became aware three hours ago."""
    told = {"heading": "A child aged 7 (invented)", "summary": "Known", "channel": "national-system",
            "submitted_by": "SD",
            "panel_reference": f"INV-{uuid4().hex[:8]}", "agency": "community-health",
            "submission_key": str(uuid4())}  # fmt: skip
    for name, hours in (("submitted_at", 2), ("aware_at", 3)):
        at = (real_now() - timedelta(hours=hours)).astimezone(LONDON)
        told |= {f"{name}-day": str(at.day), f"{name}-month": str(at.month), f"{name}-year": str(at.year),
                 f"{name}-time": f"{at:%H:%M}"}  # fmt: skip
    return {**told, **more}


def opened(browser: FlaskClient, **more: str) -> str:
    answer = browser.post(FIRST, data=form(**more))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


@pytest.mark.duty("A-09")
def test_the_asked_representative_finds_it_under_my_tasks(
    app: Flask, browser: FlaskClient, wight: Place
) -> None:
    case = opened(browser)
    reference = case.rsplit("/", 1)[1]
    asked = client_of(app, find(wight, Role.AGENCY_LIG_MEMBER, "community-health"))
    tasks = asked.get("/isle-of-wight/tasks").get_data(as_text=True)
    assert "Asked of your agency" in tasks
    assert f"{case}/referral" in tasks
    other = client_of(app, find(wight, Role.PARTNER_REPRESENTATIVE, "police"))
    assert f"{case}/referral" not in other.get("/isle-of-wight/tasks").get_data(as_text=True)
    page = browser.get(case).get_data(as_text=True)
    assert "See that the referral form is written and linked to this case" in page
    assert "Ask a further agency" in page
    with wight.pinned():
        rows = obligations_of(db.session.scalars(select(Case.id).where(Case.reference == reference)).one())
        assert [row.owner for row in rows if row.key == "A-09"] == ["partnership-team"]


@pytest.mark.duty("A-09")
def test_an_agency_that_nobody_represents_is_said_to_be_one(browser: FlaskClient, wight: Place) -> None:
    page = browser.get(FIRST).get_data(as_text=True)
    assert "(nobody represents it)" in page
    with wight.pinned():
        from app.entering.asking import representatives_today
        from tenants.registry import agencies

        people = representatives_today(real_now())
        nobody = next(one.key for one in agencies() if one.id not in people)
    refused = browser.post(FIRST, data=form(agency=nobody))
    text = refused.get_data(as_text=True)
    assert refused.status_code == 400
    assert "Nobody represents this agency in Waymark today" in text
    assert "The Partnership Team writes it itself" in text


@pytest.mark.duty("A-09")
def test_a_further_agency_is_asked_and_the_first_to_begin_writes(
    app: Flask, browser: FlaskClient, wight: Place
) -> None:
    case = opened(browser)
    asking = {"agency": "police", "submission_key": str(uuid4())}
    for _time in range(2):
        assert browser.post(f"{case}/ask-referral", data=asking).status_code == 303
    again = browser.post(f"{case}/ask-referral", data={**asking, "submission_key": str(uuid4())})
    assert "has been asked already" in again.get_data(as_text=True)
    police = client_of(app, find(wight, Role.PARTNER_REPRESENTATIVE, "police"))
    health = client_of(app, find(wight, Role.AGENCY_LIG_MEMBER, "community-health"))
    assert police.post(f"{case}/referral", data={"submission_key": str(uuid4())}).status_code == 303
    late = health.post(f"{case}/referral", data={"submission_key": str(uuid4())})
    assert late.status_code == 409
    assert "Another agency was asked too and has begun the referral" in late.get_data(as_text=True)


@pytest.mark.duty("A-09")
def test_the_partnership_team_writes_the_referral_where_nobody_else_does(
    browser: FlaskClient, wight: Place
) -> None:
    case = opened(browser, agency="team")
    day = london_date(real_now())
    typed = {"agency": "police", "referred_by": "DI Invented", "summary": "On paper", "children": "Ann\nBob",
             "births": "2/3/2016\nnot known", "home_area": "E06000046", "submission_key": str(uuid4()),
             **{f"referred_on-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}}  # fmt: skip
    wrong = browser.post(f"{case}/referral-for-agency", data={**typed, "births": "soon"})
    assert wrong.status_code == 400
    for _time in range(2):
        assert browser.post(f"{case}/referral-for-agency", data=typed).status_code == 303
    assert browser.get(f"{case}/referral-for-agency").status_code == 409
    with wight.pinned():
        found = db.session.scalars(select(Case).where(Case.reference == case.rsplit("/", 1)[1])).one()
        assert {row.key: row.ending for row in obligations_of(found.id)}["A-09"] == "met"
        assert "On paper" in str(referral_record(found.id))
        assert found.home_area == "E06000046"
        assert differences(found.id) == []
    assert "Ann" in browser.get(f"{case}/pack/sections/child-1").get_data(as_text=True)


def test_the_same_form_opens_one_case_and_the_same_notification_warns(
    browser: FlaskClient, wight: Place
) -> None:
    told = form()
    places = {browser.post(FIRST, data=told).headers["Location"] for _time in range(2)}
    assert len(places) == 1
    second = {**told, "submission_key": str(uuid4()), "panel_reference": told["panel_reference"].lower()}
    warned = browser.post(FIRST, data=second)
    assert warned.status_code == 400
    assert f"stands in {places.pop().rsplit('/', 1)[1]} already" in warned.get_data(as_text=True)
    assert browser.post(FIRST, data={**second, "second": "y"}).status_code == 303  # confirmed


@pytest.mark.duty("B1-03")
def test_a_late_notification_is_asked_why_and_an_unknown_awareness_is_said(
    browser: FlaskClient, wight: Place
) -> None:
    at = (real_now() - timedelta(days=30)).astimezone(LONDON)
    long_ago = {f"aware_at-{part}": str(getattr(at, part)) for part in ("day", "month", "year")}
    refused = browser.post(FIRST, data=form(**long_ago))
    text = refused.get_data(as_text=True)
    assert refused.status_code == 400
    assert "It was sent after the five working days" in text
    said = {"missed_reason": "The form was lost", "missed_reported_to": "The board"}
    page = browser.get(opened(browser, **long_ago, **said)).get_data(as_text=True)
    assert "The form was lost" in page
    none = {f"aware_at-{part}": "" for part in ("day", "month", "year", "time")}
    assert "or that it is not known" in browser.post(FIRST, data=form(**none)).get_data(as_text=True)
    case = opened(browser, **none, aware_not_known="y")
    assert "Local authority became aware" not in browser.get(case).get_data(as_text=True)
    children = browser.post(FIRST, data=form(children="A\nB\nC\nD\nE"))
    assert "4 children at most" in children.get_data(as_text=True)
    with wight.pinned():
        assert db.session.scalar(select(func.count()).select_from(ReferralRequest))


@pytest.mark.duty("A-09")
def test_a_form_whose_twin_opens_the_case_meanwhile_succeeds_too(
    app: Flask, browser: FlaskClient, wight: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, twin = form(), client_of(app, find(wight, Role.PARTNERSHIP_TEAM))
    answers: list[Any] = []
    meanwhile(monkeypatch, requests, "also_asked", lambda: answers.append(twin.post(FIRST, data=told)))
    answers.append(browser.post(FIRST, data=told))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
