"""The stored obligations: computed from a case's history inside the transaction that changes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select

from app.cases.calendars import calendars
from app.cases.models import CaseStage, StoredObligation
from app.ledger.service import UNNUMBERED, history, once
from app.outbox.service import schedule
from app.procedure.day_budget import day_budget, unfit_since
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Stage
from app.procedure.history import History
from app.procedure.obligation import ClockSettings, Obligation
from app.procedure.obligations import owed_in
from tenants.db import db
from tenants.registry import edition
from tenants.scope import current_partnership_id

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
    return once(f"edition:{number}", lambda: ClockSettings.of_edition(edition(number).settings))


def history_of(case_id: UUID, events: list[Event] | None = None) -> History:
    """A case's history with the calendar and the clocks that count it."""
    told = history(case_id) if events is None else events
    return History(told, once("calendars", calendars), settings_of(case_id))


def computed(case_id: UUID, events: list[Event] | None = None) -> list[Obligation]:
    """What the case's history obliges, as the pure procedure says."""
    return owed_in(history_of(case_id, events))


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
    told = history_of(case_id)
    fresh: list[dict[str, object]] = []
    for position, obligation in enumerate(owed_in(told)):
        values = row_of(position, obligation)
        row = stored.pop(obligation.key, None)
        if row is None:
            fresh.append(
                {
                    "partnership_id": current_partnership_id(),
                    "case_id": case_id,
                    "key": obligation.key,
                    **values,
                }
            )
        else:
            for name in COMPARED:
                setattr(row, name, values[name])
        _schedule(case_id, obligation, told, now)
    for row in stored.values():
        db.session.delete(row)
    if fresh:
        # Empty values are written too, so that one statement holds for all rows.
        db.session.execute(insert(StoredObligation), fresh, execution_options={"render_nulls": True})
    _warn_of_the_budget(case_id, told, now)


def _warn_of_the_budget(case_id: UUID, told: History, now: datetime) -> None:
    """An intent for the instant from which the remaining steps no longer fit before the statutory end (N-02): the
    coming one, or now where they fitted until this transaction. So steps that fitted again are warned of again."""
    found = day_budget(told, now)
    if found is None or _past_at_entry(told, found.due):
        return
    if not found.fits:
        stored = [one for one in history(case_id) if one.number < UNNUMBERED]
        before = day_budget(history_of(case_id, stored), now)
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


def _past_at_entry(told: History, due: datetime) -> bool:
    """Whether a clock had ended before its case was entered: nobody can be reminded of it any more."""
    entered = told.first(EventKind.CASE_ENTERED)
    return entered is not None and due <= entered.happened_at


def _schedule(case_id: UUID, obligation: Obligation, told: History, now: datetime) -> None:
    """Intents for the instants at which a running clock needs something; each is keyed, so that it is made once."""
    if obligation.ended is not None or obligation.due is None:
        return
    stamp = obligation.due.isoformat()
    about: dict[str, str] = {"case_id": str(case_id), "key": obligation.key, "due": stamp}
    base = f"{case_id}:{obligation.key}:{stamp}"
    may_be_deemed = obligation.duty == "B1-08" and obligation.owner in SAFEGUARDING_PARTNERS
    party = {"case_id": str(case_id), "party": obligation.owner.value}
    if may_be_deemed:
        schedule("deem", f"deem:{base}", obligation.due, party, now)
    if _past_at_entry(told, obligation.due):
        return
    if obligation.remind_from is not None:
        schedule("remind", f"remind:{base}", obligation.remind_from, about, now)
    # Silence that counts as agreement is not overdue, so what is deemed comes first.
    overdue_at = obligation.due + AFTER_DEEMING if may_be_deemed else obligation.due
    schedule("escalate", f"escalate:{base}", overdue_at, about, now)
    if may_be_deemed and obligation.deputy_from is not None:
        schedule("contact-deputy", f"deputy:{base}", obligation.deputy_from, party, now)
