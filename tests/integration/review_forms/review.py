"""A rapid review ready for its form, and the pages of the form as each person opens them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from app.access.roles import Role
from tenants.db import db
from tests.integration.rapid_reviews.planned import notified
from tests.integration.serious_incidents.journey import Journey
from tests.support import involvement
from tests.support import review_forms as support
from tests.support.people import find

# Notified on Tuesday 24 November 2026; the fifteenth working day after it is Tuesday 15 December.
THURSDAY = datetime(2026, 12, 10, 15, 0, tzinfo=UTC)
MONDAY_AFTER = datetime(2026, 12, 14, 9, 30, tzinfo=UTC)
LAST_MORNING = datetime(2026, 12, 15, 10, 0, tzinfo=UTC)
TOO_LATE = datetime(2026, 12, 16, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ready(
    journey: Journey, outcome: str = support.COMMISSION, home_office: bool = False, leave_out: tuple[str, ...] = ()
) -> Journey:  # fmt: skip
    """A case notified, planned, with its meeting recorded and its decision made; but for what is left out."""
    notified(journey)
    with journey.place.pinned():
        support.planned(journey.case_id, THURSDAY - timedelta(days=9))
        db.session.commit()
    asked = involvement.ask(journey.team, journey.case_id, THURSDAY - timedelta(days=9))
    member = find(journey.place, Role.AGENCY_LIG_MEMBER, "community-health")
    content = involvement.whole("As our records say")
    involvement.answer(member, asked["community-health"], THURSDAY - timedelta(days=3), content)
    with journey.place.pinned():
        support.written(journey.case_id, THURSDAY, leave_out=leave_out)
        if "decision" not in leave_out:
            support.decided(journey.case_id, THURSDAY, outcome, home_office)
        db.session.commit()
    return journey


def approved(journey: Journey, at: datetime = MONDAY_AFTER, **more: Any) -> Journey:
    """As far as an approved first version."""
    ready(journey, **more)
    number = support.made(journey.team, journey.case_id, THURSDAY + timedelta(hours=1))
    support.approved(journey.chair, journey.case_id, number, at)
    return journey


def address(journey: Journey, rest: str = "") -> str:
    """An address of the form's pages."""
    return f"/{journey.place.slug}/cases/{journey.reference}/rapid-review/form{rest}"


def carried(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page)
    pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in found]
    return {name.group(1): value.group(1) if value else "" for name, value in pairs if name}


def faults(page: str) -> list[str]:
    """What the page says is wrong."""
    shown = r'govuk-error-message">\s*<span class="govuk-visually-hidden">Error:</span>\s*([^<]*)'
    return [one.strip() for one in re.findall(shown, page)]


def sent(at: datetime, **changed: str) -> dict[str, str]:
    """What the Team types of a sending to the Panel."""
    typed = {
        "submission_key": str(uuid4()), "number": "1", "sent_at-day": str(at.day), "sent_at-month": str(at.month),
        "sent_at-year": str(at.year), "sent_at-time": f"{at:%H:%M}", "channel": "secure-email",
        "address": "Mailbox.NationalReviewPanel@education.gov.uk", "what": "both",
        "next_steps": "A reviewer is commissioned by the end of January", "reviewer": "",
    }  # fmt: skip
    return {**typed, **changed}
