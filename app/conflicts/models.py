"""Conflicts of interest that people declared, and how they were answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class ConflictDeclaration(TenantModel):
    """What somebody who sees a case said of a conflict of theirs. It is answered once: `sealed`, or `kept` with a
    reason. `at_once` says that they asked to be sealed out at once, which then answered it."""

    __tablename__ = "conflict_declarations"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    at_once: Mapped[bool] = mapped_column(Boolean)
    declared_at: Mapped[datetime] = instant()
    answer: Mapped[str | None] = mapped_column(Text)
    answer_reason: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = maybe_instant()
    answered_by: Mapped[UUID | None] = mapped_column(Uuid)
    answered_by_name: Mapped[str | None] = mapped_column(Text)
    answered_capacity: Mapped[str | None] = mapped_column(Text)
    seal_id: Mapped[UUID | None] = mapped_column(Uuid)
    submission_key: Mapped[UUID] = mapped_column(Uuid)
    answering_key: Mapped[UUID | None] = mapped_column(Uuid)
