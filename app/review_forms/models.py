"""The versions of a rapid review form, the files each became, the chair's answers, and to whom each was sent.

Nothing here is ever changed: a correction is a further version.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Integer, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant


class ReviewFormVersion(TenantModel):
    """A version of the form: the whole content as it stood when it was made, and what was missing in it then.

    `outcome` is the decision on a practice review (empty where there was none yet), `home_office` whether it said that
    a migration, border or citizenship contribution is needed.
    """

    __tablename__ = "review_form_versions"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    missing: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    home_office: Mapped[bool] = mapped_column(Boolean)
    digest: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    next_steps: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_capacity: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class ReviewFormFile(TenantModel):
    """A version as a file, kept byte for byte: as a draft when it was made, and again once it was approved."""

    __tablename__ = "review_form_files"

    version_id: Mapped[UUID] = mapped_column(Uuid)
    approved: Mapped[bool] = mapped_column(Boolean)
    kind: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    written_at: Mapped[datetime] = instant()


class ReviewFormAnswer(TenantModel):
    """What the chair of the group said to a version: approved, or returned with reasons. One for each version."""

    __tablename__ = "review_form_answers"

    version_id: Mapped[UUID] = mapped_column(Uuid)
    answer: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[str] = mapped_column(Text)
    answered_capacity: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class ReviewFormSending(TenantModel):
    """That a recipient was sent, or told of, a version: when, how, and what.

    `recipient_key` names the recipient, so that each has each version once. `what` says which files went (`digests`
    holds theirs), or that only the decision was told.
    """

    __tablename__ = "review_form_sendings"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    version_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    recipient: Mapped[str] = mapped_column(Text)
    recipient_key: Mapped[str] = mapped_column(Text)
    party: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    channel: Mapped[str] = mapped_column(Text)
    channel_detail: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    next_steps: Mapped[str] = mapped_column(Text)
    reviewer: Mapped[str] = mapped_column(Text)
    contribution: Mapped[str] = mapped_column(Text)
    digests: Mapped[dict[str, str]] = mapped_column(JSON)
    recorded_late_reason: Mapped[str | None] = mapped_column(Text)
    missed_reason: Mapped[str | None] = mapped_column(Text)
    missed_reported_to: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime] = instant()
    recorded_at: Mapped[datetime] = instant()
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_capacity: Mapped[str] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)
