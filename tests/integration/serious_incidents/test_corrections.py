"""What was recorded wrongly is superseded with a reason; clocks move; both remain."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.cases.presenting import owed_then, timeline
from app.cases.queries import obligations_of
from app.cases.rebuild import differences
from app.procedure.events import EventKind, Party
from app.serious_incidents import service
from app.serious_incidents.errors import Incomplete, OutOfTurn
from tests.integration.serious_incidents.journey import (
    HOUR,
    MONDAY,
    NOTIFY,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)
from tests.support.people import client_of

K = EventKind
WEDNESDAY = TUESDAY_MIDNIGHT + 10 * HOUR
DAY = timedelta(days=1)


def number_of(journey: Journey, kind: EventKind, party: Party | None = None) -> int:
    return journey.events(kind, party)[-1].number


def correct(
    journey: Journey, number: int, at: datetime | None, now: datetime, reason: str = "Misread"
) -> None:
    typed = service.Correction(number, at is None, at, reason, uuid4())
    journey.do(service.correct, typed, who=journey.team, now=now)


def due(journey: Journey, key: str) -> date | None:
    found: date | None = journey.read(
        lambda case_id: next(row.due_on for row in obligations_of(case_id) if row.key == key)
    )
    return found


@pytest.mark.duty("B1-03")
def test_the_statutory_clock_moves_with_a_corrected_awareness(journey: Journey) -> None:
    before = due(journey, "B1-03")
    number = number_of(journey, K.LOCAL_AUTHORITY_AWARE)
    correct(journey, number, MONDAY - 3 * DAY, MONDAY + 2 * HOUR)  # Friday
    assert (before, due(journey, "B1-03")) == (date(2026, 11, 30), date(2026, 11, 27))
    assert len(journey.events(K.LOCAL_AUTHORITY_AWARE)) == 2  # both remain
    assert journey.read(differences) == []
    with pytest.raises(OutOfTurn):
        correct(journey, number, MONDAY - 4 * DAY, MONDAY + 3 * HOUR)
    told = journey.read(lambda case_id: timeline(case_id))
    assert [entry.superseded for entry in told if entry.what.startswith("Local authority became aware")] == [
        True,
        False,
    ]
    assert any(entry.note == "Misread" for entry in told)


def test_history_as_known_and_as_happened(journey: Journey) -> None:
    first = due(journey, "B1-03")
    correct(journey, number_of(journey, K.LOCAL_AUTHORITY_AWARE), MONDAY - 3 * DAY, MONDAY + 2 * HOUR)
    director = journey.director

    def then(known: datetime, happened: datetime) -> list[date | None]:
        def ask(case_id: object) -> list[date | None]:
            found = owed_then(case_id, director.actor(), known, happened)["open"]  # type: ignore[arg-type]
            return [one.due_on for one in found if one.duty == "B1-03"]

        return list(journey.read(ask))

    assert then(MONDAY + HOUR, MONDAY + HOUR) == [first]
    assert then(MONDAY + 3 * HOUR, MONDAY + 3 * HOUR) == [due(journey, "B1-03")]
    assert then(MONDAY - HOUR, MONDAY + HOUR) == []  # nothing was known yet


@pytest.mark.duty("B1-08", "N-04")
def test_a_silence_that_rested_on_a_wrong_entry_counts_no_longer(journey: Journey) -> None:
    journey.to_responses()
    journey.respond(Party.LOCAL_AUTHORITY)
    journey.respond(Party.ICB)
    assert journey.silent(Party.POLICE)
    journey.decide(now=WEDNESDAY)
    correct(journey, number_of(journey, K.REQUEST_RECEIVED, Party.POLICE), None, WEDNESDAY + HOUR)
    assert Party.POLICE not in journey.state().positions
    assert journey.owed()["B1-08:police"] == ("police", None)
    assert journey.owed()["B1-08:put-back:1"] == ("partnership-team", None)
    assert journey.read(differences) == []
    journey.enter(service.put_back, journey.team, WEDNESDAY + 2 * HOUR)
    journey.respond(Party.POLICE, NOTIFY, now=WEDNESDAY + 3 * HOUR)
    journey.decide(now=WEDNESDAY + 4 * HOUR)
    assert [row.number for row in journey.state().decisions] == [1, 2]
    assert journey.read(differences) == []


@pytest.mark.duty("B1-08", "N-04")
def test_a_silence_is_left_alone_where_another_entry_is_corrected(journey: Journey) -> None:
    journey.to_responses()
    assert journey.silent(Party.POLICE)
    number = number_of(journey, K.LOCAL_AUTHORITY_AWARE)
    correct(journey, number, MONDAY - HOUR, WEDNESDAY)
    assert [event.facts["supersedes"] for event in journey.events(K.ENTRY_SUPERSEDED)] == [number]
    assert len(journey.events(K.RESPONSE_DEEMED)) == 1
    assert journey.state().positions[Party.POLICE].kind == "deemed"
    assert journey.read(differences) == []


@pytest.mark.duty("B1-08")
def test_a_corrected_time_decides_whether_an_answer_was_late(journey: Journey) -> None:
    journey.to_responses()
    assert journey.silent(Party.POLICE)
    journey.answered_elsewhere(Party.POLICE, at=TUESDAY_MIDNIGHT + HOUR, now=WEDNESDAY)
    assert len(journey.state().late) == 1
    correct(journey, number_of(journey, K.RESPONSE_LATE, Party.POLICE), TUESDAY_NOON, WEDNESDAY + HOUR)
    assert journey.state().late == []
    assert journey.state().positions[Party.POLICE].kind == "given"
    assert journey.read(differences) == []


@pytest.mark.duty("B1-09")
def test_positions_taken_at_a_meeting_go_with_it(journey: Journey) -> None:
    journey.to_difference()
    journey.meet({Party.POLICE: NOTIFY}, at=TUESDAY_NOON)
    correct(
        journey, number_of(journey, K.SHORT_MEETING_HELD), None, TUESDAY_NOON + HOUR, "Another case's meeting"
    )
    state = journey.state()
    assert state.positions[Party.POLICE].outcome == "do-not-notify"
    assert state.meetings == []
    assert journey.owed()["B1-09"] == ("partnership-team", None)
    assert journey.read(differences) == []


def test_what_is_asked_of_a_correction(journey: Journey) -> None:
    journey.to_decision()
    number = number_of(journey, K.LOCAL_AUTHORITY_AWARE)
    now = MONDAY + 6 * HOUR
    with pytest.raises(Incomplete):
        correct(journey, number, None, now, " ")
    for wrong in (now + HOUR, MONDAY - 2 * HOUR):  # ahead, and as it was
        with pytest.raises(Incomplete):
            correct(journey, number, wrong, now)
    with pytest.raises(OutOfTurn):  # what a partner said in Waymark is said anew, not corrected
        correct(journey, number_of(journey, K.RESPONSE_GIVEN, Party.POLICE), MONDAY + 4 * HOUR, now)
    key = uuid4()
    typed = service.Correction(number, True, None, "It was another incident", key)
    for _twice in range(2):
        journey.do(service.correct, typed, who=journey.team, now=now)
    assert len(journey.events(K.ENTRY_SUPERSEDED)) == 1


def test_the_pages_of_a_correction_and_of_history(app: Flask, journey: Journey) -> None:
    browser, base = client_of(app, journey.team), f"/isle-of-wight/cases/{journey.reference}"
    number = number_of(journey, K.LOCAL_AUTHORITY_AWARE)
    assert f"/corrections/{number}" in browser.get(f"{base}/corrections").get_data(as_text=True)
    form = {"withdraw": "moved", "reason": "", "submission_key": str(uuid4()), "happened_at-day": "20",
            "happened_at-month": "11", "happened_at-year": "2026", "happened_at-time": "9am"}  # fmt: skip
    refused = browser.post(f"{base}/corrections/{number}", data=form)
    assert refused.status_code == 400
    assert "Say what was wrong" in refused.get_data(as_text=True)
    assert (
        browser.post(f"{base}/corrections/{number}", data={**form, "reason": "The diary"}).status_code == 303
    )
    page = browser.get(f"{base}/history?known-day=23&known-month=11&known-year=2026").get_data(as_text=True)
    assert "As known on 23 November 2026" in page
    for wrong in (
        "known-day=31&known-month=2&known-year=2026",
        "happened-day=1&happened-month=1&happened-year=1900",
        "known-day=1&known-month=1&known-year=2030",
    ):
        assert browser.get(f"{base}/history?{wrong}").status_code == 400
    for wrong in ("0", "x", "9" * 40, "-1"):
        assert browser.get(f"{base}/corrections/{wrong}").status_code == 409
