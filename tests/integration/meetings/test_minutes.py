"""Minutes with versions, decisions that need a quorum, and minutes agreed at a later meeting."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.access.roles import Role
from app.ledger.models import ReadEntry
from app.meetings import queries, service
from app.procedure.events import EventKind
from tenants.db import db
from tests.integration.meetings.room import DAY, HOUR, MINUTE, TEN, Room, moment
from tests.support.meanwhile import meanwhile


def first_item(room: Room, meeting: UUID) -> UUID:
    return room.items(meeting)[0].id


def about(room: Room, meeting: UUID) -> tuple[UUID, UUID, str]:
    """An item about a case: its id, the case, and its reference."""
    case_id, reference = room.case()
    with room.place.pinned():
        acting = room.team.actor().acting_as(room.team.actor().capacities)
        item = service.add_case(meeting, case_id, "Rapid review", acting, room.now).id
        db.session.commit()
        return item, case_id, reference


def test_two_clerks_who_minute_one_item_at_once_lose_nothing(room: Room) -> None:
    meeting = room.open()
    item, manager = first_item(room, meeting), room.people[Role.STRATEGIC_MANAGER]
    path = f"/{meeting}/items/{item}/minutes"
    over = room.over(path)
    assert room.post(path, words="The chair welcomed everybody.", over=over).status_code == 303
    second = room.post(path, manager, words="Apologies came from the school.", over=over)
    assert second.status_code == 409
    assert "The chair welcomed everybody." in second.text
    assert "Apologies came from the school." in second.text
    assert 'name="over" type="hidden" value="1"' in second.text
    both = "The chair welcomed everybody. Apologies came from the school."
    assert room.post(path, manager, words=both, over="1").status_code == 303
    page = room.text(f"/{meeting}/items/{item}")
    assert "Version 2" in page
    assert "Earlier versions (1)" in page
    assert ">The chair welcomed everybody.</p>" in page


def test_the_same_minutes_sent_twice_are_one_version(room: Room) -> None:
    meeting, key = room.open(), str(uuid4())
    path = f"/{meeting}/items/{first_item(room, meeting)}/minutes"
    for _ in range(2):
        assert room.post(path, words="We met", over="0", submission_key=key).status_code == 303
    assert len(room.events(EventKind.LIG_MINUTES_WRITTEN)) == 1
    empty = room.post(path, words=" ", over="1")
    assert (empty.status_code, "Write what is minuted" in empty.text) == (400, True)


def test_nothing_is_minuted_before_the_meeting_opens(room: Room) -> None:
    meeting = room.scheduled()
    path = f"/{meeting}/items/{first_item(room, meeting)}"
    for page in ("minutes", "decide"):
        assert room.get(f"{path}/{page}").status_code == 409
    late = room.post(f"{path}/minutes", words="Written too soon", over="0")
    assert (late.status_code, "Written too soon" in late.text) == (409, True)


@pytest.mark.duty("B2-07")
def test_a_decision_needs_a_quorum_at_the_time_it_was_made(room: Room) -> None:
    meeting = room.open()
    item = first_item(room, meeting)
    assert room.get(f"/{meeting}/items/{item}/decide").status_code == 409
    refused = room.decided(meeting, item, TEN + MINUTE, "To commission a review")
    assert refused.status_code == 400
    assert "The meeting was not quorate at 10:01am: nobody for" in refused.text
    assert "To commission a review" in refused.text
    for role in (Role.SERVICE_DIRECTOR, Role.DESIGNATED_PROFESSIONAL):
        room.came(meeting, room.people[role])
    room.came(meeting, room.people[Role.PARTNER_REPRESENTATIVE], TEN + 5 * MINUTE)
    assert room.decided(meeting, item, TEN + 4 * MINUTE).status_code == 400
    assert room.decided(meeting, item, TEN + 10 * MINUTE).status_code == 303
    room.leaves(meeting, room.people[Role.PARTNER_REPRESENTATIVE], TEN + 30 * MINUTE)
    lost = room.decided(meeting, item, TEN + 30 * MINUTE)
    assert (lost.status_code, "nobody for the police" in lost.text) == (400, True)
    assert room.decided(meeting, item, TEN + 29 * MINUTE).status_code == 303
    assert len(room.events(EventKind.LIG_DECISION_RECORDED)) == 2


def test_a_decision_whose_quorum_is_corrected_away_says_so(room: Room) -> None:
    meeting = room.quorate()
    item = first_item(room, meeting)
    room.decided(meeting, item, TEN + 20 * MINUTE)
    assert "No quorum" not in room.text(f"/{meeting}/items/{item}")
    room.leaves(meeting, room.people[Role.DESIGNATED_PROFESSIONAL], TEN + 10 * MINUTE)
    assert "the meeting was not quorate at this time" in room.text(f"/{meeting}/items/{item}")


def test_a_decision_is_put_right_by_another_with_a_reason(room: Room) -> None:
    meeting, key = room.quorate(), str(uuid4())
    item = first_item(room, meeting)
    for _ in range(2):
        assert room.decided(meeting, item, TEN + MINUTE, "We dekide", submission_key=key).status_code == 303
    path = f"/{meeting}/items/{item}/decide"
    typed: dict[str, Any] = {"words": "We decide", **moment("decided_at", TEN + MINUTE)}
    assert room.post(f"{path}?instead=1", **typed).status_code == 400
    assert room.post(f"{path}?instead=1", **typed, reason="A slip of the pen").status_code == 303
    again = room.post(f"{path}?instead=1", **typed, reason="Once more")
    assert (again.status_code, "was put right already" in again.text) == (400, True)
    assert room.get(f"{path}?instead=9").status_code == 404
    page = room.text(f"/{meeting}/items/{item}")
    assert "Put right by decision 2" in page
    assert "Puts decision 1 right" in page


@pytest.mark.parametrize("when", [None, TEN - HOUR, TEN + 5 * HOUR])
def test_a_decision_is_made_while_the_meeting_sits(room: Room, when: object) -> None:
    meeting = room.quorate()
    answer = room.decided(meeting, first_item(room, meeting), when)  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert "We decide" in answer.text


def test_minutes_are_agreed_at_a_later_meeting_and_change_no_more(room: Room) -> None:
    meeting = room.closed(room.quorate(), TEN + HOUR)
    item = first_item(room, meeting)
    assert room.get(f"/{meeting}/agree").status_code == 409
    later = room.quorate(TEN + 28 * DAY)
    typed: dict[str, Any] = {"at_meeting": str(later), "note": "Without changes"}
    path = f"/{meeting}/agree"
    assert "Standing meeting, Tuesday 5 January 2027" in room.text(path)
    assert room.post(path, at_meeting="", **moment("agreed_at", TEN + 28 * DAY)).status_code == 400
    before = room.post(path, **typed, **moment("agreed_at", TEN + 27 * DAY))
    assert (before.status_code, "had not been opened by then" in before.text) == (400, True)
    key = str(uuid4())
    for _ in range(2):
        agreed: dict[str, Any] = {
            **typed,
            **moment("agreed_at", TEN + 28 * DAY + 10 * MINUTE),
            "submission_key": key,
        }
        assert room.post(path, **agreed).status_code == 303
    assert "Without changes" in room.text(f"/{meeting}")
    assert room.get(f"/{meeting}/items/{item}/minutes").status_code == 409
    late = room.post(f"/{meeting}/items/{item}/minutes", words="An afterthought", over="0")
    assert (late.status_code, "An afterthought" in late.text) == (409, True)
    assert room.decided(meeting, item, TEN + MINUTE).status_code == 409
    assert len(room.events(EventKind.LIG_MINUTES_AGREED)) == 1


def test_minutes_are_not_agreed_by_a_meeting_without_quorum(room: Room) -> None:
    meeting = room.closed(room.quorate(), TEN + HOUR)
    later = room.open(TEN + 28 * DAY)
    answer = room.post(f"/{meeting}/agree", at_meeting=str(later), **moment("agreed_at", TEN + 28 * DAY))
    assert (answer.status_code, "was not quorate" in answer.text) == (400, True)


def test_what_is_minuted_of_a_case_is_recorded_and_read_in_that_case(room: Room) -> None:
    meeting = room.quorate()
    item, case_id, reference = about(room, meeting)
    room.post(f"/{meeting}/items/{item}/minutes", words="Robin was discussed", over="0")
    room.decided(meeting, item, TEN + MINUTE, "Robin's review is commissioned")
    for kind in (EventKind.LIG_MINUTES_WRITTEN, EventKind.LIG_DECISION_RECORDED):
        assert [one.case_id for one in room.events(kind)] == [case_id]
    chair = room.people[Role.LIG_CHAIR]
    page = room.text(f"/{meeting}/minutes", chair)
    assert "Robin was discussed" in page
    assert "review is commissioned" in page
    with room.place.pinned():
        read = select(ReadEntry.page).where(
            ReadEntry.case_id == case_id, ReadEntry.person_id == chair.person_id
        )
        assert list(db.session.scalars(read)) == ["meetings: minutes"]
    timeline = room.client(chair).get(f"/{room.place.slug}/cases/{reference}").text
    assert "Decision of a meeting of the group recorded" in timeline


def test_whoever_is_sealed_out_reads_the_minutes_without_that_item(room: Room) -> None:
    meeting = room.quorate()
    item, case_id, reference = about(room, meeting)
    room.post(f"/{meeting}/items/{item}/minutes", words="Robin was discussed", over="0")
    room.decided(meeting, item, TEN + MINUTE, "Robin's review is commissioned")
    chair = room.people[Role.LIG_CHAIR]
    room.seal(case_id, chair)
    for path in (f"/{meeting}", f"/{meeting}/minutes"):
        page = room.text(path, chair)
        assert "Robin" not in page
        assert reference not in page
        assert "decision" not in page.lower().replace("decisions need a representative", "")
    assert room.get(f"/{meeting}/items/{item}", chair).status_code == 404
    with room.place.pinned():
        numbers = [one.number for one in queries.items_of(meeting, chair.actor())]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_clerk_whose_form_arrives_between_reading_and_writing_is_shown_the_other_text(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.meetings import minutes

    meeting = room.open()
    path = f"/{meeting}/items/{first_item(room, meeting)}/minutes"
    manager = room.people[Role.STRATEGIC_MANAGER]
    room.client(manager)
    first: list[int] = []

    def other() -> None:
        first.append(room.post(path, manager, words="The manager's text", over="0").status_code)

    meanwhile(monkeypatch, minutes, "find", other)
    second = room.post(path, words="The team's text", over="0")
    assert first == [303]
    assert second.status_code == 409
    assert "The manager&#39;s text" in second.text
    assert "The team&#39;s text" in second.text
