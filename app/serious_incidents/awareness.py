"""Recording when the local authority became aware, where the referral could not say it yet (B1-03)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.service import changed, lock
from app.procedure.events import EventKind, Party
from app.procedure.marks import duty
from app.serious_incidents import progress, turns
from app.serious_incidents.errors import Fault, Incomplete
from app.serious_incidents.steps import happened, take


@duty("B1-03")
def record_awareness(
    case_id: UUID, *, aware_at: datetime | None, told_by: str, actor: Actor, now: datetime, key: UUID
) -> None:
    """Record the moment from which the five working days count. The clock moves to it in the same transaction.

    Raises Incomplete where the moment is missing or lies ahead, AlreadyDone or OutOfTurn where it is known.
    """
    case = lock(case_id)
    reason = turns.awareness(progress.load(case_id))
    if reason is not None:
        if turns.same(reason, key):
            return
        raise reason
    faults = []
    if aware_at is None:
        faults.append(Fault("aware_at", "Enter when the local authority became aware"))
    elif aware_at > now:
        faults.append(Fault("aware_at", "When the local authority became aware must not be in the future"))
    if faults or aware_at is None:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.NOTIFICATION_RECORD))
    take(case.id, progress.AWARE, acting, now, at=aware_at, detail=told_by.strip() or None, key=key)
    happened(
        EventKind.LOCAL_AUTHORITY_AWARE, case.id, acting, now, at=aware_at, party=Party.LOCAL_AUTHORITY,
        payload={"told_by": told_by.strip()},
    )  # fmt: skip
    changed(case)
