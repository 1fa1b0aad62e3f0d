"""Where a case came from that did not begin with a referral in Waymark, and which cases are of one incident."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class EnteredCase(TenantModel):
    """A case that was under way, with the partnership's own reference and the row as it was entered. `own_key` is
    the one spelling in which two references are compared; `apart` is how many of the same were there before, hidden
    from whoever entered it."""

    __tablename__ = "entered_cases"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    own_reference: Mapped[str] = mapped_column(Text)
    own_key: Mapped[str] = mapped_column(Text)
    row: Mapped[dict[str, Any]] = mapped_column(JSON)
    entered_at: Mapped[datetime] = instant()
    entered_by: Mapped[str] = mapped_column(Text)
    apart: Mapped[int] = mapped_column(Integer, default=0)
    import_id: Mapped[UUID | None] = mapped_column(Uuid)
    submission_key: Mapped[UUID | None] = mapped_column(Uuid)


class CaseImport(TenantModel):
    """A spreadsheet between being looked at and being entered: its rows as they were read, by the person who chose
    it. Once it is entered, or another is chosen, the rows go; `result` names the cases that came of them."""

    __tablename__ = "case_imports"

    person_id: Mapped[UUID] = mapped_column(Uuid)
    file_name: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    uploaded_at: Mapped[datetime] = instant()
    entered_at: Mapped[datetime | None] = maybe_instant()
    result: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class ReferralRequest(TenantModel):
    """That an agency was asked for the referral form of a notification that came first (A-09); without an agency the
    Partnership Team writes it itself."""

    __tablename__ = "referral_requests"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    agency_id: Mapped[UUID | None] = mapped_column(Uuid)
    requested_at: Mapped[datetime] = instant()
    requested_by: Mapped[str] = mapped_column(Text)
    linked_at: Mapped[datetime | None] = maybe_instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class CaseLink(TenantModel):
    """Two cases that may be of one incident: `linked`, `refused` as another incident, or a link `undone`; with the
    reason. A later verdict supersedes this one, and both are kept."""

    __tablename__ = "case_links"

    first_case_id: Mapped[UUID] = mapped_column(Uuid)
    second_case_id: Mapped[UUID] = mapped_column(Uuid)
    verdict: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    why: Mapped[list[str]] = mapped_column(JSON)
    decided_at: Mapped[datetime] = instant()
    decided_by: Mapped[str] = mapped_column(Text)
    superseded_at: Mapped[datetime | None] = maybe_instant()
    submission_key: Mapped[UUID | None] = mapped_column(Uuid)
