"""Chasing agencies that have not returned: by somebody, and by itself before and after the due date (commitment 1)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select

from app.access.actor import SYSTEM, Acting, Actor
from app.access.permissions import Permission
from app.cases.calendars import calendars
from app.cases.service import lock
from app.involvement import queries, telling
from app.involvement.models import InvolvementChasing, InvolvementRequest
from app.involvement.turns import load, refuse_closed, refuse_unless_asked, tell_ledger
from app.outbox.handlers import handler
from app.outbox.service import schedule
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Party
from app.procedure.involvement import reminders
from app.procedure.marks import duty
from tenants.db import db

REMIND, CHASE = "involvement-remind", "involvement-chase"


@duty("B2-04")
def schedule_reminders(row: InvolvementRequest, now: datetime) -> None:
    """Owe the reminder before a return is due, and the chasing after it."""
    when = reminders(now, row.due_on, calendars().all()[0])
    due = row.due_on.isoformat()
    args = {"request_id": str(row.id), "due": due}
    if when.before is not None:
        schedule(REMIND, f"{REMIND}:{row.id}:{due}", when.before, args, now)
    schedule(CHASE, f"{CHASE}:{row.id}:{due}", when.after, args, now)


@handler(REMIND)
def remind(args: dict[str, str], now: datetime) -> None:
    """The working day before a return is due has come."""
    chase_by_itself(UUID(args["request_id"]), date.fromisoformat(args["due"]), "before", now)


@handler(CHASE)
def overdue(args: dict[str, str], now: datetime) -> None:
    """The day after a return was due has come."""
    chase_by_itself(UUID(args["request_id"]), date.fromisoformat(args["due"]), "after", now)


@duty("B2-05")
def chase(case_id: UUID, request_id: UUID, *, actor: Actor, now: datetime, key: UUID) -> None:
    """Chase an agency that has not returned. The same form sent twice chases once. Raises NoSuchRequest, OutOfTurn."""
    lock(case_id)
    row = load(case_id, request_id)
    if _chased(key):
        return
    refuse_unless_asked(case_id, row.purpose)
    refuse_closed(row)
    keep_chasing(row, "asked", actor.acting_as(actor.holding(Permission.INVOLVEMENT_RUN)), now, key)
    due_on = row.due_on if row.due_on >= london_date(now) else None
    telling.tell_agency("involvement-chased", row, str(key), now, due_on=due_on)


@duty("B2-05")
def chase_by_itself(request_id: UUID, due: date, kind: str, now: datetime) -> None:
    """The reminder 'before' and the chasing 'after' the due date, each once; after it the Team and the chair are told.
    Nothing where the agency has returned, the request was withdrawn, or nothing is asked any more."""
    row = db.session.scalar(select(InvolvementRequest).where(InvolvementRequest.id == request_id))
    if row is None:
        return
    case = lock(row.case_id)
    db.session.refresh(row)
    key = uuid5(request_id, f"{kind} {due.isoformat()}")
    returned = bool(queries.returns_to(row))
    closed = row.withdrawn_at is not None or returned or row.due_on != due or _chased(key)
    if closed or not queries.still_asked(row.case_id, row.purpose):
        return
    keep_chasing(row, kind, SYSTEM, now, key)
    telling.tell_agency("involvement-chased", row, kind, now, due_on=due if kind == "before" else None)
    if kind == "after":
        told = [Party.PARTNERSHIP_TEAM, Party.LIG_CHAIR]
        telling.tell_parties("involvement-missing", case, told, str(row.id), now)


def keep_chasing(row: InvolvementRequest, kind: str, acting: Acting, now: datetime, key: UUID) -> None:
    """Keep that an agency was chased, and say so in the case's history."""
    db.session.add(
        InvolvementChasing(request_id=row.id, kind=kind, chased_by=acting.name, chased_capacity=acting.capacity,
                           chased_at=now, submission_key=key)
    )  # fmt: skip
    tell_ledger(EventKind.INVOLVEMENT_CHASED, row.case_id, row.purpose, acting, now, {"request": str(row.id)},
                 {"agency": row.agency_name, "kind": kind})  # fmt: skip


def _chased(key: UUID) -> bool:
    query = select(InvolvementChasing.id).where(InvolvementChasing.submission_key == key)
    return db.session.scalar(query) is not None
