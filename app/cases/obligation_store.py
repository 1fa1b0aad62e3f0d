"""The stored obligations: computed from a case's history inside the transaction that changes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.cases.calendars import calendars
from app.cases.models import CaseStage, StoredObligation
from app.ledger.service import UNNUMBERED, history
from app.outbox.service import schedule
from app.procedure.day_budget import day_budget, unfit_since
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, Stage
from app.procedure.history import History
from app.procedure.obligation import ClockSettings, Obligation
from app.procedure.obligations import obligations
from tenants.db import db
from tenants.registry import edition

COMPARED = (
    "position", "duty", "stage", "owner", "action", "paragraph", "rule_kind", "rule_days", "rule_label",
    "counted_from", "starts", "remind_from", "deputy_from", "due_on", "due", "ended", "ending", "reason", "open",
)  # fmt: skip
AFTER_DEEMING = timedelta(minutes=1)


def settings_of(case_id: UUID, stage: Stage = Stage.NOTIFICATION) -> ClockSettings:
    """The clocks and the own procedure of the edition that a stage of the case began under (N-11)."""
    number = db.session.scalars(
        select(CaseStage.settings_edition).where(CaseStage.case_id == case_id, CaseStage.kind == stage.value)
    ).one()
    return ClockSettings.of_edition(edition(number).settings)


def history_of(case_id: UUID, events: list[Event] | None = None) -> History:
    """A case's history with the calendar and the clocks that count it."""
    told = history(case_id) if events is None else events
    return History(told, calendars(), settings_of(case_id))


def computed(case_id: UUID, events: list[Event] | None = None) -> list[Obligation]:
    """What the case's history obliges, as the pure procedure says."""
    told = history(case_id) if events is None else events
    return list(obligations(told, calendars(), settings_of(case_id)))


def row_of(position: int, obligation: Obligation) -> dict[str, object]:
    """An obligation as it is stored."""
    return {
        "position": position,
        "duty": obligation.duty,
        "stage": obligation.stage.value,
        "owner": obligation.owner.value,
        "action": obligation.action,
        "paragraph": obligation.paragraph,
        "rule_kind": obligation.rule.kind,
        "rule_days": obligation.rule.n,
        "rule_label": obligation.rule.label,
        "counted_from": obligation.counted_from,
        "starts": obligation.starts,
        "remind_from": obligation.remind_from,
        "deputy_from": obligation.deputy_from,
        "due_on": obligation.due_on,
        "due": obligation.due,
        "ended": obligation.ended,
        "ending": obligation.ending,
        "reason": obligation.reason,
        "open": obligation.ended is None,
    }


def recompute(case_id: UUID, now: datetime) -> None:
    """Make the stored obligations of a case equal to the computed ones, and schedule what each clock will need."""
    stored = {
        row.key: row
        for row in db.session.scalars(select(StoredObligation).where(StoredObligation.case_id == case_id))
    }
    for position, obligation in enumerate(computed(case_id)):
        values = row_of(position, obligation)
        row = stored.pop(obligation.key, None)
        if row is None:
            db.session.add(StoredObligation(case_id=case_id, key=obligation.key, **values))
        else:
            for name in COMPARED:
                setattr(row, name, values[name])
        _schedule(case_id, obligation, now)
    for row in stored.values():
        db.session.delete(row)
    _warn_of_the_budget(case_id, now)


def _warn_of_the_budget(case_id: UUID, now: datetime) -> None:
    """An intent for the instant from which the remaining steps no longer fit before the statutory end (N-02): the
    coming one, or now where they fitted until this transaction. So steps that fitted again are warned of again."""
    events = history(case_id)
    found = day_budget(history_of(case_id, events), now)
    if found is None:
        return
    if not found.fits:
        before = day_budget(history_of(case_id, [one for one in events if one.number < UNNUMBERED]), now)
        if before is not None and not before.fits and before.due == found.due:
            return
    args = {"case_id": str(case_id), "due": found.due.isoformat()}
    schedule(
        "budget-warning",
        f"budget:{case_id}:{args['due']}:{found.warn_at.isoformat()}",
        found.warn_at,
        args,
        now,
    )


def budget_unfit_since(case_id: UUID, now: datetime) -> datetime | None:
    """Since when the steps that remain in a case have not fitted, as it was known then; None where they fit."""
    kept, settings = calendars(), settings_of(case_id)
    return unfit_since(history(case_id), lambda told: History(told, kept, settings), now)


def _schedule(case_id: UUID, obligation: Obligation, now: datetime) -> None:
    """Intents for the instants at which a running clock needs something; each is keyed, so that it is made once."""
    if obligation.ended is not None or obligation.due is None:
        return
    stamp = obligation.due.isoformat()
    about: dict[str, str] = {"case_id": str(case_id), "key": obligation.key, "due": stamp}
    base = f"{case_id}:{obligation.key}:{stamp}"
    if obligation.remind_from is not None:
        schedule("remind", f"remind:{base}", obligation.remind_from, about, now)
    may_be_deemed = obligation.duty == "B1-08" and obligation.owner in SAFEGUARDING_PARTNERS
    # Silence that counts as agreement is not overdue, so what is deemed comes first.
    overdue_at = obligation.due + AFTER_DEEMING if may_be_deemed else obligation.due
    schedule("escalate", f"escalate:{base}", overdue_at, about, now)
    if may_be_deemed:
        party = {"case_id": str(case_id), "party": obligation.owner.value}
        schedule("deem", f"deem:{base}", obligation.due, party, now)
        if obligation.deputy_from is not None:
            schedule("contact-deputy", f"deputy:{base}", obligation.deputy_from, party, now)
