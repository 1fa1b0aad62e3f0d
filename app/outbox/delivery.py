"""Delivering a message: at least once, always with the same Message-ID; what follows is recorded exactly once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app.crash import crash
from app.outbox.handlers import LISTENERS, Delivered, handler
from app.outbox.models import OutboxMessage
from app.outbox.smtp import Bounced, NotSent, send
from tenants.db import db


@handler("deliver")
def deliver(args: dict[str, str], now: datetime) -> None:
    """Send one message and tell whoever waits for its delivery. Raises NotSent where it must be tried again."""
    message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.id == UUID(args["message_id"]))).one()
    if message.state in ("sent", "bounced"):
        return
    message.attempts += 1
    outcome: Delivered = "accepted"
    try:
        send(current_app.config["WAYMARK"], message)
        message.state, message.sent_at = "sent", now
    except Bounced as refusal:
        outcome, message.state, message.last_error = "bounced", "bounced", str(refusal)
    crash("after-smtp")
    for listener in LISTENERS.get(message.kind, []):
        listener(message, outcome, now)


__all__ = ["NotSent", "deliver"]
