"""A recommendation of a case with one action, as the service makes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from app.procedure.recommendations import Content
from app.recommendations import actions, service
from tenants.db import db
from tenants.registry import agencies
from tests.support.people import Someone


def recommended(team: Someone, case_id: UUID, now: datetime) -> dict[str, str]:
    """The parts of addresses that name the first recommendation of a case, and its action of community health."""
    with team.place.pinned():
        ours = next(one.id for one in agencies() if one.key == "community-health")
        typed = service.Typed(Content("Ask a second question at handover"), (ours,), "", uuid4())
        row = service.make(case_id, typed, actor=team.actor(), now=now)
        due_on = now.date() + timedelta(days=30)
        wanted = actions.NewAction("Write the guidance", ours, "", "The lead", due_on, uuid4())
        action = actions.agree(case_id, row.number, wanted, actor=team.actor(), now=now)
        found = {"number": str(row.number), "action": str(action)}
        db.session.commit()
        return found
