"""What the meeting of a rapid review recorded, what the partners said, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class ReviewSection(TenantModel):
    """One version of a part of the record, never changed. The newest number is the record."""

    __tablename__ = "review_sections"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    section: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    written_by: Mapped[str] = mapped_column(Text)
    written_capacity: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class ReviewPosition(TenantModel):
    """What a safeguarding partner said on a practice review. One stands for each (`replaced_at` is empty). Where it was
    said outside Waymark, `source` and `evidence` say how, and `recorded_by_name` who recorded it."""

    __tablename__ = "review_positions"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    party: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    rationale: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    recorded_by_name: Mapped[str | None] = mapped_column(Text)
    taken_at: Mapped[datetime] = instant()
    recorded_at: Mapped[datetime] = instant()
    replaced_at: Mapped[datetime | None] = maybe_instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class ReviewDecision(TenantModel):
    """The decision on a practice review, never changed; a later one takes its place, with a `reason`. `positions` holds
    what each partner had said; `meeting_id` is that of the partners' decision."""

    __tablename__ = "review_decisions"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    maker: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    rationale: Mapped[str] = mapped_column(Text)
    negates: Mapped[bool | None] = mapped_column(Boolean)
    home_office: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    positions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    meeting_id: Mapped[UUID | None] = mapped_column(Uuid)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_capacity: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = instant()
    recorded_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)
