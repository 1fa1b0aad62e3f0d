"""The timeline says which entry was corrected and how, and a day is a day; a meeting that comes too late is said to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.access.actor import SYSTEM
from app.cases.presenting import timeline
from app.ledger.service import record
from app.procedure.clocks import day_start
from app.procedure.events import EventKind, Party, Stage
from app.serious_incidents import service
from app.serious_incidents.errors import Incomplete
from app.serious_incidents.queries import untold
from tenants.db import db
from tests.integration.serious_incidents.journey import HOUR, MONDAY, NOT, TUESDAY_NOON, Journey
from tests.support.people import Someone
from tests.support.places import Place

K = EventKind
At = Callable[[datetime], None]
Client = Callable[[Someone | None], Any]


@pytest.fixture
def journey(wight: Place, at: At) -> Journey:
    at(TUESDAY_NOON)
    return Journey(wight)


def correct(journey: Journey, kind: EventKind, at: datetime | None) -> None:
    entry = journey.events(kind)[-1]
    typed = service.Correction(entry.number, at is None, at, "Misread", uuid4())
    journey.do(service.correct, typed, who=journey.team, now=TUESDAY_NOON)


def test_five_corrections_in_a_row_are_told_apart(journey: Journey) -> None:
    for hours in range(3, 7):
        correct(journey, K.LOCAL_AUTHORITY_AWARE, MONDAY - hours * HOUR)
    correct(journey, K.LOCAL_AUTHORITY_AWARE, None)
    told = [one.what for one in journey.read(timeline) if one.what.startswith("Corrected")]
    assert len(set(told)) == 5
    assert (
        "Corrected: “Local authority became aware of the incident”, 23 November 2026 at 8am. What is right: it "
        "happened 23 November 2026 at 7am" in told
    )
    assert sum("it did not happen, and is withdrawn" in one for one in told) == 1


def test_a_correction_gives_away_no_outcome_that_is_not_told(journey: Journey) -> None:
    journey.to_responses()
    journey.answered_elsewhere(Party.POLICE, NOT, at=MONDAY + 4 * HOUR, now=MONDAY + 5 * HOUR)
    correct(journey, K.RESPONSE_GIVEN, MONDAY + 3 * HOUR)
    with journey.place.pinned():
        member = journey.lig_member.actor()
        told = [one.what for one in timeline(journey.case_id, member, untold(journey.case_id, member))]
    (said,) = [one for one in told if one.startswith("Corrected")]
    assert "“Police responded”" in said
    assert "not to notify" not in said


def test_a_day_is_shown_as_the_day(wight: Place, client_as: Client, at: At) -> None:
    """Where the referral knows only the day, its instant is the start of that day, and nobody is shown a midnight."""
    at(TUESDAY_NOON)
    journey = Journey(wight, aware=False)
    with wight.pinned():
        record(
            K.LOCAL_AUTHORITY_AWARE, case_id=journey.case_id, acting=SYSTEM, now=MONDAY, party=Party.LOCAL_AUTHORITY,
            happened_at=day_start(MONDAY.date() - timedelta(days=3)), stage=Stage.NOTIFICATION,
            facts={"date_only": True},
        )  # fmt: skip
        db.session.commit()
    number = journey.events(K.LOCAL_AUTHORITY_AWARE)[-1].number
    client, where = client_as(journey.team), f"/{wight.slug}/cases/{journey.reference}"
    for page in ("", "/corrections", f"/corrections/{number}"):
        text = client.get(where + page).get_data(as_text=True)
        assert "20 November 2026, time not recorded" in text, page
        assert "midnight at the end of 19 November" not in text, page
    correct(journey, K.LOCAL_AUTHORITY_AWARE, MONDAY - 3 * HOUR)
    assert (
        "incident”, 20 November 2026. What is right: it happened 23 November 2026 at 7am"
        in client.get(where).text
    )


def test_how_a_partner_was_reached_is_told_to_those_who_read_the_answers(journey: Journey) -> None:
    journey.to_responses()
    typed = service.Reached("Alex Invented", "Inspector", "call", MONDAY + 4 * HOUR, "My note", uuid4())
    journey.do(service.record_receipt, Party.POLICE, typed, who=journey.team, now=MONDAY + 5 * HOUR)
    with journey.place.pinned():
        for who, note in (
            (journey.team, "Telephone or video call: Alex Invented (Inspector). My note"), (journey.lig_member, ""),
        ):  # fmt: skip
            told = timeline(journey.case_id, who.actor(), untold(journey.case_id, who.actor()))
            assert [one.note for one in told if one.what.startswith("Request received by Police")] == [note]


def arrange(client: Any, where: str, day: int, month: str = "11") -> Any:
    form = {"arranged_for-day": str(day), "arranged_for-month": month, "arranged_for-year": "2026",
            "arranged_for-time": "10:00", "how": "By video call", "submission_key": str(uuid4())}  # fmt: skip
    return client.post(f"{where}/meetings/short/arrange", data=form, follow_redirects=True)


@pytest.mark.duty("B1-09")
def test_a_meeting_after_its_clock_or_the_statutory_end_is_warned_of(
    journey: Journey, client_as: Client
) -> None:
    journey.to_difference()
    client, where = client_as(journey.team), f"/{journey.place.slug}/cases/{journey.reference}"
    asked = client.get(f"{where}/meetings/short/arrange").text
    assert "own clock ends at the end of Tuesday 24 November 2026" in asked
    assert "end at the end of Monday 30 November 2026" in asked
    assert "This is after" not in arrange(client, where, 24).text
    later = arrange(client, where, 26).text
    assert "This is after the meeting's own clock" in later.replace("&#39;", "'")
    assert "This is after the five working days" not in later
    too_late = arrange(client, where, 1, "12").text
    assert "This is after the five working days" in too_late
    assert "govuk-warning-text" in too_late


@pytest.mark.duty("B1-09")
def test_a_meeting_to_which_one_partner_came_is_confirmed_to_be_one(
    journey: Journey, client_as: Client
) -> None:
    journey.to_difference()
    came = {Party.POLICE: service.Attendance("Somebody", "Representative")}
    alone = service.Held("short", MONDAY + 6 * HOUR, came, "Only the police", uuid4())
    with pytest.raises(Incomplete) as refused:
        journey.do(service.record_meeting, alone, who=journey.team, now=MONDAY + 7 * HOUR)
    assert [one.field for one in refused.value.faults] == ["alone"]
    client, where = (
        client_as(journey.team),
        f"/{journey.place.slug}/cases/{journey.reference}/meetings/short/record",
    )
    assert "this was a meeting all the same" not in client.get(where).text
    form = {"held_at-day": "23", "held_at-month": "11", "held_at-year": "2026", "held_at-time": "16:00",
            "police_name": "Somebody", "police_capacity": "Representative", "notes": "Only the police",
            "submission_key": str(uuid4())}  # fmt: skip
    page = client.post(where, data=form)
    assert page.status_code == 400
    assert "Only one partner came, and this was a meeting all the same" in page.text
    assert client.post(where, data={**form, "alone": "y"}).status_code == 303
    assert len(journey.events(K.SHORT_MEETING_HELD)) == 1
