"""Recording events: buffered during a verb, appended to the partnership's chain as the transaction commits.

Whatever else a transaction does, its last statements are: recompute the obligations of the cases touched, then append
the events. So no verb can forget either, and the chain's head is locked for as short a time as possible.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import select, text

from app.access.actor import Acting
from app.ledger.models import LedgerEvent, LedgerPayload
from app.procedure.events import Event, EventKind, Party, Stage
from tenants.db import db

UNNUMBERED = 10**15
BY_CASE, READ = "pending_by_case", "read_once"
Value = TypeVar("Value")
RecomputeObligations = Callable[[UUID, datetime], None]
_recompute: list[RecomputeObligations] = []

APPEND = text(
    "select ledger_append(:happened_at, :recorded_at, :person, :capacity, :kind, :case_id, :stage, :party, :outcome, "
    ":facts, :payload, :salt)"
)


@dataclass(slots=True)
class Pending:
    """An event recorded in this transaction and not yet appended."""

    event: Event
    acting: Acting
    case_id: UUID | None
    payload: dict[str, Any] = field(default_factory=dict)


def record(
    kind: EventKind,
    *,
    case_id: UUID | None,
    acting: Acting,
    happened_at: datetime,
    now: datetime,
    stage: Stage | None = None,
    party: Party | None = None,
    outcome: str | None = None,
    facts: dict[str, object] | None = None,
    payload: dict[str, Any] | None = None,
) -> Event:
    """Record that something happened. It is appended when the transaction commits, or not at all.

    `happened_at` and `now` are aware instants; raises ValueError where one is naive, or lies after `now`.
    """
    if happened_at.tzinfo is None or now.tzinfo is None:
        raise ValueError("instants must be aware")
    if happened_at > now:
        raise ValueError("an event cannot have happened after it is recorded")
    event = Event(
        kind=kind,
        happened_at=happened_at,
        recorded_at=now,
        stage=stage,
        party=party,
        outcome=outcome,
        facts=dict(facts or {}),
    )
    pending().append(Pending(event, acting, case_id, dict(payload or {})))
    return event


def pending() -> list[Pending]:
    """What this transaction has recorded so far."""
    buffer: list[Pending] = db.session().info.setdefault("pending_events", [])
    return buffer


def pending_of(case_id: UUID) -> list[Event]:
    """What this transaction has recorded so far in one case."""
    by_case: dict[UUID | None, list[Event]] | None = db.session().info.get(BY_CASE)
    if by_case is not None:
        return by_case.get(case_id, [])
    return [entry.event for entry in pending() if entry.case_id == case_id]


def once(name: str, read: Callable[[], Value]) -> Value:
    """What `read` gives: while a transaction commits, read once for all the cases that it touched."""
    kept: dict[str, Any] | None = db.session().info.get(READ)
    if kept is None:
        return read()
    if name not in kept:
        kept[name] = read()
    return cast(Value, kept[name])


def on_commit(recompute: RecomputeObligations) -> None:
    """Let the cases room recompute the obligations of each touched case before the events are appended."""
    if recompute not in _recompute:
        _recompute.append(recompute)


def history(case_id: UUID) -> list[Event]:
    """The envelopes of a case in the order in which they were recorded, those of this transaction included."""
    stored = db.session.scalars(
        select(LedgerEvent).where(LedgerEvent.case_id == case_id).order_by(LedgerEvent.number)
    )
    told = [envelope(row) for row in stored]
    # What is not appended yet has no number; it comes after everything that has one.
    waiting = pending_of(case_id)
    return told + [replace(event, number=UNNUMBERED + place) for place, event in enumerate(waiting)]


def stored_events(case_id: UUID) -> list[tuple[Event, dict[str, Any], str]]:
    """The recorded events of a case in order, each with its payload and the capacity of who recorded it.

    A payload destroyed at the end of retention is an empty one.
    """
    rows = db.session.execute(
        select(LedgerEvent, LedgerPayload.payload)
        .outerjoin(LedgerPayload, LedgerPayload.number == LedgerEvent.number)
        .where(LedgerEvent.case_id == case_id)
        .order_by(LedgerEvent.number)
    )
    return [(envelope(row), json.loads(payload or "{}"), row.actor_capacity) for row, payload in rows]


def told_of(kind: EventKind, case_ids: Collection[UUID]) -> list[tuple[UUID, Event, dict[str, Any]]]:
    """The recorded events of one kind in several cases, in order, each with its case and its payload."""
    rows = db.session.execute(
        select(LedgerEvent, LedgerPayload.payload)
        .outerjoin(LedgerPayload, LedgerPayload.number == LedgerEvent.number)
        .where(LedgerEvent.case_id.in_(case_ids), LedgerEvent.kind == kind.value)
        .order_by(LedgerEvent.number)
    )
    return [(row.case_id, envelope(row), json.loads(payload or "{}")) for row, payload in rows if row.case_id]


def envelope(row: LedgerEvent) -> Event:
    """A stored event as the procedure reads it."""
    return Event(
        kind=EventKind(row.kind),
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        number=row.number,
        stage=Stage(row.stage) if row.stage else None,
        party=Party(row.party) if row.party else None,
        outcome=row.outcome,
        facts=json.loads(row.facts),
    )


def append_pending() -> int:
    """Recompute obligations, then append what was recorded. Called once, as the transaction commits."""
    entries = pending()
    if not entries:
        return 0
    _recompute_touched(entries)
    db.session.flush()
    # One statement for all, sent without waiting for each: a spreadsheet of cases appends thousands.
    db.session.execute(APPEND, [_row(entry) for entry in entries])
    appended = len(entries)
    entries.clear()
    return appended


def _recompute_touched(entries: list[Pending]) -> None:
    """Recompute each touched case. Nothing is recorded meanwhile, and what is computed is written together."""
    latest = max(entry.event.recorded_at for entry in entries)
    by_case: dict[UUID | None, list[Event]] = {}
    for entry in entries:
        by_case.setdefault(entry.case_id, []).append(entry.event)
    info = db.session().info
    info[BY_CASE], info[READ] = by_case, {}
    try:
        with db.session.no_autoflush:
            for case_id in [case_id for case_id in by_case if case_id is not None]:
                for recompute in _recompute:
                    recompute(case_id, latest)
    finally:
        del info[BY_CASE], info[READ]


def canonical_json(value: object) -> str:
    """One spelling for one value: sorted keys, no spaces, as the chain's digests need it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def _row(entry: Pending) -> dict[str, Any]:
    event = entry.event
    return {
        "happened_at": event.happened_at,
        "recorded_at": event.recorded_at,
        "person": entry.acting.person_id,
        "capacity": entry.acting.capacity,
        "kind": event.kind.value,
        "case_id": entry.case_id,
        "stage": event.stage.value if event.stage else None,
        "party": event.party.value if event.party else None,
        "outcome": event.outcome or None,
        "facts": canonical_json(event.facts),
        "payload": canonical_json({**entry.payload, "by": entry.acting.name}),
        "salt": secrets.token_bytes(16),
    }
