"""Which cases had something late, a silence or a difference: conditions on cases, from what they obliged.

They say in SQL what `app.procedure.timeliness` says of one obligation, so that a list can be narrowed before it is cut
into pages; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.cases.models import Case, StoredObligation
from app.cases.obligation_read import as_obligation
from app.procedure.obligation import Obligation
from app.procedure.timeliness import RESPONSE
from tenants.db import db

O = StoredObligation  # noqa: E741


def something_late(now: datetime) -> ColumnElement[bool]:
    """Cases in which a clock was met late, has run out, or had run out before its step was no longer needed."""
    return _has(_past(now), or_(O.duty != RESPONSE, and_(O.ending == "met", O.ended > O.due)))


def some_silence(now: datetime) -> ColumnElement[bool]:
    """Cases in which a partner's response clock ended without any answer."""
    answered_late = and_(O.ending == "met", O.ended > O.due)
    unanswered = or_(O.ended.is_(None), and_(O.ended >= O.due, ~answered_late))
    return _has(O.duty == RESPONSE, or_(O.due <= now, O.ended >= O.due), unanswered)


def contested() -> ColumnElement[bool]:
    """Cases in which the safeguarding partners differed, so that a short meeting was owed."""
    return _has(O.duty == "B1-09")


def obligations_in(case_ids: Sequence[UUID]) -> dict[UUID, list[Obligation]]:
    """The obligations of several cases, in the procedure's order, in one query."""
    found: dict[UUID, list[Obligation]] = {case_id: [] for case_id in case_ids}
    rows = db.session.scalars(select(O).where(O.case_id.in_(case_ids)).order_by(O.case_id, O.position))
    for row in rows:
        found[row.case_id].append(as_obligation(row))
    return found


def _past(now: datetime) -> ColumnElement[bool]:
    still_open = and_(O.ended.is_(None), O.due <= now)
    return or_(still_open, and_(O.ended >= O.due, O.ending.is_distinct_from("superseded")))


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(O.id).where(O.case_id == Case.id, O.partnership_id == Case.partnership_id, *conditions)
    )
