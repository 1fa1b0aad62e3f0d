"""A bank holiday proclaimed late moves running clocks: an entry in each case, and those who owe are told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import SYSTEM
from app.cases.calendars import calendars, change_of, key_of, moved
from app.cases.models import Case, StoredObligation
from app.cases.obligation_store import settings_of
from app.cases.reminders import owners_of
from app.cases.service import changed, lock
from app.ledger.service import history, record
from app.outbox.handlers import handler
from app.outbox.service import post, schedule
from app.procedure.events import Event, EventKind
from app.procedure.obligation import Obligation
from app.procedure.obligations import obligations
from tenants.db import db


def tell_all_cases(number: int, now: datetime) -> int:
    """Give work for each case of the partnership in scope in which something is owed. Returns how many were given
    work that had none."""
    open_cases = db.session.scalars(
        select(Case.id).where(Case.id.in_(select(StoredObligation.case_id).where(StoredObligation.open)))
    ).all()
    given = [
        schedule("calendar-changed", key_of(number, case_id), now,
                 {"case_id": str(case_id), "edition": str(number)}, now)
        for case_id in open_cases
    ]  # fmt: skip
    return sum(given)


@handler("calendar-changed")
def calendar_changed(args: dict[str, str], now: datetime) -> None:
    """Move the clocks of one case that were running when the edition was adopted, say so in its history, and tell
    those who owe. Where none moves nothing is said; run twice it is said once."""
    case, number = lock(UUID(args["case_id"])), int(args["edition"])
    told, change = history(case.id), change_of(number)
    known = (event.facts.get("edition") for event in told if event.kind is EventKind.CALENDAR_CHANGED)
    if change is None or number in known:
        return
    facts: dict[str, object] = {"edition": number, "withdrawn": bool(change.withdrawn)}
    entry = Event(EventKind.CALENDAR_CHANGED, change.adopted_at, now, facts=facts)
    before, after = _running(case, told, number - 1), _running(case, [*told, entry], number)
    dates = moved(
        {key: one.due_on for key, one in before.items()}, {key: one.due_on for key, one in after.items()}
    )
    if not dates:
        return
    record(
        EventKind.CALENDAR_CHANGED, case_id=case.id, acting=SYSTEM, happened_at=change.adopted_at, now=now,
        facts=facts, payload={"added": change.added, "withdrawn": change.withdrawn, "reason": change.reason},
    )  # fmt: skip
    for key in dates:
        _tell(case, after[key], number, now)
    changed(case)


def _running(case: Case, told: list[Event], edition: int) -> dict[str, Obligation]:
    """What is owed in a case, counted by the calendar's editions up to one."""
    found = obligations(told, calendars(edition), settings_of(case.id))
    return {one.key: one for one in found if one.ended is None}


def _tell(case: Case, obligation: Obligation, number: int, now: datetime) -> None:
    for holder in owners_of(obligation.owner, case.id, now):
        post(
            "clock-moved", to_person=holder.person_id, to_address=holder.email, to_name=holder.name,
            key=f"clock-moved:{number}:{case.id}:{obligation.key}:{holder.person_id}", now=now,
            case_reference=case.reference, params={"duty": obligation.duty, "due_on": obligation.due_on},
            context={"case_id": str(case.id)},
        )  # fmt: skip
