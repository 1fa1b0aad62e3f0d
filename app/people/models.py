"""Invitations, and what waits for a second person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Integer, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.procedure.clocks import london_date
from tenants.base import TenantModel, instant, maybe_instant, tenant_key


class Invitation(TenantModel):
    """Somebody is asked to join. Without `organisation_id` they are to make a passkey.

    `purpose` is `membership`, or `recovery` where a passkey's holder (`person_id`) is to make a new one. The link's
    token is not here: it is computed from `nonce` (tokens.py), and `token_hash` is only what it is found by. That an
    invitation has expired is told by the clock and not stored.
    """

    __tablename__ = "invitations"
    __table_args__ = (tenant_key("agency_id", "agencies"),)
    __readable_by_person__ = True

    purpose: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    role: Mapped[str | None] = mapped_column(Text)
    agency_id: Mapped[UUID | None] = mapped_column(Uuid)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    organisation_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("organisations.id"))
    person_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("people.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    sending: Mapped[int] = mapped_column(Integer)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = instant()
    state: Mapped[str] = mapped_column(Text)
    invited_by: Mapped[UUID] = mapped_column(Uuid, ForeignKey("people.id"))
    invited_name: Mapped[str] = mapped_column(Text)
    invited_capacity: Mapped[str] = mapped_column(Text)
    invited_at: Mapped[datetime] = instant()
    accepted_person_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("people.id"))
    accepted_at: Mapped[datetime | None] = maybe_instant()
    passkey_id: Mapped[UUID | None] = mapped_column(Uuid)
    wrong_codes: Mapped[int] = mapped_column(Integer)
    confirmed_by: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = maybe_instant()
    ended_by: Mapped[str | None] = mapped_column(Text)
    ended_reason: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)

    @property
    def works_to(self) -> date:
        """The last day of which the link or the code works to the end."""
        return london_date(self.expires_at - timedelta.resolution)


class MembershipProposal(TenantModel):
    """Something that one person proposed and that only another may decide.

    `what` is `begin` (a membership), `extend` (a later last day) or `recovery` (a new passkey for somebody who lost
    theirs). The first two are for oneself, or for the holder of a passkey whom the proposer had a part in letting in.
    The database refuses a decision by who proposed it, or by whom it is about.
    """

    __tablename__ = "membership_proposals"
    __table_args__ = (tenant_key("agency_id", "agencies"), tenant_key("membership_id", "memberships"))

    what: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("people.id"))
    membership_id: Mapped[UUID | None] = mapped_column(Uuid)
    role: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    agency_id: Mapped[UUID | None] = mapped_column(Uuid)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID] = mapped_column(Uuid, ForeignKey("people.id"))
    proposed_name: Mapped[str] = mapped_column(Text)
    proposed_capacity: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = instant()
    state: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("people.id"))
    decided_name: Mapped[str | None] = mapped_column(Text)
    decided_capacity: Mapped[str | None] = mapped_column(Text)
    decided_reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = maybe_instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)
