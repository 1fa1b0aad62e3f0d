"""Agendas: standing items, items about cases and who sees them, other items, and their order."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.access.roles import Role
from app.meetings import queries, service
from app.procedure.events import EventKind
from tenants.db import db
from tests.integration.meetings.room import DAY, HOUR, TEN, Room, moment
from tests.support.people import Someone


def titles(room: Room, meeting: UUID, who: Someone | None = None) -> list[str]:
    who = who or room.team
    with room.place.pinned():
        return [f"{one.number} {one.title}" for one in queries.items_of(meeting, who.actor())]


def own_items(room: Room, *lines: str) -> None:
    over = room.over("/standing-items")
    assert room.post("/standing-items", items="\r\n".join(lines), over=over).status_code == 303


def test_standing_items_are_copied_to_each_new_standing_meeting_and_to_no_other(room: Room) -> None:
    before = room.scheduled()
    own_items(room, "Welcome", "Any other business")
    after, other = room.scheduled(TEN + DAY), room.scheduled(TEN + 2 * DAY, kind="extraordinary")
    assert titles(room, after) == ["1 Welcome", "2 Any other business"]
    assert titles(room, other) == []
    assert len(titles(room, before)) == len(queries.DEFAULTS)
    assert room.events(EventKind.STANDING_ITEM_CHANGED)[0].case_id is None


def test_two_who_write_the_standing_items_at_once_see_both(room: Room) -> None:
    over = room.over("/standing-items")
    assert room.post("/standing-items", items="Welcome", over=over).status_code == 303
    stale = room.post("/standing-items", items="Greeting\nFarewell", over=over)
    assert stale.status_code == 409
    assert "Greeting" in stale.text
    assert ">Welcome</p>" in stale.text
    assert room.post("/standing-items", items="Greeting\nFarewell", over="1").status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (" ", "Enter at least one standing item"),
        ("x" * 201, "Line 1 is longer than 200 characters"),
        ("Welcome\nWelcome", "stands in the list twice"),
        ("\n".join(str(number) for number in range(31)), "Enter 30 standing items at most"),
    ],
)
def test_wrong_standing_items_are_refused(room: Room, typed: str, said: str) -> None:
    answer = room.post("/standing-items", items=typed, over="0")
    assert answer.status_code == 400
    assert said in answer.text


def test_what_is_added_comes_before_any_other_business_once(room: Room) -> None:
    own_items(room, "Welcome", "Any other business")
    meeting, key = room.scheduled(), str(uuid4())
    for _ in range(2):
        assert room.post(f"/{meeting}/agenda", title="Training", submission_key=key).status_code == 303
    assert titles(room, meeting) == ["1 Welcome", "2 Training", "3 Any other business"]
    assert room.post(f"/{meeting}/agenda", title=" ").status_code == 400


def test_an_item_is_moved_renamed_and_taken_off(room: Room) -> None:
    own_items(room, "One", "Two", "Three")
    meeting = room.scheduled()
    three = room.items(meeting)[2].id
    for do in ("up", "up", "up", "down"):
        assert room.post(f"/{meeting}/items/{three}/place", do=do).status_code == 303
    assert titles(room, meeting) == ["1 One", "2 Three", "3 Two"]
    assert room.post(f"/{meeting}/items/{three}/title", title="Third", over="1").status_code == 303
    stale = room.post(f"/{meeting}/items/{three}/title", title="The third", over="1")
    assert stale.status_code == 409
    assert "The third" in stale.text
    assert room.post(f"/{meeting}/items/{three}/remove").status_code == 400
    assert room.post(f"/{meeting}/items/{three}/remove", reason="Not now").status_code == 303
    assert titles(room, meeting) == ["1 One", "2 Two"]
    assert room.get(f"/{meeting}/items/{three}").status_code == 404
    assert room.post(f"/{meeting}/items/{uuid4()}/remove").status_code == 404


def test_an_agenda_is_fixed_once_the_meeting_was_held(room: Room) -> None:
    meeting = room.closed(room.quorate(), TEN + HOUR)
    item = room.items(meeting)[0].id
    assert room.get(f"/{meeting}/agenda").status_code == 409
    late = room.post(f"/{meeting}/agenda", title="Too late a thought")
    assert (late.status_code, "Too late a thought" in late.text) == (409, True)
    assert room.post(f"/{meeting}/items/{item}/remove").status_code == 409


def test_what_was_minuted_stays_on_the_agenda(room: Room) -> None:
    meeting = room.open()
    item = room.items(meeting)[0].id
    assert room.post(f"/{meeting}/items/{item}/minutes", words="We met", over="0").status_code == 303
    answer = room.post(f"/{meeting}/items/{item}/remove")
    assert answer.status_code == 409
    assert "Something was minuted or decided on this item" in answer.text


def test_an_item_about_a_case_is_added_once_and_told_in_that_case(room: Room) -> None:
    meeting, (case_id, reference) = room.scheduled(), room.case()
    for _ in range(2):
        assert (
            room.post(f"/{meeting}/agenda", title="Rapid review", case=reference.lower()).status_code == 303
        )
    assert [one.case_id for one in room.items(meeting)].count(case_id) == 1
    assert room.events(EventKind.AGENDA_CHANGED)[0].case_id == case_id
    with room.place.pinned():
        assert [one.id for one in queries.meetings_about(case_id)] == [meeting]
    wrong = room.post(f"/{meeting}/agenda", title="Rapid review", case="IOW-2222-2")
    assert wrong.status_code == 400
    assert "There is no case of this reference that you can see" in wrong.text


def test_whoever_cannot_see_a_case_sees_neither_its_item_nor_a_gap(room: Room) -> None:
    own_items(room, "Welcome", "Any other business")
    meeting, (case_id, reference) = room.scheduled(), room.case()
    room.post(f"/{meeting}/agenda", title="Rapid review of Robin", case=reference)
    room.post(f"/{meeting}/agenda", title="Training")
    about = next(one.id for one in room.items(meeting) if one.case_id)
    sealed, elsewhere = room.people[Role.LIG_CHAIR], room.people[Role.AGENCY_LIG_MEMBER]
    room.seal(case_id, sealed)
    for who in (sealed, elsewhere):
        assert titles(room, meeting, who) == ["1 Welcome", "2 Training", "3 Any other business"]
        page = room.text(f"/{meeting}", who)
        assert "Robin" not in page
        assert reference not in page
        assert room.get(f"/{meeting}/items/{about}", who).status_code == 404
    assert "Robin" in room.text(f"/{meeting}", room.people[Role.PARTNER_REPRESENTATIVE])


def test_somebody_of_the_team_sealed_out_arranges_the_meeting_without_learning_of_it(room: Room) -> None:
    own_items(room, "One", "Two")
    meeting, (case_id, reference) = room.scheduled(), room.case()
    room.post(f"/{meeting}/agenda", title="Rapid review", case=reference)
    manager = room.people[Role.STRATEGIC_MANAGER]
    room.seal(case_id, manager)
    assert titles(room, meeting, manager) == ["1 One", "2 Two"]
    two, about = room.items(meeting)[2].id, room.items(meeting)[1].id
    assert room.post(f"/{meeting}/items/{two}/place", manager, do="up").status_code == 303
    assert titles(room, meeting, manager) == ["1 Two", "2 One"]
    assert room.post(f"/{meeting}/items/{about}/place", manager, do="up").status_code == 404
    wrong = room.post(f"/{meeting}/agenda", manager, title="Rapid review", case=reference)
    assert (wrong.status_code, "that you can see" in wrong.text) == (400, True)
    moved = room.post(f"/{meeting}/move", manager, **room.when(TEN + DAY), reason="Ill", over="1")
    assert moved.status_code == 303
    room.to(TEN + DAY + HOUR)
    assert room.post(f"/{meeting}/open", manager, **moment("opened_at", TEN + DAY)).status_code == 303
    for path in (f"/items/{about}", f"/items/{about}/minutes", f"/items/{about}/decide"):
        assert room.get(f"/{meeting}{path}", manager).status_code == 404
        assert room.post(f"/{meeting}{path}", manager, words="x", over="0").status_code in (404, 405)


def test_whoever_is_sealed_out_after_their_page_was_made_writes_nothing(room: Room) -> None:
    meeting, (case_id, _reference) = room.open(), room.case()
    with room.place.pinned():
        acting = room.team.actor().acting_as(room.team.actor().capacities)
        item = service.add_case(meeting, case_id, "Rapid review", acting, room.now).id
        db.session.commit()
    path = f"/{meeting}/items/{item}/minutes"
    assert room.get(path).status_code == 200
    room.seal(case_id, room.team)
    assert room.post(path, words="What was said", over="0").status_code == 404
    assert room.events(EventKind.LIG_MINUTES_WRITTEN) == []
