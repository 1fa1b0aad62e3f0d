"""Verifying the chains: against themselves, against their heads and against the anchors kept outside the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.ledger.chain import Fault, Link, first_fault, payload_digest
from app.ledger.models import LedgerEvent, LedgerHead, LedgerPayload
from tenants.db import db
from tenants.scope import current_partnership_id

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a partnership's chain looks like: how many events, and the first fault if any."""

    count: int
    head: bytes
    fault: Fault | None


def verify() -> Verdict:
    """Verify the chain of the partnership in scope. Reads everything once, in batches."""
    head = db.session.scalar(select(LedgerHead))
    count, tip = (head.count, head.hash) if head else (0, bytes(32))
    fault = first_fault(_links(current_partnership_id()), count, tip) or _payload_fault()
    return Verdict(count, tip, fault)


def _links(partnership: UUID) -> Iterator[Link]:
    ordered = select(LedgerEvent).order_by(LedgerEvent.number).execution_options(yield_per=BATCH)
    for row in db.session.scalars(ordered):
        yield Link(
            partnership=partnership,
            number=row.number,
            version=row.version,
            happened_at=row.happened_at,
            recorded_at=row.recorded_at,
            actor_person=row.actor_person,
            actor_capacity=row.actor_capacity,
            kind=row.kind,
            case_id=row.case_id,
            stage=row.stage,
            party=row.party,
            outcome=row.outcome,
            facts=row.facts,
            payload_digest=row.payload_digest,
            previous_hash=row.previous_hash,
            hash=row.hash,
        )


def _payload_fault() -> Fault | None:
    pairs = select(
        LedgerEvent.number, LedgerEvent.payload_digest, LedgerPayload.salt, LedgerPayload.payload
    ).join(LedgerPayload, LedgerPayload.number == LedgerEvent.number)
    for number, digest, salt, payload in db.session.execute(pairs.order_by(LedgerEvent.number)).yield_per(
        BATCH
    ):
        if payload_digest(salt, payload) != digest:
            return Fault(number, "its content has been changed since it was recorded")
    return None
