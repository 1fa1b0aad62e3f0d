"""What the queue's worker runs: one intent, locked, done and marked done in one transaction."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select

from app.clock_source import now as business_now
from app.crash import crash
from app.outbox.handlers import HANDLERS
from app.outbox.models import JobIntent
from tenants.db import db
from tenants.scope import in_partnership

log = logging.getLogger("waymark.jobs")
MOST_ATTEMPTS = 12
_worker_app: Flask | None = None


def use_app(app: Flask) -> None:
    """The application that jobs of this process run in."""
    global _worker_app
    _worker_app = app


def run_intent(partnership_id: str, intent_id: str) -> str:
    """Run one intent, by identifiers only. Returns what became of it, for the log."""
    app = _worker_app or current_app._get_current_object()  # type: ignore[attr-defined]
    return run(app, UUID(partnership_id), UUID(intent_id))


def run(app: Flask, partnership_id: UUID, intent_id: UUID) -> str:
    """Do an intent exactly once. A failure is recorded by its kind and tried again after the lease."""
    try:
        with in_partnership(app, partnership_id):
            return _do(intent_id, business_now())
    except Exception as error:  # noqa: BLE001  (whatever failed, the row keeps it and a later attempt follows)
        log.warning("intent %s failed: %s", intent_id, type(error).__name__)
        with in_partnership(app, partnership_id):
            _failed(intent_id, error, business_now())
        return "failed"


def _do(intent_id: UUID, now: datetime) -> str:
    intent = db.session.scalars(select(JobIntent).where(JobIntent.id == intent_id).with_for_update()).one()
    if intent.done_at is not None or intent.failed_at is not None:
        return "already done"
    if intent.run_at > now:
        return "not yet due"
    HANDLERS[intent.kind](intent.args, now)
    intent.done_at = now
    crash("before-commit")
    db.session.commit()
    crash("after-commit")
    return "done"


def _failed(intent_id: UUID, error: Exception, now: datetime) -> None:
    intent = db.session.scalars(select(JobIntent).where(JobIntent.id == intent_id).with_for_update()).one()
    if intent.done_at is None:
        intent.last_error = type(error).__name__
        if intent.attempts >= MOST_ATTEMPTS:
            intent.failed_at = now
        db.session.commit()
