"""Recording that the local authority notified the Panel (B1-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.queries import obligations_of
from app.cases.service import changed, lock
from app.ledger.service import history
from app.procedure.clocks import day_end
from app.procedure.events import EventKind, Party
from app.procedure.marks import duty
from app.serious_incidents import answers as in_words
from app.serious_incidents import notification_rules, progress, recipients, turns
from app.serious_incidents.clock import aware_at
from app.serious_incidents.errors import Fault, Incomplete
from app.serious_incidents.models import SeriousIncidentNotification
from app.serious_incidents.steps import happened
from tenants.db import db


@dataclass(frozen=True, slots=True)
class Sent:
    """A notification as it was typed. `submitted_at` is an aware instant, or None where it was not given."""

    submitted_at: datetime | None
    channel: str | None
    channel_detail: str
    panel_reference: str
    submitted_by: str
    recorded_late_reason: str
    missed_reason: str
    missed_reported_to: str
    key: UUID


@duty("B1-03")
def record_notification(
    case_id: UUID, sent: Sent, *, actor: Actor, now: datetime
) -> SeriousIncidentNotification:
    """Record when the notification was sent to the Panel, by which channel, its reference and who sent it.

    The time may be earlier than now, never later, nor before the local authority's awareness; recorded on a
    later day it needs a reason, and sent after the statutory clock it needs the reason and whom that was
    reported to (clocks, points 6 and 7). Raises Incomplete, AlreadyDone, OutOfTurn without a decision to
    notify.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    reason = turns.notification(found)
    if reason is not None:
        if found.notification is not None and turns.same(reason, sent.key):
            return found.notification
        raise reason
    facts = _facts(case_id, sent)
    faults = _faults(sent, facts, now)
    if faults or facts is None:
        raise Incomplete(faults)
    row = _row(case_id, sent, facts, actor, now)
    db.session.add(row)
    happened(
        EventKind.NOTIFICATION_SENT, case_id,
        actor.acting_as(actor.holding(Permission.NOTIFICATION_RECORD)), now,
        at=facts.submitted_at, party=Party.LOCAL_AUTHORITY,
        facts={"channel": row.channel, "missed": notification_rules.missed(facts)},
        payload=dict(in_words.notified(row)),
    )  # fmt: skip
    to = [
        *recipients.holders(Party.PARTNERSHIP_TEAM, case_id, now),
        *recipients.holders(Party.LIG_CHAIR, case_id, now),
    ]
    recipients.tell("notification-recorded", to, case_id=case_id, reference=case.reference, now=now)
    changed(case)
    return row


def statutory_day(case_id: UUID) -> date | None:
    """The last of the five working days from the local authority's awareness, where that is known."""
    return next((row.due_on for row in obligations_of(case_id) if row.duty == "B1-03"), None)


def _facts(case_id: UUID, sent: Sent) -> notification_rules.NotificationFacts | None:
    if sent.submitted_at is None:
        return None
    aware = [event for event in history(case_id) if event.kind is EventKind.LOCAL_AUTHORITY_AWARE]
    last = statutory_day(case_id)
    return notification_rules.NotificationFacts(
        submitted_at=sent.submitted_at,
        aware_at=aware_at(case_id),
        aware_date_only=any(event.facts.get("date_only") for event in aware),
        due=day_end(last) if last else None,
        recorded_late_reason=sent.recorded_late_reason,
        missed_reason=sent.missed_reason,
        missed_reported_to=sent.missed_reported_to,
    )


def _faults(sent: Sent, facts: notification_rules.NotificationFacts | None, now: datetime) -> list[Fault]:
    faults = []
    if facts is None:
        faults.append(Fault("submitted_at", "Enter the date and time when the notification was sent"))
    else:
        faults += notification_rules.notification_faults(facts, now)
    if sent.channel not in notification_rules.CHANNELS:
        faults.append(Fault("channel", "Select how the notification was sent"))
    elif sent.channel == "other" and not sent.channel_detail.strip():
        faults.append(Fault("channel_detail", "Say how the notification was sent"))
    if not sent.panel_reference.strip():
        faults.append(Fault("panel_reference", "Enter the reference that the Panel's system gave"))
    if not sent.submitted_by.strip():
        faults.append(Fault("submitted_by", "Enter who sent the notification for the local authority"))
    return faults


def _row(
    case_id: UUID, sent: Sent, facts: notification_rules.NotificationFacts, actor: Actor, now: datetime
) -> SeriousIncidentNotification:
    acting = actor.acting_as(actor.holding(Permission.NOTIFICATION_RECORD))
    late, missed = notification_rules.recorded_late(facts, now), notification_rules.missed(facts)
    return SeriousIncidentNotification(
        case_id=case_id,
        submitted_at=facts.submitted_at,
        channel=sent.channel,
        channel_detail=(sent.channel_detail.strip() or None) if sent.channel == "other" else None,
        panel_reference=sent.panel_reference.strip(),
        submitted_by=sent.submitted_by.strip(),
        recorded_late_reason=sent.recorded_late_reason.strip() if late else None,
        missed_reason=sent.missed_reason.strip() if missed else None,
        missed_reported_to=sent.missed_reported_to.strip() if missed else None,
        recorded_by=acting.person_id,
        recorded_by_name=acting.name,
        capacity=acting.capacity,
        recorded_at=now,
        submission_key=sent.key,
    )
