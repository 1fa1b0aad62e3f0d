"""Scoping: whom a case's agencies are asked of, by when, and what is a return (Appendix A steps 5-6; Rapid Reviews,
commitment 1; 6.1). Duties B2-04, B2-05 and A-07."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from app.procedure.calendar import ENGLAND_AND_WALES, ONE_DAY, Calendar
from app.procedure.clocks import day_start, london_date, working_days_before
from app.procedure.events import AfterNotNotified, Event, EventKind, Stage
from app.procedure.history import History
from app.procedure.involvement_form import ANSWERS, QUESTIONS, ROWS, Faults, Section, sections
from app.procedure.marks import duty

__all__ = ["QUESTIONS", "Section", "missing", "sections"]
RAPID_REVIEW, DISCUSSION = "rapid-review", "discussion"
PURPOSES = {RAPID_REVIEW: "rapid review", DISCUSSION: "discussion by the group"}
STAGES = {RAPID_REVIEW: Stage.RAPID_REVIEW, DISCUSSION: Stage.NOTIFICATION}
MORNING = timedelta(hours=9)
LONGEST = timedelta(days=366)
Agency = TypeVar("Agency")


@dataclass(frozen=True, slots=True)
class Reminders:
    """When an agency is reminded before its return is due (None where no time is left for it), and when it is chased,
    and the chair told, because nothing has come."""

    before: datetime | None
    after: datetime


@duty("B2-04")
def scoping_for(history: History) -> str | None:
    """What agencies may be asked for now: the rapid review once the case was notified (Appendix A, step 5), else the
    discussion that the chair of the group chose (6.1); None where neither is so."""
    if history.notified is not None:
        return RAPID_REVIEW
    return DISCUSSION if discussion_chosen(history) is not None else None


@duty("A-07")
def discussion_chosen(history: History) -> Event | None:
    """The chair's decision that the group discusses the referral, where it follows the decision in force (6.1)."""
    if history.decision is None:
        return None
    chosen = history.after(history.decision, EventKind.OUTCOME_CHOSEN)
    last = chosen[-1] if chosen else None
    return last if last is not None and last.outcome == AfterNotNotified.DISCUSSION.value else None


@duty("B2-04")
def asked_first(agencies: Sequence[Agency], on_group: Collection[Agency]) -> list[Agency]:
    """Of a partnership's agencies those that are asked unless somebody decides otherwise: all that have members on the
    group. Any other can be added (Rapid Reviews: "all Learning Inquiry Group members ... and any other relevant
    agencies identified")."""
    return [one for one in agencies if one in on_group]


@duty("B2-04")
def reminders(asked_at: datetime, due_on: date, calendar: Calendar = ENGLAND_AND_WALES) -> Reminders:
    """An agency is reminded in the morning of the working day before its return is due, and on the day after it."""
    before = day_start(working_days_before(due_on, 1, calendar)) + MORNING
    return Reminders(before if before > asked_at else None, day_start(due_on + ONE_DAY) + MORNING)


@duty("B2-04")
def due_faults(due_on: date | None, today: date) -> list[tuple[str, str]]:
    """What is wrong with the date by which returns are asked for, so that papers can go out: field and message."""
    if due_on is None:
        return [("due_on", "Enter the date by which returns are needed")]
    if due_on < today:
        return [("due_on", "The date for returns must be today or later")]
    if due_on > today + LONGEST:
        return [("due_on", "The date for returns must be within a year")]
    return []


@duty("A-07")
def direction_faults(due_on: date | None, discussed_on: date | None, today: date) -> list[tuple[str, str]]:
    """What is wrong with the dates that the chair sets for the scoping of a discussion ("within agreed timescales",
    6.1): returns come before the group discusses them."""
    faults = due_faults(due_on, today)
    if discussed_on is not None and not today <= discussed_on <= today + LONGEST:
        faults.append(
            ("discussed_on", "The date of the discussion must be today or later, and within a year")
        )
    elif discussed_on is not None and due_on is not None and discussed_on <= due_on:
        faults.append(
            ("discussed_on", "The discussion must be after the date for returns, so that they can be read")
        )
    return faults


@duty("B2-05")
def is_late(returned_at: datetime, due_on: date) -> bool:
    """Whether a return came after the day by which it was asked for; it is accepted and shown as late."""
    return london_date(returned_at) > due_on


@duty("B2-05")
def state_of(*, withdrawn: bool, returned: bool, begun: bool, due_on: date, today: date | None) -> str:
    """How a request stands: 'asked', 'begun', 'returned', 'overdue' or 'withdrawn'. Without a day none is overdue."""
    if withdrawn:
        return "withdrawn"
    if returned:
        return "returned"
    if today is not None and today > due_on:
        return "overdue"
    return "begun" if begun else "asked"


@duty("B2-05")
def missing(content: Mapping[str, Any], questions: Sequence[str] = ()) -> Faults:
    """What a return lacks: section, field and message. An agency that was not involved says so, and who says it; every
    other says what its records hold."""
    faults: Faults = [] if content.get("none") in (True, False) else [
        ("about", "none", "Say whether your agency was involved")
    ]  # fmt: skip
    faults += _texts("about", QUESTIONS["about"], content)
    if content.get("none"):
        return faults + _beside_none(content)
    if not content.get("contacts") and not content.get("chronology"):
        faults.append(("contacts", "day_1", "Enter a contact or an entry of the chronology, or say that there was no "
                       "involvement"))  # fmt: skip
    for key in ROWS:
        faults += _rows(key, content.get(key) or [])
    for key, section in QUESTIONS.items():
        faults += [] if section.rows or key == "about" else _texts(key, section, content)
    given = {
        f"answer_{place}": one["answer"] for place, one in enumerate(content.get(ANSWERS) or [], start=1)
    }
    return faults + (_texts(ANSWERS, sections(questions)[ANSWERS], given) if questions else [])


def _texts(key: str, section: Section, content: Mapping[str, Any]) -> Faults:
    asked = [one for one in section.questions if one.needed and not str(content.get(one.name) or "").strip()]
    return [(key, one.name, one.needed) for one in asked]


def _rows(key: str, rows: Sequence[Mapping[str, Any]]) -> Faults:
    return [
        (key, f"{one.name}_{place}", f"{QUESTIONS[key].row} {place}: {one.needed[0].lower()}{one.needed[1:]}")
        for place, row in enumerate(rows, start=1)
        for one in QUESTIONS[key].questions
        if one.needed and not str(row.get(one.name) or "").strip()
    ]


def _beside_none(content: Mapping[str, Any]) -> Faults:
    filled = [
        section.title for key, section in QUESTIONS.items() if key != "about" and _said(key, section, content)
    ]
    if not filled:
        return []
    told = f"You say that there was no involvement, and have filled in “{filled[0]}”: empty it, or say that there was"
    return [("about", "none", told)]


def _said(key: str, section: Section, content: Mapping[str, Any]) -> bool:
    if section.rows:
        return bool(content.get(key))
    # Other children and immediate action can be known to an agency that was not involved.
    return key != "safety" and any(str(content.get(one.name) or "").strip() for one in section.questions)
