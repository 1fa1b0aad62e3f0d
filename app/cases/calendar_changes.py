"""A bank holiday proclaimed late moves running clocks: an entry in each case, and those who owe are told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import SYSTEM
from app.cases.calendars import key_of, moved
from app.cases.models import Case, StoredObligation
from app.cases.obligation_store import computed
from app.cases.reminders import owners_of
from app.cases.service import changed, lock
from app.ledger.service import history, record
from app.outbox.handlers import handler
from app.outbox.service import post, schedule
from app.procedure.events import EventKind
from app.procedure.obligation import Obligation
from tenants.db import db
from tenants.registry import calendar_editions


def tell_all_cases(number: int, now: datetime) -> int:
    """Give work for each case of the partnership in scope in which something is owed. Returns how many."""
    open_cases = db.session.scalars(
        select(Case.id).where(Case.id.in_(select(StoredObligation.case_id).where(StoredObligation.open)))
    ).all()
    for case_id in open_cases:
        args = {"case_id": str(case_id), "edition": str(number)}
        schedule("calendar-changed", key_of(number, case_id), now, args, now)
    return len(open_cases)


@handler("calendar-changed")
def calendar_changed(args: dict[str, str], now: datetime) -> None:
    """Move the running clocks of one case, say so in its history, and tell those who owe. Run twice it does so
    once."""
    case, number = lock(UUID(args["case_id"])), int(args["edition"])
    told = (event for event in history(case.id) if event.kind is EventKind.CALENDAR_CHANGED)
    row = next((one for one in calendar_editions() if one.number == number), None)
    if row is None or any(event.facts.get("edition") == number for event in told):
        return
    before = _running(computed(case.id))
    record(
        EventKind.CALENDAR_CHANGED, case_id=case.id, acting=SYSTEM, happened_at=now, now=now,
        facts={"edition": number}, payload={"added": row.added, "reason": row.reason},
    )  # fmt: skip
    after = _running(computed(case.id))
    dates = moved(
        {key: one.due_on for key, one in before.items()}, {key: one.due_on for key, one in after.items()}
    )
    for key in dates:
        _tell(case, after[key], number, now)
    changed(case)


def _running(found: list[Obligation]) -> dict[str, Obligation]:
    return {one.key: one for one in found if one.ended is None}


def _tell(case: Case, obligation: Obligation, number: int, now: datetime) -> None:
    for holder in owners_of(obligation.owner, now):
        post(
            "clock-moved", to_person=holder.person_id, to_address=holder.email, to_name=holder.name,
            key=f"clock-moved:{number}:{case.id}:{obligation.key}:{holder.person_id}", now=now,
            case_reference=case.reference, params={"duty": obligation.duty, "due_on": obligation.due_on},
            context={"case_id": str(case.id)},
        )  # fmt: skip
