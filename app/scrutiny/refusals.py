"""Writes that were refused to a scrutineer are recorded: which page's address, of which case, by which method (S-01).

One for each person, endpoint, case and hour, so that nobody can make the chain grow without end; every one is in the
log. Other people's refused writes are in the log only: a mistaken address is no event of the procedure, and what a
scrutineer tried matters because they are trusted with everything on the condition that they change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from flask import current_app, g, request
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.access.actor import Actor
from app.access.roles import Role
from app.cases.queries import visible_references
from app.ledger.service import record
from app.procedure.events import EventKind
from app.procedure.marks import duty
from app.scrutiny.models import RefusedWrite
from app.web.paging import Key, older_than
from tenants.db import db
from tenants.scope import current_partnership_id, in_partnership

log = structlog.get_logger()
MOST = 50


@duty("S-01")
def note(actor: Actor, endpoint: str, method: str) -> None:
    """Note a write that the guard has just refused; called before the answer, which it does not change.

    It is recorded in a transaction of its own: the request's own is rolled back with the refusal.
    """
    recorded = False
    if actor.has(Role.INDEPENDENT_SCRUTINEER):
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        now, typed = g.now, str((request.view_args or {}).get("reference", ""))
        with in_partnership(app, current_partnership_id(), actor.person_id):
            known = visible_references([typed], actor) if typed else set[str]()
            recorded = keep(actor, endpoint, method, now, next(iter(known), ""))
    log.warning(
        "write-refused", person=str(actor.person_id), endpoint=endpoint, method=method, recorded=recorded
    )


@duty("S-01")
def keep(actor: Actor, endpoint: str, method: str, now: datetime, reference: str = "") -> bool:
    """Record and commit a refused write, unless one of the same person, endpoint, case and hour is. Returns whether it
    was recorded now."""
    held = actor.capacity(Role.INDEPENDENT_SCRUTINEER)
    assert held is not None
    acting = actor.acting_as([held])
    adding = insert(RefusedWrite).values(
        partnership_id=current_partnership_id(), person_id=acting.person_id, person_name=acting.name,
        capacity=acting.capacity, endpoint=endpoint, reference=reference, method=method, refused_at=now,
        hour=now.replace(minute=0, second=0, microsecond=0),
    )  # fmt: skip
    same_hour = ["partnership_id", "person_id", "endpoint", "reference", "hour"]
    adding = adding.on_conflict_do_nothing(index_elements=same_hour)
    if db.session.execute(adding.returning(RefusedWrite.id)).scalar() is None:
        db.session.rollback()
        return False
    record(
        EventKind.WRITE_REFUSED, case_id=None, acting=acting, happened_at=now, now=now,
        facts={"endpoint": endpoint, "method": method, "reference": reference},
    )  # fmt: skip
    db.session.commit()
    return True


def refused(before: Key | None = None, most: int = MOST) -> Sequence[RefusedWrite]:
    """What was refused, newest first; `before` is the key of the last row of the page before."""
    query = select(RefusedWrite)
    if before is not None:
        query = query.where(older_than(before, RefusedWrite.refused_at, RefusedWrite.id))
    newest = query.order_by(RefusedWrite.refused_at.desc(), RefusedWrite.id.desc())
    return db.session.scalars(newest.limit(most)).all()
