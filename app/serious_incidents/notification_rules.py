"""What the procedure demands of a recorded notification: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.procedure.clocks import london_date
from app.procedure.marks import duty
from app.serious_incidents.errors import Fault

CHANNELS = {
    "national-system": "Child Safeguarding Online Notification System",
    "telephone": "Telephone to the Panel's secretariat, with the form to follow",
    "other": "Another way",
}


@dataclass(frozen=True, slots=True)
class NotificationFacts:
    """A notification as somebody records it. Instants are aware; `due` is the end of the statutory clock,
    if known."""

    submitted_at: datetime
    aware_at: datetime | None
    aware_date_only: bool
    due: datetime | None
    recorded_late_reason: str
    missed_reason: str
    missed_reported_to: str


@duty("B1-03")
def notification_faults(facts: NotificationFacts, now: datetime) -> list[Fault]:
    """Why a notification cannot be recorded so: its time must be possible, and lateness must be explained."""
    if facts.submitted_at > now:
        return [Fault("submitted_at", "The notification cannot have been sent in the future")]
    if _before_awareness(facts):
        return [Fault("submitted_at", "This is before the local authority became aware of the incident")]
    faults = []
    if recorded_late(facts, now) and not facts.recorded_late_reason.strip():
        faults.append(
            Fault(
                "recorded_late_reason",
                "Say why this is recorded on a later day than the notification was sent",
            )
        )
    if missed(facts):
        if not facts.missed_reason.strip():
            faults.append(
                Fault("missed_reason", "Say why the notification was sent after the five working days")
            )
        if not facts.missed_reported_to.strip():
            faults.append(Fault("missed_reported_to", "Say to whom the missed clock was reported"))
    return faults


def recorded_late(facts: NotificationFacts, now: datetime) -> bool:
    """Whether it is recorded on a later London day than it was sent."""
    return london_date(facts.submitted_at) < london_date(now)


def missed(facts: NotificationFacts) -> bool:
    """Whether it was sent after the statutory clock had ended (the end itself is already too late)."""
    return facts.due is not None and facts.submitted_at >= facts.due


def _before_awareness(facts: NotificationFacts) -> bool:
    if facts.aware_at is None:
        return False
    if facts.aware_date_only:
        return london_date(facts.submitted_at) < london_date(facts.aware_at)
    return facts.submitted_at < facts.aware_at
