"""Cases of notifications that came before their referral."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from app.access.roles import Role
from app.cases.service import Where
from app.clock_source import real_now
from app.entering.requests import CameFirst, open_from_notification
from app.procedure.entering import Child
from tenants.db import db
from tests.support.people import find
from tests.support.places import Place


def case_that_came_first(
    place: Place, *children: Child, agency: str = "police", aware: int = 3, where: Where | None = None
) -> tuple[UUID, str]:
    """The case of a notification of an hour ago, of which the local authority became aware `aware` hours ago: its id
    and its reference."""
    now = real_now()
    typed = CameFirst("A child", children, "Known", now - timedelta(hours=aware), now - timedelta(hours=1),
                      "national-system", f"INV-{uuid4().hex[:8]}", "SD", agency, uuid4(),
                      where=where or Where())  # fmt: skip
    with place.pinned():
        case, faults = open_from_notification(
            typed, actor=find(place, Role.PARTNERSHIP_TEAM).actor(), now=now
        )
        assert case is not None, faults
        db.session.commit()
        return case.id, case.reference
