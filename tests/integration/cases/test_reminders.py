"""Reminders before a clock ends and escalation when it has, each once, and neither where it has been met meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.cases import reminders
from app.cases.models import StoredObligation
from app.outbox.models import JobIntent, OutboxMessage
from app.procedure.events import Party
from app.serious_incidents import service
from tenants.db import db
from tests.integration.serious_incidents.journey import MONDAY, TUESDAY_MIDNIGHT, Journey
from tests.support.places import Place

NINE_ON_TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def intents(journey: Journey, kind: str, key: str) -> list[JobIntent]:
    with journey.place.pinned():
        found = db.session.scalars(select(JobIntent).where(JobIntent.kind == kind)).all()
        return [
            one for one in found if one.args.get("case_id") == str(journey.case_id) and one.args["key"] == key
        ]


def told(journey: Journey, kind: str) -> list[str]:
    with journey.place.pinned():
        query = select(OutboxMessage.to_name).where(
            OutboxMessage.kind == kind, OutboxMessage.case_reference == journey.reference
        )
        return sorted(db.session.scalars(query))


def run(journey: Journey, kind: str, key: str, now: datetime) -> None:
    (intent,) = intents(journey, kind, key)
    with journey.place.pinned():
        {"remind": reminders.remind, "escalate": reminders.escalate}[kind](intent.args, now)
        db.session.commit()


def test_a_clock_schedules_its_reminder_and_its_end_once(wight: Place) -> None:
    journey = Journey(wight)
    (remind,), (escalate,) = intents(journey, "remind", "B1-06"), intents(journey, "escalate", "B1-06")
    assert remind.run_at == NINE_ON_TUESDAY
    assert escalate.run_at == TUESDAY_MIDNIGHT


def test_who_owes_is_reminded_once_and_told_no_more_when_done(wight: Place) -> None:
    journey = Journey(wight)
    for _ in range(3):
        run(journey, "remind", "B1-06", NINE_ON_TUESDAY)
    assert told(journey, "reminder") == ["Callum Westbrook", "Joanna Meekin", "Patricia Loveridge"]
    journey.share()
    run(journey, "escalate", "B1-06", TUESDAY_MIDNIGHT)
    assert told(journey, "overdue") == []


def test_an_overdue_clock_goes_to_who_owes_the_team_and_the_chair_once(wight: Place) -> None:
    journey = Journey(wight)
    journey.share()
    for _ in range(2):
        run(journey, "escalate", "B1-07:service-director", TUESDAY_MIDNIGHT + timedelta(seconds=1))
    assert told(journey, "overdue") == ["Helen Whitcombe"]  # who owes it, and alone is asked
    people = told(journey, "overdue-elsewhere")
    assert {"Ruth Penhallow", "Callum Westbrook"} <= set(people)
    assert "Helen Whitcombe" not in people
    assert len(people) == len(set(people))


def test_an_intent_for_a_clock_that_moved_does_nothing(wight: Place) -> None:
    journey = Journey(wight)
    with journey.place.pinned():
        args = {"case_id": str(journey.case_id), "key": "B1-06", "due": MONDAY.isoformat()}
        reminders.escalate(args, TUESDAY_MIDNIGHT)
        db.session.rollback()
        due = select(StoredObligation.due).where(StoredObligation.case_id == journey.case_id)
        assert TUESDAY_MIDNIGHT in set(db.session.scalars(due))
    assert told(journey, "overdue") == []


def test_what_is_first_asked_says_by_when(wight: Place) -> None:
    journey = Journey(wight).to_responses()
    journey.receive(Party.POLICE)
    journey.do(service.contact_deputy, Party.POLICE, actor=None, now=NINE_ON_TUESDAY)
    for kind in (
        "referral-shared", "initial-views-complete", "initial-view-shared", "deputy-contact", "inbox-waiting",
    ):  # fmt: skip
        bodies = [one.body for one in journey.messages(kind)]
        if kind == "inbox-waiting":  # it says no reference, and is found by its case
            with wight.pinned():
                rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind))
                bodies = [one.body for one in rows if one.context.get("case_id") == str(journey.case_id)]
        assert bodies
        assert all("by the end of Tuesday 24 November 2026" in one for one in bodies), kind
