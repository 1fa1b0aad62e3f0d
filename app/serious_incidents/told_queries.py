"""Reading the decision to notify of one case as it was known at one moment, cut to what one person may read of it."""

from __future__ import annotations

from datetime import datetime

from app.access.actor import Actor
from app.cases.obligation_store import history_of
from app.cases.service import Case
from app.ledger.queries import Entry, entries_of
from app.outbox.queries import asked_in
from app.procedure.history import FAR, as_known
from app.procedure.obligations import obligations
from app.serious_incidents.queries import sight
from app.serious_incidents.told import Told, tell
from app.serious_incidents.told_partners import Asked, Line

ASKING = ("initial-view-shared", "deputy-contact")


def told_of(
    case: Case, actor: Actor, now: datetime, known: datetime = FAR, happened: datetime = FAR,
    entries: list[Entry] | None = None,
) -> Told:  # fmt: skip
    """The decision to notify as of `now`; with `known` and `happened` as it was known at one moment, of what had
    happened by another (both exclusive)."""
    kept = entries_of(case.id) if entries is None else entries
    then = as_known([entry.event for entry in kept], known, happened)
    numbers = {event.number for event in then}
    lines = [
        Line(entry.event, entry.said, entry.link.actor_capacity)
        for entry in kept
        if entry.event.number in numbers
    ]
    told = history_of(case.id, then)
    owed = {one.key: one for one in obligations(then, told.calendars, told.settings)}
    asked = [Asked(*one) for one in asked_in(case.reference, ASKING) if one[3] < known]
    return tell(lines, told, owed, min(now, known, happened), sight(case.id, actor), asked)
