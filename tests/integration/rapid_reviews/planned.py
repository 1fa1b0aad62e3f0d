"""A notified case whose rapid review is planned, as the Partnership Team plans it in its pages."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from app.rapid_reviews.plan_queries import plan_of
from app.serious_incidents import service
from tests.integration.serious_incidents.journey import HOUR, TUESDAY_NOON, Journey

SENT_AT = TUESDAY_NOON + HOUR


def notified(journey: Journey, at: datetime = SENT_AT) -> Journey:
    """The Panel is notified."""
    journey.to_decision().decide()
    sent = service.Sent(
        at, "national-system", "", f"INV-{uuid4()}", "The Service Director", "", "", "", uuid4()
    )
    journey.do(service.record_notification, sent, who=journey.director, now=at)
    return journey


def days(name: str, on: date) -> dict[str, str]:
    """The three inputs of a day."""
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def typed(**other: Any) -> dict[str, str]:
    """A plan with an extraordinary meeting, that fits a notification of Tuesday 24 November 2026."""
    plan = {
        "meeting": "extraordinary", "place": "Room 1, County Hall", "died": "no", "reason": "", "over": "0",
        "submission_key": str(uuid4()), "meeting_at-time": "10:00", **days("meeting_at", date(2026, 12, 10)),
        **days("returns_on", date(2026, 12, 1)), **days("papers_on", date(2026, 12, 3)),
        **days("approval_on", date(2026, 12, 14)),
    }  # fmt: skip
    return {**plan, **other}


MINUTES = count()  # the database is this process's own


def at_a_free_minute() -> dict[str, str]:
    """A time of the meeting at which no other test has called one."""
    minutes = next(MINUTES) % 700
    return {"meeting_at-time": f"{8 + minutes // 60:02d}:{minutes % 60:02d}"}


def plan(journey: Journey, client: Any, **other: Any) -> UUID:
    """Plan the review; its meeting."""
    page = f"/{journey.place.slug}/cases/{journey.reference}/rapid-review/plan"
    answer = client.post(page, data=typed(**at_a_free_minute(), **other))
    assert answer.status_code == 303, re.findall(r"error-message[^<]*<[^>]*>[^<]*</span>([^<]*)", answer.text)
    row = journey.read(plan_of)
    assert row is not None
    assert row.meeting_id is not None
    return row.meeting_id  # type: ignore[no-any-return]


def later(days_: float) -> datetime:
    """Some days after the notification."""
    return SENT_AT + timedelta(days=days_)
