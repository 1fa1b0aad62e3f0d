"""Delivering messages: at least once, always with one Message-ID, and telling who listens what came of it. What is
about a case goes to nobody who has been sealed out of it since it was written."""

from __future__ import annotations

from datetime import datetime
from typing import get_args
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app import clock_source
from app.access.sealing import may_be_sent
from app.crash import crash
from app.outbox import jobs, smtp
from app.outbox.handlers import Args, Delivered, completed, handler, tell_listeners
from app.outbox.models import MessageState, OutboxMessage
from app.outbox.service import schedule
from tenants.db import db

STATES: dict[Delivered, MessageState] = {
    "accepted": MessageState.SENT,
    "bounced": MessageState.BOUNCED,
    "withheld": MessageState.WITHHELD,
}


class ListenerFailed(Exception):
    """The message has its outcome, but a room that listens for it could not record its part."""

    def __init__(self, outcome: Delivered, at: datetime, error: str | None) -> None:
        super().__init__(outcome)
        self.outcome: Delivered = outcome
        self.at = at
        self.error = error


@handler("deliver")
def deliver(args: Args, now: datetime) -> None:
    """Send one message, or withhold it. A refusal for good is an outcome, as acceptance is; anything else is tried
    again."""
    message = _message(args)
    if message.state in STATES.values():
        return
    outcome, error = _send(message, now) if _may_be_sent(message) else ("withheld", None)
    # The moment of acceptance, not that at which the job began: a clock may end between the two.
    at = max(now, clock_source.now())
    _store(message, outcome, at, error)
    try:
        tell_listeners(message, outcome, at)
        db.session.flush()
    except Exception as failure:
        raise ListenerFailed(outcome, at, error) from failure


def _may_be_sent(message: OutboxMessage) -> bool:
    """Whether nobody has sealed who it is for out of the case it is about. No seal comes between this and its
    sending."""
    case_id = message.context.get("case_id")
    return not case_id or message.to_person is None or may_be_sent(UUID(case_id), message.to_person)


def _send(message: OutboxMessage, now: datetime) -> tuple[Delivered, str | None]:
    outcome: Delivered = "accepted"
    error = None
    try:
        body = completed(message, now)
        if body is None:
            raise smtp.Bounced("no-longer-wanted")
        smtp.send(message, current_app.config["WAYMARK"], body)
    except smtp.Bounced as refusal:
        outcome, error = "bounced", str(refusal)
    crash("after-smtp")
    return outcome, error


@handler("tell-outcome")
def tell_outcome(args: Args, now: datetime) -> None:
    """Tell listeners later what became of a message, where they could not record it at once."""
    outcome: Delivered = next(known for known in get_args(Delivered) if known == args["outcome"])
    tell_listeners(_message(args), outcome, now)


def failed(args: Args, error: Exception, given_up: bool, now: datetime) -> bool:
    """Note a failed delivery. Where only a listener failed, no mail goes out again: telling becomes work."""
    message = _message(args)
    if isinstance(error, ListenerFailed):
        _store(message, error.outcome, error.at, error.error)
        _tell_later(message, error.outcome, now)
        return True
    message.attempts += 1
    message.last_error = _describe(error)
    if given_up:
        message.state = MessageState.FAILED
        _tell_later(message, "bounced", now)
    return False


def _store(message: OutboxMessage, outcome: Delivered, at: datetime, error: str | None) -> None:
    message.attempts += outcome != "withheld"
    message.state = STATES[outcome]
    message.last_error = error
    message.sent_at = at if outcome == "accepted" else None


def _tell_later(message: OutboxMessage, outcome: Delivered, now: datetime) -> None:
    about = {"message_id": str(message.id), "outcome": outcome}
    schedule("tell-outcome", f"tell:{message.id}:{outcome}", now, about, now)


def _describe(error: Exception) -> str:
    # Our own exception carries the server's code or a class; anything else might quote what it was given.
    return str(error) if isinstance(error, smtp.NotSent) else type(error).__name__


def _message(args: Args) -> OutboxMessage:
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.id == UUID(args["message_id"]))).one()


jobs.on_failure("deliver", failed)
