"""Whether a meeting of the group is quorate (Rapid Reviews): each of the three safeguarding partners is represented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.procedure.marks import duty


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody in the room from `came_at` on, until `left_at` where they left before the end. `party` is the
    safeguarding partner whose representative, or named deputy, they are; None for everybody else."""

    party: Party | None
    came_at: datetime
    left_at: datetime | None = None

    def at(self, moment: datetime) -> bool:
        """Whether they are there at a moment; whoever leaves at that moment is not."""
        return self.came_at <= moment and (self.left_at is None or moment < self.left_at)


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether the meeting may decide, and which partners nobody is there for."""

    quorate: bool
    missing: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class Spell:
    """From when until when (None: no end is known) the same partners were represented."""

    begins: datetime
    ends: datetime | None
    quorum: Quorum


@duty("B2-07")
def quorum(presences: Sequence[Presence], moment: datetime) -> Quorum:
    """Children's Services, Police and ICB representation "is required for the meeting to be quorate" (Rapid Reviews):
    at this moment somebody is there for each of the three."""
    there = {one.party for one in presences if one.at(moment)}
    missing = tuple(party for party in SAFEGUARDING_PARTNERS if party not in there)
    return Quorum(not missing, missing)


def spells(presences: Sequence[Presence], begins: datetime, ends: datetime | None) -> list[Spell]:
    """A meeting cut into the times in which the same partners were represented, in order. Empty where it ends before
    it begins."""
    moments = {moment for one in presences for moment in (one.came_at, one.left_at) if moment is not None}
    cuts = [
        begins,
        *sorted(moment for moment in moments if begins < moment and (ends is None or moment < ends)),
    ]
    found: list[Spell] = []
    for place, cut in enumerate(cuts):
        if ends is not None and cut >= ends:
            break
        stands, until = quorum(presences, cut), cuts[place + 1] if place + 1 < len(cuts) else ends
        if found and found[-1].quorum == stands:
            found[-1] = Spell(found[-1].begins, until, stands)
        else:
            found.append(Spell(cut, until, stands))
    return found


def quorate_throughout(presences: Sequence[Presence], begins: datetime, ends: datetime) -> bool:
    """Whether no moment from `begins` until `ends` was without a quorum."""
    return all(spell.quorum.quorate for spell in spells(presences, begins, ends))
