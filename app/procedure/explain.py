"""How a date was counted: every day that counted and every one that was skipped, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.procedure.calendar import ENGLAND_AND_WALES, ONE_DAY, Calendar
from app.procedure.clocks import act_by, months_after, within_working_days, working_days_before

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOT_COUNTED = "Weekends and bank holidays of England and Wales do not count."
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One day: counted as number `number`, or skipped (`number` is None)."""

    day: date
    number: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The rule in a sentence, the days, the result, and whether bank holidays in it are not yet published."""

    sentence: str
    steps: tuple[Step, ...]
    due: date
    act_by: date
    provisional: bool


def explain(kind: str, day: date, n: int, calendar: Calendar = ENGLAND_AND_WALES) -> Explanation:
    """Explain `within` n working days, n working days `before`, or n `months`. Raises ValueError for another
    kind."""
    if kind == "within":
        return _days(day, n, within_working_days(day, n, calendar), 1, calendar)
    if kind == "before":
        return _days(day, n, working_days_before(day, n, calendar), -1, calendar)
    if kind == "months":
        return _months(day, n, calendar)
    raise ValueError(f"There is no rule of counting called '{kind}'.")


def long_date(day: date) -> str:
    """A date as it is read: Friday 27 November 2026."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def _days(day: date, n: int, due: date, direction: int, calendar: Calendar) -> Explanation:
    steps = [Step(day, None, "the day of the event: not counted")]
    number, current = 0, day
    while current != due:
        current += direction * ONE_DAY
        skipped = _why_skipped(current, calendar)
        number += skipped is None
        steps.append(Step(current, None if skipped else number, skipped or f"working day {number}"))
    days = "working day" if n == 1 else "working days"
    rule = f"Within {n} {days} of" if direction > 0 else f"No later than {n} {days} before"
    sentence = f"{rule} {long_date(day)}: {long_date(due)}. {NOT_COUNTED}"
    return Explanation(
        sentence, tuple(steps), due, due, any(calendar.is_provisional(step.day) for step in steps)
    )


def _months(day: date, n: int, calendar: Calendar) -> Explanation:
    due = months_after(day, n)
    last = act_by(due, calendar)
    steps = [Step(day, None, "the day from which months are counted")]
    steps += [Step(months_after(day, number), number, f"month {number}") for number in range(1, n + 1)]
    moved = f" That is not a working day: act by {long_date(last)}." if last != due else ""
    months = "month" if n == 1 else "months"
    sentence = f"{n} {months} from {long_date(day)}: {long_date(due)}, the corresponding date.{moved}"
    return Explanation(sentence, tuple(steps), due, last, calendar.is_provisional(due))


def _why_skipped(day: date, calendar: Calendar) -> str | None:
    holiday = calendar.holiday(day)
    if holiday is not None:
        provisional = " (provisional)" if calendar.is_provisional(day) else ""
        return f"not counted: {holiday}{provisional}"
    return f"not counted: {WEEKDAYS[day.weekday()]}" if day.weekday() >= 5 else None
