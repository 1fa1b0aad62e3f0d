"""What the safeguarding partners said, decided and sent: the state that the events of a notification
change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class InitialView(TenantModel):
    """The first view of the chair of the group or of the Service Director (B1-07): one of each for a case."""

    __tablename__ = "initial_views"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    party: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    rationale: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class PartnerPosition(TenantModel):
    """A safeguarding partner's position (B1-08, B1-15): given by a person, or deemed from silence.

    One is in force for each partner: neither `late` (it came after the clock had ended in deemed agreement)
    nor replaced by a later answer of the same partner (`replaced_at`), nor withdrawn by a correction. The
    others are kept and shown. Where somebody answered outside Waymark, `source` and `evidence` say how, and
    `recorded_by_name` who recorded it.
    """

    __tablename__ = "partner_positions"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    party: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    rationale: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime] = instant()
    recorded_at: Mapped[datetime] = instant()
    late: Mapped[bool] = mapped_column(Boolean)
    replaced_at: Mapped[datetime | None] = maybe_instant()
    withdrawn_at: Mapped[datetime | None] = maybe_instant()
    source: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    recorded_by_name: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID | None] = mapped_column(Uuid)


class NotificationDecision(TenantModel):
    """The partners' decision (A-05): the statutory test, the harm, the positions it rests on, and who
    recorded it. Of one made before its case was entered the test may not be known (None)."""

    __tablename__ = "notification_decisions"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(Text)
    rationale: Mapped[str] = mapped_column(Text)
    abuse: Mapped[str | None] = mapped_column(Text)
    abuse_rationale: Mapped[str] = mapped_column(Text)
    limb_a: Mapped[bool | None] = mapped_column(Boolean)
    limb_a_rationale: Mapped[str] = mapped_column(Text)
    limb_b: Mapped[bool | None] = mapped_column(Boolean)
    limb_b_rationale: Mapped[str] = mapped_column(Text)
    harm_kinds: Mapped[list[str]] = mapped_column(JSON)
    harm_judgement: Mapped[str] = mapped_column(Text)
    guidance_considered: Mapped[bool] = mapped_column(Boolean)
    guidance_edition: Mapped[str] = mapped_column(Text)
    positions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    maker: Mapped[str] = mapped_column(Text, default="partners")
    scrutineer_present: Mapped[bool | None] = mapped_column(Boolean)
    no_meeting_reason: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class SeriousIncidentNotification(TenantModel):
    """That the local authority notified the Panel (B1-03): when, by which channel, under what reference, by
    whom."""

    __tablename__ = "serious_incident_notifications"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    submitted_at: Mapped[datetime] = instant()
    channel: Mapped[str] = mapped_column(Text)
    channel_detail: Mapped[str | None] = mapped_column(Text)
    panel_reference: Mapped[str] = mapped_column(Text)
    submitted_by: Mapped[str] = mapped_column(Text)
    recorded_late_reason: Mapped[str | None] = mapped_column(Text)
    missed_reason: Mapped[str | None] = mapped_column(Text)
    missed_reported_to: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[UUID] = mapped_column(Uuid)
    recorded_by_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = instant()
    withdrawn_at: Mapped[datetime | None] = maybe_instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class DecisionStep(TenantModel):
    """A step that the Partnership Team takes once: sharing, contacting a deputy, informing.

    `party` is empty for a step that concerns everybody. `detail` says how, where it was done outside Waymark.
    """

    __tablename__ = "decision_steps"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    step: Mapped[str] = mapped_column(Text)
    party: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = instant()
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID | None] = mapped_column(Uuid)
    withdrawn_at: Mapped[datetime | None] = maybe_instant()


class DecisionEntry(TenantModel):
    """What somebody recorded beside the decision numbered `about` (0 for none): new information and its
    answer, an override, what follows where nothing is notified, a ground. Kept for good."""

    __tablename__ = "decision_entries"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    about: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(Text)
    party: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    happened_at: Mapped[datetime] = instant()
    recorded_at: Mapped[datetime] = instant()
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    submission_key: Mapped[UUID | None] = mapped_column(Uuid)


class PartnerMeeting(TenantModel):
    """A short meeting of the partners (step 5), or the exceptional one with the Partnership Chair (step 6).

    `attendance` names each who was there: party, name and capacity. Not held yet while `held_at` is None.
    """

    __tablename__ = "partner_meetings"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    how: Mapped[str] = mapped_column(Text)
    arranged_for: Mapped[datetime] = instant()
    arranged_at: Mapped[datetime] = instant()
    arranged_by: Mapped[str] = mapped_column(Text)
    arranged_capacity: Mapped[str] = mapped_column(Text)
    held_at: Mapped[datetime | None] = maybe_instant()
    recorded_at: Mapped[datetime | None] = maybe_instant()
    notes: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[str | None] = mapped_column(Text)
    recorded_capacity: Mapped[str | None] = mapped_column(Text)
    attendance: Mapped[list[dict[str, str]] | None] = mapped_column(JSON)
    scrutineer_present: Mapped[bool | None] = mapped_column(Boolean)
    withdrawn_at: Mapped[datetime | None] = maybe_instant()
    arranging_key: Mapped[UUID] = mapped_column(Uuid)
    recording_key: Mapped[UUID | None] = mapped_column(Uuid)
