"""The plan of a rapid review, in its pages and with the group's calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from app.access.actor import Acting
from app.meetings import queries as meetings
from app.meetings import service as group
from app.procedure.events import EventKind
from app.rapid_reviews.plan_queries import plan_of, plans_of
from tests.integration.rapid_reviews.planned import at_a_free_minute, days, later, notified, plan, typed
from tests.integration.serious_incidents.journey import Journey
from tests.support.people import Someone
from tests.support.places import Place

Client = Callable[[Someone | None], Any]
K = EventKind
CLERK = Acting(None, "Somebody of the team", "Partnership Team")


@pytest.fixture
def journey(wight: Place, at: Callable[[datetime], None]) -> Journey:
    """A case whose notification was sent an hour ago."""
    found = notified(Journey(wight))
    at(later(0.05))
    return found


@pytest.fixture
def team(client_as: Client, journey: Journey) -> Any:
    return client_as(journey.team)


def page(journey: Journey, name: str = "plan") -> str:
    return f"/{journey.place.slug}/cases/{journey.reference}/rapid-review/{name}".rstrip("/")


@pytest.mark.duty("B2-03")
def test_the_team_plans_backwards_and_the_meeting_is_in_the_calendar(journey: Journey, team: Any) -> None:
    shown = team.get(page(journey)).text
    assert "Tuesday 15 December 2026" in shown  # the fifteenth working day after Tuesday 24 November
    meeting = plan(journey, team)
    with journey.place.pinned():
        row = meetings.meeting_of(meeting)
        assert row is not None
        assert (row.kind, row.state) == ("extraordinary", "planned")
        assert journey.case_id in meetings.cases_of(meeting)
    owed = journey.owed()
    assert [owed[key][1] for key in ("N-05", "B2-03", "B2-01", "B2-04", "B2-06")] == [
        "met",
        "met",
        None,
        None,
        None,
    ]
    assert "10 December 2026" in team.get(page(journey, "")).text
    assert "Rapid review planned" in team.get(f"/{journey.place.slug}/cases/{journey.reference}").text


@pytest.mark.duty("B2-03")
def test_a_meeting_of_the_calendar_is_taken_and_given_up_for_another(journey: Journey, team: Any) -> None:
    first = plan(journey, team)
    with journey.place.pinned():
        starts = later(13).replace(minute=int(journey.case_id) % 59, second=int(journey.case_id) % 58)
        wanted = group.NewMeeting("standing", starts, 90, "Room 2", uuid4())
        other, faults = group.schedule(wanted, CLERK, later(0.05))
        assert other is not None, faults
        group.db.session.commit()
        second = other.id
    chosen = typed(meeting=str(second), over="1", **days("papers_on", date(2026, 11, 30)),
                   **days("returns_on", date(2026, 11, 27)))  # fmt: skip
    missing = team.post(page(journey), data=chosen)
    assert (missing.status_code, "Say why the plan changes" in missing.text) == (400, True)
    assert team.post(page(journey), data={**chosen, "reason": "It suits the group better"}).status_code == 303
    with journey.place.pinned():
        assert journey.case_id in meetings.cases_of(second)
        assert journey.case_id not in meetings.cases_of(first)
        assert [row.number for row in plans_of(journey.case_id)] == [2, 1]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"meeting": ""}, "Select the meeting"),
        ({"died": ""}, "Select whether the child died"),
        ({"place": " "}, "Say where the meeting is"),
        (days("meeting_at", date(2026, 12, 16)), "after the fifteenth working day"),
        (days("papers_on", date(2026, 12, 8)), "Say why papers go out less than a week"),
        (days("papers_on", date(2026, 12, 6)), "must be on a working day"),
        (days("returns_on", date(2026, 12, 4)), "Papers cannot be before"),
        ({"approval_on-month": "13"}, "The day for the approval"),
        (days("meeting_at", date(2026, 11, 23)), "The meeting must be in the future"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_everything_is_kept(
    journey: Journey, team: Any, wrong: dict[str, str], says: str
) -> None:
    sent = {**typed(place="A room that I typed", **at_a_free_minute()), **wrong}
    answer = team.post(page(journey), data=sent)
    assert answer.status_code == 400
    assert says in answer.text
    assert wrong.get("place") or "A room that I typed" in answer.text
    assert journey.read(plan_of) is None


def test_the_same_form_sent_twice_plans_once_and_a_stale_one_is_told_so(journey: Journey, team: Any) -> None:
    sent = typed(**at_a_free_minute())
    assert [team.post(page(journey), data=sent).status_code for _ in range(2)] == [303, 303]
    assert len(journey.events(K.RAPID_REVIEW_PLANNED)) == 1
    stale = team.post(page(journey), data=typed(reason="I saw the page before"))
    assert (stale.status_code, "I saw the page before" in stale.text) == (409, True)


@pytest.mark.duty("B2-03")
def test_a_moved_meeting_sets_the_plan_anew_and_a_cancelled_one_leaves_no_day(
    journey: Journey, team: Any
) -> None:
    meeting = plan(journey, team)
    with journey.place.pinned():
        moved = group.Moved(later(14.9), 120, "Room 3", "The chair is ill")
        assert group.move(meeting, moved, CLERK, later(1), version=1) == []
        group.db.session.commit()
    row = journey.read(plan_of)
    assert (row.number, row.meeting_at, row.reason) == (2, later(14.9), "The meeting was moved.")
    assert journey.owed()["B2-03"][1] == "met"
    with journey.place.pinned():
        assert group.cancel(meeting, "No room", CLERK, later(2)) == []
        group.db.session.commit()
    assert journey.read(plan_of).meeting_id is None
    assert journey.owed()["B2-03"] == ("partnership-team", None)
    assert "The meeting was cancelled" in team.get(page(journey, "")).text


@pytest.mark.duty("B2-08")
def test_with_the_meeting_closed_its_record_is_owed(
    journey: Journey, team: Any, at: Callable[..., None]
) -> None:
    meeting = plan(journey, team)
    opened = later(16).replace(hour=10)
    at(opened)
    with journey.place.pinned():
        group.open_meeting(meeting, opened, CLERK, opened)
        group.db.session.commit()
        closed = opened.replace(hour=12)
        group.close_meeting(meeting, closed, CLERK, closed)
        group.db.session.commit()
    assert [one.facts["meeting"] for one in journey.events(K.REVIEW_MEETING_HELD)] == [str(meeting)]
    assert journey.owed()["B2-08"] == ("partnership-team", None)


def test_nobody_else_plans_and_the_other_partnership_finds_nothing(
    journey: Journey, client_as: Client, hampshire: Place
) -> None:
    for who in (journey.police, journey.chair, journey.scrutineer):
        assert client_as(who).get(page(journey)).status_code == 404
        assert client_as(who).get(page(journey, "")).status_code == 200
    assert client_as(journey.partnership_chair).get(page(journey, "")).status_code == 404
    elsewhere = Journey(hampshire)
    assert client_as(elsewhere.team).get(page(journey, "")).status_code == 404


def test_without_a_notification_nothing_is_planned(wight: Place, client_as: Client) -> None:
    early = Journey(wight)
    client = client_as(early.team)
    answer = client.get(page(early))
    assert (answer.status_code, "There is no notification" in answer.text) == (409, True)
    assert client.post(page(early), data=typed()).status_code == 409
    assert client.get(page(early, "")).status_code == 200
