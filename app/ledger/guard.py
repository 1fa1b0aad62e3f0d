"""No write without an event: a commit that changed a partnership's rows and recorded nothing is refused."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, SessionTransaction, UOWTransaction

from app.ledger.service import append_pending
from app.unledgered import UNLEDGERED
from tenants.db import GuardedSession


class UnledgeredWrite(RuntimeError):
    """A partnership's rows were changed in a transaction that recorded no event."""


def _note(session: Any, table: str) -> None:
    if table not in UNLEDGERED:
        session.info.setdefault("unledgered_writes", set()).add(table)


@event.listens_for(GuardedSession, "before_flush")
def _note_flushed(session: GuardedSession, _context: UOWTransaction, _instances: Any) -> None:
    for instance in (*session.new, *session.dirty, *session.deleted):
        changed = instance in session.new or instance in session.deleted or session.is_modified(instance)
        if changed and getattr(type(instance), "__tenant__", False):
            _note(session, type(instance).__tablename__)


@event.listens_for(GuardedSession, "do_orm_execute")
def _note_bulk(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        for mapper in state.all_mappers:
            if getattr(mapper.class_, "__tenant__", False):
                _note(state.session, mapper.class_.__tablename__)


@event.listens_for(GuardedSession, "before_commit")
def _append_or_refuse(session: GuardedSession) -> None:
    session.flush()
    appended = append_pending()
    written = session.info.pop("unledgered_writes", set())
    if written and not appended:
        raise UnledgeredWrite(f"{', '.join(sorted(written))} written without an event in the ledger")


@event.listens_for(GuardedSession, "after_rollback")
def _forget(session: GuardedSession) -> None:
    session.info.pop("pending_events", None)
    session.info.pop("unledgered_writes", None)


@event.listens_for(GuardedSession, "after_soft_rollback")
def _forget_nested(session: GuardedSession, previous: SessionTransaction) -> None:
    # A savepoint that is rolled back takes with it nothing that was recorded: verbs record after their savepoints.
    if previous.parent is None:
        _forget(session)
