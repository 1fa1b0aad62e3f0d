"""One case by form: contested decisions, own steps, faults beside their fields, and the same form sent twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access.roles import Role
from app.cases.models import Case
from app.cases.queries import obligations_of
from app.cases.rebuild import differences
from app.entering import routes
from app.serious_incidents import progress
from tenants.db import db
from tests.support.meanwhile import meanwhile
from tests.support.people import client_of, find
from tests.support.places import Place

DECIDED = {"chair": 3, "director": 3, "local-authority": 4, "police": 4, "icb": 4, "decision": 6}


@pytest.fixture
def browser(app: Flask, wight: Place) -> FlaskClient:
    return client_of(app, find(wight, Role.PARTNERSHIP_TEAM))


def day(name: str, number: int, year: int = 2020) -> dict[str, str]:
    return {f"{name}-day": str(number), f"{name}-month": "11", f"{name}-year": str(year)}


def form(**more: str) -> dict[str, str]:
    told = {"own_reference": f"F-{uuid4().hex[:8]}", "title": "A child aged 4 (invented)", "agency": "police",
            "summary": "What happened", "submission_key": str(uuid4())}  # fmt: skip
    return {**told, **day("referred_on", 2), **more}


def decided(**more: str) -> dict[str, str]:
    """Decided on the sixth of November 2020, the integrated care board differing at first."""
    told: dict[str, str] = {}
    for who, number in DECIDED.items():
        told |= {f"{who}_outcome": "notify", f"{who}_by": "Jordan Invented", **day(f"{who}_on", number)}
    told |= {"icb_outcome": "do-not-notify", "rationale": "The test is met"}
    days = {"aware_on": 2, "shared_on": 3, "view_shared_on": 3, "short_meeting_on": 5}
    for name, number in days.items():
        told |= day(name, number)
    return form(**{**told, **more})


def enter(browser: FlaskClient, told: dict[str, str], slug: str = "isle-of-wight") -> Any:
    return browser.post(f"/{slug}/enter/case", data=told)


def case_at(place: Place, answer: Any) -> Case:
    assert answer.status_code == 303, answer.get_data(as_text=True)
    reference = answer.headers["Location"].rsplit("/", 1)[1]
    return db.session.scalars(select(Case).where(Case.reference == reference)).one()


def test_a_decision_of_the_partnership_chair_is_entered_with_its_meetings(
    browser: FlaskClient, wight: Place
) -> None:
    told = decided(maker="partnership-chair", scrutineer="no", **day("chair_meeting_on", 6), abuse="suspected",
                   limb_a="yes", chair_meeting_notes="The chair decided")  # fmt: skip
    answer = enter(browser, told)
    with wight.pinned():
        case = case_at(wight, answer)
        found, owed = progress.load(case.id), {row.key: row for row in obligations_of(case.id)}
        assert found.decision is not None
        assert (found.decision.maker, found.decision.limb_a, found.decision.limb_b) == (
            "partnership-chair",
            True,
            None,
        )
        assert [meeting.kind for meeting in found.meetings] == ["short", "exceptional"]
        assert (owed["B1-10:decide"].ending, owed["B1-11:1"].open) == ("met", True)
        assert case.escalated
        assert differences(case.id) == []
        address = f"/isle-of-wight/cases/{case.reference}/decision"
    page = browser.get(address).get_data(as_text=True)
    assert "Decided by the Partnership Chair" in page
    assert "Suspected" in page
    assert page.count("Not known: decided before the case was entered") >= 3
    assert "5 November 2020, time not recorded" in page


def test_partners_who_agreed_at_their_meeting_decided(browser: FlaskClient, wight: Place) -> None:
    refused = enter(browser, decided())
    assert "The three responses say otherwise" in refused.get_data(as_text=True)
    answer = enter(browser, decided(icb_at_meeting="notify"))
    with wight.pinned():
        case = case_at(wight, answer)
        found = progress.load(case.id)
        assert {row.outcome for row in found.positions.values()} == {"notify"}
        assert [row.outcome for row in found.earlier] == ["do-not-notify"]
        assert differences(case.id) == []


def test_the_authority_s_own_duty_and_a_silence_that_did_not_count(
    browser: FlaskClient, wight: Place
) -> None:
    told = decided(maker="partnership-chair", scrutineer="yes", override_by="Director", override_reason="Own duty",
                   **day("override_on", 6), **day("notified_on", 6), panel_reference=f"P-{uuid4().hex[:6]}",
                   notified_by="Director", decision_outcome="do-not-notify")  # fmt: skip
    told |= {"police_outcome": "none", "police_by": "", **dict.fromkeys(day("police_on", 1), "")}
    answer = enter(browser, told)
    with wight.pinned():
        case = case_at(wight, answer)
        found = progress.load(case.id)
        assert found.told.override is not None
        assert [entry.kind for entry in found.entries] == ["override"]
        assert found.decision is not None
        kinds = {entry["party"]: entry["kind"] for entry in found.decision.positions}
        assert kinds["police"] == "none"
        assert case.status == "to-be-notified"
        assert differences(case.id) == []
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "The local authority notifies on its own duty" in page


def test_own_steps_are_entered_or_said_to_have_been_before(app: Flask, portsmouth: Place) -> None:
    browser = client_of(app, find(portsmouth, Role.PARTNERSHIP_TEAM))
    page = browser.get("/portsmouth/enter/case").get_data(as_text=True)
    assert "Consult the designated doctor before the decision" in page
    told = decided(icb_at_meeting="notify", **day("notified_on", 6), panel_reference=f"P-{uuid4().hex[:6]}",
                   notified_by="Director")  # fmt: skip
    answer = enter(browser, told, "portsmouth")
    done = enter(browser, {**told, "own_reference": "P2" + uuid4().hex[:6], "submission_key": str(uuid4()),
                           "anyway": "y", **day("step_designated-doctor_on", 4)}, "portsmouth")  # fmt: skip
    with portsmouth.pinned():
        case = case_at(portsmouth, answer)
        owed = {row.key: row for row in obligations_of(case.id)}
        assert owed["LOCAL:designated-doctor"].ending == "not needed"
        assert (
            owed["LOCAL:designated-doctor"].reason
            == "Its time had passed before the case was entered in Waymark."
        )
        with_step = {row.key: row for row in obligations_of(case_at(portsmouth, done).id)}
        assert with_step["LOCAL:designated-doctor"].ending == "met"
        assert differences(case.id) == []
    early = {
        **told,
        "own_reference": "P3",
        "submission_key": str(uuid4()),
        **day("step_designated-doctor_on", 2),
    }
    assert "before what it follows" in enter(browser, early, "portsmouth").get_data(as_text=True)


def test_a_date_s_message_names_its_field_and_typed_texts_stay(browser: FlaskClient) -> None:
    page = browser.get("/isle-of-wight/enter/case").get_data(as_text=True)
    assert '<select class="govuk-select" id="agency"' in page
    wrong = enter(browser, form(**{"shared_on-day": "5"}))
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 400
    assert (
        "Day on which the referral was shared with the chair and the Service Director must include a month"
        in text
    )
    assert "A child aged 4 (invented)" in text
    future = enter(browser, form(**day("referred_on", 2, 2099)))
    assert "The day of the referral must not be in the future" in future.get_data(as_text=True)
    strange = enter(browser, form(agency="<script>", children="A\nB\nC\nD\nE", births="2020-W47-5"))
    assert strange.status_code == 400


def test_the_same_form_sent_twice_enters_one_case_and_both_succeed(app: Flask, wight: Place) -> None:
    person, told = find(wight, Role.PARTNERSHIP_TEAM), form()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _n: enter(client_of(app, person), told), range(2)))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    other = enter(client_of(app, person), {**told, "submission_key": str(uuid4()),
                                           "own_reference": f" {told['own_reference'].lower()} "})  # fmt: skip
    assert other.status_code == 400
    assert "has been entered already" in other.get_data(as_text=True)


def test_a_notification_that_stands_in_another_case_warns_first(browser: FlaskClient) -> None:
    told = decided(icb_at_meeting="notify", **day("notified_on", 6), panel_reference=f"P-{uuid4().hex[:6]}",
                   notified_by="Director")  # fmt: skip
    assert enter(browser, told).status_code == 303
    again = {**told, "own_reference": uuid4().hex, "submission_key": str(uuid4())}
    warned = enter(browser, again)
    assert warned.status_code == 400
    assert "Enter it all the same" in warned.get_data(as_text=True)
    assert enter(browser, {**again, "anyway": "y"}).status_code == 303


def test_a_form_whose_twin_is_entered_while_it_is_looked_at_succeeds_too(
    app: Flask, wight: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, person = form(), find(wight, Role.PARTNERSHIP_TEAM)
    answers: list[Any] = []
    twin = client_of(app, person)
    meanwhile(monkeypatch, routes, "look_at", lambda: answers.append(enter(twin, told)))
    answers.append(enter(client_of(app, person), told))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
