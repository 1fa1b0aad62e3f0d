"""What may be known of seals, and whom a seal leaves without anybody to act: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.procedure.events import EventKind, Party
from app.procedure.marks import duty

ABOUT_SEALS = frozenset(
    {EventKind.CASE_SEALED, EventKind.SEAL_LIFTED, EventKind.CONFLICT_DECLARED, EventKind.CONFLICT_ANSWERED}
)
Able = Mapping[UUID, Collection[Party]]


def may_see_seals(actor: Actor | None) -> bool:
    """Whether somebody may know who is sealed out of a case and who declared a conflict: those who seal, and those
    who read who has looked. For everybody else there are no seals."""
    if actor is None:
        return False
    return actor.may(Permission.CASE_SEAL) or actor.may(Permission.READ_LOG_VIEW)


def untold_kinds(actor: Actor | None) -> frozenset[EventKind]:
    """The kinds of event that do not exist in a history as this person reads it."""
    return frozenset() if may_see_seals(actor) else ABOUT_SEALS


@duty("B1-12")
def nobody_for(owing: Iterable[Party], able: Able, sealed: Collection[UUID]) -> list[Party]:
    """The parties for whom nobody can act any more, of those that owe something: everybody who could is sealed out
    of the case. `able` says for whom each person can act; whoever is a deputy can for their principal."""
    left = {party for person, parties in able.items() if person not in sealed for party in parties}
    return [party for party in dict.fromkeys(owing) if party not in left]


@duty("B1-12")
def left_alone(person: UUID, owing: Iterable[Party], able: Able, sealed: Collection[UUID]) -> list[Party]:
    """The parties that owe something and that a seal of this person would leave without anybody who can act."""
    gone = set(nobody_for(owing, able, {*sealed, person}))
    return [party for party in dict.fromkeys(owing) if party in gone and party in able.get(person, ())]
