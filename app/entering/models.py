"""Where a case came from that did not begin with a referral in Waymark, and which cases are of one incident."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class EnteredCase(TenantModel):
    """A case that was under way, with the partnership's own reference and the row as it was entered. `apart` is how
    many of the same reference were hidden from whoever entered it."""

    __tablename__ = "entered_cases"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    own_reference: Mapped[str] = mapped_column(Text)
    row: Mapped[dict[str, Any]] = mapped_column(JSON)
    entered_at: Mapped[datetime] = instant()
    entered_by: Mapped[str] = mapped_column(Text)
    apart: Mapped[int] = mapped_column(Integer, default=0)


class ReferralRequest(TenantModel):
    """That an agency was asked for the referral form of a notification that came first (A-09)."""

    __tablename__ = "referral_requests"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    agency_id: Mapped[UUID] = mapped_column(Uuid)
    requested_at: Mapped[datetime] = instant()
    requested_by: Mapped[str] = mapped_column(Text)
    linked_at: Mapped[datetime | None] = maybe_instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class CaseLink(TenantModel):
    """Two cases that may be of one incident: `linked`, or `refused` as another incident, with the reason."""

    __tablename__ = "case_links"

    first_case_id: Mapped[UUID] = mapped_column(Uuid)
    second_case_id: Mapped[UUID] = mapped_column(Uuid)
    verdict: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    why: Mapped[list[str]] = mapped_column(JSON)
    decided_at: Mapped[datetime] = instant()
    decided_by: Mapped[str] = mapped_column(Text)
