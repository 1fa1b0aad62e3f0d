"""The group's calendar: arranging, moving, cancelling, opening and closing, and the calendar file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar

from app.access.roles import Role
from app.meetings import changes, queries, service
from app.procedure.events import EventKind
from tenants.db import db
from tests.integration.meetings.room import DAY, HOUR, TEN, Room, moment

TOLD = {
    Role.LIG_CHAIR, Role.PARTNER_REPRESENTATIVE, Role.DESIGNATED_PROFESSIONAL, Role.AGENCY_LIG_MEMBER,
    Role.SERVICE_DIRECTOR, Role.PARTNERSHIP_TEAM, Role.INDEPENDENT_SCRUTINEER,
}  # fmt: skip


def test_a_meeting_is_arranged_and_the_group_is_told_without_a_word_of_its_agenda(room: Room) -> None:
    meeting = room.scheduled()
    page = room.text(f"/{meeting}")
    assert "Tuesday 8 December 2026" in page
    assert "10am to midday" in page
    assert "Minutes of the last meeting" in page
    told = room.messages("meeting-scheduled")
    assert {one.to_person for one in told} == {room.people[role].person_id for role in TOLD}
    assert "Tuesday 8 December 2026" in told[0].body
    assert f"/{room.place.slug}/meetings/{meeting}" in told[0].body
    assert room.events(EventKind.LIG_MEETING_SCHEDULED)[0].case_id is None


def test_the_same_form_sent_twice_arranges_one_meeting(room: Room) -> None:
    key = str(uuid4())
    first, second = (room.scheduled(submission_key=key) for _ in range(2))
    assert first == second
    assert len(room.messages("meeting-scheduled")) == len(TOLD)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (moment("starts_at", TEN - 8 * DAY), "That time has passed"),
        ({"starts_at-day": "31", "starts_at-month": "11"}, "31 November 2026 is not a real date"),
        ({"ends_at": "9:30"}, "The meeting ends before it begins"),
        ({"ends_at": "half past"}, "must be a time, like 9:30am or 14:30"),
        ({"ends_at": ""}, "Enter when the meeting ends"),
        ({"place": " "}, "Say where the meeting is"),
        ({"kind": ""}, "Select what kind of meeting it is"),
        ({"starts_at-day": "28", "starts_at-month": "3", "starts_at-year": "2027", "starts_at-time": "01:30"},
         "01:30 did not happen"),
        ({"starts_at-day": "28", "starts_at-month": "3", "starts_at-year": "2027", "starts_at-time": "00:30",
          "ends_at": "01:30"}, "01:30 did not happen"),
        ({"every": "week", "many": "40"}, "between 2 and 26"),
        ({"every": "week", "many": "3", "kind": "extraordinary"}, "Only standing meetings repeat"),
    ],
)  # fmt: skip
def test_wrong_dates_are_told_beside_their_fields_and_nothing_typed_is_lost(
    room: Room, typed: dict[str, Any], said: str
) -> None:
    answer = room.post("/schedule", **{**room.when(), "place": "The old fire station", **typed})
    assert answer.status_code == 400
    assert said in answer.text
    assert "The old fire station" in answer.text or typed.get("place") == " "
    assert room.messages("meeting-scheduled") == []


def test_a_series_keeps_its_time_of_day_across_the_clock_change(room: Room) -> None:
    begins = datetime(2027, 3, 16, 10, 0, tzinfo=UTC)
    answer = room.post("/schedule", **room.when(begins), every="week", many="4")
    assert answer.status_code == 303
    page = room.text("/")
    assert page.count("10am to midday") == 4
    assert len(room.messages("meetings-scheduled")) == len(TOLD)
    assert room.messages("meeting-scheduled") == []
    with room.place.pinned():
        starts = [row.starts_at for row in queries.coming(room.now)]
    assert [one.hour for one in starts] == [10, 10, 9, 9]


def test_a_series_names_the_meetings_that_fall_on_no_working_day(room: Room) -> None:
    begins = datetime(2026, 12, 11, 10, 0, tzinfo=UTC)
    room.post("/schedule", **room.when(begins), every="week", many="3")
    assert "3 meetings are arranged. No working day: Friday 25 December 2026." in room.text("/")


def test_two_meetings_do_not_begin_at_one_moment(room: Room) -> None:
    room.scheduled()
    answer = room.post("/schedule", **room.when())
    assert answer.status_code == 400
    assert "A meeting of the group begins at that very time already" in answer.text


def test_a_moved_meeting_is_told_again_and_followed_by_calendars_and_other_rooms(room: Room) -> None:
    meeting = room.scheduled()
    heard: list[changes.Change] = []
    changes.on_change(heard.append)
    try:
        later = room.when(TEN + 2 * DAY)
        answer = room.post(
            f"/{meeting}/move", **later, reason="The chair is ill", over=room.over(f"/{meeting}/move")
        )
    finally:
        changes._listeners.remove(heard.append)
    assert answer.status_code == 303
    page = room.text(f"/{meeting}")
    assert "Thursday 10 December 2026" in page
    assert 'from 8 December 2026 at 10am: <span class="wm-said">The chair is ill</span>' in page
    assert len(room.messages("meeting-moved")) == len(TOLD)
    assert "Thursday 10 December 2026" in room.messages("meeting-moved")[0].body
    assert [(one.what, one.was, one.at) for one in heard] == [("moved", TEN, TEN + 2 * DAY)]
    assert room.row(meeting).sequence == 1


def test_a_move_needs_a_reason_a_change_and_a_fresh_form(room: Room) -> None:
    meeting = room.scheduled()
    path, over = f"/{meeting}/move", room.over(f"/{meeting}/move")
    same = room.post(path, **room.when(), reason="No reason", over=over)
    assert (same.status_code, "when and where the meeting is already" in same.text) == (400, True)
    assert room.post(path, **room.when(TEN + DAY), reason="", over=over).status_code == 400
    assert room.post(path, **room.when(TEN + DAY), reason="Ill", over=over).status_code == 303
    stale = room.post(path, **room.when(TEN + 3 * DAY), reason="My own reason", over=over)
    assert stale.status_code == 409
    assert "Somebody changed this while you were writing" in stale.text
    assert "My own reason" in stale.text
    assert "It is arranged for 9 December 2026 at 10am" in stale.text
    assert room.post(path, **room.when(TEN + DAY), reason="Ill", over=over).status_code == 303
    assert room.row(meeting).sequence == 1


def test_a_cancelled_meeting_says_why_and_changes_no_more(room: Room) -> None:
    meeting = room.scheduled()
    path, over = f"/{meeting}/cancel", room.over(f"/{meeting}/cancel")
    assert room.post(path, reason=" ", over=over).status_code == 400
    assert room.post(path, reason="Nothing to discuss", over=over).status_code == 303
    assert room.post(path, reason="Nothing to discuss", over=over).status_code == 303
    assert len(room.messages("meeting-cancelled")) == len(TOLD)
    assert "Nothing to discuss" in room.text(f"/{meeting}")
    assert room.get(f"/{meeting}/move").status_code == 409
    late = room.post(f"/{meeting}/move", **room.when(TEN + DAY), reason="After all", over="2")
    assert late.status_code == 409
    assert "After all" in late.text


def test_the_calendar_file_follows_the_meeting(room: Room) -> None:
    meeting = room.scheduled(datetime(2027, 6, 1, 9, 0, tzinfo=UTC))
    first: Any = Calendar.from_ical(room.get(f"/{meeting}/calendar.ics").data)
    event = first.walk("VEVENT")[0]
    assert event["DTSTART"].dt == datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2027, 6, 1, 11, 0, tzinfo=UTC)
    assert (event["SEQUENCE"], event["STATUS"], first["METHOD"]) == (0, "CONFIRMED", "PUBLISH")
    room.post(
        f"/{meeting}/move", **room.when(datetime(2027, 12, 1, 10, 0, tzinfo=UTC)), reason="Ill", over="1"
    )
    room.post(f"/{meeting}/cancel", reason="Ill", over="2")
    last: Any = Calendar.from_ical(room.get(f"/{meeting}/calendar.ics").data)
    again = last.walk("VEVENT")[0]
    assert again["UID"] == event["UID"]
    assert again["DTSTART"].dt == datetime(2027, 12, 1, 10, 0, tzinfo=UTC)
    assert (again["SEQUENCE"], again["STATUS"], last["METHOD"]) == (2, "CANCELLED", "CANCEL")


def test_a_calendar_file_says_nothing_of_the_agenda(room: Room) -> None:
    meeting = room.scheduled()
    _case, reference = room.case()
    room.post(f"/{meeting}/agenda", title="Discussion of Robin", case=reference)
    answer = room.get(f"/{meeting}/calendar.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert 'filename="meeting-2026-12-08.ics"' in answer.headers["Content-Disposition"]
    told = answer.get_data(as_text=True).replace("\r\n ", "")
    assert f"/meetings/{meeting}" in told
    assert "Robin" not in told
    assert reference not in told


def test_a_meeting_is_opened_and_closed_and_recorded_late(room: Room) -> None:
    meeting = room.scheduled()
    room.to(TEN + 2 * DAY)
    assert "Not recorded" in room.text("/?when=past")
    for wrong in (TEN + DAY, TEN + 3 * DAY):
        assert room.post(f"/{meeting}/open", **moment("opened_at", wrong)).status_code == 400
    assert room.post(f"/{meeting}/open", **moment("opened_at", TEN)).status_code == 303
    assert room.post(f"/{meeting}/close", **moment("closed_at", TEN - HOUR)).status_code == 400
    assert room.post(f"/{meeting}/close", **moment("closed_at", TEN + HOUR)).status_code == 303
    row = room.row(meeting)
    assert (row.state, row.opened_at, row.closed_at) == ("held", TEN, TEN + HOUR)
    assert room.get(f"/{meeting}/close").status_code == 409
    assert room.get(f"/{meeting}/cancel").status_code == 409
    opened = room.events(EventKind.LIG_MEETING_OPENED)[0]
    assert (opened.happened_at, opened.recorded_at) == (TEN, room.now)


def test_a_meeting_that_was_held_without_being_arranged_here_is_recorded_late(room: Room) -> None:
    room.to(TEN + DAY)
    meeting = room.scheduled(held="y")
    assert room.messages("meeting-scheduled") == []
    assert room.post(f"/{meeting}/open", **moment("opened_at", TEN)).status_code == 303


def test_the_list_is_read_a_page_at_a_time(room: Room) -> None:
    with room.place.pinned():
        acting = room.team.actor().acting_as(room.team.actor().capacities)
        for day in range(60):
            typed = service.NewMeeting("extraordinary", TEN + day * DAY, 60, "Room 1", uuid4())
            assert service.schedule(typed, acting, room.now)[1] == []
        db.session.commit()
    seen, path = [], "/"
    while path:
        page = room.text(path)
        seen += [line for line in page.splitlines() if "wm-owed__action" in line]
        path = next((line.split('href="')[1].split('"')[0].split("/meetings")[1].replace("&amp;", "&")
                     for line in page.splitlines() if 'rel="next"' in line), "")  # fmt: skip
    assert len(seen) == len(set(seen)) == 60
    room.to(TEN + 90 * DAY)
    assert "No meeting is arranged" in room.text("/")
    assert room.text("/?when=past").count("wm-owed__action") == 25
    assert room.get("/?when=past&after=nonsense").status_code == 404


def test_who_sees_the_meetings_and_who_arranges_them(room: Room) -> None:
    meeting = room.scheduled()
    for role in Role:
        who = room.people[role]
        sees = role in TOLD | {Role.STRATEGIC_MANAGER}
        for path in ("/", f"/{meeting}", f"/{meeting}/calendar.ics"):
            assert (room.get(path, who).status_code == 200) == sees, (role, path)
        manages = role in (Role.PARTNERSHIP_TEAM, Role.STRATEGIC_MANAGER)
        for path in ("/schedule", "/standing-items", f"/{meeting}/move", f"/{meeting}/attendance"):
            assert (room.get(path, who).status_code == 200) == manages, (role, path)
            assert (room.post(path, who).status_code in (400, 409)) == manages, (role, path)


def test_another_partnership_has_no_such_meeting(room: Room, portsmouth: object) -> None:
    from tests.support.people import client_of, find
    from tests.support.places import Place

    assert isinstance(portsmouth, Place)
    meeting, other = room.scheduled(), client_of(room.app, find(portsmouth, Role.PARTNERSHIP_TEAM))
    for slug in (room.place.slug, portsmouth.slug):
        for path in ("", "/calendar.ics", "/move", "/attendance", "/minutes"):
            assert other.get(f"/{slug}/meetings/{meeting}{path}").status_code == 404
