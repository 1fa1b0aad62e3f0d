"""An agency writes its return, section by section, checks it and returns it; and returns it again."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from werkzeug.test import TestResponse

from app.access.actor import SYSTEM
from app.access.roles import Role
from app.accounts.models import Membership
from app.accounts.service import end_membership
from app.involvement import queries, service
from app.involvement.changes import Returned, on_return
from app.involvement.models import InvolvementDraft, InvolvementReturn
from app.procedure.events import EventKind
from app.serious_incidents.errors import Incomplete
from tenants.db import db
from tests.integration.involvement.conftest import Circulated
from tests.integration.involvement.given import DAY, DUE, Given
from tests.support.cast import one_more
from tests.support.involvement import NONE, typed, whole
from tests.support.people import Someone


def form(part: str, request_id: UUID) -> str:
    return f"/involvement/{request_id}/form/{part}"


def autosave(
    given: Given, who: Someone, request_id: UUID, part: str, version: int = 0, **fields: Any
) -> TestResponse:
    fields = {"version": str(version), "form_id": str(uuid4()), **fields}
    return given.post(who, form(part, request_id) + "/autosave", **fields)


def drafts(given: Given) -> list[InvolvementDraft]:
    with given.place.pinned():
        return list(db.session.scalars(select(InvolvementDraft)))


@pytest.mark.duty("B2-05")
def test_it_is_filled_in_checked_and_returned(given: Given) -> None:
    asked = given.ask(questions=["Who knew, and when?"])
    health = asked["community-health"]
    page = given.text(given.contributor, given.own(health))
    for words in ("Robin Invented, aged 4", given.case, "Contacts", "Not started", "Further questions"):
        assert words in page
    assert f"/cases/{given.case}" not in page  # a contributor cannot see the case
    assert f"/cases/{given.case}" in given.text(given.member, given.own(health))
    given.fill(given.contributor, health, answers={"answer_1": "The health visitor, in March"})
    check = given.text(given.contributor, given.own(health, "/check"))
    for words in ("2 March 2026 at 09:30", "Who knew, and when?", "The health visitor, in March"):
        assert words in check
    assert "Before it can be returned" not in check
    sent = given.submit(given.contributor, health)
    assert sent.status_code == 303, sent.text
    with given.place.pinned():
        (one,) = queries.returns_of(given.case_id)
        assert (one.number, one.late, one.supplement, one.source) == (1, False, False, None)
        assert one.content == whole(chronology=[whole()["chronology"][0]], answers=[
            {"question": "Who knew, and when?", "answer": "The health visitor, in March"}])  # fmt: skip
        assert "Agency contributor, Community health" in one.capacity
    (event,) = given.told(EventKind.INVOLVEMENT_RETURNED)
    assert f'"request":"{health}"' in event.facts
    assert given.states() == {"Community health": "returned", "Constabulary": "asked"}
    assert [message.kind for message in given.messages(given.team)] == ["involvement-returned"]
    assert len(given.messages(given.chair, "involvement-returned")) == 1
    for who in (given.member, given.contributor):
        assert "Invented" in given.text(who, given.own(health, "/returns/1"))
    for who in (given.team, given.chair, given.scrutineer):
        assert "The health visitor, in March" in given.text(who, given.of_case(f"{health}/returns/1"))


def test_no_involvement_is_a_proper_return(given: Given) -> None:
    police = given.ask()["police"]
    about = {"involved": "no", "author": "Sam", "author_role": "Inspector", "go": "continue"}
    sent = given.post(given.police, form("about", police), version="0", form_id=str(uuid4()), **about)
    assert sent.headers["Location"].endswith("/check")
    assert "Not needed" in given.text(given.police, given.own(police))
    assert given.submit(given.police, police).status_code == 303
    with given.place.pinned():
        (one,) = queries.latest_returns(given.case_id)
        assert one.none
        assert one.agency_name == "Constabulary"
    assert "No involvement" in given.text(given.team, given.of_case(f"{police}/returns/1"))


@pytest.mark.duty("B2-05")
def test_what_is_missing_is_named_and_leads_to_its_field(given: Given) -> None:
    police = given.ask()["police"]
    assert "Before it can be returned" in given.text(given.police, given.own(police, "/check"))
    refused = given.submit(given.police, police)
    assert refused.status_code == 400
    for words in ("Say whether your agency was involved", "Enter a contact or an entry of the chronology",
                  f"/involvement/{police}/form/about#involved",
                  f"/involvement/{police}/form/contacts#day_day_1"):  # fmt: skip
        assert words in refused.text
    given.fill(given.police, police)
    given.post(given.police, form("about", police), version="1", form_id=str(uuid4()), involved="no", author="S",
               author_role="R", go="later")  # fmt: skip
    both = given.submit(given.police, police)
    assert "You say that there was no involvement, and have filled in" in both.text
    assert given.told(EventKind.INVOLVEMENT_RETURNED) == []


def test_rows_come_and_go_without_scripts(given: Given) -> None:
    police = given.ask()["police"]
    rows = {"day_day": ["2", ""], "day_month": ["3", "4"], "day_year": ["2026", "2026"], "who": ["A", "B"],
            "what": ["First", "Second <b>"]}  # fmt: skip
    added = given.post(given.police, form("contacts", police), version="0", form_id="", go="add", **rows)
    assert added.status_code == 303
    assert added.headers["Location"].endswith("/form/contacts#day_day_3")
    page = given.text(given.police, form("contacts", police))
    assert page.count('name="what"') == 3
    assert "Second &lt;b&gt;" in page
    assert "Another contact" in page
    rows = {name: [*values, ""] for name, values in rows.items()}
    gone = given.post(given.police, form("contacts", police), version="1", form_id="", go="remove-1", **rows)
    assert gone.status_code == 303
    (kept,) = drafts(given)[0].content["contacts"]["rows"]
    assert kept == {"day_day": "", "day_month": "4", "day_year": "2026", "who": "B", "what": "Second <b>"}
    given.post(given.police, form("about", police), version="0", form_id="", go="later", involved="yes", author="S",
               author_role="R")  # fmt: skip
    assert "April 2026" in given.text(given.police, given.own(police, "/check"))


def test_what_cannot_be_read_is_told_beside_its_field_and_kept(given: Given) -> None:
    police = given.ask()["police"]
    row = {"day_day": "31", "day_month": "2", "day_year": "2026", "time": "25:00", "what": "Kept", "source": "",
           "significance": ""}  # fmt: skip
    refused = given.post(
        given.police, form("chronology", police), version="0", form_id="", go="continue", **row
    )
    assert refused.status_code == 400
    for words in ("31 February 2026 is not a real date", "the time must be a time", "say where this is recorded",
                  'href="#day_day_1"', 'href="#source_1"', 'value="31"', "Kept"):  # fmt: skip
        assert words in refused.text
    assert drafts(given)[0].content["chronology"]["rows"][0]["day_day"] == "31"  # saved all the same
    later = given.post(given.police, form("chronology", police), version="1", form_id="", go="later", **row)
    assert later.status_code == 303
    future = {**row, "day_month": "1", "day_year": "2027", "time": ""}
    told = given.post(
        given.police, form("chronology", police), version="1", form_id="", go="continue", **future
    )
    assert "must not be in the future" in told.text


@pytest.mark.parametrize("bad", ["x\x00y", "\u202ereversed", "\ufffd", "y" * 20_001])
def test_what_cannot_be_stored_is_said_and_given_back(given: Given, bad: str) -> None:
    police = given.ask()["police"]
    sent = given.post(
        given.police, form("practice", police), version="0", form_id="", good=f"Typed {bad}", not_good="Fine"
    )
    assert sent.status_code == 400
    assert 'href="#good"' in sent.text
    assert "Typed" in sent.text
    assert "Fine" in sent.text
    told = autosave(given, given.police, police, "practice", good=f"Typed {bad}")
    assert told.status_code == 400
    assert told.get_json()["message"].startswith("“What was good”")
    assert drafts(given) == []


def test_it_is_saved_as_one_types_and_two_people_lose_nothing(given: Given) -> None:
    health = given.ask()["community-health"]
    given.text(given.member, form("practice", health))
    assert drafts(given) == []  # looking begins nothing
    first = autosave(given, given.member, health, "practice", good="One")
    assert first.json == {"saved": True, "saved_at": "10am", "version": 1}
    other = autosave(
        given, given.contributor, health, "context", equality="Another section is nobody's conflict"
    )
    assert other.status_code == 200
    stale = autosave(given, given.contributor, health, "practice", good="Two")
    assert stale.status_code == 409
    page = given.post(
        given.contributor, form("practice", health), version="0", form_id=str(uuid4()), good="Two"
    )
    assert page.status_code == 409
    for words in ("One", "Two", f"{given.member.name} changed this", 'name="version" value="1"'):
        assert words in page.text
    assert drafts(given)[0].content["practice"]["good"] == "One"
    again = given.post(
        given.contributor, form("practice", health), version="1", form_id=str(uuid4()), good="Two"
    )
    assert again.status_code == 303
    assert given.states()["Community health"] == "begun"
    board = given.text(given.team, given.of_case())
    assert "Begun; last saved" in board
    assert "Two" not in given.text(given.team, given.of_case(str(health)))


def test_a_check_that_is_stale_is_shown_again(given: Given) -> None:
    health = given.ask()["community-health"]
    given.fill(given.member, health)
    autosave(given, given.contributor, health, "practice", version=1, good="Changed", not_good="x")
    stale = given.post(given.member, given.own(health, "/check"), over="7", changed="")
    assert stale.status_code == 409
    assert "changed while you were writing" in stale.text
    assert 'name="over" type="hidden" value="8"' in stale.text


def test_a_second_return_is_number_two_and_the_first_is_kept(given: Given) -> None:
    health = given.ask()["community-health"]
    given.fill(given.member, health)
    key = str(uuid4())
    for _twice in (1, 2):
        assert given.submit(given.member, health, submission_key=key).status_code == 303
    assert len(given.told(EventKind.INVOLVEMENT_RETURNED)) == 1
    same = given.submit(given.member, health, changed="Nothing really")
    assert same.status_code == 400
    assert "Nothing has changed since the last return" in same.text
    given.fill(given.contributor, health, practice={"good": "Better", "not_good": "None"})
    unsaid = given.submit(given.contributor, health)
    assert "Say what has changed since the last return" in unsaid.text
    assert given.submit(given.contributor, health, changed="What was good").status_code == 303
    with given.place.pinned():
        first, second = queries.returns_of(given.case_id)
        assert (first.number, first.content["good"]) == (1, "Invented")
        assert (second.number, second.content["good"], second.changed) == (2, "Better", "What was good")
        assert [one.number for one in queries.latest_returns(given.case_id)] == [2]
        for verb in ("update involvement_returns set changed = ''", "delete from involvement_returns"):
            with pytest.raises(ProgrammingError):
                db.session.execute(text(verb))
            db.session.rollback()
    assert "What was good" in given.text(given.member, given.own(health))
    assert given.get(given.member, given.own(health, "/returns/3")).status_code == 404


@pytest.mark.duty("B2-05")
def test_a_late_return_is_accepted_and_shown_as_late(given: Given) -> None:
    police = given.ask()["police"]
    given.to(given.now + 5 * DAY)
    assert given.states(today=DUE + DAY)["Constabulary"] == "overdue"
    assert given.answer(given.police, police) == 1
    assert "Late" in given.text(given.team, given.of_case())
    with given.place.pinned():
        assert queries.returns_of(given.case_id)[0].late
        assert queries.requests_of(given.case_id)[1].late


def test_one_that_comes_after_the_papers_is_a_supplement_and_whoever_listens_is_told(
    given: Given, circulated: Circulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.involvement import changes

    heard: list[Returned] = []
    monkeypatch.setattr(changes, "_listeners", [])
    on_return(heard.append)
    asked = given.ask()
    given.answer(given.member, asked["community-health"])
    circulated(given.now)
    given.answer(given.police, asked["police"])
    assert [(one.request_id, one.number, one.supplement) for one in heard] == [
        (asked["community-health"], 1, False), (asked["police"], 1, True),
    ]  # fmt: skip
    assert "supplement" in given.text(given.team, given.of_case(f"{asked['police']}/returns/1"))


def test_a_listener_that_fails_undoes_the_return(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.involvement import changes

    def fails(_returned: Returned) -> None:
        raise RuntimeError("papers")

    monkeypatch.setattr(changes, "_listeners", [fails])
    police = given.ask()["police"]
    with pytest.raises(RuntimeError):
        given.answer(given.police, police)
    with given.place.pinned():
        assert db.session.scalars(select(InvolvementReturn)).all() == []


def test_whoever_comes_next_goes_on_with_the_agencys_draft(given: Given, owner_of: Flask) -> None:
    police = given.ask()["police"]
    given.fill(given.police, police, "What the first one wrote")
    with given.place.pinned():
        query = select(Membership.id).where(Membership.person_id == given.police.person_id)
        end_membership(db.session.scalars(query).one(), reason="Left", acting=SYSTEM, now=given.now)
        db.session.commit()
    assert given.get(given.police, given.own(police)).status_code == 404
    next_one = one_more(given.place, owner_of, (Role.PARTNER_REPRESENTATIVE, "police"))
    assert "What the first one wrote" in given.text(next_one, form("practice", police))
    assert given.submit(next_one, police).status_code == 303


def test_the_service_asks_the_rules_whoever_calls_it(given: Given) -> None:
    police = given.ask()["police"]
    with given.place.pinned():
        for content in ({}, whole(good=""), {**NONE, "contacts": whole()["contacts"]}):
            with pytest.raises(Incomplete):
                service.submit_return(police, content, actor=given.police.actor(), now=given.now, key=uuid4())
            db.session.rollback()
        kept = service.submit_return(police, NONE, actor=given.police.actor(), now=given.now, key=uuid4())
        assert (kept.number, kept.late) == (1, False)
        db.session.rollback()


@pytest.mark.parametrize("part", ["nothing", "answers", "rows", "../check"])
def test_a_section_that_the_form_does_not_have_is_not_found(given: Given, part: str) -> None:
    police = given.ask()["police"]
    assert given.get(given.police, form(part, police)).status_code == 404
    assert given.post(given.police, form(part, police)).status_code in (404, 405)


def test_forms_that_were_spoilt_on_the_way(given: Given) -> None:
    police = given.ask()["police"]
    for version in ("", "x", "-1", "9" * 30, "\u0661"):
        answer = given.post(given.police, form("contacts", police), version=version, form_id="z" * 500, go="remove-x",
                            who=["lone", "two"], what=[])  # fmt: skip
        assert answer.status_code in (303, 409), version
    json = given.client(given.police).post(
        f"/{given.place.slug}{form('about', police)}/autosave", json={"a": 1}
    )
    assert json.status_code in (200, 409)
    empty = given.client(given.police).post(f"/{given.place.slug}{given.own(police, '/check')}")
    assert empty.status_code == 400


def test_the_list_of_ones_own(given: Given) -> None:
    asked = given.ask()
    assert date(2026, 11, 27) == DUE
    mine = given.text(given.member, "/involvement/")
    assert given.case in mine
    assert "By the end of Friday 27 November 2026" in mine
    assert "Constabulary" not in mine
    theirs = given.text(given.contributor, "/involvement/")
    assert given.case not in theirs
    with given.place.pinned():
        (one,) = queries.waiting_for_me(given.member.actor(), given.now)
        assert (one.request_id, one.reference, one.overdue) == (asked["community-health"], given.case, False)
        (one,) = queries.waiting_for_me(given.contributor.actor(), given.now + 6 * DAY)
        assert (one.reference, one.overdue) == (None, True)
        assert queries.waiting_for_me(given.team.actor(), given.now) == []
    assert typed()["about"]["involved"] == "yes"
