"""The five working days from the local authority's awareness, day by day, against the local steps (N-02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.procedure.clocks import (
    day_end,
    london_date,
    within_working_days,
    working_days_after,
    working_days_before,
)
from app.procedure.difference_duties import unresolved
from app.procedure.events import INITIAL_VIEWERS, EventKind, Party
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.notification_duties import became_aware, to_be_notified
from app.procedure.positions import agree, clock_end, differ, positions

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
}


@dataclass(frozen=True, slots=True)
class LocalStep:
    """A local step, the duty whose clock it has (None: the same day), and how it can be shortened."""

    name: str
    clock: str | None
    shorter: str


SHARE = LocalStep(
    "Sharing the referral", "B1-06", "Share the referral at once: it needs nothing but a press."
)
VIEWS = LocalStep(
    "The two initial views",
    "B1-07",
    "The chair and the Service Director can give their views today, after a call.",
)
SHARE_VIEW = LocalStep("Sharing the initial view", None, "Share the views as soon as both are in.")
RESPONSES = LocalStep(
    "The partners' responses", "B1-08",
    "Telephone the partners: an answer given on the telephone can be recorded on their behalf.",
)  # fmt: skip
SHORT = LocalStep("The short meeting", "B1-09", "Hold the short meeting today, by call.")
CHAIR = LocalStep(
    "The Partnership Chair's decision", "B1-10", "Bring the Partnership Chair and scrutineer in today."
)
DECIDE = LocalStep("Recording the decision", None, "Record the decision as soon as the positions agree.")
NOTIFY = LocalStep("Sending the notification", None, "Send the notification now.")


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
    there is no such day. `due` is the end of the statutory clock.
    """

    due_on: date
    due: datetime
    days: tuple[BudgetDay, ...]
    gone_before_referral: int
    present: LocalStep
    remaining: tuple[LocalStep, ...]
    must_end_by: date | None
    fits: bool
    warn_at: datetime
    shorten: tuple[str, ...]


@duty("N-02")
def day_budget(history: History, now: datetime) -> DayBudget | None:
    """The budget at `now`; None before the local authority became aware, and once it was notified or decided
    that it is not."""
    aware, submitted = became_aware(history), history.submitted
    if aware is None or submitted is None or history.notified is not None:
        return None
    if history.decision is not None and to_be_notified(history) is None:
        return None
    due_on = history.due_on("B1-03", aware)
    remaining = steps_left(history)
    following = sum(_length(history, step) for step in remaining[1:])
    calendar = history.calendar_at(aware)
    today, ends_on = london_date(now), _present_ends(history, remaining[0], now)
    must_end_by = working_days_before(due_on, following, calendar) if following else due_on
    fits = ends_on <= must_end_by
    days = working_days_after(london_date(aware), history.settings.of("B1-03"), calendar)
    referred = london_date(submitted.happened_at)
    shown = tuple(
        BudgetDay(number, day, _use(day, referred, today), _happened(history, day))
        for number, day in enumerate(days, start=1)
    )
    return DayBudget(
        due_on=due_on, due=day_end(due_on), days=shown,
        gone_before_referral=sum(day.use == "gone-before-referral" for day in shown),
        present=remaining[0], remaining=tuple(remaining), must_end_by=must_end_by, fits=fits,
        warn_at=day_end(must_end_by) if fits else now,
        shorten=tuple(dict.fromkeys([*(step.shorter for step in remaining), OWN_DUTY])),
    )  # fmt: skip


def steps_left(history: History) -> list[LocalStep]:
    """The local steps that remain before the notification is sent, the present one first."""
    if to_be_notified(history) is not None:
        return [NOTIFY]
    if agree(history) is not None:
        return [DECIDE, NOTIFY]
    if unresolved(history):
        return [CHAIR, NOTIFY]
    if differ(history):
        return [SHORT, DECIDE, NOTIFY]
    left = [RESPONSES, DECIDE, NOTIFY]
    if history.views_shared() is not None:
        return left
    left.insert(0, SHARE_VIEW)
    if history.when_all(K.INITIAL_VIEW_GIVEN, INITIAL_VIEWERS) is not None:
        return left
    left.insert(0, VIEWS)
    if history.when_all(K.REFERRAL_SHARED, INITIAL_VIEWERS) is not None:
        return left
    return [SHARE, *left]


def _length(history: History, step: LocalStep) -> int:
    return history.settings.of(step.clock) if step.clock else 0


def _present_ends(history: History, step: LocalStep, now: datetime) -> date:
    """The day on which the present step ends if it takes its whole clock, counted from when it began; not before
    today."""
    today = london_date(now)
    if step.clock is None:
        return today
    began = _began(history, step)
    if began is None:
        return within_working_days(today, _length(history, step), history.calendar_at(now))
    return max(today, history.due_on(step.clock, began))


def _began(history: History, step: LocalStep) -> datetime | None:
    if step is SHARE and history.submitted is not None:
        return history.submitted.happened_at
    if step is VIEWS:
        return history.when_all(K.REFERRAL_SHARED, INITIAL_VIEWERS)
    if step is RESPONSES:
        waiting = [party for party in _asked(history) if party not in positions(history)]
        ends = [clock_end(history, party) for party in waiting]
        return None if None in ends else history.views_shared()
    if step in (SHORT, CHAIR):
        kinds = (
            (K.SHORT_MEETING_HELD,)
            if step is CHAIR
            else (K.RESPONSE_GIVEN, K.RESPONSE_DEEMED, K.POSITION_TAKEN)
        )
        found = [event.happened_at for kind in kinds for event in history.all(kind)]
        return max(found, default=None)
    return None


def _asked(history: History) -> list[Party]:
    return [event.party for event in history.all(K.INITIAL_VIEW_SHARED) if event.party is not None]


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
