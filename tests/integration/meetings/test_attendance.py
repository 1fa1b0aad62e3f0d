"""Who came, in what capacity, for whom; and the quorum at any moment (B2-07)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.access.roles import Role
from app.meetings import queries
from app.procedure.events import EventKind
from app.procedure.quorum import Quorum
from tests.integration.meetings.room import DAY, HOUR, MINUTE, PARTNERS, TEN, Room, moment


def guest(room: Room, meeting: UUID, **more: Any) -> tuple[int, str]:
    typed: dict[str, Any] = {"guest": "A guest", "capacity": "Head teacher", "there": "came", "party": "none"}
    answer = room.post(f"/{meeting}/attendance", **{**typed, **moment("came_at", TEN), **more})
    return answer.status_code, answer.text


@pytest.mark.duty("B2-07")
def test_the_quorum_is_shown_plainly_as_people_come_and_leave(room: Room) -> None:
    meeting = room.open()
    assert (
        "Not quorate: nobody for Children&#39;s Services, the police or the NHS integrated care board"
        in room.text(f"/{meeting}")
    )
    for role in PARTNERS.values():
        late = 5 * MINUTE if role is Role.PARTNER_REPRESENTATIVE else 0 * MINUTE
        assert room.came(meeting, room.people[role], TEN + late).status_code == 303
    assert "Quorate since 10:05am" in room.text(f"/{meeting}")
    left = room.leaves(meeting, room.people[Role.PARTNER_REPRESENTATIVE], TEN + 40 * MINUTE)
    assert left.status_code == 303
    page = room.text(f"/{meeting}")
    assert "Not quorate: nobody for the police" in page
    assert "From 10:05am to 10:40am: quorate" in page
    with room.place.pinned():
        stood = [queries.quorum_at(meeting, TEN + minute * MINUTE).quorate for minute in (0, 5, 39, 40)]
        assert stood == [False, True, True, False]
        assert isinstance(queries.quorum_at(meeting, TEN), Quorum)


def test_the_representative_who_comes_back_makes_the_meeting_quorate_again(room: Room) -> None:
    meeting, police = room.quorate(), room.people[Role.PARTNER_REPRESENTATIVE]
    room.leaves(meeting, police, TEN + 20 * MINUTE)
    overlapping = room.came(meeting, police, TEN + 10 * MINUTE)
    assert overlapping.status_code == 400
    assert "is recorded as being there at that time already" in overlapping.text
    assert room.came(meeting, police, TEN + 30 * MINUTE).status_code == 303
    assert "Quorate since 10:30am" in room.text(f"/{meeting}")
    closed = room.closed(meeting, TEN + HOUR)
    assert "Quorate for part of the meeting" in room.text(f"/{closed}")


def test_each_is_recorded_in_the_capacity_of_that_day(room: Room) -> None:
    meeting = room.quorate()
    told = {one.person_id: (one.capacity, one.party) for one in room.attendance(meeting)}
    police = room.people[Role.PARTNER_REPRESENTATIVE].person_id
    assert told[police] == ("Safeguarding partner representative, Constabulary", "police")
    assert room.came(meeting, room.people[Role.LIG_CHAIR]).status_code == 303
    assert "Chair of the group" in room.text(f"/{meeting}")
    events = room.events(EventKind.LIG_ATTENDANCE_RECORDED)
    assert [one.case_id for one in events] == [None] * 4


def test_a_guest_represents_a_partner_only_as_a_named_deputy(room: Room) -> None:
    meeting = room.open()
    status, page = guest(room, meeting, party="police")
    assert (status, "Say whose named deputy they are" in page) == (400, True)
    assert 'value="Head teacher"' in page
    assert guest(room, meeting, party="police", deputy_for="Superintendent Grey")[0] == 303
    assert "Deputy for Superintendent Grey, for the police" in room.text(f"/{meeting}")
    with room.place.pinned():
        assert "police" not in queries.quorum_at(meeting, TEN).missing


def test_the_same_form_sent_twice_records_once_and_nobody_is_there_twice(room: Room) -> None:
    meeting, key = room.open(), str(uuid4())
    for _ in range(2):
        assert guest(room, meeting, submission_key=key)[0] == 303
    assert len(room.attendance(meeting)) == 1
    assert guest(room, meeting)[0] == 400
    assert guest(room, meeting, there="apologies")[0] == 400


def test_apologies_are_recorded_without_times_and_count_for_nothing(room: Room) -> None:
    meeting = room.scheduled()
    police = room.people[Role.PARTNER_REPRESENTATIVE]
    assert room.came(meeting, police, there="apologies", **moment("came_at", None)).status_code == 303
    assert "Apologies" in room.text(f"/{meeting}")
    one = room.attendance(meeting)[0]
    assert (one.apologies, one.came_at) == (True, None)
    assert room.get(f"/{meeting}/attendance/{one.id}").status_code == 409


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"guest": "", "capacity": ""}, "Select who it is, or enter the name of a guest"),
        ({"capacity": ""}, "Enter in what capacity they are there"),
        ({"there": ""}, "Select whether they came"),
        (moment("came_at", TEN - DAY), "That is before the day of the meeting"),
        (moment("came_at", TEN + DAY), "That time is still to come"),
        (moment("left_at", TEN - MINUTE), "They cannot leave before they came"),
        ({"came_at-time": "ten"}, "must be a time"),
    ],
)
def test_wrong_attendance_is_told_and_what_was_typed_is_kept(
    room: Room, typed: dict[str, Any], said: str
) -> None:
    status, page = guest(room, room.open(), deputy_for="Kept words", **typed)
    assert (status, said in page, "Kept words" in page) == (400, True, True)


def test_what_was_recorded_wrongly_is_struck_out_with_a_reason_and_stays_to_be_seen(room: Room) -> None:
    meeting = room.quorate()
    police = next(one for one in room.attendance(meeting) if one.party == "police")
    path = f"/{meeting}/attendance/{police.id}/strike-out"
    assert room.post(path, reason="").status_code == 400
    assert room.post(path, reason="It was somebody else").status_code == 303
    page = room.text(f"/{meeting}")
    assert "Not quorate: nobody for the police" in page
    assert "It was somebody else" in page
    assert room.post(path, reason="Again").status_code == 303
    assert "Again" not in room.text(f"/{meeting}")


def test_two_who_record_when_somebody_left_do_not_overwrite_each_other(room: Room) -> None:
    meeting = room.quorate()
    one = room.attendance(meeting)[0]
    first: dict[str, Any] = {**moment("came_at", TEN), **moment("left_at", TEN + 20 * MINUTE), "over": "1"}
    assert room.post(f"/{meeting}/attendance/{one.id}", **first).status_code == 303
    second: dict[str, Any] = {**moment("came_at", TEN), **moment("left_at", TEN + 30 * MINUTE), "over": "1"}
    stale = room.post(f"/{meeting}/attendance/{one.id}", **second)
    assert stale.status_code == 409
    assert "left 10:20am" in stale.text
    assert 'value="10:30"' in stale.text
    assert room.post(f"/{meeting}/attendance/{one.id}", **first).status_code == 303
    assert room.get(f"/{meeting}/attendance/{uuid4()}").status_code == 404


def test_several_who_came_at_one_time_are_recorded_together_once(room: Room) -> None:
    meeting, key = room.open(), str(uuid4())
    choices = re.findall(r'name="people"[^>]*value="([^"]*)"', room.text(f"/{meeting}/register"))
    assert len(choices) == 7
    chosen = [choice.replace("&#39;", "'") for choice in choices]
    assert room.post(f"/{meeting}/register", **moment("came_at", TEN)).status_code == 400
    for _ in range(2):
        typed: dict[str, Any] = {"people": chosen, **moment("came_at", TEN), "submission_key": key}
        assert room.post(f"/{meeting}/register", **typed).status_code == 303
    assert len(room.attendance(meeting)) == 7
    assert "Quorate since 10am" in room.text(f"/{meeting}")
    again = room.post(f"/{meeting}/register", people=chosen, **moment("came_at", TEN + MINUTE))
    assert again.status_code == 400
    assert "is recorded as being there at that time already" in again.text
    assert "Everybody who sits on the group has been recorded" in room.text(f"/{meeting}/register")
