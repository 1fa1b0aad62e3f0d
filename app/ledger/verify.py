"""Verifying the chains: against themselves, against their heads and against the anchors kept outside the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.ledger import anchors
from app.ledger.chain import Fault, Link, destroyed, first_fault, payload_digest
from app.ledger.models import LedgerEvent, LedgerHead, LedgerPayload
from app.procedure.events import EventKind
from tenants.db import db
from tenants.scope import current_partnership_id

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a partnership's chain looks like: how many events, and the first fault if any."""

    count: int
    head: bytes
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A chain together with its anchors: the first fault of either, and how much lies after the last anchor.

    `waiting_since` is when the oldest event that is not anchored was recorded.
    """

    count: int
    fault: Fault | None
    unanchored: int
    anchored_at: datetime | None
    waiting_since: datetime | None


def verify() -> Verdict:
    """Verify the chain of the partnership in scope, and its content. Reads everything once, in batches."""
    head = db.session.scalar(select(LedgerHead))
    count, tip = (head.count, head.hash) if head else (0, bytes(32))
    fault = first_fault(_links(current_partnership_id()), count, tip) or _payload_fault()
    return Verdict(count, tip, fault)


def verify_whole(slug: str) -> Standing:
    """Verify the chain of the partnership in scope and its anchors. What lies after the last anchor is counted.

    An event that is not anchored yet can still be cut off or rewritten together with its head unnoticed.
    """
    verdict = verify()
    fault = verdict.fault or anchors.first_missing(slug)
    try:
        last = anchors.last(slug)
    except ValueError:
        last = None
    covered = min(last.count, verdict.count) if last else 0
    since = db.session.scalar(select(LedgerEvent.recorded_at).where(LedgerEvent.number == covered + 1))
    return Standing(verdict.count, fault, verdict.count - covered, last.at if last else None, since)


def _links(partnership: UUID) -> Iterator[Link]:
    ordered = select(LedgerEvent).order_by(LedgerEvent.number)
    # What the session remembers of a row is not what the database holds now
    for row in db.session.scalars(ordered.execution_options(yield_per=BATCH, populate_existing=True)):
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
    """The first event whose content was changed, or is gone although no later event says that it was destroyed."""
    gone_by_right = _destroyed()
    pairs = select(
        LedgerEvent.number, LedgerEvent.payload_digest, LedgerPayload.salt, LedgerPayload.payload
    ).outerjoin(LedgerPayload, LedgerPayload.number == LedgerEvent.number)
    ordered = pairs.order_by(LedgerEvent.number).execution_options(yield_per=BATCH)
    for number, digest, salt, payload in db.session.execute(ordered):
        if payload is None:
            if number not in gone_by_right:
                return Fault(number, "its content is gone, and no event says that it was destroyed")
        elif payload_digest(salt, payload) != digest:
            return Fault(number, "its content has been changed since it was recorded")
    return _stray_payload()


def _destroyed() -> frozenset[int]:
    rows = db.session.execute(
        select(LedgerEvent.number, LedgerEvent.facts).where(
            LedgerEvent.kind == EventKind.CONTENT_DESTROYED.value
        )
    )
    return destroyed((number, json.loads(facts).get("numbers")) for number, facts in rows)


def _stray_payload() -> Fault | None:
    stray = db.session.scalar(
        select(func.min(LedgerPayload.number)).where(LedgerPayload.number.not_in(select(LedgerEvent.number)))
    )
    return None if stray is None else Fault(stray, "there is content of an event that is not in the chain")
