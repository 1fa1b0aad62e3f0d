"""A spreadsheet of cases: chosen, looked at, entered once, with one message to each who owes something."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from app.access.roles import Role
from app.cases.models import Case
from app.cases.queries import obligations_of, stages_of
from app.cases.rebuild import all_differences, differences
from app.clock_source import real_now
from app.entering.columns import COLUMNS
from app.entering.models import CaseImport, EnteredCase
from app.ledger.service import history
from app.outbox.models import JobIntent, OutboxMessage
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from app.serious_incidents import progress
from app.web.filters import long_date
from tenants.db import db
from tests.support.people import client_of, find
from tests.support.places import Place

ADDRESS = "/isle-of-wight/enter/spreadsheet"
LABELS = {column.name: column.label for column in COLUMNS}
SAID = {"outcome": "notify", "by": "Jordan Invented"}


def row(**more: str) -> dict[str, str]:
    base = {"own_reference": f"OLD-{uuid4().hex[:8]}", "title": "A child aged 4 (invented)", "agency": "police",
            "summary": "What happened", "referred_on": "2/11/2020", "aware_on": "2/11/2020"}  # fmt: skip
    return {**base, **more}


def whole(**more: str) -> dict[str, str]:
    """A case that was notified in time, every step on the day after the one before."""
    days = {"shared_on": 3, "chair_on": 3, "director_on": 4, "view_shared_on": 4, "local-authority_on": 5,
            "police_on": 5, "icb_on": 5, "decision_on": 5, "notified_on": 6}  # fmt: skip
    told = {name: f"{day}/11/2020" for name, day in days.items()}
    for who in ("chair", "director", "local-authority", "police", "icb", "decision"):
        told |= {f"{who}_{name}": text for name, text in SAID.items()}
    return row(**{**told, "rationale": "The test is met", "panel_reference": f"P-{uuid4().hex[:8]}",
                  "notified_by": "Sam Invented", **more})  # fmt: skip


def upload(browser: FlaskClient, rows: list[dict[str, str]]) -> Any:
    names = list(dict.fromkeys(name for one in rows for name in one))
    written = StringIO()
    lines = [[LABELS[name] for name in names], *([one.get(name, "") for name in names] for one in rows)]
    csv.writer(written).writerows(lines)
    form = {"submission_key": str(uuid4()), "file": (BytesIO(written.getvalue().encode()), "old cases.csv")}
    return browser.post(ADDRESS, data=form, content_type="multipart/form-data")


def chosen(browser: FlaskClient, rows: list[dict[str, str]]) -> str:
    answer = upload(browser, rows)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


@pytest.fixture
def browser(app: Flask, wight: Place) -> FlaskClient:
    return client_of(app, find(wight, Role.PARTNERSHIP_TEAM))


def case_of(own_reference: str) -> Case:
    query = select(Case).join(EnteredCase, EnteredCase.case_id == Case.id)
    return db.session.scalars(query.where(EnteredCase.own_reference == own_reference)).one()


def test_what_would_be_entered_is_shown_then_entered_once(browser: FlaskClient, wight: Place) -> None:
    one = whole(children="Ann Invented; Bob", births="2/3/2016; not known", incident_area="Isle of Wight",
                home_area="Isle of Wight", incident_on="1/11/2020")  # fmt: skip
    address = chosen(browser, [one])
    page = browser.get(address).get_data(as_text=True)
    for told in (one["own_reference"], "Row 2", "Ann Invented, born 2 March 2016", "Bob", "Notified", "Sam Invented",
                 "Day on which the Panel was notified: 6 November 2020", "by the end of Monday 9 November 2020",
                 "Notify the Child Safeguarding Practice Review Panel"):  # fmt: skip
        assert told in page, told
    pages = []
    for _time in range(2):  # sent twice, the second is answered as the first
        answer = browser.post(address, data={"do": "enter"})
        assert answer.status_code == 303
        pages.append(browser.get(answer.headers["Location"]).get_data(as_text=True))
    with wight.pinned():
        case = case_of(one["own_reference"])
        assert all(case.reference in page for page in pages)
        owed = {entry.key: entry for entry in obligations_of(case.id)}
        assert (owed["B1-03"].due_on, owed["B1-03"].ending) == (date(2020, 11, 9), "met")
        assert differences(case.id) == []
        assert (case.incident_on, case.incident_area) == (date(2020, 11, 1), "E06000046")
        kept = db.session.scalars(select(CaseImport).where(CaseImport.entered_at.is_not(None))).all()
        assert all(one.rows == [] for one in kept)  # what names children is kept no longer than it is needed


@pytest.mark.duty("N-11", "B1-03")
def test_days_are_shown_as_days_and_editions_are_those_of_the_day(browser: FlaskClient, wight: Place) -> None:
    one = whole()
    browser.post(chosen(browser, [one]), data={"do": "enter"})
    with wight.pinned():
        case = case_of(one["own_reference"])
        stages = stages_of(case.id)
        assert stages["notification"].guidance_edition == "Working Together to Safeguard Children 2018"
        assert london_date(stages["referral"].began_at) == date(2020, 11, 2)
        address = f"/isle-of-wight/cases/{case.reference}"
    for path in ("", "/decision", "/corrections", "/history"):
        page = browser.get(address + path).get_data(as_text=True)
        assert "November 2020, time not recorded" in page, path
        assert "midnight at the end" not in page, path
    decision = browser.get(address + "/decision").get_data(as_text=True)
    assert "Not known: decided before the case was entered" in decision
    for invented in ('<dd class="govuk-summary-list__value wm-said">Suspected', 'value wm-said">Yes'):
        assert invented not in decision


def test_an_answer_a_day_late_is_met_late(browser: FlaskClient, wight: Place) -> None:
    one = whole(**{"shared_on": "4/11/2020", "chair_on": "6/11/2020", "director_on": "6/11/2020",
                   "view_shared_on": "9/11/2020", "local-authority_on": "11/11/2020", "police_on": "10/11/2020",
                   "icb_on": "10/11/2020", "decision_on": "11/11/2020", "notified_on": "11/11/2020"})  # fmt: skip
    browser.post(chosen(browser, [one]), data={"do": "enter"})
    with wight.pinned():
        case = case_of(one["own_reference"])
        page = browser.get(f"/isle-of-wight/cases/{case.reference}").get_data(as_text=True)
        assert page.count("Met late") == 5  # shared, two views, one response, notified
        row_of = progress.load(case.id).notification
        assert row_of is not None
        assert row_of.missed_reason == "Not recorded before the case was entered"
        assert "It was sent after the five working days. Why:" in page


def test_a_bad_row_is_listed_by_its_number_and_nothing_is_entered(browser: FlaskClient, wight: Place) -> None:
    sound, early = row(), whole(notified_on="4/11/2020")
    rows = [sound, row(own_reference=sound["own_reference"].lower()), row(referred_on="20/11/26"), early,
            row(children="A; B; C; D; E")]  # fmt: skip
    address = chosen(browser, rows)
    page = browser.get(address).get_data(as_text=True)
    assert "4 of 5 rows cannot be entered" in page
    for told in (
        "Row 3",
        "This reference stands in row 2 too",
        "Row 4",
        "write the year with 4 numbers",
        "Row 5",
        "The day of the notification is before the decision to notify",
        "Row 6",
        "4 children at most",
    ):
        assert told in page, told  # fmt: skip
    assert browser.post(address, data={"do": "enter"}).status_code == 400
    with wight.pinned():
        assert not db.session.scalar(
            select(func.count())
            .select_from(EnteredCase)
            .where(EnteredCase.own_reference == sound["own_reference"])
        )
    assert browser.post(address, data={"do": "enter-sound"}).status_code == 303  # chosen explicitly
    with wight.pinned():
        assert case_of(sound["own_reference"])
        assert not db.session.scalar(
            select(EnteredCase.id).where(EnteredCase.own_reference == early["own_reference"])
        )
    again = browser.get(chosen(browser, [row(own_reference=f" {sound['own_reference'].lower()} ")]))
    assert "has been entered already" in again.get_data(as_text=True)


def test_a_large_spreadsheet_of_accented_text_is_no_413(browser: FlaskClient) -> None:
    address = chosen(browser, [row(summary="é" * 3000) for _ in range(60)])
    assert browser.post(address, data={"do": "enter"}).status_code == 303


def test_another_person_s_spreadsheet_does_not_exist(app: Flask, browser: FlaskClient, wight: Place) -> None:
    address = chosen(browser, [row()])
    other = client_of(app, find(wight, Role.STRATEGIC_MANAGER))
    assert other.get(address).status_code == 404
    assert other.post(address, data={"do": "enter"}).status_code == 400
    former = address
    chosen(browser, [row()])
    gone = browser.post(former, data={"do": "enter"})
    assert gone.status_code == 400
    assert "not kept any more" in gone.get_data(as_text=True)


def test_entering_writes_all_or_nothing(
    browser: FlaskClient, wight: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.entering import imports

    rows, entered = [row(), row()], imports.enter_cases

    def die(*args: Any) -> Any:
        entered(*args)
        db.session.flush()
        raise RuntimeError("killed")

    address = chosen(browser, rows)
    monkeypatch.setattr(imports, "enter_cases", die)
    assert browser.post(address, data={"do": "enter"}).status_code == 500
    monkeypatch.undo()
    with wight.pinned():
        wanted = [one["own_reference"] for one in rows]
        assert not db.session.scalar(select(EnteredCase.id).where(EnteredCase.own_reference.in_(wanted)))
    assert browser.post(address, data={"do": "enter"}).status_code == 303


def test_many_cases_are_entered_quickly_and_told_once(app: Flask, browser: FlaskClient, wight: Place) -> None:
    """Three hundred rows: one message to each who owes something, none for a clock that had ended before."""
    soon = london_date(real_now())
    rows = [row(shared_on="3/11/2020") for _ in range(299)]
    rows.append(row(referred_on=soon.isoformat(), aware_on=soon.isoformat()))
    address = chosen(browser, rows)
    with wight.pinned():
        mails, work = _counts()
    began, used = time.monotonic(), time.process_time()
    with statements() as asked:
        assert browser.post(address, data={"do": "enter"}).status_code == 303
    own = time.process_time() - used
    print(
        f"\n300 rows in {time.monotonic() - began:.1f} seconds, {own:.1f} of its own, {asked[0]} statements"
    )
    assert asked[0] < 300 * 20
    assert own < 10
    with wight.pinned():
        more_mails, more_work = _counts()
        newest = db.session.scalars(
            select(OutboxMessage).order_by(OutboxMessage.created_at.desc()).limit(more_mails - mails)
        ).all()
        assert {one.kind for one in newest} == {"cases-entered"}
        assert len({one.to_person for one in newest}) == len(newest)
        assert any("In 299 cases" in one.body for one in newest)
        assert more_work - work <= len(newest) + 5  # their delivery, and the clocks that still run
        assert not re.search(r"OLD-|A child", newest[0].body + newest[0].subject)
        running = case_of(rows[-1]["own_reference"])
        kinds = set(db.session.scalars(select(JobIntent.kind).where(JobIntent.key.contains(str(running.id)))))
        assert {"remind", "escalate"} <= kinds
        past = case_of(rows[0]["own_reference"])
        keys = db.session.scalars(select(JobIntent.key).where(JobIntent.key.contains(str(past.id)))).all()
        assert keys == []


@contextmanager
def statements() -> Iterator[list[int]]:
    """How many statements the database is asked."""
    asked = [0]

    def count(*_args: object) -> None:
        asked[0] += 1

    event.listen(Engine, "before_cursor_execute", count)
    yield asked
    event.remove(Engine, "before_cursor_execute", count)


def _counts() -> tuple[int, int]:
    return tuple(
        db.session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (OutboxMessage, JobIntent)
    )  # type: ignore[return-value]


def test_a_case_that_is_with_the_partners_goes_on_in_waymark(browser: FlaskClient, wight: Place) -> None:
    day = london_date(real_now()) - timedelta(days=20)
    told = {name: day.isoformat() for name in ("referred_on", "aware_on", "shared_on", "chair_on", "director_on",
                                               "view_shared_on", "police_deputy_on")}  # fmt: skip
    for who in ("chair", "director"):
        told |= {f"{who}_outcome": "notify", f"{who}_by": "Somebody"}
    one = row(**told)
    browser.post(chosen(browser, [one]), data={"do": "enter"})
    with wight.pinned():
        case = case_of(one["own_reference"])
        kinds = [(one.kind, one.party) for one in history(case.id)]
        assert [party for kind, party in kinds if kind is EventKind.RESPONSE_DEEMED] == ["police"]
        found = progress.load(case.id)
        assert {party.value: held.kind for party, held in found.positions.items()} == {"police": "deemed"}
        assert differences(case.id) == []
    page = browser.get(f"/isle-of-wight/cases/{case.reference}").get_data(as_text=True)
    assert "Deemed agreement: notify the Panel" in page
    assert f"{long_date(day)}, time not recorded" in page


def test_everything_that_was_entered_can_be_rebuilt(wight: Place) -> None:
    with wight.pinned():
        assert all_differences() == []
