"""Which sessions a person has: an index in Redis, by a name that says nothing of a session's number.

It may be flushed at any moment: each session writes itself in again when it is next used.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from redis import Redis

PREFIX = "waymark:sessions-of:"
KEPT = timedelta(hours=11)  # longer than any session lasts


def note(client: Redis, person_id: UUID, handle: str, number: str) -> None:
    """Write a session in."""
    client.hset(_key(person_id), handle, number)
    client.expire(_key(person_id), int(KEPT.total_seconds()))


def numbers_of(client: Redis, person_id: UUID) -> dict[str, str]:
    """The numbers of a person's sessions by handle; some may have ended since."""
    return {handle.decode(): number.decode() for handle, number in client.hgetall(_key(person_id)).items()}  # type: ignore[union-attr]


def forget(client: Redis, person_id: UUID, *handles: str) -> None:
    """Take sessions out."""
    if handles:
        client.hdel(_key(person_id), *handles)


def _key(person_id: UUID) -> str:
    return f"{PREFIX}{person_id}"
