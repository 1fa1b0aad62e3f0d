"""The chair's answer: approved once and in writing, or returned with reasons; a correction is approved again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import docx
import pikepdf
import pytest
from sqlalchemy import text

from app.access.roles import Role
from app.conflicts import service as sealing
from app.conflicts.rules import NewSeal
from app.procedure.events import EventKind
from app.review_forms.queries import form_of
from tenants.db import db
from tests.integration.review_forms.review import MONDAY_AFTER, THURSDAY, address, carried, faults, ready
from tests.integration.serious_incidents.journey import Journey
from tests.support import review_forms as support
from tests.support.cast import one_more
from tests.support.people import Someone
from tests.support.places import Place

Client = Callable[[Someone | None], Any]
K = EventKind


@pytest.fixture
def journey(wight: Place, at: Callable[[datetime], None]) -> Journey:
    """A form that waits for the chair of the group."""
    found = ready(Journey(wight))
    support.made(found.team, found.case_id, THURSDAY + timedelta(hours=1))
    at(MONDAY_AFTER)
    return found


def answer(client: Any, journey: Journey, number: int = 1, **typed: str) -> Any:
    path = address(journey, f"/versions/{number}/answer")
    return client.post(path, data={"submission_key": str(uuid4()), **typed})


@pytest.mark.duty("B2-18", "N-06")
def test_the_chair_approves_and_the_files_say_so(journey: Journey, client_as: Client) -> None:
    chair = client_as(journey.chair)
    shown = chair.get(address(journey, "/versions/1/answer")).text
    assert "Read version 1" in shown
    done = answer(chair, journey, answer="approved", read="y", words="Well done")
    assert done.status_code == 303
    form = journey.read(form_of)
    assert (form.state, form.approved_at) == ("approved", MONDAY_AFTER)
    assert [file.approved for file in form.current_files] == [True, True]
    said = f"Approved by {journey.chair.name} (Chair of the group), 14 December 2026 at 9:30am."
    word = docx.Document(BytesIO(chair.get(address(journey, "/versions/1/files/docx")).data))
    texts = [one.text for one in word.paragraphs]
    assert said in texts
    assert "Draft, not approved" not in texts
    with pikepdf.open(BytesIO(chair.get(address(journey, "/versions/1/files/pdf")).data)) as file:
        assert str(file.docinfo["/Title"]) == f"Rapid review {journey.reference}"
    assert [one.happened_at for one in journey.events(K.REVIEW_FORM_APPROVED)] == [MONDAY_AFTER]
    assert len(journey.messages("review-form-approved")) >= 1
    page = chair.get(address(journey)).text
    assert "14 December 2026 at 9:30am" in page
    assert "Well done" in page
    owed = journey.owed()
    assert owed["B2-18:1"] == ("lig-chair", "met")
    assert {key: owed[key][1] for key in ("B2-19", "B2-20", "B3-07")} == dict.fromkeys(
        ("B2-19", "B2-20", "B3-07")
    )


@pytest.mark.duty("B2-18")
def test_an_answer_must_be_given_read_and_where_returned_reasoned(
    journey: Journey, client_as: Client
) -> None:
    chair = client_as(journey.chair)
    nothing = answer(chair, journey, words="Kept as typed")
    assert (nothing.status_code, faults(nothing.text)) == (400, ["Select whether you approve the form"])
    assert "Kept as typed" in nothing.text
    unread = answer(chair, journey, answer="approved")
    assert faults(unread.text) == ["Confirm that you have read this version"]
    silent = answer(chair, journey, answer="returned", words=" ")
    assert faults(silent.text) == ["Say what must change before you approve it"]
    assert journey.read(form_of).answer is None


@pytest.mark.duty("B2-18")
def test_what_is_returned_is_made_anew_and_approved(journey: Journey, client_as: Client) -> None:
    chair = client_as(journey.chair)
    assert answer(chair, journey, answer="returned", words="Say more of the school").status_code == 303
    assert journey.read(form_of).state == "returned"
    assert len(journey.events(K.REVIEW_FORM_RETURNED)) == 1
    assert len(journey.messages("review-form-returned")) >= 1
    assert "Say more of the school" in client_as(journey.team).get(address(journey)).text
    assert journey.owed()["B2-18:again:1"] == ("partnership-team", None)
    support.made(journey.team, journey.case_id, MONDAY_AFTER, "The school is said more of")
    assert journey.owed()["B2-18:again:1"] == ("partnership-team", "met")
    assert answer(chair, journey, 2, answer="approved", read="y").status_code == 303
    assert journey.read(form_of).state == "approved"


@pytest.mark.duty("B2-18")
def test_an_incomplete_version_cannot_be_approved_but_returned(
    wight: Place, at: Callable[[datetime], None], client_as: Client
) -> None:
    journey = ready(Journey(wight), leave_out=("context",))
    support.made(journey.team, journey.case_id, THURSDAY + timedelta(hours=1))
    at(MONDAY_AFTER)
    chair = client_as(journey.chair)
    assert "This version is not complete" in chair.get(address(journey, "/versions/1/answer")).text
    refused = answer(chair, journey, answer="approved", read="y")
    assert faults(refused.text) == [
        "This version is not complete, so it cannot be approved: return it with your reasons"
    ]
    assert answer(chair, journey, answer="returned", words="Complete it").status_code == 303


def test_the_same_answer_twice_is_one_and_another_meets_what_was_said(
    journey: Journey, client_as: Client
) -> None:
    chair = client_as(journey.chair)
    typed = {"submission_key": str(uuid4()), "answer": "approved", "read": "y"}
    path = address(journey, "/versions/1/answer")
    assert [chair.post(path, data=typed).status_code for _ in range(2)] == [303, 303]
    assert len(journey.events(K.REVIEW_FORM_APPROVED)) == 1
    other = answer(chair, journey, answer="returned", words="Not yet")
    assert other.status_code == 409
    assert "This version has been answered" in other.text
    assert "Not yet" in other.text
    assert chair.get(path).status_code == 409


def test_a_superseded_version_is_not_answered(journey: Journey, client_as: Client) -> None:
    support.made(journey.team, journey.case_id, MONDAY_AFTER, "A date was wrong")
    chair = client_as(journey.chair)
    late = answer(chair, journey, 1, answer="approved", read="y")
    assert late.status_code == 409
    assert "A later version was made" in late.text


def test_the_chair_is_told_where_the_record_changed_since(journey: Journey, client_as: Client) -> None:
    from tenants.db import db

    with journey.place.pinned():
        content = {**support.answers("findings", "As known later"), "facts": "Another fact"}
        support.section(journey.case_id, "findings", content, MONDAY_AFTER)
        db.session.commit()
    assert "has changed since this version was made" in client_as(journey.chair).get(
        address(journey, "/versions/1/answer")
    ).text  # fmt: skip
    assert "has changed since version 1 was made" in client_as(journey.team).get(address(journey)).text
    assert "Another fact" not in client_as(journey.chair).get(address(journey, "/versions/1")).text


def test_only_the_chair_answers(journey: Journey, client_as: Client) -> None:
    for who in (journey.team, journey.manager, journey.police, journey.director, journey.scrutineer, journey.lig_member,
                journey.partnership_chair):  # fmt: skip
        client = client_as(who)
        assert client.get(address(journey, "/versions/1/answer")).status_code == 404
        assert answer(client, journey, answer="approved", read="y").status_code == 404


def test_a_chair_who_is_sealed_out_finds_no_form(journey: Journey, client_as: Client, owner_of: Any) -> None:
    other = one_more(journey.place, owner_of, (Role.LIG_CHAIR, None), name="A second chair")
    page = client_as(other).get(address(journey, "/versions/1/answer")).text
    typed = NewSeal(other.person_id, "They manage a practitioner", uuid4(), other.person_id)
    assert journey.do(sealing.seal, typed, who=journey.chair, now=MONDAY_AFTER) == []
    sent = {**carried(page), "answer": "approved", "read": "y"}
    assert client_as(other).post(address(journey, "/versions/1/answer"), data=sent).status_code == 404
    assert client_as(other).get(address(journey)).status_code == 404
    assert journey.read(form_of).answer is None
    # Other tests count on one chair.
    with journey.place.pinned(owner_of):
        gone = {"gone": other.person_id}
        db.session.execute(text("update memberships set ends_on = starts_on where person_id = :gone"), gone)
        db.session.connection().commit()
