"""Messages to be sent and work to be done: rows first, so that nothing depends on a process being alive."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class MessageState(StrEnum):
    """How far a message has come. `bounced` was refused for good; `failed` was tried until we gave up; `withheld` is
    never sent, for who it was for has been sealed out of the case it is about."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    WITHHELD = "withheld"


class OutboxMessage(TenantModel):
    """A message without case content; `context` holds identifiers for what follows delivery."""

    __tablename__ = "outbox_messages"

    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    to_person: Mapped[UUID | None] = mapped_column(Uuid)
    to_address: Mapped[str] = mapped_column(Text)
    to_name: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    case_reference: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(Text)
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = instant()
    sent_at: Mapped[datetime | None] = maybe_instant()


class JobIntent(TenantModel):
    """A piece of background work, due at `run_at` of the procedure's time. Done exactly once, by its key.

    `lease_until` is real time; `attempts` counts how often the work was handed over.
    """

    __tablename__ = "job_intents"

    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    args: Mapped[dict[str, str]] = mapped_column(JSON)
    run_at: Mapped[datetime] = instant()
    lease_until: Mapped[datetime | None] = maybe_instant()
    attempts: Mapped[int] = mapped_column(Integer)
    done_at: Mapped[datetime | None] = maybe_instant()
    failed_at: Mapped[datetime | None] = maybe_instant()
    last_error: Mapped[str | None] = mapped_column(Text)
