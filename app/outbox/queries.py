"""What the pages and the operator ask of the outbox. Everything is of the partnership in scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from app.outbox.models import JobIntent, MessageState, OutboxMessage
from tenants.db import db

# Handed over so often and never finished: whatever does this work may die of it.
STUCK_AFTER = 30


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a page shows it."""

    id: UUID
    kind: str
    to_name: str
    to_address: str
    subject: str
    body: str
    case_reference: str | None
    state: str
    attempts: int
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that was given up, or that never comes to an end. The error is a class, never content."""

    id: UUID
    kind: str
    run_at: datetime
    failed_at: datetime | None
    attempts: int
    last_error: str | None


def messages(case_reference: str | None = None, limit: int = 100) -> list[Message]:
    """The newest messages, of one case where its reference is given."""
    query = select(OutboxMessage).order_by(OutboxMessage.created_at.desc(), OutboxMessage.id).limit(limit)
    if case_reference is not None:
        query = query.where(OutboxMessage.case_reference == case_reference)
    names = Message.__dataclass_fields__
    return [Message(**{name: getattr(row, name) for name in names}) for row in db.session.scalars(query)]


def asked_in(case_reference: str, kinds: Collection[str]) -> list[tuple[str, str, str, datetime]]:
    """Who was written to in a case, in order: the message's kind, the party it was about, the name, and when. One that
    was withheld was never sent."""
    query = (
        select(OutboxMessage)
        .where(
            OutboxMessage.case_reference == case_reference,
            OutboxMessage.kind.in_(kinds),
            OutboxMessage.state != MessageState.WITHHELD,
        )
        .order_by(OutboxMessage.created_at, OutboxMessage.to_name)
    )
    rows = db.session.scalars(query)
    return [(row.kind, str(row.context.get("party", "")), row.to_name, row.created_at) for row in rows]


def dead_letters() -> list[DeadLetter]:
    """Work that needs a person: given up, or handed over many times and never finished. Oldest first."""
    stuck = JobIntent.attempts >= STUCK_AFTER
    query = (
        select(JobIntent)
        .where(JobIntent.done_at.is_(None), or_(JobIntent.failed_at.is_not(None), stuck))
        .order_by(JobIntent.run_at, JobIntent.id)
    )
    names = DeadLetter.__dataclass_fields__
    return [DeadLetter(**{name: getattr(row, name) for name in names}) for row in db.session.scalars(query)]


def waiting(now: datetime) -> int:
    """How much work is due and not done."""
    query = select(func.count()).where(
        JobIntent.done_at.is_(None), JobIntent.failed_at.is_(None), JobIntent.run_at <= now
    )
    return db.session.scalar(query) or 0


def states_of(keys: Collection[str]) -> dict[str, str]:
    """How far the messages with these keys have come."""
    if not keys:
        return {}
    rows = db.session.execute(
        select(OutboxMessage.key, OutboxMessage.state).where(OutboxMessage.key.in_(list(keys)))
    )
    return {key: state for key, state in rows}
