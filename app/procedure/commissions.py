"""Commissions of reviewers and of leads of learning events: when one runs, and how it ends (5.7; 5.12; S-02; B3-15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.procedure.calendar import ENGLAND_AND_WALES, ONE_DAY, Calendar
from app.procedure.clocks import act_by
from app.procedure.explain import long_date
from app.procedure.marks import duty

LONGEST = timedelta(days=2 * 366)


class Milestone(StrEnum):
    """The dates of a commission's timetable, in their order."""

    START = "start"
    INFORMATION = "information"
    FIRST_DRAFT = "first-draft"
    FINAL_DRAFT = "final-draft"
    END = "end"


MILESTONES: dict[Milestone, str] = {
    Milestone.START: "Start",
    Milestone.INFORMATION: "Information returned",
    Milestone.FIRST_DRAFT: "First draft",
    Milestone.FINAL_DRAFT: "Final draft",
    Milestone.END: "End",
}
Faults = list[tuple[str, str]]


@duty("S-02", "B3-15")
def runs(first_day: date, last_day: date, removed_at: datetime | None, member: bool, today: date) -> bool:
    """Whether the commissioned person has access on a London date: from the first day to the last, both included,
    while they are a `member` in the role it was given under, and never again once they were removed."""
    return member and removed_at is None and first_day <= today <= last_day


@duty("B3-15")
def removal_faults(reason: str, *, removed: bool, published: bool) -> Faults:
    """Why a removal cannot be recorded: field and message. It can be at any time before publication, for a reason
    that is given; access ends with it, whatever the last day was."""
    if published:
        return [("reason", "The report is published: there is nothing left to remove anybody from")]
    if removed:
        return [("reason", "They have been removed already")]
    return [] if reason.strip() else [("reason", "Say why they are removed")]


@duty("S-02")
def term_faults(
    first_day: date | None, last_day: date | None, today: date, member_from: date, member_to: date | None
) -> Faults:
    """What is wrong with the days of a new commission: it lies within the membership, and begins today or later."""
    faults: Faults = []
    if first_day is None:
        faults.append(("first_day", "Enter the first day"))
    elif first_day < today:
        faults.append(
            ("first_day", "The first day must be today or later: nobody can have had access before")
        )
    elif first_day < member_from:
        faults.append(("first_day", f"Their membership begins only on {long_date(member_from)}"))
    return faults + _last_day_faults(last_day, first_day or today, today, member_to)


@duty("S-02")
def end_faults(
    last_day: date | None, first_day: date, today: date, member_to: date | None, reason: str
) -> Faults:
    """What is wrong with another last day of a commission, which may be earlier or later than the one before."""
    faults = _last_day_faults(last_day, first_day, today, member_to)
    if last_day is not None and not faults and last_day < today:
        faults = [("last_day", "The last day must be today or later. To end their access now, remove them")]
    return faults if reason.strip() else [*faults, ("reason", "Say why the last day changes")]


def timetable_faults(days: Mapping[Milestone, date | None], first_day: date, last_day: date) -> Faults:
    """What is wrong with a timetable: milestones that have a date stand in their order, within the commission."""
    given = [(milestone, day) for milestone in Milestone if (day := days.get(milestone)) is not None]
    if not given:
        return [(Milestone.START.value, "Enter at least one date")]
    faults: Faults = []
    for place, (milestone, day) in enumerate(given):
        name = MILESTONES[milestone]
        if not first_day <= day <= last_day:
            span = f"{long_date(first_day)} and {long_date(last_day)}"
            faults.append((milestone.value, f"{name} must lie within the commission, between {span}"))
        elif place and day < given[place - 1][1]:
            faults.append(
                (milestone.value, f"{name} cannot come before {MILESTONES[given[place - 1][0]].lower()}")
            )
    return faults


def day_hint(day: date, today: date, calendar: Calendar = ENGLAND_AND_WALES) -> str:
    """How far off a date is in working days, and the working day to aim for where it is none itself."""
    count = working_days_between(min(day, today), max(day, today), calendar)
    days = f"{count} working {'day' if count == 1 else 'days'}"
    far = "Today" if day == today else f"{days} from today" if day > today else f"{days} ago"
    if calendar.is_working(day):
        return far
    return f"{far}; not a working day, the last before it is {long_date(act_by(day, calendar))}"


def working_days_between(after: date, to: date, calendar: Calendar = ENGLAND_AND_WALES) -> int:
    """How many working days come after one date up to another, which counts."""
    days = (after + ONE_DAY * step for step in range(1, (to - after).days + 1))
    return sum(calendar.is_working(day) for day in days)


def _last_day_faults(last_day: date | None, first_day: date, today: date, member_to: date | None) -> Faults:
    if last_day is None:
        return [("last_day", "Enter the last day")]
    if last_day < first_day:
        return [("last_day", "The last day must be on or after the first day")]
    if member_to is not None and last_day > member_to:
        return [
            ("last_day", f"Their membership ends on {long_date(member_to)}: enter that day or an earlier one")
        ]
    if last_day > max(first_day, today) + LONGEST:
        return [("last_day", "A commission is given for two years at most; it can be made longer later")]
    return []
