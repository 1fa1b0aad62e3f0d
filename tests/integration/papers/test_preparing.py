"""Who opened the papers, what members write and confirm, and who is reminded (B2-10)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from app.access.roles import Role
from app.meetings import service as meetings
from app.procedure.events import EventKind
from tenants.db import db
from tests.integration.papers.read import MEETING, NOTES, Read


def test_opening_the_pack_is_its_receipt_once_for_each_recipient(read: Read) -> None:
    assert "You have not opened it yet" in read.text(read.police, read.papers())
    read.text(read.police, read.papers("1"))
    first = read.now
    read.to(read.now + timedelta(hours=1))
    read.text(read.police, read.papers("1"))
    assert read.get(read.chair, read.papers("1/pdf")).status_code == 200
    read.text(read.team, read.papers("1"))
    assert read.get(read.manager, read.papers("1/word")).status_code == 200
    assert read.opened() == {read.police.person_id: first, read.chair.person_id: read.now}
    board = read.text(read.chair, read.papers("board"))
    assert "Opened, not confirmed" in board
    assert "Not opened" in board
    assert "reads, and does not confirm" in board  # the scrutineer


def test_a_receipt_that_cannot_be_written_shows_nothing(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.papers import routes

    def fail(*_args: object) -> None:
        raise RuntimeError("no receipt")

    monkeypatch.setattr(routes, "opened", fail)
    assert read.get(read.police, read.papers("1")).status_code == 500


@pytest.mark.duty("B2-10")
def test_a_member_confirms_and_everybody_with_the_papers_reads_what_they_bring(read: Read) -> None:
    assert [one.reference for one in read.waiting(read.police)] == [read.case]
    assert read.prepare(read.police).status_code == 303
    made = read.prepared()
    assert [(one.person_id, one.number, one.key_points) for one in made] == [
        (read.police.person_id, 1, "Two moves")
    ]
    event = read.told(EventKind.PREPARATION_CONFIRMED)[0]
    assert str(read.police.person_id) in event.facts
    assert read.waiting(read.police) == []
    for who in (read.member, read.chair, read.scrutineer, read.team, read.director):
        page = read.text(who, read.papers("preparations"))
        assert all(text in page for text in NOTES.values())
    assert "1 of 5 members has confirmed" in read.text(read.team, read.papers())


@pytest.mark.duty("B2-10")
def test_what_is_missing_is_told_and_what_was_typed_is_kept(read: Read) -> None:
    nothing = dict.fromkeys(NOTES, " ")
    wrong = read.prepare(read.police, read="", **nothing)
    assert wrong.status_code == 400
    assert "Confirm that you have read the papers" in wrong.text
    assert "Write at least one of the four" in wrong.text
    control = read.prepare(read.police, reflections="Broken \x07 text", questions="Kept as typed")
    assert control.status_code == 400
    assert "Kept as typed" in control.text
    assert read.prepared() == []


def test_notes_are_saved_as_one_goes_and_seen_by_nobody_else(read: Read) -> None:
    assert read.prepare(read.police, go="save", read="", reflections="Only mine so far").status_code == 303
    assert "Only mine so far" in read.text(read.police, read.papers("preparation"))
    for who in (read.chair, read.team, read.member, read.scrutineer):
        assert "Only mine so far" not in read.text(who, read.papers("preparations"))
        assert "Only mine so far" not in read.text(who, read.papers())
    assert "Only mine so far" not in read.text(read.chair, read.papers("preparation"))
    assert read.prepared() == []


def test_autosave_keeps_what_is_typed_and_notices_another_page(read: Read) -> None:
    path, mine, other = read.papers("preparation/autosave"), str(uuid4()), str(uuid4())
    first = read.post(read.police, path, version="0", form_id=mine, reflections="One")
    assert (first.status_code, first.json) == (200, {"saved": True, "saved_at": "10am", "version": 1})
    assert read.post(read.police, path, version="0", form_id=mine, reflections="Two").status_code == 200
    elsewhere = read.post(read.police, path, version="0", form_id=other, reflections="Three")
    assert elsewhere.status_code == 409
    form = {
        "pack": "1",
        "version": "0",
        "form_id": other,
        "reflections": "Three",
        "go": "confirm",
        "read": "y",
    }
    stale = read.post(read.police, read.papers("preparation"), **form)
    assert stale.status_code == 409
    assert "Two" in stale.text
    assert "Three" in stale.text
    assert read.prepared() == []
    assert (
        read.post(read.police, path, version="2", form_id=other, reflections="x" * 10_001).status_code == 400
    )


def test_the_same_form_sent_twice_confirms_once_and_versions_are_kept(read: Read) -> None:
    key = str(uuid4())
    assert read.prepare(read.police, submission_key=key).status_code == 303
    assert read.prepare(read.police, submission_key=key).status_code == 303
    assert [one.number for one in read.prepared()] == [1]
    same = read.prepare(read.police)
    assert same.status_code == 400
    assert "Nothing has changed" in same.text
    assert read.prepare(read.police, reflections="Read once more").status_code == 303
    page = read.text(read.chair, read.papers("preparations"))
    assert "Read once more" in page
    assert "What we missed" in page  # the version before
    assert "version 2" in page


def test_nothing_changes_once_the_meeting_has_begun(read: Read) -> None:
    assert read.prepare(read.police, go="save", reflections="Half written").status_code == 303
    read.to(read.now + MEETING + timedelta(minutes=1))
    assert read.get(read.police, read.papers("preparation")).status_code == 409
    form = {
        "pack": "1",
        "version": "1",
        "form_id": "",
        "go": "confirm",
        "read": "y",
        "reflections": "Too late",
    }
    late = read.post(read.police, read.papers("preparation"), **form)
    assert late.status_code == 409
    assert "Too late" in late.text
    assert read.post(read.police, read.papers("preparation/autosave"), **form).status_code == 409
    assert read.prepared() == []
    assert read.waiting(read.police) == []


def test_another_pack_asks_anew_and_begins_with_what_was_brought(read: Read) -> None:
    assert read.prepare(read.police).status_code == 303
    shown = read.text(read.chair, read.papers("preparation"))
    assert 'name="pack" type="hidden" value="1"' in shown
    read.circulate(reason="A page was missing")
    form = {
        "pack": "1",
        "version": "0",
        "form_id": "",
        "go": "confirm",
        "read": "y",
        "reflections": "Of the first",
    }
    stale = read.post(read.chair, read.papers("preparation"), **form)
    assert stale.status_code == 409
    assert "Of the first" in stale.text
    assert 'name="pack" type="hidden" value="2"' in stale.text
    assert read.prepared() == []
    assert len(read.waiting(read.police)) == 1
    assert "Two moves" in read.text(read.police, read.papers("preparation"))
    assert read.prepare(read.police).status_code == 303


def test_only_members_prepare(read: Read) -> None:
    for who in (read.team, read.manager, read.scrutineer):
        assert read.get(who, read.papers("preparation")).status_code == 404
        assert read.post(who, read.papers("preparation"), go="confirm").status_code == 404
        assert read.waiting(who) == []


def test_those_who_have_not_confirmed_are_reminded(read: Read) -> None:
    assert read.prepare(read.police).status_code == 303
    board = read.text(read.team, read.papers("board"))
    assert f'value="{read.nurse.person_id}" checked' in board
    assert f'value="{read.police.person_id}"' not in board
    assert "Remind them" not in read.text(read.chair, read.papers("board"))
    key = str(uuid4())
    people = [str(read.nurse.person_id), str(read.police.person_id)]
    for _again in range(2):
        sent = read.post(read.team, read.papers("board"), submission_key=key, people=people)
        assert sent.status_code == 303
    assert len(read.messages(read.nurse, "papers-reminder")) == 1
    assert read.messages(read.police, "papers-reminder") == []
    assert read.messages(read.chair, "papers-reminder") == []
    assert "Reminded 23 November 2026" in read.text(read.chair, read.papers("board"))
    nobody = read.post(read.team, read.papers("board"))
    assert nobody.status_code == 400
    assert "Select whom to remind" in nobody.text
    assert read.post(read.chair, read.papers("board"), people=people).status_code == 404


def test_a_meeting_that_is_moved_or_cancelled_is_told_to_whoever_has_its_papers(read: Read) -> None:
    later = read.meeting_at + timedelta(days=1)
    with read.place.pinned():
        by = read.team.actor().acting_as(read.team.actor().capacities)
        row = meetings.load(read.meeting_id)
        typed = meetings.Moved(later, 90, row.place, "The chair is ill")
        assert meetings.move(read.meeting_id, typed, by, read.now) == []
        db.session.commit()
    for role in (
        Role.PARTNER_REPRESENTATIVE,
        Role.LIG_CHAIR,
        Role.AGENCY_LIG_MEMBER,
        Role.INDEPENDENT_SCRUTINEER,
    ):
        assert len(read.messages(read.people[role], "papers-meeting-moved")) == 1, role
    assert "It was moved after the papers went out" in read.text(read.police, read.papers())
    read.to(read.meeting_at + timedelta(hours=1))
    assert len(read.waiting(read.police)) == 1  # until the day to which it was moved
    with read.place.pinned():
        by = read.team.actor().acting_as(read.team.actor().capacities)
        assert meetings.cancel(read.meeting_id, "No quorum", by, read.now) == []
        db.session.commit()
    assert len(read.messages(read.police, "papers-meeting-cancelled")) == 1
    assert "was cancelled" in read.text(read.police, read.papers())
