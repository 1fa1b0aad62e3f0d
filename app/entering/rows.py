"""The rows of a case that was entered: what its events say, as the room of the decision keeps it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.access.actor import Acting
from app.procedure.clocks import day_end
from app.procedure.entering import CHAIR, UnderWay
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party
from app.procedure.history import History
from app.procedure.notification_duties import became_aware
from app.serious_incidents import progress
from app.serious_incidents.entered import (
    NOT_RECORDED,
    Decided,
    SentBefore,
    keep_decision,
    keep_entry,
    keep_meeting,
    keep_notification,
    keep_positions,
    keep_step,
    keep_view,
    positions_before,
)
from app.serious_incidents.turns import EXCEPTIONAL, SHORT

K = EventKind
SAID_BEFORE = "Given before the case was entered in Waymark"
STEPS = {
    K.LOCAL_AUTHORITY_AWARE: progress.AWARE,
    K.DEPUTY_CONTACTED: progress.DEPUTY,
    K.PARTY_INFORMED: progress.INFORMED,
}
OF_A_PARTY = (K.DEPUTY_CONTACTED, K.PARTY_INFORMED)


def keep_rows(case_id: UUID, case: UnderWay, told: History, acting: Acting, now: datetime) -> None:
    """Keep what each event of the case stands for."""
    for event in told.events:
        if event.kind in STEPS:
            keep_step(case_id, STEPS[event.kind], acting, event.happened_at, _party(event))
        elif event.kind is K.LOCAL_STEP_DONE:
            keep_step(case_id, f"local:{event.facts['step']}", acting, event.happened_at)
        elif event.kind is K.INITIAL_VIEW_GIVEN and event.party is not None:
            given = case.views[event.party]
            keep_view(case_id, event.party, str(event.outcome), SAID_BEFORE, given.by, event.happened_at)
    _keep_sharing(case_id, told, acting)
    by = {party: case.response(party).by for party in SAFEGUARDING_PARTNERS}
    keep_positions(case_id, told, by, acting, now, SAID_BEFORE)
    _keep_meetings(case_id, case, told, acting, now)
    _keep_decisions(case_id, case, told, by, now)
    _keep_notification(case_id, case, told, acting, now)


def decision_of(case: UnderWay) -> Decided:
    """What is known of the decision."""
    test = case.test
    return Decided(
        str(case.decision.outcome), case.rationale, case.decision.by, case.maker,
        case.scrutineer if case.maker == CHAIR else None, test.abuse, test.limb_a, test.limb_b, test.harm,
    )  # fmt: skip


def _party(event: Event) -> Party | None:
    return event.party if event.kind in OF_A_PARTY else None


def _keep_sharing(case_id: UUID, told: History, acting: Acting) -> None:
    """The two steps that went to several at once stand once."""
    for kind, step in ((K.REFERRAL_SHARED, progress.SHARED), (K.INITIAL_VIEW_SHARED, progress.VIEW_SHARED)):
        last = told.last(kind)
        if last is not None:
            keep_step(case_id, step, acting, last.happened_at)


def _keep_meetings(case_id: UUID, case: UnderWay, told: History, acting: Acting, now: datetime) -> None:
    meetings = (
        (K.SHORT_MEETING_HELD, SHORT, case.short_meeting.notes, False),
        (K.EXCEPTIONAL_MEETING_HELD, EXCEPTIONAL, case.chair_meeting.notes, case.scrutineer),
    )
    for kind, name, notes, scrutineer in meetings:
        held = told.first(kind)
        if held is not None:
            keep_meeting(case_id, name, notes, scrutineer, acting, held.happened_at, now)


def _keep_decisions(
    case_id: UUID, case: UnderWay, told: History, by: dict[Party, str], now: datetime
) -> None:
    made, override, after = told.decision, told.override, told.first(K.OUTCOME_CHOSEN)
    if made is not None:
        keep_decision(
            case_id, decision_of(case), positions_before(told, made.happened_at, by), made.happened_at
        )
    if override is not None:
        about = 1 if override.facts.get("about") else 0
        keep_entry(
            case_id, "override", about, "", case.override_reason, case.override.by, override.happened_at, now
        )
    if after is not None:
        given = case.afterwards
        keep_entry(
            case_id, "outcome", 1, str(given.outcome), case.afterwards_reason or NOT_RECORDED, given.by,
            after.happened_at, now,
        )  # fmt: skip


def _keep_notification(case_id: UUID, case: UnderWay, told: History, acting: Acting, now: datetime) -> None:
    event = told.notified
    if event is None:
        return
    sent = SentBefore(
        case.panel_reference, case.notified_by, sent_late(told, event.happened_at), case.missed_reason,
        case.missed_reported_to,
    )  # fmt: skip
    keep_notification(case_id, event.happened_at, sent, acting, now)


def sent_late(told: History, at: datetime) -> bool:
    """Whether a notification of that instant came after the five working days."""
    aware = became_aware(told)
    return aware is not None and at >= day_end(told.due_on("B1-03", aware))
