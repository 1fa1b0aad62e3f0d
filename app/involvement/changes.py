"""What other rooms do when an agency returns its summary: they are told within the transaction that keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting


@dataclass(frozen=True, slots=True)
class Returned:
    """A return that was kept: which, whether papers had been circulated before, by whom and when."""

    case_id: UUID
    request_id: UUID
    number: int
    supplement: bool
    acting: Acting
    now: datetime


Listener = Callable[[Returned], None]
_listeners: list[Listener] = []


def on_return(listener: Listener) -> Listener:
    """Have a function called for each return, in the transaction that keeps it; what it raises undoes the return."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def tell_of(returned: Returned) -> None:
    """Call everybody who listens."""
    for listener in _listeners:
        listener(returned)
