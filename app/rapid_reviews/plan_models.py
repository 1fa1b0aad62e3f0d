"""The plan of a rapid review, as it was set each time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Date, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class RapidReviewPlan(TenantModel):
    """One version of the plan, never changed: the meeting (None where it was cancelled) and the days of the steps.

    `meeting_at` is when the meeting begins; `due_on` the fifteenth working day as it was counted then; `died` whether
    the child died, so that what those who review the death know is used (B2-17).
    """

    __tablename__ = "rapid_review_plans"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    meeting_id: Mapped[UUID | None] = mapped_column(Uuid)
    meeting_at: Mapped[datetime | None] = maybe_instant()
    requests_on: Mapped[date] = mapped_column(Date)
    returns_on: Mapped[date] = mapped_column(Date)
    papers_on: Mapped[date] = mapped_column(Date)
    approval_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    died: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    set_capacity: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)
