"""Papers go out as they stand, to whoever may read them, and stay as they were (B2-06)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from docx import Document
from flask import Flask
from sqlalchemy import select, text

from app.access.roles import Role
from app.conflicts.rules import NewSeal
from app.conflicts.service import seal
from app.papers import queries
from app.papers.models import PaperPack
from app.papers.recipients import recipients_of
from app.procedure.events import EventKind
from tenants.db import db
from tests.integration.papers.read import Read
from tests.support import involvement
from tests.support.cast import cast, one_more
from tests.support.people import client_of
from tests.support.places import fresh_place

RECIPIENTS = {
    Role.LIG_CHAIR, Role.PARTNER_REPRESENTATIVE, Role.DESIGNATED_PROFESSIONAL, Role.AGENCY_LIG_MEMBER,
    Role.SERVICE_DIRECTOR, Role.INDEPENDENT_SCRUTINEER,
}  # fmt: skip


@pytest.mark.duty("B2-06")
def test_the_pack_is_frozen_and_everybody_on_the_group_is_told(case: Read) -> None:
    page = case.text(case.team, case.papers("circulate"))
    for told in (
        "Community health: return 1",
        "Constabulary, asked to return by",
        "2 entries",
        "lig-chair of",
    ):
        assert told in page
    assert "a week or more before it; papers are due by Thursday 26 November 2026" in page
    done = case.send_circulate(note="Please read the chronology first")
    assert done.status_code == 303
    pack = case.pack()
    assert (pack.code, pack.purpose, pack.late, pack.meeting_id) == (
        "1",
        "rapid-review",
        False,
        case.meeting_id,
    )
    assert {one["person"] for one in pack.recipients} == {
        str(case.people[role].person_id) for role in RECIPIENTS
    }
    for role, someone in case.people.items():
        assert len(case.messages(someone, "papers-circulated")) == (role in RECIPIENTS), role
    event = case.told(EventKind.PAPERS_CIRCULATED)[0]
    assert event.stage == "rapid-review"
    assert '"pack":1' in event.facts
    assert "circulated on time" not in case.text(case.team, case.papers())


def test_the_page_the_word_document_and_the_pdf_say_the_same(case: Read) -> None:
    case.circulate(note="Please read the chronology first")
    page = case.text(case.police, case.papers("1"))
    word = case.get(case.police, case.papers("1/word"))
    written = "\n".join(one.text for one in Document(BytesIO(word.data)).paragraphs)
    for told in ("Please read the chronology first", "Who has not returned yet", "What was not good?"):
        assert told in page
        assert told in written
    assert "Known to health" in page
    pdf = case.get(case.police, case.papers("1/pdf"))
    assert pdf.data.startswith(b"%PDF-")
    assert pdf.headers["Content-Disposition"] == f'attachment; filename="{case.case}-papers-1.pdf"'
    assert case.get(case.police, case.papers("1/pdf")).data == pdf.data
    # All at one instant, which has no order.
    assert sorted(page for page in case.read(case.police) if page.startswith("papers: 1")) == sorted(
        ["papers: 1", "papers: 1, Word document", "papers: 1, PDF", "papers: 1, PDF"])  # fmt: skip


def test_nobody_but_those_who_oversee_reads_before_and_members_read_after(case: Read) -> None:
    paths = (case.papers(), case.chronology, case.papers("preparations"))
    sees_before = {Role.PARTNERSHIP_TEAM, Role.STRATEGIC_MANAGER, Role.LIG_CHAIR, Role.INDEPENDENT_SCRUTINEER}
    for role, someone in case.people.items():
        for path in paths:
            assert case.get(someone, path).status_code == (200 if role in sees_before else 404), (role, path)
        assert not [page for page in case.read(someone) if role not in sees_before], role
    case.circulate()
    for role, someone in case.people.items():
        for path in (*paths, case.papers("1"), case.papers("1/word")):
            allowed = role in sees_before | RECIPIENTS
            assert case.get(someone, path).status_code == (200 if allowed else 404), (role, path)


@pytest.mark.duty("B2-06")
def test_late_papers_go_out_with_a_reason_and_say_so(case: Read) -> None:
    assert 'name="reason"' not in case.text(case.team, case.papers("circulate"))
    case.to(case.now + timedelta(days=5))
    page = case.text(case.team, case.papers("circulate"))
    assert "late, for papers were due by Thursday 26 November 2026" in page
    assert 'name="reason"' in page
    refused = case.send_circulate(note="Kept as it was typed")
    assert refused.status_code == 400
    assert "Say why papers are circulated less than a week before the meeting" in refused.text
    assert "Kept as it was typed" in refused.text
    done = case.send_circulate(reason="The police could return only today")
    assert done.status_code == 303
    assert case.pack().late
    assert "Circulated late" in case.text(case.police, case.papers())
    pack = case.text(case.police, case.papers("1"))
    assert "Circulated late" in pack
    assert "The reason that was given: The police could return only today" in pack


def test_another_meeting_and_no_meeting(case: Read) -> None:
    missing = case.send_circulate(meeting="other")
    assert missing.status_code == 400
    assert "Enter when the meeting is" in missing.text
    past = {
        "meeting_at-day": "1",
        "meeting_at-month": "1",
        "meeting_at-year": "2026",
        "meeting_at-time": "9am",
    }
    wrong = case.send_circulate(None, meeting="other", note="Kept as it was typed", **past)
    assert wrong.status_code == 400
    assert "The meeting must be in the future" in wrong.text
    assert "Kept as it was typed" in wrong.text
    assert case.send_circulate(meeting="nonsense").status_code == 400
    assert case.send_circulate(meeting="none").status_code == 303
    assert case.pack().meeting_at is None
    assert "No day is set" in case.text(case.police, case.papers())


def test_the_same_form_sent_twice_circulates_once(case: Read) -> None:
    key = str(uuid4())
    assert case.send_circulate(submission_key=key).status_code == 303
    again = case.send_circulate(submission_key=key)
    assert again.status_code == 303
    with case.place.pinned():
        assert len(queries.packs_of(case.case_id)) == 1
    assert len(case.messages(case.police, "papers-circulated")) == 1


def test_a_return_while_one_looks_is_noticed(case: Read) -> None:
    page = case.text(case.team, case.papers("circulate"))
    seen = page.split('name="seen" type="hidden" value="')[1][:64]
    case.answer(case.police, case.requests["police"], content=involvement.whole("Known to police"))
    form = {"seen": seen, "meeting": str(case.meeting_id), "note": "Typed before"}
    stale = case.post(case.team, case.papers("circulate"), **form)
    assert stale.status_code == 409
    assert "Typed before" in stale.text
    assert "Constabulary: return 1" in stale.text
    renewed = stale.text.split('name="seen" type="hidden" value="')[1][:64]
    assert renewed != seen
    assert case.post(case.team, case.papers("circulate"), **{**form, "seen": renewed}).status_code == 303


def test_a_second_pack_needs_a_reason_and_leaves_the_first(case: Read) -> None:
    case.circulate()
    first = case.pack()
    refused = case.send_circulate()
    assert refused.status_code == 400
    assert "Say why papers are circulated again" in refused.text
    assert case.send_circulate(reason="A page was missing").status_code == 303
    assert case.pack().code == "2"
    assert "A page was missing" in case.text(case.police, case.papers("2"))
    with case.place.pinned():
        kept = queries.paper_of(case.case_id, "1")
        assert kept is not None
        assert (kept.digest, kept.content, kept.pdf) == (first.digest, first.content, kept.pdf)
    assert "Circulated before" in case.text(case.police, case.papers())
    assert case.get(case.police, case.papers("1")).status_code == 200


def test_nothing_of_a_pack_can_be_changed(read: Read) -> None:
    with read.place.pinned(), pytest.raises(Exception, match="permission denied"):
        db.session.execute(text("update group_papers set note = 'other'"))


def test_a_notification_that_was_withdrawn_ends_circulating_and_keeps_what_went_out(read: Read) -> None:
    read.notification_withdrawn()
    page = read.text(read.team, read.papers())
    assert "the notification was withdrawn" in page
    assert "Circulate papers again" not in page
    refused = read.get(read.team, read.papers("circulate"))
    assert refused.status_code == 409
    sent = read.post(read.team, read.papers("circulate"), meeting="none", note="Typed before")
    assert sent.status_code == 409
    assert "Typed before" in sent.text
    assert read.get(read.police, read.papers("1")).status_code == 200
    assert read.waiting(read.police) == []


def test_other_partnerships_and_sealed_people_meet_nothing(
    read: Read, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = fresh_place(read.app, owner_of, tmp_path_factory.mktemp("elsewhere"))
    strangers = cast(elsewhere, owner_of)
    typed = NewSeal(read.nurse.person_id, "Related", uuid4(), read.nurse.person_id)
    with read.place.pinned():
        assert seal(read.case_id, typed, actor=read.team.actor(), now=read.now) == []
        db.session.commit()
    for rest in ("", "1", "1/word", "1/pdf", "circulate", "board", "preparation", "preparations"):
        for stranger in strangers.values():
            assert (
                client_of(read.app, stranger).get(f"/{read.place.slug}{read.papers(rest)}").status_code == 404
            )
            path = f"/{elsewhere.slug}{read.papers(rest)}"
            assert client_of(read.app, stranger).get(path).status_code == 404
        assert read.get(read.nurse, read.papers(rest)).status_code == 404
    assert read.get(read.nurse, read.chronology).status_code == 404
    before = len(read.messages(read.nurse))
    read.answer(read.police, read.requests["police"])
    assert len(read.messages(read.nurse)) == before
    assert read.nurse.name not in read.text(read.chair, read.papers("board"))
    assert read.waiting(read.nurse) == []


def test_whoever_joins_later_reads_and_whoever_leaves_does_not(read: Read, owner_of: Flask) -> None:
    later = one_more(read.place, owner_of, (Role.PARTNER_REPRESENTATIVE, "police"))
    assert read.get(later, read.papers("1")).status_code == 200
    board = read.text(read.chair, read.papers("board"))
    assert later.name in board
    assert "They joined after the papers went out" in board
    with read.place.pinned(owner_of):
        db.session.execute(text("update memberships set ends_on = '2026-11-22' where person_id = :who"),
                           {"who": later.person_id})  # fmt: skip
        db.session.connection().commit()
    assert read.get(later, read.papers("1")).status_code == 404
    with read.place.pinned():
        assert later.person_id not in {one.person_id for one in recipients_of(read.case_id, read.now)}
    assert "No longer a member" in read.text(read.chair, read.papers("board"))


def test_papers_of_a_discussion_go_out_too_and_are_not_those_of_a_rapid_review(
    app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory, at: object
) -> None:
    place = fresh_place(app, owner_of, tmp_path_factory.mktemp("discussed"))
    case = Read(app, place, cast(place, owner_of), at).discussed()  # type: ignore[arg-type]
    with place.pinned():
        from app.papers.circulating import NewPack, circulate_pack

        by = case.team.actor().acting_as(case.team.actor().capacities)
        pack = circulate_pack(case.case_id, NewPack(None, "", uuid4()), by, case.now)
        assert pack.purpose == "discussion"
        db.session.commit()
        assert queries.circulated_at(case.case_id) == case.now
    case.notified()
    with place.pinned():
        assert queries.circulated_at(case.case_id) is None
        assert queries.pack_of(case.case_id) is None
        assert db.session.scalars(select(PaperPack.title)).one() == "Papers for the discussion by the group"
