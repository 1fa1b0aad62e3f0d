"""Who does what: rooms register a function for each kind of work, and for what follows a delivery.

A handler runs inside one partnership, in the transaction that marks its intent done: it flushes, never
commits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from app.outbox.models import OutboxMessage

Args = dict[str, str]
Delivered = Literal["accepted", "bounced", "withheld"]
Handler = Callable[[Args, datetime], None]
Listener = Callable[[OutboxMessage, Delivered, datetime], None]
Completer = Callable[[OutboxMessage, datetime], str | None]
HANDLERS: dict[str, Handler] = {}
LISTENERS: dict[str, list[Listener]] = {}
COMPLETERS: dict[str, Completer] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what does a kind of work. Raises ValueError where the kind is taken."""

    def register(function: Handler) -> Handler:
        if HANDLERS.setdefault(kind, function) is not function:
            raise ValueError(f"two handlers for '{kind}'")
        return function

    return register


def on_delivered(kind: str) -> Callable[[Listener], Listener]:
    """Register what follows when a message of this kind was accepted by the mail server, bounced, or was withheld
    because who it was for is sealed out of its case.

    It is called as `function(message, outcome, now)` in the transaction that stores the outcome; `now` is the
    instant of the outcome on the procedure's clock (for an accepted message also `message.sent_at`).
    """

    def register(function: Listener) -> Listener:
        listeners = LISTENERS.setdefault(kind, [])
        if function not in listeners:
            listeners.append(function)
        return function

    return register


def completes(kind: str) -> Callable[[Completer], Completer]:
    """Register what completes the text of a kind of message as it is sent, with what may stand in no table.

    It is called as `function(message, now)` and returns the text, or None where the message is no longer wanted; it
    then counts as bounced. Raises ValueError where the kind is taken.
    """

    def register(function: Completer) -> Completer:
        if COMPLETERS.setdefault(kind, function) is not function:
            raise ValueError(f"two functions complete '{kind}'")
        return function

    return register


def completed(message: OutboxMessage, now: datetime) -> str | None:
    """The text of a message as it is sent, or None where it is no longer wanted."""
    completer = COMPLETERS.get(message.kind)
    return message.body if completer is None else completer(message, now)


def tell_listeners(message: OutboxMessage, outcome: Delivered, now: datetime) -> None:
    """Call everyone who listens for this kind of message."""
    for listener in LISTENERS.get(message.kind, []):
        listener(message, outcome, now)
