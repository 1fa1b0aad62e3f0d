"""What was circulated to the group, who opened it, and how its members prepared."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Integer, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class PaperPack(TenantModel):
    """A pack of papers as it was circulated, or (with `supplement`, its number) what was added to one afterwards.

    `content` is what it says, named by `digest`; `docx` and `pdf` are what was made of it on that day. `recipients`
    is who was told, each with name and capacity. Nothing of it is ever changed.
    """

    __tablename__ = "group_papers"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    supplement: Mapped[int] = mapped_column(Integer)
    purpose: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    request_id: Mapped[UUID | None] = mapped_column(Uuid)
    return_number: Mapped[int | None] = mapped_column(Integer)
    meeting_id: Mapped[UUID | None] = mapped_column(Uuid)
    meeting_at: Mapped[datetime | None] = maybe_instant()
    late: Mapped[bool] = mapped_column(Boolean)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    recipients: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(Text)
    docx_digest: Mapped[str] = mapped_column(Text)
    pdf_digest: Mapped[str] = mapped_column(Text)
    docx: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    circulated_by: Mapped[str] = mapped_column(Text)
    circulated_capacity: Mapped[str] = mapped_column(Text)
    circulated_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)

    @property
    def code(self) -> str:
        """How addresses name it: 1, or 1-2 for its second supplement."""
        return f"{self.number}-{self.supplement}" if self.supplement else str(self.number)

    @property
    def called(self) -> str:
        """How pages name it."""
        if self.supplement:
            return f"Supplement {self.supplement} to pack {self.number}"
        return f"Pack {self.number}"


class PaperReading(TenantModel):
    """That a recipient opened a pack or a supplement, for the first time."""

    __tablename__ = "paper_readings"

    paper_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = instant()


class PreparationDraft(TenantModel):
    """What a member is writing to prepare, seen by nobody else. `form` names the form that saved it last."""

    __tablename__ = "preparation_drafts"

    paper_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    content: Mapped[dict[str, str]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer)
    form: Mapped[UUID | None] = mapped_column(Uuid)
    saved_at: Mapped[datetime] = instant()


class Preparation(TenantModel):
    """A version of how a member prepared for the meeting of a pack, as they confirmed it."""

    __tablename__ = "preparations"

    paper_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    reflections: Mapped[str] = mapped_column(Text)
    interests: Mapped[str] = mapped_column(Text)
    key_points: Mapped[str] = mapped_column(Text)
    questions: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class PreparationReminder(TenantModel):
    """That a member who had not confirmed was reminded."""

    __tablename__ = "preparation_reminders"

    paper_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    reminded_by: Mapped[str] = mapped_column(Text)
    reminded_capacity: Mapped[str] = mapped_column(Text)
    reminded_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)
