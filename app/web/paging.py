"""Lists read a page at a time, newest first, by the key of the last row of the page before."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, request
from sqlalchemy import ColumnElement, and_, or_

Key = tuple[datetime, UUID]


def key_text(at: datetime, identifier: UUID) -> str:
    """The key of the last row of a page, for the address of the next one."""
    return f"{at.isoformat()}~{identifier}"


def key_asked() -> Key | None:
    """The key of the last row of the page before, from the address. A key that is none is a wrong address."""
    typed = request.args.get("after")
    if typed is None:
        return None
    try:
        at, _, identifier = typed.partition("~")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("naive")
        return moment, UUID(identifier)
    except ValueError:
        abort(404)


def older_than(before: Key, at: Any, identifier: Any) -> ColumnElement[bool]:
    """The condition that a row comes after the last one of the page before, by its columns of time and identifier."""
    return or_(at < before[0], and_(at == before[0], identifier < before[1]))
