"""A referral while it is being written."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class ReferralDraft(TenantModel):
    """What has been typed so far, faults included: nothing typed is lost because it could not be understood.

    `answers` holds, for each page, what the form sent under each name. The column is JSON, not JSONB, and
    Python writes it in ASCII, so that a NUL or half of a surrogate pair is kept until it is put right.
    `touched` holds, for each page, the version at which it last changed and the form that changed it, so
    that only a change of the same page by somebody else's form makes a form stale.
    """

    __tablename__ = "referral_drafts"

    agency_id: Mapped[UUID | None] = mapped_column(Uuid)
    author_person: Mapped[UUID] = mapped_column(Uuid)
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="draft")
    answers: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)
    touched: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(Integer, default=1)
    start_key: Mapped[UUID] = mapped_column(Uuid)
    submission_key: Mapped[UUID | None] = mapped_column(Uuid)
    case_id: Mapped[UUID | None] = mapped_column(Uuid)
    reference: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = instant()
    updated_at: Mapped[datetime] = instant()
    shared_at: Mapped[datetime | None] = maybe_instant()
    submitted_at: Mapped[datetime | None] = maybe_instant()
