"""Setting the plan of a rapid review: its meeting and the days of its steps (Appendix A, steps 4 to 7). The caller
commits."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from app.access.actor import SYSTEM, Acting, Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.queries import stages_of
from app.cases.service import Began, Case, begin_stage, changed, lock
from app.ledger.service import record
from app.meetings import agenda
from app.meetings import queries as meetings
from app.meetings import service as calendar_of_the_group
from app.meetings.changes import Change
from app.meetings.models import LigMeeting
from app.meetings.service import NewMeeting
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Party, Stage
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.rapid_review_plan import Days, Plan, Standing, day_faults, propose
from app.procedure.rapid_review_steps import CLOCK
from app.rapid_reviews.plan_models import RapidReviewPlan
from app.rapid_reviews.plan_queries import plan_of
from app.serious_incidents import recipients
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from tenants.db import db
from tenants.registry import current_edition

EXTRAORDINARY = "extraordinary"
AHEAD = timedelta(days=120)  # how far the calendar of the group is looked through


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan as it was typed. `meeting` is one of the calendar, or None with the time and place of one to be called.
    `over` is the number of the plan that was on the page (0 for none)."""

    meeting: UUID | None
    calls: bool
    meeting_at: datetime | None
    place: str
    returns_on: date | None
    papers_on: date | None
    approval_on: date | None
    died: bool | None
    reason: str
    over: int
    key: UUID


def why_not(told: History) -> OutOfTurn | None:
    """Why a rapid review cannot be planned now, or None."""
    if told.notified is None:
        return OutOfTurn(
            "There is no notification", "A rapid review follows a serious incident notification."
        )
    if told.last(EventKind.REVIEW_GROUND_RECORDED) is not None:
        return OutOfTurn(
            "No rapid review is held",
            "A ground for not holding one is recorded. Withdraw it first to hold one.",
        )
    return None


def statutory_day(told: History) -> date | None:
    """The fifteenth working day from the notification in force."""
    return told.due_on(CLOCK, told.notified.happened_at) if told.notified else None


@duty("B2-03")
def proposal(told: History, now: datetime) -> tuple[Plan, Sequence[LigMeeting]] | None:
    """The plan that Waymark proposes, with the meetings in the calendar; None without a notification."""
    sent, due_on = told.notified, statutory_day(told)
    if sent is None or due_on is None:
        return None
    coming = [one for one in meetings.coming(now) if one.starts_at <= now + AHEAD]
    days = [Standing(one.id, london_date(one.starts_at)) for one in coming]
    counted = told.calendar_of(CLOCK, sent.happened_at)
    return propose(london_date(sent.happened_at), due_on, london_date(now), days, counted), coming


@duty("B2-03")
def set_plan(case_id: UUID, typed: Wanted, *, actor: Actor, now: datetime) -> RapidReviewPlan:
    """Set the plan, or set it anew with a reason: the meeting is put into the calendar where it is not there, and the
    case onto its agenda. Raises Incomplete, OutOfTurn; the same form sent twice sets it once."""
    case, told = lock(case_id), history_of(case_id)
    before = plan_of(case_id)
    if before is not None and before.submission_key == typed.key:
        return before
    reason = why_not(told) or _stale(before, typed)
    if reason is not None:
        raise reason
    meeting = meetings.meeting_of(typed.meeting) if typed.meeting else None
    at = meeting.starts_at if meeting else typed.meeting_at
    faults = _faults(told, typed, meeting, at, before, now)
    if faults:
        raise Incomplete(faults)
    assert at is not None
    acting = actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    if meeting is None:
        meeting = _called(typed, at, acting, now)
    if before is not None and before.meeting_id not in (None, meeting.id):
        _off_the_agenda(before.meeting_id, case_id, actor, acting, now)
    calendar_of_the_group.add_case(meeting.id, case_id, "Rapid review", acting, now)
    row = _kept(case, told, typed, meeting, before, acting, now)
    _tell(case, row, now)
    return row


def _stale(before: RapidReviewPlan | None, typed: Wanted) -> OutOfTurn | None:
    if typed.over == (before.number if before else 0):
        return None
    return OutOfTurn(
        "The plan was changed meanwhile", "Somebody set it after this page was shown. Read it first."
    )


def _faults(
    told: History, typed: Wanted, meeting: LigMeeting | None, at: datetime | None, before: RapidReviewPlan | None,
    now: datetime,
) -> list[Fault]:  # fmt: skip
    sent, due_on = told.notified, statutory_day(told)
    assert sent is not None
    assert due_on is not None
    faults: list[Fault] = []
    if meeting is None and not typed.calls:
        faults.append(Fault("meeting", "Select the meeting, or that an extraordinary one is called"))
    elif meeting is None:
        if at is not None and at <= now:
            faults.append(Fault("meeting_at", "The meeting must be in the future"))
        if not typed.place.strip():
            faults.append(Fault("place", "Say where the meeting is, or by which call"))
    elif meeting.state != "planned":
        faults.append(Fault("meeting", "That meeting is over or was cancelled: select another"))
    if typed.died is None:
        faults.append(Fault("died", "Select whether the child died"))
    if before is not None and not typed.reason.strip():
        faults.append(Fault("reason", "Say why the plan changes"))
    days = Days(typed.returns_on, typed.papers_on, london_date(at) if at else None, typed.approval_on)
    counted = told.calendar_of(CLOCK, sent.happened_at)
    found = day_faults(days, london_date(sent.happened_at), due_on, london_date(now), typed.reason, counted)
    field = "meeting" if meeting is not None else "meeting_at"
    named = [Fault(field if name == "meeting_on" else name, message) for name, message in found]
    known = {one.field for one in faults}
    return [*faults, *(one for one in named if one.field not in known and (typed.calls or typed.meeting or one.field
                                                                         != "meeting_at"))]  # fmt: skip


