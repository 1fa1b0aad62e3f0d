"""Lets other rooms follow the group's calendar: what happens to a meeting is told within the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from app.access.actor import Acting

What = Literal["moved", "cancelled", "opened", "closed"]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a meeting: `was` is when it was to begin before it was moved, `at` when it begins, was opened,
    or was closed. `case_ids` are the cases on its agenda, which are locked already.

    Whoever changes a meeting may be sealed out of one of them, which nothing may tell: a listener records in these
    cases without asking for them in that person's name.
    """

    meeting_id: UUID
    what: What
    was: datetime | None
    at: datetime
    case_ids: tuple[UUID, ...]
    acting: Acting
    now: datetime


Listener = Callable[[Change], None]
_listeners: list[Listener] = []


def on_change(listener: Listener) -> None:
    """Call `listener` with every change, before it is committed."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(change: Change) -> None:
    """Tell every room that listens."""
    for listener in _listeners:
        listener(change)
