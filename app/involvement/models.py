"""What agencies are asked about a case, what they are writing, and what they returned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Date, Integer, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant

AGENCY, TEAM = "agency", "team"


class ScopingDirection(TenantModel):
    """The chair's direction that agencies are asked before the group discusses a referral, with its dates; the last
    one counts."""

    __tablename__ = "scoping_directions"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    due_on: Mapped[date] = mapped_column(Date)
    discussed_on: Mapped[date | None] = mapped_column(Date)
    words: Mapped[str] = mapped_column(Text)
    directed_by: Mapped[str] = mapped_column(Text)
    directed_capacity: Mapped[str] = mapped_column(Text)
    directed_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class Scoping(TenantModel):
    """The scoping of a case for one purpose. `title` is how its requests name the child; `questions` are asked besides
    the form's own."""

    __tablename__ = "scopings"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    purpose: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    questions: Mapped[list[str]] = mapped_column(JSON)
    opened_by: Mapped[str] = mapped_column(Text)
    opened_capacity: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class InvolvementRequest(TenantModel):
    """An agency of the partnership (or an organisation outside, then without `agency_id`) asked for its summary."""

    __tablename__ = "involvement_requests"

    scoping_id: Mapped[UUID] = mapped_column(Uuid)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    agency_id: Mapped[UUID | None] = mapped_column(Uuid)
    purpose: Mapped[str] = mapped_column(Text)
    agency_name: Mapped[str] = mapped_column(Text)
    contact_name: Mapped[str] = mapped_column(Text)
    contact_email: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_capacity: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = instant()
    withdrawn_at: Mapped[datetime | None] = maybe_instant()
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawn_capacity: Mapped[str | None] = mapped_column(Text)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class InvolvementChasing(TenantModel):
    """That an agency was chased: by somebody ('asked'), or by itself 'before' or 'after' the due date."""

    __tablename__ = "involvement_chasings"

    request_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    chased_by: Mapped[str] = mapped_column(Text)
    chased_capacity: Mapped[str] = mapped_column(Text)
    chased_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class InvolvementDraft(TenantModel):
    """What is being written: the agency's, whoever of it writes, or the Partnership Team's on its behalf (`side`).

    `content` and `marks` are by section; a mark is the section's number, and the form and who saved it last.
    """

    __tablename__ = "involvement_drafts"

    request_id: Mapped[UUID] = mapped_column(Uuid)
    side: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    marks: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer)
    saved_by: Mapped[str] = mapped_column(Text)
    saved_capacity: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = instant()


class InvolvementFile(TenantModel):
    """A file that goes with a return. `kind` is what its content is; `name` is only ever shown."""

    __tablename__ = "involvement_files"

    request_id: Mapped[UUID] = mapped_column(Uuid)
    side: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_by: Mapped[str] = mapped_column(Text)
    added_capacity: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = instant()
    removed_at: Mapped[datetime | None] = maybe_instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class InvolvementReturn(TenantModel):
    """A summary of involvement as it was returned: numbered, and never changed.

    `returned_at` is when the agency gave it, which for one recorded on its behalf (then with `source`) was before it
    was submitted here.
    """

    __tablename__ = "involvement_returns"

    request_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(Text)
    changed: Mapped[str] = mapped_column(Text)
    side: Mapped[str] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(Boolean)
    supplement: Mapped[bool] = mapped_column(Boolean)
    returned_at: Mapped[datetime] = instant()
    given_by: Mapped[str | None] = mapped_column(Text)
    given_capacity: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    submitted_by: Mapped[str] = mapped_column(Text)
    submitted_capacity: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class OutcomeComment(TenantModel):
    """What a safeguarding partner wrote on the chair's decision that the group discusses a referral."""

    __tablename__ = "outcome_comments"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    party: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(Text)
    written_capacity: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)
