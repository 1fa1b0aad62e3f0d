"""One piece of work: its row is locked, its handler runs, the row is marked done, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy import select

from app import clock_source
from app.crash import crash
from app.outbox.handlers import HANDLERS, Args
from app.outbox.models import JobIntent
from tenants.db import db
from tenants.scope import in_partnership

log = structlog.get_logger()

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
# With these pauses the last try of a delivery comes about a day after the first.
GIVE_UP_AFTER = {"deliver": 28}
GIVE_UP_OTHERWISE = 12

# Called in the transaction that records a failure: (args, error, whether it is given up, now), returning
# whether the work is nevertheless done.
FailureHook = Callable[[Args, Exception, bool, datetime], bool]
_on_failure: dict[str, FailureHook] = {}
_apps: list[Flask] = []


class HandlerCommitted(RuntimeError):
    """A handler ended the transaction that its intent is locked in."""


def use_app(app: Flask) -> None:
    """Use this application for the jobs of this process."""
    _apps[:] = [app]


def on_failure(kind: str, hook: FailureHook) -> None:
    """Let a room do its part in recording that work of a kind has failed."""
    _on_failure[kind] = hook


def run_intent(partnership_id: str, intent_id: str) -> None:
    """What the queue calls, with identifiers only; the row decides whether there is anything to do."""
    if not _apps:
        from app import create_checked_app

        use_app(create_checked_app())
    run(_apps[0], UUID(partnership_id), UUID(intent_id))


def run(app: Flask, partnership_id: UUID, intent_id: UUID) -> str:
    """Do one piece of work, if it is still to be done and nobody else is doing it.

    Returns 'done', 'nothing' (gone, done before, not due, or locked by another) or 'failed'. A handler's
    failure is not raised: it is recorded with the row and tried again later.
    """
    try:
        with in_partnership(app, partnership_id):
            return _attempt(intent_id)
    except Exception as error:
        log.warning("intent-failed", intent=str(intent_id), error=type(error).__name__)
        with in_partnership(app, partnership_id):
            return _record_failure(intent_id, error)


def _attempt(intent_id: UUID) -> str:
    statement = select(JobIntent).where(JobIntent.id == intent_id).with_for_update(skip_locked=True)
    intent = db.session.scalar(statement)
    now = clock_source.now()
    if intent is None or not _waiting(intent, now):
        return "nothing"
    transaction = db.session().get_transaction()
    HANDLERS[intent.kind](dict(intent.args), now)
    if db.session().get_transaction() is not transaction:
        raise HandlerCommitted(intent.kind)
    intent.done_at = now
    intent.last_error = None
    db.session.flush()
    crash("before-commit")
    db.session.commit()
    crash("after-commit")
    return "done"


def _waiting(intent: JobIntent, now: datetime) -> bool:
    return intent.done_at is None and intent.failed_at is None and intent.run_at <= now


def _record_failure(intent_id: UUID, error: Exception) -> str:
    intent = db.session.scalar(select(JobIntent).where(JobIntent.id == intent_id).with_for_update())
    now = clock_source.now()
    if intent is None or not _waiting(intent, now):
        return "nothing"
    intent.last_error = type(error).__name__
    intent.lease_until = clock_source.real_now() + pause_after(intent.attempts)
    given_up = intent.attempts >= GIVE_UP_AFTER.get(intent.kind, GIVE_UP_OTHERWISE)
    hook = _on_failure.get(intent.kind)
    if hook is not None and hook(dict(intent.args), error, given_up, now):
        intent.done_at = now
    elif given_up:
        intent.failed_at = now
        log.error("intent-given-up", intent=str(intent_id), kind=intent.kind)
    db.session.commit()
    return "failed"


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: it doubles, up to an hour."""
    return min(FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 10), LONGEST_PAUSE)
