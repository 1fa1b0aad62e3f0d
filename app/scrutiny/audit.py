"""The audit of one case: read-only, gathered once, shown as a page and written into the export (S-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.access.actor import Actor
from app.access.own_names import name_of
from app.cases.calendars import calendars
from app.cases.presenting import ViewerShown, unknown_to, viewers
from app.cases.service import Case
from app.cases.telling import sentence_of
from app.cases.timeliness_queries import obligations_in
from app.ledger.queries import Entry, entries_of
from app.procedure.events import Event, EventKind
from app.procedure.history import in_force
from app.procedure.marks import duty
from app.procedure.timeliness import Timed, Verdict, timed, totals
from app.scrutiny.queries import Observed, observations_of
from app.serious_incidents.told import Told
from app.serious_incidents.told_queries import told_of

LATE_RECORDING = 60  # seconds: what was typed as it happened is not late
SHORT = 12


@dataclass(frozen=True, slots=True)
class ClockLine:
    """An obligation with how its clock was kept, and who owed it."""

    timed: Timed
    who: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of the ledger as it is read."""

    number: int
    what: str
    kind: str
    happened_at: datetime
    recorded_at: datetime
    date_only: bool
    recorded_late: bool
    superseded: bool
    corrects: int | None
    reason: str
    by: str
    capacity: str
    hash: str


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything of one case that is audited."""

    told: Told
    clocks: list[ClockLine]
    totals: dict[Verdict, int]
    ledger: list[EntryLine]
    viewers: list[ViewerShown]
    observations: list[Observed]
    entries: list[Entry]


@duty("S-01")
def audit_of(case: Case, actor: Actor, now: datetime, most_views: int | None = 50) -> Audit:
    """The audit of a case that has been seen. `most_views` of each viewer are listed, or all of them. Entries that
    name a case which is hidden from this person are in no part of it."""
    entries = entries_of(case.id)
    unknown = unknown_to(actor, [entry.event for entry in entries])
    known = [entry for entry in entries if entry.event.number not in unknown]
    owed, newest = obligations_in([case.id])[case.id], calendars().all()[0]
    kept = [timed(one, now, newest) for one in owed]
    return Audit(
        told=told_of(case, actor, now, entries=entries),
        clocks=[ClockLine(one, name_of(one.owed.owner)) for one in kept],
        totals=totals(kept),
        ledger=lines_of(known),
        viewers=viewers(case.id, most_views),
        observations=observations_of(case.id),
        entries=known,
    )


@duty("S-01")
def lines_of(entries: list[Entry]) -> list[EntryLine]:
    """A case's ledger as it is read, in the order of the chain: what was recorded late, and what was superseded."""
    standing = {event.number for event in in_force([entry.event for entry in entries])}
    return [_line(entry, entry.event.number not in standing) for entry in entries]


def _what(event: Event) -> str:
    """An entry as a sentence; that of an export with the digest by which the file is recognised."""
    said = sentence_of(event)
    return f"{said}: digest {event.facts.get('digest')}" if event.kind is EventKind.AUDIT_EXPORTED else said


def _line(entry: Entry, superseded: bool) -> EntryLine:
    event, capacity = entry.event, entry.link.actor_capacity
    corrects = event.facts.get("supersedes") or event.facts.get("corrects")
    by_itself = capacity.startswith("Waymark")
    return EntryLine(
        number=event.number, what=_what(event), kind=event.kind.value, happened_at=event.happened_at,
        recorded_at=event.recorded_at, date_only=bool(event.facts.get("date_only")),
        recorded_late=(event.recorded_at - event.happened_at).total_seconds() > LATE_RECORDING,
        superseded=superseded, corrects=corrects if isinstance(corrects, int) else None,
        reason=str(entry.said.get("reason", "")) if event.kind is EventKind.ENTRY_SUPERSEDED else "",
        by="Waymark" if by_itself else str(entry.said.get("by", "")), capacity="automatic" if by_itself else capacity,
        hash=entry.link.hash.hex()[:SHORT],
    )  # fmt: skip
