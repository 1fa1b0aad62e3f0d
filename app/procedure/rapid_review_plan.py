"""The plan of a rapid review, counted back from the fifteenth working day (Rapid Reviews; Appendix A, steps 4 to 7).

The statutory day never gives. Where the rest does not fit before it, the plan says which step gives: first the week in
which papers are read, then the days between the meeting and the approval, then the time agencies have to return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.procedure.calendar import ENGLAND_AND_WALES, Calendar
from app.procedure.clocks import one_week_before, within_working_days, working_days_before
from app.procedure.marks import duty

TO_RETURN = 3  # working days that agencies need at least, from being asked
TO_READ = 3  # days of reading that an earlier meeting of the calendar must leave, where a week cannot be kept
TO_WRITE = 2  # working days between the meeting and the approval of the form
TOO_LATE = "That is after the fifteenth working day, which does not move. Choose an earlier day"
Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A meeting of the group that is in its calendar already."""

    id: UUID | None
    on: date


@dataclass(frozen=True, slots=True)
class Gives:
    """A step that has less time than the procedure means it to have, and what that comes to."""

    step: str
    says: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The days of a rapid review. `meeting` is the one in the calendar that fits; without one an extraordinary meeting
    is needed. `too_late` is the next meeting that comes too late, `too_soon` one that comes before the papers can."""

    due_on: date
    requests_on: date
    returns_on: date
    papers_on: date
    meeting_on: date
    approval_on: date
    meeting: Standing | None = None
    too_late: date | None = None
    too_soon: date | None = None
    gives: tuple[Gives, ...] = ()

    @property
    def extraordinary(self) -> bool:
        """Whether no meeting in the calendar fits, so that one must be called."""
        return self.meeting is None

    @property
    def kept(self) -> bool:
        """Whether the fifteenth working day can be kept."""
        return all(one.step != "statutory" for one in self.gives)

    @property
    def fits(self) -> bool:
        """Whether every step has the time that the procedure means it to have."""
        return not self.gives


@dataclass(frozen=True, slots=True)
class Days:
    """The days somebody chose for the steps; None where one was not given."""

    returns_on: date | None
    papers_on: date | None
    meeting_on: date | None
    approval_on: date | None


@duty("B2-03")
def propose(
    sent_on: date, due_on: date, today: date, meetings: Sequence[Standing] = (),
    calendar: Calendar = ENGLAND_AND_WALES,
) -> Plan:  # fmt: skip
    """The plan that leaves each step its time, or as much of it as there is, from `today` on. `due_on` is the
    fifteenth working day.

    A meeting of the calendar is taken where its papers can go out a week before it and the form can be written after
    it; else an extraordinary meeting is proposed for the last day on which it is not too late.
    """
    asked_on = max(sent_on, today)
    approval_on = working_days_before(due_on, 1, calendar)
    last = working_days_before(approval_on, TO_WRITE, calendar)
    coming = sorted((one for one in meetings if one.on > asked_on), key=lambda one: one.on)
    fitting = [one for one in coming if one.on <= last and _in_time(one.on, asked_on, calendar)]
    late = next((one.on for one in coming if one.on > last), None)
    soon = next((one.on for one in coming if one.on <= last and one not in fitting), None)
    if fitting:
        chosen = fitting[-1]
        returns_on, papers_on = _before(chosen.on, calendar)
        return Plan(due_on, asked_on, returns_on, papers_on, chosen.on, approval_on, chosen)
    if _in_time(last, asked_on, calendar):
        returns_on, papers_on = _before(last, calendar)
        return Plan(due_on, asked_on, returns_on, papers_on, last, approval_on, None, late, soon)
    return _squeezed(due_on, asked_on, coming, calendar)


def _before(meeting_on: date, calendar: Calendar) -> tuple[date, date]:
    """When returns and papers are due for a meeting: papers a week before it, returns the working day before those."""
    papers_on = one_week_before(meeting_on, calendar)
    return working_days_before(papers_on, 1, calendar), papers_on


def _in_time(meeting_on: date, asked_on: date, calendar: Calendar) -> bool:
    """Whether agencies asked on a day have their time before the papers for a meeting go out."""
    return _before(meeting_on, calendar)[0] >= within_working_days(asked_on, TO_RETURN, calendar)


def _squeezed(due_on: date, asked_on: date, coming: Sequence[Standing], calendar: Calendar) -> Plan:
    """A plan in which a step gives, so little as is needed to keep the statutory day."""

    def after(day: date, n: int) -> date:
        return within_working_days(day, n, calendar)

    before_due = working_days_before(due_on, 1, calendar)
    written = working_days_before(before_due, TO_WRITE, calendar)
    returns_on = after(asked_on, TO_RETURN)
    papers_on = after(returns_on, 1)
    tries = (
        (returns_on, papers_on, written, before_due, ("papers",)),
        (returns_on, papers_on, before_due, due_on, ("papers", "approval")),
        (after(asked_on, 1), after(asked_on, 1), before_due, due_on, ("returns", "papers", "approval")),
        (after(asked_on, 1), after(asked_on, 1), due_on, due_on, ("returns", "papers", "approval")),
    )
    late = next((one.on for one in coming if one.on > written), None)
    for returns, papers, meeting_on, approval_on, steps in tries:
        if papers < meeting_on:
            there = next((one for one in reversed(coming) if _readable(papers, one.on, meeting_on)), None)
            day = there.on if there else meeting_on
            gives = tuple(_gives(step, asked_on, returns, papers, day, calendar) for step in steps)
            return Plan(due_on, asked_on, returns, papers, day, approval_on, there, late, gives=gives)
    meeting_on = after(papers_on, 1)
    missed = Gives(
        "statutory", "The fifteenth working day cannot be kept. It does not move: the review is sent late, and why, "
        "and to whom that was reported, is recorded with it.",
    )  # fmt: skip
    gives = (missed, _gives("papers", asked_on, returns_on, papers_on, meeting_on, calendar))
    there = next((one for one in coming if one.on == meeting_on), None)
    return Plan(
        due_on, asked_on, returns_on, papers_on, meeting_on, after(meeting_on, 1), there, late, gives=gives
    )


def _readable(papers: date, there: date, meeting_on: date) -> bool:
    """Whether a meeting that is in the calendar leaves time to read; on the proposed day itself whatever there is."""
    return there == meeting_on or ((there - papers).days >= TO_READ and there < meeting_on)


def _gives(
    step: str, asked_on: date, returns: date, papers: date, meeting: date, calendar: Calendar
) -> Gives:
    if step == "papers":
        days = (meeting - papers).days
        return Gives(step, f"Papers go out {_days(days)} before the meeting instead of a week.")
    if step == "approval":
        return Gives(step, "The form is written, approved and sent within the day after the meeting.")
    return Gives(step, "Agencies have one working day to return instead of three or more.")


def _days(days: int) -> str:
    return "one day" if days == 1 else f"{days} days"


@duty("B2-03")
def day_faults(
    chosen: Days,
    sent_on: date,
    due_on: date,
    today: date,
    reason: str,
    calendar: Calendar = ENGLAND_AND_WALES,
) -> list[Fault]:
    """What is wrong with the days that somebody chose, each with its field. Days must follow one another and be working
    days; none lies after the fifteenth working day while it can still be kept, and papers that go out less than a week
    before the meeting need a reason."""
    named = {
        "returns_on": (chosen.returns_on, "Returns"),
        "papers_on": (chosen.papers_on, "Papers"),
        "meeting_on": (chosen.meeting_on, "The meeting"),
        "approval_on": (chosen.approval_on, "The approval"),
    }
    faults: list[Fault] = []
    before: tuple[date, str] = (sent_on, "the notification")
    for name, (day, called) in named.items():
        if day is None:
            faults.append((name, f"Enter a day for {called[:1].lower() + called[1:]}"))
            continue
        if not calendar.is_working(day):
            faults.append((name, f"{called} must be on a working day"))
        elif day < before[0]:
            faults.append((name, f"{called} cannot be before {before[1]}"))
        before = (day, called[:1].lower() + called[1:])
    possible = propose(sent_on, due_on, today, (), calendar)
    if faults and chosen.meeting_on is not None and chosen.meeting_on > due_on and possible.kept:
        return [("meeting_on", TOO_LATE), *(one for one in faults if one[0] != "meeting_on")]
    return faults or _limit_faults(chosen, possible, reason, calendar)


def _limit_faults(chosen: Days, possible: Plan, reason: str, calendar: Calendar) -> list[Fault]:
    """What is wrong with days that are in order: too late, or too close to one another without a reason."""
    assert chosen.papers_on is not None
    assert chosen.meeting_on is not None
    assert chosen.approval_on is not None
    faults: list[Fault] = []
    due_on, kept = possible.due_on, possible.kept
    if chosen.approval_on > due_on and kept:
        name = "meeting_on" if chosen.meeting_on > due_on else "approval_on"
        faults.append((name, TOO_LATE))
    if chosen.papers_on == chosen.meeting_on:
        faults.append(("papers_on", "Papers must go out before the day of the meeting"))
    short = chosen.papers_on > one_week_before(chosen.meeting_on, calendar)
    if (short or chosen.approval_on > due_on) and not reason.strip():
        why = "papers go out less than a week before the meeting" if short else "the day cannot be kept"
        faults.append(("reason", f"Say why {why}"))
    return faults
