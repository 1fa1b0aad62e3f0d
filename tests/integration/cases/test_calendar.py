"""A bank holiday that the operator adds moves the running clocks of each case, once, with an entry and a message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.access.roles import Role
from app.cases.calendar_changes import calendar_changed
from app.cases.models import Case
from app.cases.queries import obligations_of
from app.cases.rebuild import all_differences
from app.clock_source import real_now
from app.ledger.service import history
from app.outbox.models import JobIntent, OutboxMessage
from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.clocks import london_date, within_working_days, working_days_after
from app.procedure.events import EventKind
from tenants.db import db
from tenants.registry import CalendarEdition
from tests.integration.access.test_matrix import make_case
from tests.support.cast import cast
from tests.support.people import Someone
from tests.support.places import fresh_place


@pytest.fixture
def people(app: Flask, owner_of: Flask, tmp_path: Path) -> Iterator[dict[Role, Someone]]:
    yield cast(fresh_place(app, owner_of, tmp_path), owner_of)
    with owner_of.app_context():
        db.session.execute(delete(CalendarEdition))
        db.session.commit()


def due(who: Someone, reference: str) -> date | None:
    with who.place.pinned():
        case = db.session.scalars(select(Case).where(Case.reference == reference)).one()
        return next(row.due_on for row in obligations_of(case.id) if row.key == "B1-06")


def test_a_late_bank_holiday_moves_the_running_clocks(
    app: Flask, owner_of: Flask, people: dict[Role, Someone]
) -> None:
    team = people[Role.PARTNERSHIP_TEAM]
    reference, _key = make_case(team)
    today = london_date(real_now())
    tomorrow, after = working_days_after(today, 2)
    assert due(team, reference) == tomorrow
    command = app.test_cli_runner()
    arguments = ["calendar", "add-holiday", tomorrow.isoformat(), "A day of mourning (invented)"]
    assert "edition 2" in command.invoke(args=arguments).output
    assert "edition 2" in command.invoke(args=arguments).output  # after a stop half way
    with team.place.pinned():
        case = db.session.scalars(select(Case).where(Case.reference == reference)).one()
        jobs = db.session.scalars(select(JobIntent).where(JobIntent.kind == "calendar-changed")).all()
        assert [job.args["case_id"] for job in jobs] == [str(case.id)]
        for _twice in range(2):
            calendar_changed(dict(jobs[0].args), real_now())
            db.session.commit()
        told = [event for event in history(case.id) if event.kind is EventKind.CALENDAR_CHANGED]
        assert len(told) == 1
        messages = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "clock-moved")).all()
        assert {one.to_person for one in messages} >= {team.person_id}
        assert all_differences() == []
    assert due(team, reference) == after
    later, _key = make_case(team)
    assert due(team, later) == after  # a clock that starts now is counted by the new edition


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-12-25", "already"),
        ("2026-12-05", "weekend"),
        ("2101-01-03", "outside"),
        ("2026-02-30", "no such date"),
        ("2020-01-07", "--past"),
        ("tomorrow", "tomorrow is not a date; write it like 2026-12-24"),
    ],
)
def test_a_day_that_cannot_be_added(app: Flask, day: str, why: str) -> None:
    answer = app.test_cli_runner().invoke(args=["calendar", "add-holiday", day, "Invented"])
    assert answer.exit_code == 1
    assert why in answer.output


def test_the_next_working_day_is_the_same_in_the_first_edition() -> None:
    today = date(2026, 11, 23)
    assert within_working_days(today, 1, ENGLAND_AND_WALES) == today + timedelta(days=1)
