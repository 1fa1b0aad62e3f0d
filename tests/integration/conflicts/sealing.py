"""Sealing people in tests: as the verb does it, and as the pages do."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select

from app.access.models import CaseSeal
from app.conflicts import service
from app.conflicts.rules import NewSeal
from tenants.db import db
from tests.integration.serious_incidents.journey import HOUR, MONDAY, Journey
from tests.support.people import Someone

NOW = MONDAY + 6 * HOUR
REASON = "Manages the health visitor of the family"


def seal(journey: Journey, who: Someone, by: Someone | None = None, now: datetime = NOW) -> UUID:
    """Seal somebody out of the journey's case, warnings read; the seal's identifier."""
    typed = NewSeal(who.person_id, REASON, uuid4(), who.person_id)
    faults = journey.do(service.seal, typed, who=by or journey.team, now=now)
    assert faults == []
    with journey.place.pinned():
        return db.session.scalars(select(CaseSeal.id).where(CaseSeal.submission_key == typed.key)).one()


def lift(journey: Journey, seal_id: UUID, by: Someone | None = None, now: datetime = NOW + HOUR) -> None:
    """Lift a seal."""
    named = {"reason": "She no longer manages her", "key": uuid4(), "now": now}
    assert journey.do(service.lift, seal_id, who=by or journey.team, **named) == []


def path(journey: Journey, page: str = "") -> str:
    """An address of the journey's case."""
    return f"/{journey.place.slug}/cases/{journey.reference}{page}"


def submitted(client: FlaskClient, address: str, **typed: str) -> Any:
    """Open a form and send it with what is typed, with the key that it was shown with."""
    page = client.get(address)
    assert page.status_code == 200, page.get_data(as_text=True)
    key = re.search(r'name="submission_key"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert key is not None
    return client.post(address, data={"submission_key": key[1], **typed})
