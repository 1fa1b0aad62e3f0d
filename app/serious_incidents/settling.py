"""Keeping the stored positions true to the history: which one is in force, which are late, which replaced."""

from __future__ import annotations

from datetime import datetime

from app.access.actor import SYSTEM
from app.cases.obligation_store import history_of
from app.cases.service import Case
from app.procedure.difference_duties import unresolved
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.history import History
from app.procedure.positions import Position, is_late, position, shaken
from app.serious_incidents import progress, recipients, turns
from app.serious_incidents.models import PartnerPosition
from app.serious_incidents.steps import happened
from tenants.db import db


def settle(case: Case, now: datetime) -> None:
    """Mark each stored position as the history says, say where the decision in force has lost what it rested on,
    and let the Partnership Chair in where the partners' difference has outlived its short meeting. The case must
    be locked."""
    db.session.flush()
    _say_what_is_shaken(case, now)
    told, found = history_of(case.id), progress.load(case.id)
    rows = [*found.positions.values(), *found.earlier, *found.late]
    for party in SAFEGUARDING_PARTNERS:
        _settle(told, party, [row for row in rows if row.party == party.value], now)
    if unresolved(told) and not case.escalated:
        case.escalated = True
        to = [*recipients.holders(Party.PARTNERSHIP_CHAIR, case.id, now),
              *recipients.holders(Party.INDEPENDENT_SCRUTINEER, case.id, now),
              *recipients.holders(Party.PARTNERSHIP_TEAM, case.id, now)]  # fmt: skip
        short = told.last(EventKind.SHORT_MEETING_HELD)
        recipients.tell(
            "difference-unresolved", to, case_id=case.id, reference=case.reference, now=now,
            params={"duty": "B1-10", "due_on": told.due_on("B1-10", short.happened_at) if short else None},
        )  # fmt: skip


def tell_whose_decision(case: Case, now: datetime) -> None:
    """Tell the local authority's decision makers that the decision waits for them, once for each decision, where
    the three positions now agree and nothing else stands before it."""
    found = progress.load(case.id)
    if turns.decision(found) is not None:
        return
    number = (found.decision.number if found.decision else 0) + 1
    recipients.tell(
        "decision-waits", recipients.representatives(Party.LOCAL_AUTHORITY, case.id, now), case_id=case.id,
        reference=case.reference, now=now, occasion=str(number), params={"duty": "B1-15"},
    )  # fmt: skip


def displaces(before: History, case: Case, party: Party) -> bool:
    """Whether an answer just recorded has displaced the partner's deemed agreement, which was in force before."""
    was, held = position(before, party), position(history_of(case.id), party)
    return was is not None and was.kind == "deemed agreement" and held is not None and held.kind == "given"


def _say_what_is_shaken(case: Case, now: datetime) -> None:
    """Where the decision in force no longer rests on the positions it was made on, say so once: then it is put
    back before anything further is sent (clocks 8)."""
    told = history_of(case.id)
    if told.decision is None or not told.settled:
        return
    parties = shaken(told)
    for party in parties:
        happened(EventKind.BASIS_CHANGED, case.id, SYSTEM, now, party=party)
    if parties:
        to = recipients.holders(Party.PARTNERSHIP_TEAM, case.id, now)
        recipients.tell(
            "basis-changed", to, case_id=case.id, reference=case.reference, now=now,
            occasion=f"{len(told.decisions)}:{now.isoformat()}".replace(":", "-"),
        )  # fmt: skip


def _settle(told: History, party: Party, rows: list[PartnerPosition], now: datetime) -> None:
    held = position(told, party)
    chosen = next((row for row in reversed(rows) if _is(row, held)), None)
    # One row is in force at a time, and the database says so: the others give way first.
    for row in rows:
        if row is not chosen:
            row.late = row.kind == "given" and is_late(told, party, row.happened_at)
            row.replaced_at = None if row.late else row.replaced_at or now
    db.session.flush()
    if chosen is not None:
        chosen.late, chosen.replaced_at = False, None
        db.session.flush()


def _is(row: PartnerPosition, held: Position | None) -> bool:
    kind = "given" if row.kind == "given" else "deemed agreement"
    mine = (kind, row.outcome, row.happened_at, row.recorded_at)
    return held is not None and mine == (held.kind, held.outcome, held.happened_at, held.recorded_at)
