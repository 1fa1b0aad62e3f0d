"""The preparation pack: in the national form's order, up to four children, saved as one goes, and downloadable."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.cases.models import Case, CaseChild
from app.preparation import service
from app.preparation.document import as_document
from app.procedure.events import EventKind
from app.procedure.preparation import (
    CHILD,
    MOST_CHILDREN,
    Asked,
    child_keys,
    missing,
    next_child,
    progress_of,
    sections,
    title_of,
)
from tenants.db import db
from tests.integration.serious_incidents.journey import Journey
from tests.support.people import client_of


def answer(asked: Asked) -> str:
    return next(iter(asked.choices)) if asked.kind == "choice" else "Invented"


def everything(children: int = 1) -> dict[str, dict[str, str]]:
    start: dict[str, dict[str, str]] = {f"child-{place}": {} for place in range(1, children + 1)}
    return {key: {asked.name: answer(asked) for asked in one.questions} for key, one in sections(start)}


@pytest.mark.duty("N-10")
@given(st.integers(1, MOST_CHILDREN), st.data())
def test_a_pack_is_complete_when_nothing_asked_is_missing(children: int, data: st.DataObject) -> None:
    answers = everything(children)
    assert missing(answers) == []
    key, section = data.draw(st.sampled_from(sections(answers)))
    asked = data.draw(st.sampled_from(section.questions))
    left_out = {**answers, key: {**answers[key], asked.name: "  "}}
    found = [(one.section, one.question) for one in missing(left_out)]
    assert found == ([] if asked.optional else [(key, asked.name)])
    assert progress_of(key, section, left_out) == ("complete" if asked.optional else "begun")


@pytest.mark.duty("N-10")
def test_up_to_four_children_named_or_not() -> None:
    answers = everything(1)
    answers["child-1"]["name"] = ""
    assert missing(answers) == []  # unnamed is allowed
    assert title_of("child-1", CHILD, answers) == "Child 1: not named"
    for place in (2, 3, 4):
        key = next_child(answers)
        assert key == f"child-{place}"
        answers[str(key)] = {}
    assert next_child(answers) is None
    assert child_keys(answers) == ["child-1", "child-2", "child-3", "child-4"]
    assert [key for key, _section in sections(answers)][:3] == ["about", "incident", "child-1"]


def page(journey: Journey, app: Flask) -> tuple[FlaskClient, str]:
    return client_of(app, journey.team), f"/isle-of-wight/cases/{journey.reference}/pack"


def form(part: dict[str, str], version: int = 0, then: str = "later") -> dict[str, str]:
    named = {f"q_{name}": text for name, text in part.items()}
    return {**named, "version": str(version), "then": then, "submission_key": str(uuid4())}


@pytest.mark.duty("N-10")
def test_it_is_saved_as_one_goes_declared_complete_and_downloaded(app: Flask, journey: Journey) -> None:
    journey.share()
    browser, base = page(journey, app)
    assert "Not begun" in browser.get(f"{base}/").get_data(as_text=True)
    assert journey.events(EventKind.PACK_STARTED) == []  # looking begins nothing
    assert (
        browser.post(f"{base}/sections/incident", data=form({"date": "Friday"}, then="next")).status_code
        == 303
    )
    assert len(journey.events(EventKind.PACK_STARTED)) == 1
    assert 'value="Friday"' in browser.get(f"{base}/sections/incident").get_data(as_text=True)
    refused = browser.post(f"{base}/complete")
    assert refused.status_code == 400
    assert "What happened?" in refused.get_data(as_text=True)
    for key, section in sections({"child-1": {}}):
        given_ = {asked.name: answer(asked) for asked in section.questions}
        saved = browser.post(f"{base}/sections/{key}", data=form(given_, 1 if key == "incident" else 0))
        assert saved.status_code == 303
    assert browser.post(f"{base}/complete").status_code == 303
    assert len(journey.events(EventKind.PACK_COMPLETED)) == 1
    answer_ = browser.get(f"{base}/download")
    assert f"{journey.reference}-preparation.docx" in answer_.headers["Content-Disposition"]
    told = "\n".join(one.text for one in Document(BytesIO(answer_.data)).paragraphs)
    assert "Complete, declared by" in told
    assert (
        told.index("Which local authority notifies?") < told.index("What happened?") < told.index("Child 1")
    )
    assert "Invented" in browser.get(f"{base}/print").get_data(as_text=True)
    browser.post(f"{base}/children")
    assert "Not complete" in browser.get(f"{base}/").get_data(as_text=True)  # open again


def test_two_who_save_a_section_at_once_see_each_other(app: Flask, journey: Journey) -> None:
    journey.share()
    browser, base = page(journey, app)
    other = client_of(app, journey.director)
    assert browser.post(f"{base}/sections/family", data=form({"household": "First"})).status_code == 303
    stale = other.post(f"{base}/sections/family", data=form({"household": "Second"}))
    assert stale.status_code == 409
    text = stale.get_data(as_text=True)
    assert "First" in text
    assert "Second" in text  # nothing typed is lost
    with journey.place.pinned():
        pack = service.pack_of(journey.case_id)
        assert pack is not None
        assert pack.answers["family"]["household"] == "First"


@pytest.mark.parametrize("sign", ["\ufffe", "\uffff", "\x0b", "\U0001ffff"])
def test_no_sign_that_a_document_cannot_hold_spoils_the_download(
    app: Flask, journey: Journey, sign: str
) -> None:
    browser, base = page(journey, app)
    refused = browser.post(f"{base}/sections/family", data=form({"household": f"x{sign}y"}))
    assert refused.status_code == 400
    written = as_document(Case(reference="IOW-1"), {"family": {"household": f"x{sign}y"}}, "Not begun.")
    assert "xy" in [one.text.replace("\U0001ffff", "") for one in Document(BytesIO(written)).paragraphs]


@pytest.mark.duty("N-10")
def test_what_is_known_of_the_case_stands_in_the_pack_already(app: Flask, journey: Journey) -> None:
    with journey.place.pinned():
        case = db.session.scalars(select(Case).where(Case.id == journey.case_id)).one()
        child = db.session.scalars(select(CaseChild).where(CaseChild.case_id == case.id)).one()
        case.incident_on, case.incident_area, case.home_area = date(2026, 11, 1), "E06000046", "E06000046"
        child.name, child.born_on = "Ann Invented", date(2020, 3, 2)
        db.session.flush()
        known, _prefilled = service.answers_of(case.id)
        db.session.rollback()
    assert known["incident"]["date"] == "1 November 2026"
    assert known["incident"]["aware"].startswith("23 November 2026")
    assert known["about"]["authority"] == known["incident"]["place"] == "Isle of Wight Council"
    assert (known["child-1"]["name"], known["child-1"]["born"]) == ("Ann Invented", "2 March 2020")
    browser, base = page(journey, app)
    assert "data-print" in browser.get(f"{base}/print").get_data(as_text=True)


def test_wrong_sections_and_texts(app: Flask, journey: Journey) -> None:
    browser, base = page(journey, app)
    for part in ("nothing", "child-9", "child"):
        assert browser.get(f"{base}/sections/{part}").status_code == 404
    bad = browser.post(f"{base}/sections/family", data=form({"household": "x\x00y"}))
    assert bad.status_code == 400
    assert client_of(app, journey.police).get(f"{base}/").status_code == 404
    for _each in range(6):
        browser.post(f"{base}/children")
    with journey.place.pinned():
        pack = service.pack_of(journey.case_id)
        assert pack is not None
        assert len(child_keys(pack.answers)) == MOST_CHILDREN
    assert browser.post(f"{base}/sections/child-2/remove").status_code == 303
    assert browser.get(f"{base}/sections/child-2").status_code == 404
