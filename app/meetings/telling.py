"""Who is told of the group's meetings: everybody who sits on it. No message says anything of a case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.access.roles import Role
from app.accounts.queries import Holder, holders_of
from app.meetings.models import LigMeeting
from app.outbox.service import post
from app.procedure.clocks import london_date
from tenants.db import db
from tenants.registry import Partnership
from tenants.scope import current_partnership_id

INVITED = (
    Role.LIG_CHAIR, Role.PARTNER_REPRESENTATIVE, Role.DESIGNATED_PROFESSIONAL, Role.AGENCY_LIG_MEMBER,
    Role.SERVICE_DIRECTOR, Role.PARTNERSHIP_TEAM, Role.INDEPENDENT_SCRUTINEER,
)  # fmt: skip


def invited(now: datetime) -> list[Holder]:
    """Who sits on the group today, deputies included, each once."""
    return holders_of([role.value for role in INVITED], london_date(now))


def scheduled(row: LigMeeting, now: datetime) -> None:
    """A meeting was arranged."""
    _tell("meeting-scheduled", row, now)


def series_scheduled(rows: list[LigMeeting], now: datetime) -> None:
    """Several standing meetings were arranged at once: one message for all of them."""
    if len(rows) == 1:
        scheduled(rows[0], now)
    elif rows:
        _post("meetings-scheduled", rows[0], now, {})


def moved(row: LigMeeting, now: datetime) -> None:
    """A meeting was moved: everybody is told once more."""
    _tell("meeting-moved", row, now)


def cancelled(row: LigMeeting, now: datetime) -> None:
    """A meeting was cancelled."""
    _tell("meeting-cancelled", row, now)


def _tell(kind: str, row: LigMeeting, now: datetime) -> None:
    slug = db.session.get_one(Partnership, current_partnership_id()).slug
    _post(kind, row, now, {"on": london_date(row.starts_at), "link": f"/{slug}/meetings/{row.id}"})


def _post(kind: str, row: LigMeeting, now: datetime, params: dict[str, object]) -> None:
    seen: set[UUID] = set()
    for holder in invited(now):
        if holder.person_id in seen:
            continue
        seen.add(holder.person_id)
        post(
            kind, to_person=holder.person_id, to_address=holder.email, to_name=holder.name,
            key=f"{kind}:{row.id}:{row.sequence}:{holder.person_id}", now=now, params=params,
            context={"kind": kind, "meeting_id": str(row.id)},
        )  # fmt: skip
