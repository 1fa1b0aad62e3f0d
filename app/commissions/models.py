"""What a reviewer or an event lead was commissioned to do, what was released to them, and what they wrote."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Date, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class Commission(TenantModel):
    """A member commissioned to lead one review or learning event, from a first to a last day, both included.

    `reference` is what the commissioned person knows it by: it says nothing of the case. `version` counts the
    changes, so that a stale form is noticed.
    """

    __tablename__ = "commissions"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    reference: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    membership_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer)
    given_by: Mapped[str] = mapped_column(Text)
    given_capacity: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = instant()
    removed_at: Mapped[datetime | None] = maybe_instant()
    removed_by: Mapped[str | None] = mapped_column(Text)
    removed_capacity: Mapped[str | None] = mapped_column(Text)
    removed_reason: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class CommissionTerms(TenantModel):
    """One version of the terms of reference, released to the commissioned person and never changed."""

    __tablename__ = "commission_terms"

    commission_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    purpose: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    enquiry: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    contributors: Mapped[str] = mapped_column(Text)
    report: Mapped[str] = mapped_column(Text)
    released_by: Mapped[str] = mapped_column(Text)
    released_capacity: Mapped[str] = mapped_column(Text)
    released_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class CommissionTimetable(TenantModel):
    """One version of the timetable: `days` holds a date for each milestone that has one."""

    __tablename__ = "commission_timetables"

    commission_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    days: Mapped[dict[str, str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    set_capacity: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class CommissionPaper(TenantModel):
    """A frozen copy of a part of the case as it stood when it was released, or a text written for the commission.

    `digest` names the content, so that a copy can be proved to be the one that was released.
    """

    __tablename__ = "commission_papers"

    commission_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    part: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(Text)
    released_by: Mapped[str] = mapped_column(Text)
    released_capacity: Mapped[str] = mapped_column(Text)
    released_at: Mapped[datetime] = instant()
    withdrawn_at: Mapped[datetime | None] = maybe_instant()
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawn_capacity: Mapped[str | None] = mapped_column(Text)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class CommissionDraft(TenantModel):
    """What the commissioned person is writing, seen by nobody else. `form` names the form that saved it last."""

    __tablename__ = "commission_drafts"

    commission_id: Mapped[UUID] = mapped_column(Uuid)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer)
    form: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = instant()


class CommissionVersion(TenantModel):
    """A draft as it was submitted: numbered, frozen, and seen by the partnership."""

    __tablename__ = "commission_versions"

    commission_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    called: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(Text)
    submitted_by: Mapped[str] = mapped_column(Text)
    submitted_capacity: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class CommissionComment(TenantModel):
    """What the partnership wrote back on a submitted version."""

    __tablename__ = "commission_comments"

    commission_id: Mapped[UUID] = mapped_column(Uuid)
    version_number: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(Text)
    written_capacity: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)
