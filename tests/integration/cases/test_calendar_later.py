"""A bank holiday and the cases around it: opened later, told late, not moved at all, moved back (clocks 9).

The cases are of Hampshire: editions are forgotten after each test, and other tests compare every case of the Isle of
Wight with its history."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, select

from app.cases.calendar_changes import calendar_changed
from app.cases.queries import obligations_of
from app.cases.rebuild import differences
from app.outbox.models import JobIntent
from app.procedure.events import EventKind
from app.serious_incidents.awareness import record_awareness
from tenants.db import db
from tenants.registry import CalendarEdition
from tests.integration.serious_incidents.journey import HOUR, MONDAY, TUESDAY_NOON, Journey
from tests.support.places import Place

TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (24, 25, 26))
Command = Callable[..., Result]
Adopt = Callable[..., None]


@pytest.fixture
def adopt(owner_of: Flask) -> Iterator[Adopt]:
    """Adopt an edition with these bank holidays at an instant; all are forgotten afterwards."""

    def write(number: int, at: datetime, *days: date) -> None:
        with owner_of.app_context():
            added = {day.isoformat(): "A day of mourning (invented)" for day in days}
            db.session.add(CalendarEdition(number=number, added=added, reason="Invented", adopted_at=at))
            db.session.commit()

    yield write
    with owner_of.app_context():
        db.session.execute(delete(CalendarEdition))
        db.session.commit()


@pytest.fixture
def command(app: Flask, adopt: Adopt, at: Callable[[datetime], None]) -> Command:
    """The operator's command on the case's second day; what it adopts is forgotten afterwards."""
    at(TUESDAY_NOON)
    return lambda *words: app.test_cli_runner().invoke(args=["calendar", *words])


def due(journey: Journey, key: str) -> date | None:
    with journey.place.pinned():
        return {row.key: row.due_on for row in obligations_of(journey.case_id)}[key]


def tell(journey: Journey, number: int, now: datetime) -> None:
    with journey.place.pinned():
        calendar_changed({"case_id": str(journey.case_id), "edition": str(number)}, now)
        db.session.commit()


def entries(journey: Journey) -> list[tuple[datetime, datetime]]:
    return [(one.happened_at, one.recorded_at) for one in journey.events(EventKind.CALENDAR_CHANGED)]


def test_a_case_opened_later_is_counted_by_the_newest_edition_also_from_before_it(
    hampshire: Place, adopt: Adopt
) -> None:
    adopt(2, MONDAY - HOUR, WEDNESDAY)  # between the local authority becoming aware and the referral
    journey = Journey(hampshire)
    assert due(journey, "B1-03") == date(2026, 12, 1)
    assert journey.read(differences) == []


def test_what_was_running_when_it_was_adopted_moves_however_late_the_case_is_told(
    hampshire: Place, adopt: Adopt
) -> None:
    journey = Journey(hampshire)
    adopted, told = MONDAY + 2 * HOUR, MONDAY + timedelta(days=3)
    adopt(2, adopted, TUESDAY)
    assert due(journey, "B1-06") == TUESDAY  # not without an entry beside it
    assert journey.read(differences) == []
    tell(journey, 2, told)  # Tuesday is over by then
    assert due(journey, "B1-06") == WEDNESDAY
    assert entries(journey) == [(adopted, told)]
    assert journey.messages("clock-moved")
    assert journey.read(differences) == []


def test_nothing_is_said_in_a_case_where_no_clock_moves_and_what_comes_later_is_counted_right(
    hampshire: Place, adopt: Adopt
) -> None:
    journey = Journey(hampshire, aware=False)
    adopt(2, MONDAY + 2 * HOUR, THURSDAY)  # only the sharing runs, until Tuesday
    version = journey.version()
    tell(journey, 2, MONDAY + 3 * HOUR)
    assert entries(journey) == []
    assert journey.messages("clock-moved") == []
    assert journey.version() == version
    journey.share(MONDAY + 4 * HOUR)  # the clock of the notification starts under the new edition
    assert due(journey, "B1-03") == date(2026, 12, 1)
    assert due(journey, "B1-06") == TUESDAY
    assert journey.read(differences) == []


def test_a_start_recorded_after_the_edition_that_lies_before_it_is_counted_with_it(
    hampshire: Place, adopt: Adopt
) -> None:
    journey = Journey(hampshire, aware=False)
    adopt(2, MONDAY + 2 * HOUR, THURSDAY)
    tell(journey, 2, MONDAY + 3 * HOUR)
    journey.do(
        record_awareness, aware_at=MONDAY - 5 * HOUR, told_by="", who=journey.team, now=MONDAY + 4 * HOUR, key=uuid4(),
    )  # fmt: skip
    assert due(journey, "B1-03") == date(2026, 12, 1)


@pytest.mark.duty("N-02")
def test_the_budget_moves_with_the_statutory_clock(
    hampshire: Place, adopt: Adopt, client_as: Callable[..., Any], at: Callable[[datetime], None]
) -> None:
    journey = Journey(hampshire).to_responses()
    at(MONDAY + 5 * HOUR)
    address = f"/{hampshire.slug}/cases/{journey.reference}"
    page = client_as(journey.team).get(address).get_data(as_text=True)
    assert "Friday 27 November 2026" in page
    assert "Day 5</strong><br>Monday 30 November 2026" in page
    adopt(2, MONDAY + 5 * HOUR, WEDNESDAY)
    tell(journey, 2, MONDAY + 5 * HOUR)
    page = client_as(journey.team).get(address).get_data(as_text=True)
    assert "A bank holiday was added; clocks that were running moved" in page
    assert "Day 5</strong><br>Tuesday 1 December 2026" in page
    assert "Wednesday 25 November 2026" not in re.findall(r"<ol.*?</ol>", page, re.S)[0]


def test_a_mistyped_holiday_is_withdrawn_and_clocks_move_back(hampshire: Place, command: Command) -> None:
    journey = Journey(hampshire)
    made = command("add-holiday", "2026-11-26", "A day of mourning (invented)")
    assert made.exit_code == 0, made.output
    assert re.search(
        r"edition 2: .* on 2026-11-26; work is queued for \d+ cases?, and whoever owes", made.output
    )
    with hampshire.pinned():
        jobs = db.session.scalars(select(JobIntent).where(JobIntent.kind == "calendar-changed")).all()
        assert str(journey.case_id) in {job.args["case_id"] for job in jobs}
    tell(journey, 2, TUESDAY_NOON)
    assert due(journey, "B1-03") == date(2026, 12, 1)
    for _after_a_stop in range(2):
        withdrawn = command("withdraw-holiday", "2026-11-26", "--reason", "The wrong week")
        assert "edition 3: no bank holiday on 2026-11-26" in withdrawn.output
    tell(journey, 3, TUESDAY_NOON)
    assert due(journey, "B1-03") == date(2026, 11, 30)
    assert len(entries(journey)) == 2
    assert command("list").output.splitlines() == [
        "edition 1: the published bank holidays of England and Wales",
        "edition 2, adopted 2026-11-24: added 2026-11-26 A day of mourning (invented) (Proclaimed)",
        "edition 3, adopted 2026-11-24: withdrew 2026-11-26 A day of mourning (invented) (The wrong week)",
    ]
    refused = command("withdraw-holiday", "2026-12-25")
    assert (refused.exit_code, refused.output) == (
        1, "Error: 2026-12-25 was not added here, so it cannot be withdrawn.\n",
    )  # fmt: skip


def test_each_edition_is_listed_with_what_it_added_and_a_day_that_is_over_is_meant(command: Command) -> None:
    assert command("list").output == "edition 1: the published bank holidays of England and Wales\n"
    assert command("add-holiday", "2026-12-07", "First (invented)").exit_code == 0
    refused = command("add-holiday", "2026-11-23", "Second (invented)")
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert "2026-11-23 is over: add --past where it is meant" in refused.output
    assert command("add-holiday", "2026-11-23", "Second (invented)", "--past").exit_code == 0
    assert [line.split(": ", 1)[1] for line in command("list").output.splitlines()[1:]] == [
        "added 2026-12-07 First (invented) (Proclaimed)", "added 2026-11-23 Second (invented) (Proclaimed)",
    ]  # fmt: skip
