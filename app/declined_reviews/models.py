"""What is kept of a decision not to hold a rapid review. Nothing here is ever changed; what is said anew is added."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant


class DeclinedReviewAnswer(TenantModel):
    """What a safeguarding partner said of a ground, or the scrutineer's oversight of it.

    `happened_at` is when it was said. Recorded on behalf it has a `source` and `evidence`, and no person.
    """

    __tablename__ = "declined_review_answers"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    ground_id: Mapped[UUID] = mapped_column(Uuid)
    party: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    source: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    happened_at: Mapped[datetime] = instant()
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_capacity: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class DeclinedReviewNotice(TenantModel):
    """That the Panel was notified of the decision and its rationale."""

    __tablename__ = "declined_review_notices"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    ground_id: Mapped[UUID] = mapped_column(Uuid)
    sent_at: Mapped[datetime] = instant()
    channel: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    panel_reference: Mapped[str] = mapped_column(Text)
    sent_by: Mapped[str] = mapped_column(Text)
    missed_reason: Mapped[str | None] = mapped_column(Text)
    missed_reported_to: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_capacity: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class DeclinedReviewWithdrawal(TenantModel):
    """That a ground was withdrawn, with the reason: the rapid review is held."""

    __tablename__ = "declined_review_withdrawals"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    ground_id: Mapped[UUID] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_capacity: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)
