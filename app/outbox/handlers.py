"""Who does what: rooms register a function for each kind of work, and for what follows a message's delivery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from app.outbox.models import OutboxMessage

Handler = Callable[[dict[str, str], datetime], None]
Delivered = Literal["accepted", "bounced"]
Listener = Callable[[OutboxMessage, Delivered, datetime], None]
HANDLERS: dict[str, Handler] = {}
LISTENERS: dict[str, list[Listener]] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what does a kind of work. It runs in the pinned partnership and must not commit."""

    def register(function: Handler) -> Handler:
        HANDLERS[kind] = function
        return function

    return register


def on_delivered(kind: str) -> Callable[[Listener], Listener]:
    """Register what follows when a message of this kind was accepted or bounced, in the same transaction."""

    def register(function: Listener) -> Listener:
        listeners = LISTENERS.setdefault(kind, [])
        if function not in listeners:
            listeners.append(function)
        return function

    return register