def _off_the_agenda(meeting_id: UUID, case_id: UUID, actor: Actor, acting: Acting, now: datetime) -> None:
    """Take the case off the agenda of the former meeting; what was minuted or decided there already stays."""
    item = next((one for one in meetings.all_items(meeting_id) if one.case_id == case_id), None)
    if item is not None:
        with suppress(OutOfTurn):
            agenda.remove(
                meeting_id, item.id, "The rapid review is planned for another meeting.", actor, acting, now
            )


def _called(typed: Wanted, at: datetime, acting: Acting, now: datetime) -> LigMeeting:
    wanted = NewMeeting(EXTRAORDINARY, at, 120, typed.place.strip(), typed.key)
    row, faults = calendar_of_the_group.schedule(wanted, acting, now)
    if row is None:
        raise Incomplete([Fault("meeting_at", message) for _field, message in faults[:1]])
    return row


def _kept(
    case: Case, told: History, typed: Wanted, meeting: LigMeeting, before: RapidReviewPlan | None, acting: Acting,
    now: datetime,
) -> RapidReviewPlan:  # fmt: skip
    due_on = statutory_day(told)
    assert due_on is not None
    assert typed.returns_on is not None
    assert typed.papers_on is not None
    assert typed.approval_on is not None
    if Stage.RAPID_REVIEW.value not in stages_of(case.id):
        begin_stage(case.id, Stage.RAPID_REVIEW, Began(now, current_edition().number))
    row = RapidReviewPlan(
        case_id=case.id, number=before.number + 1 if before else 1, meeting_id=meeting.id,
        meeting_at=meeting.starts_at, requests_on=before.requests_on if before else london_date(now),
        returns_on=typed.returns_on, papers_on=typed.papers_on, approval_on=typed.approval_on, due_on=due_on,
        died=bool(typed.died), reason=typed.reason.strip(), set_by=acting.name, set_capacity=acting.capacity,
        set_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    _say(row, acting, now)
    changed(case)
    return row


def _say(row: RapidReviewPlan, acting: Acting, now: datetime) -> None:
    days: dict[str, object] = {
        name: getattr(row, name).isoformat()
        for name in ("requests_on", "returns_on", "papers_on", "approval_on", "due_on")
    }
    if row.meeting_at is not None:
        days["meeting_on"] = london_date(row.meeting_at).isoformat()
    record(
        EventKind.RAPID_REVIEW_PLANNED, case_id=row.case_id, acting=acting, happened_at=now, now=now,
        stage=Stage.RAPID_REVIEW, payload={"reason": row.reason},
        facts={"number": row.number, "died": row.died, **days,
               "meeting": str(row.meeting_id) if row.meeting_id else None},
    )  # fmt: skip


def _tell(case: Case, row: RapidReviewPlan, now: datetime) -> None:
    to = [
        one
        for party in (Party.LIG_CHAIR, Party.PARTNERSHIP_TEAM)
        for one in recipients.holders(party, case.id, now)
    ]
    recipients.tell(
        "review-planned", list(dict.fromkeys(to)), case_id=case.id, reference=case.reference, now=now,
        occasion=str(row.number),
    )  # fmt: skip


def meeting_changed(change: Change) -> None:
    """What happens to a meeting of the group happens to the review that it is for: moved or cancelled, the plan is set
    anew; closed, the review's meeting was held."""
    for case_id in change.case_ids:
        plan = plan_of(case_id)
        if plan is None or plan.meeting_id != change.meeting_id:
            continue
        if change.what == "closed":
            record(
                EventKind.REVIEW_MEETING_HELD, case_id=case_id, acting=change.acting, happened_at=change.at,
                now=change.now, stage=Stage.RAPID_REVIEW, facts={"meeting": str(change.meeting_id)},
            )  # fmt: skip
        elif change.what in ("moved", "cancelled"):
            _moved(plan, change)


def _moved(plan: RapidReviewPlan, change: Change) -> None:
    cancelled = change.what == "cancelled"
    row = RapidReviewPlan(
        case_id=plan.case_id, number=plan.number + 1, meeting_id=None if cancelled else plan.meeting_id,
        meeting_at=None if cancelled else change.at, requests_on=plan.requests_on, returns_on=plan.returns_on,
        papers_on=plan.papers_on, approval_on=plan.approval_on, due_on=plan.due_on, died=plan.died,
        reason="The meeting was cancelled." if cancelled else "The meeting was moved.", set_by=SYSTEM.name,
        set_capacity=SYSTEM.capacity, set_at=change.now, submission_key=uuid4(),
    )  # fmt: skip
    db.session.add(row)
    _say(row, change.acting, change.now)
    # Not locked, and asked of nobody: whoever moves a meeting may be sealed out of a case on its agenda.
    case = db.session.scalars(select(Case).where(Case.id == plan.case_id)).one()
    _tell(case, row, change.now)
