"""The five working days from the local authority's awareness, day by day, against the steps that remain (N-02)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.procedure.budget_course import Course, course_of
from app.procedure.budget_steps import NOTIFY, LocalStep
from app.procedure.clocks import day_end, day_start, london_date, working_days_after
from app.procedure.events import Event, EventKind
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.notification_duties import became_aware

K = EventKind
OWN_DUTY = "The local authority can notify on its own duty without waiting for the local decision."
TOLD = {
    K.REFERRAL_SUBMITTED: "Referral submitted",
    K.REFERRAL_SHARED: "Referral shared",
    K.INITIAL_VIEW_GIVEN: "Initial view given",
    K.INITIAL_VIEW_SHARED: "Initial view shared with the partners",
    K.RESPONSE_GIVEN: "Partner responded",
    K.RESPONSE_DEEMED: "Silence counted as agreement",
    K.SHORT_MEETING_HELD: "Short meeting held",
    K.EXCEPTIONAL_MEETING_HELD: "Meeting with the Partnership Chair held",
    K.DECISION_RECORDED: "Decision recorded",
    K.DECISION_PUT_BACK: "Decision put back",
    K.NEW_INFORMATION_RAISED: "New information raised",
    K.LOCAL_STEP_DONE: "Own step done",
}


@dataclass(frozen=True, slots=True)
class BudgetDay:
    """One of the working days: `use` is gone-before-referral, gone, today or left."""

    number: int
    day: date
    use: str
    happened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayBudget:
    """The days from awareness, what they went on, and whether what remains still fits.

    `must_end_by` is the last day on which the present step can end so that the others fit after it; None where
    there is no such day. `owed_on` is the day on which the present step's own clock ends, `until` the earlier of
    the two. `due` is the end of the statutory clock; `warn_at` the first instant at which what remains does not
    fit if nothing more happens. `beside` are the partnership's own steps that run now beside the present one.
    """

    due_on: date
    due: datetime
    days: tuple[BudgetDay, ...]
    gone_before_referral: int
    present: LocalStep
    remaining: tuple[LocalStep, ...]
    beside: tuple[LocalStep, ...]
    must_end_by: date | None
    owed_on: date | None
    until: date | None
    late: bool
    fits: bool
    warn_at: datetime
    shorten: tuple[str, ...]

    @property
    def then(self) -> list[LocalStep]:
        """What follows the present step, without what runs beside it already."""
        return [step for step in self.remaining[1:] if step not in self.beside]


@duty("N-02")
def day_budget(history: History, now: datetime) -> DayBudget | None:
    """The budget at `now`; None before the local authority became aware, once it was notified, and where it is
    decided not to and nobody is asked to look at that again."""
    aware, submitted = became_aware(history), history.submitted
    if aware is None or submitted is None or history.notified is not None:
        return None
    calendar, today = history.calendar_of("B1-03", aware), london_date(now)
    course = course_of(history, calendar)
    if course is None:
        return None
    days = working_days_after(london_date(aware), history.settings.of("B1-03"), calendar)
    return _budget(
        history, course, _days(history, days, london_date(submitted.happened_at), today), aware, now
    )


def _budget(
    history: History, course: Course, days: tuple[BudgetDay, ...], aware: datetime, now: datetime
) -> DayBudget:
    due_on, today, remaining = history.due_on("B1-03", aware), london_date(now), course.in_order()
    must_end_by, fits = course.must_end_by(london_date(aware), today, due_on), course.fits(today, due_on)
    owed_on = max((end for end in course.clocks if end is not None), default=None)
    late = owed_on is not None and owed_on < today
    until = [day for day in (must_end_by, None if late else owed_on) if day is not None]
    return DayBudget(
        due_on=due_on, due=day_end(due_on), days=days,
        gone_before_referral=sum(day.use == "gone-before-referral" for day in days),
        present=course.steps[0], remaining=remaining,
        beside=tuple(one.step for one in course.beside if one.begun and one.step is not course.steps[0]),
        must_end_by=must_end_by, owed_on=owed_on, until=min(until, default=None), late=late, fits=fits,
        warn_at=day_start(course.unfit_on(today, due_on)) if fits else now, shorten=_shorter(remaining),
    )  # fmt: skip


def _days(history: History, days: Sequence[date], referred: date, today: date) -> tuple[BudgetDay, ...]:
    return tuple(
        BudgetDay(number, day, _use(day, referred, today), _happened(history, day))
        for number, day in enumerate(days, start=1)
    )


@duty("N-02")
def unfit_since(
    events: Sequence[Event], tell: Callable[[Sequence[Event]], History], now: datetime
) -> datetime | None:
    """Since when the steps that remain have not fitted, without a break and as it was known at each moment; None
    where they fit. `tell` makes a history of events."""
    until, since = now, None
    for moment in sorted({event.recorded_at for event in events if event.recorded_at <= now}, reverse=True):
        found = day_budget(tell([event for event in events if event.recorded_at <= moment]), moment)
        if found is None or (found.fits and found.warn_at > until):
            return since
        if found.fits:
            return found.warn_at
        until = since = moment
    return since


def _shorter(remaining: Sequence[LocalStep]) -> tuple[str, ...]:
    own_duty = [OWN_DUTY] if list(remaining) != [NOTIFY] else []
    return tuple(dict.fromkeys([*(step.shorter for step in remaining), *own_duty]))


def _use(day: date, referred: date, today: date) -> str:
    if day < min(referred, today):
        return "gone-before-referral"
    if day < today:
        return "gone"
    return "today" if day == today else "left"


def _happened(history: History, day: date) -> tuple[str, ...]:
    found = (TOLD[event.kind] for event in history.events
             if event.kind in TOLD and london_date(event.happened_at) == day)  # fmt: skip
    return tuple(dict.fromkeys(found))
