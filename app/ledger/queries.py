"""Reading the ledger: a case's entries with everything that their hashes cover, and kinds of event in several cases."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.ledger.chain import Link
from app.ledger.models import LedgerEvent, LedgerPayload
from app.ledger.service import envelope
from app.procedure.events import Event, EventKind
from tenants.db import db


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: as the procedure reads it, as the chain holds it, and what it said with the salt of its digest.

    `payload` and `salt` are None where the content was destroyed at the end of retention.
    """

    event: Event
    link: Link
    payload: str | None
    salt: bytes | None

    @property
    def said(self) -> dict[str, Any]:
        """What the entry said; nothing where it was destroyed."""
        found = json.loads(self.payload) if self.payload else {}
        return found if isinstance(found, dict) else {}


def entries_of(case_id: UUID) -> list[Entry]:
    """Every entry of a case, in the order of the chain."""
    rows = db.session.execute(
        select(LedgerEvent, LedgerPayload.payload, LedgerPayload.salt)
        .outerjoin(LedgerPayload, LedgerPayload.number == LedgerEvent.number)
        .where(LedgerEvent.case_id == case_id)
        .order_by(LedgerEvent.number)
    )
    return [Entry(envelope(row), link_of(row), payload, salt) for row, payload, salt in rows]


def events_in(case_ids: Collection[UUID], kinds: Collection[EventKind]) -> list[tuple[UUID, Event]]:
    """The events of some kinds in several cases, in the order of the chain, in one query."""
    rows = db.session.scalars(
        select(LedgerEvent)
        .where(LedgerEvent.case_id.in_(case_ids), LedgerEvent.kind.in_([kind.value for kind in kinds]))
        .order_by(LedgerEvent.number)
    )
    return [(row.case_id, envelope(row)) for row in rows if row.case_id is not None]


def has_entry(number: int, case_id: UUID | None) -> bool:
    """Whether the entry of that number is of this case, or of no case where None is asked for."""
    of_case = LedgerEvent.case_id.is_(None) if case_id is None else LedgerEvent.case_id == case_id
    return (
        db.session.scalar(select(LedgerEvent.number).where(LedgerEvent.number == number, of_case)) is not None
    )


def hash_at(number: int) -> bytes | None:
    """The hash of the entry of that number in the partnership in scope's chain."""
    return db.session.scalar(select(LedgerEvent.hash).where(LedgerEvent.number == number))


def link_of(row: LedgerEvent) -> Link:
    """A stored event as the chain is checked."""
    return Link(
        partnership=row.partnership_id, number=row.number, version=row.version, happened_at=row.happened_at,
        recorded_at=row.recorded_at, actor_person=row.actor_person, actor_capacity=row.actor_capacity, kind=row.kind,
        case_id=row.case_id, stage=row.stage, party=row.party, outcome=row.outcome, facts=row.facts,
        payload_digest=row.payload_digest, previous_hash=row.previous_hash, hash=row.hash,
    )  # fmt: skip
