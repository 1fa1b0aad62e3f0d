"""The group's meetings, their agendas, who came, what was minuted and decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import JSON, Boolean, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.procedure.events import Party
from app.procedure.lig_meetings import Sitting
from app.procedure.quorum import Presence
from tenants.base import TenantModel, instant, maybe_instant

PLANNED, OPEN, HELD, CANCELLED = "planned", "open", "held", "cancelled"


class LigMeeting(TenantModel):
    """A meeting of the group. `version` counts every change of it, so that a stale form is noticed; `sequence` counts
    those that people's calendars must follow."""

    __tablename__ = "lig_meetings"

    kind: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = instant()
    minutes_long: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    sequence: Mapped[int] = mapped_column(Integer)
    scheduled_by: Mapped[str] = mapped_column(Text)
    scheduled_capacity: Mapped[str] = mapped_column(Text)
    scheduled_at: Mapped[datetime] = instant()
    opened_at: Mapped[datetime | None] = maybe_instant()
    opened_by: Mapped[str | None] = mapped_column(Text)
    opened_capacity: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = maybe_instant()
    closed_by: Mapped[str | None] = mapped_column(Text)
    closed_capacity: Mapped[str | None] = mapped_column(Text)
    cancelled_at: Mapped[datetime | None] = maybe_instant()
    cancelled_by: Mapped[str | None] = mapped_column(Text)
    cancelled_capacity: Mapped[str | None] = mapped_column(Text)
    cancelled_reason: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)

    @property
    def ends_at(self) -> datetime:
        """When it is meant to end."""
        return self.starts_at + timedelta(minutes=self.minutes_long)

    @property
    def sitting(self) -> Sitting:
        """When it is, was opened and was closed."""
        return Sitting(self.starts_at, self.opened_at, self.closed_at)


class LigMeetingMove(TenantModel):
    """Where and when a meeting was to be before it was moved, and why it was. `number` is the meeting's sequence."""

    __tablename__ = "lig_meeting_moves"

    meeting_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    was_starts_at: Mapped[datetime] = instant()
    was_minutes_long: Mapped[int] = mapped_column(Integer)
    was_place: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    moved_by: Mapped[str] = mapped_column(Text)
    moved_capacity: Mapped[str] = mapped_column(Text)
    moved_at: Mapped[datetime] = instant()


class LigStandingItems(TenantModel):
    """A version of the standing items that each new standing meeting begins with, never changed."""

    __tablename__ = "lig_standing_items"

    number: Mapped[int] = mapped_column(Integer)
    items: Mapped[list[str]] = mapped_column(JSON)
    changed_by: Mapped[str] = mapped_column(Text)
    changed_capacity: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class LigItem(TenantModel):
    """An item of an agenda: 'standing', about a 'case', or 'other'. `version` counts what changed of its words."""

    __tablename__ = "lig_items"

    meeting_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID | None] = mapped_column(Uuid)
    title: Mapped[str] = mapped_column(Text)
    place: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    added_by: Mapped[str] = mapped_column(Text)
    added_capacity: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = instant()
    removed_at: Mapped[datetime | None] = maybe_instant()
    removed_by: Mapped[str | None] = mapped_column(Text)
    removed_capacity: Mapped[str | None] = mapped_column(Text)
    removed_reason: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class LigAttendance(TenantModel):
    """Somebody who came, or sent apologies, in a capacity as it was that day. `party` is the safeguarding partner whom
    they represent. Whoever comes back after leaving has another row."""

    __tablename__ = "lig_attendances"

    meeting_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    party: Mapped[str | None] = mapped_column(Text)
    deputy_for: Mapped[str] = mapped_column(Text)
    apologies: Mapped[bool] = mapped_column(Boolean)
    came_at: Mapped[datetime | None] = maybe_instant()
    left_at: Mapped[datetime | None] = maybe_instant()
    version: Mapped[int] = mapped_column(Integer)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_capacity: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = instant()
    removed_at: Mapped[datetime | None] = maybe_instant()
    removed_by: Mapped[str | None] = mapped_column(Text)
    removed_reason: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)

    @property
    def presence(self) -> Presence | None:
        """When they were there, for the quorum; None for apologies."""
        if self.came_at is None:
            return None
        return Presence(Party(self.party) if self.party else None, self.came_at, self.left_at)


class LigMinutes(TenantModel):
    """A version of the minutes of one item, never changed."""

    __tablename__ = "lig_minutes"

    item_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(Text)
    written_capacity: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class LigDecision(TenantModel):
    """What was decided on one item, while the meeting was quorate; never changed. One that puts an earlier one right
    names it in `replaces`, with the reason."""

    __tablename__ = "lig_decisions"

    item_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = instant()
    replaces: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_capacity: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class LigAgreement(TenantModel):
    """That the minutes of a meeting were agreed at a later one; after it they change no more."""

    __tablename__ = "lig_agreements"

    meeting_id: Mapped[UUID] = mapped_column(Uuid)
    at_meeting_id: Mapped[UUID] = mapped_column(Uuid)
    agreed_at: Mapped[datetime] = instant()
    note: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_capacity: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)
