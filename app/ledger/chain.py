"""The chain, computed and checked outside the database: pure functions on what was stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Link:
    """One stored event with what its hash covers."""

    partnership: UUID
    number: int
    version: int
    happened_at: datetime
    recorded_at: datetime
    actor_person: UUID | None
    actor_capacity: str
    kind: str
    case_id: UUID | None
    stage: str | None
    party: str | None
    outcome: str | None
    facts: str
    payload_digest: bytes
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong with a chain: at which event, and what."""

    number: int
    reason: str


def canonical(link: Link) -> bytes:
    """The bytes that the hash covers, after the previous hash: each field as "length:value"."""
    fields = (
        str(link.version),
        str(link.partnership),
        str(link.number),
        instant_text(link.happened_at),
        instant_text(link.recorded_at),
        str(link.actor_person or ""),
        link.actor_capacity,
        link.kind,
        str(link.case_id or ""),
        link.stage or "",
        link.party or "",
        link.outcome or "",
        link.facts,
        link.payload_digest.hex(),
    )
    encoded = (field.encode() for field in fields)
    return b"".join(str(len(field)).encode() + b":" + field for field in encoded)


def hash_of(link: Link) -> bytes:
    """What the link's hash must be."""
    return hashlib.sha256(link.previous_hash + canonical(link)).digest()


def destroyed(numbers: Iterable[tuple[int, object]]) -> frozenset[int]:
    """Which events' content was destroyed by right: those that a later event says so of.

    `numbers` pairs the number of each such event with its fact "numbers". An event that names itself, or one that
    came after it, says nothing.
    """
    return frozenset(
        named
        for number, said in numbers
        if isinstance(said, list)
        for named in said
        if isinstance(named, int) and named < number
    )


def payload_digest(salt: bytes, payload: str) -> bytes:
    """The salted digest of a payload."""
    return hashlib.sha256(salt + payload.encode()).digest()


def first_fault(links: Iterable[Link], head_count: int, head_hash: bytes) -> Fault | None:
    """Walk a chain from its first event; return the first fault, or None where it is whole."""
    previous, expected = GENESIS, 1
    for link in links:
        if link.number != expected:
            return Fault(expected, f"event {expected} is missing")
        if link.previous_hash != previous:
            return Fault(link.number, "does not follow from the event before it")
        if hash_of(link) != link.hash or "" in (link.stage, link.party, link.outcome):
            # What is empty is stored as nothing at all, which the canonical bytes could not tell apart
            return Fault(link.number, "has been changed since it was recorded")
        previous, expected = link.hash, expected + 1
    if expected - 1 != head_count:
        return Fault(
            min(expected, head_count + 1), f"the chain has {expected - 1} events, its head says {head_count}"
        )
    if previous != head_hash:
        return Fault(head_count, "the head does not match the last event")
    return None


def instant_text(value: datetime) -> str:
    """An instant as the canonical bytes hold it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
