"""Recommendations and the actions under them, monitored and assured by the group (Rapid Reviews; E).

Recommendations are SMART and clear about the impact that is expected. What is missing is named, gently: a
recommendation may be written down before everything of it is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.procedure.calendar import ENGLAND_AND_WALES, Calendar
from app.procedure.clocks import act_by, day_end, day_start
from app.procedure.marks import duty

PROPOSED, ACCEPTED, RETURNED, WITHDRAWN = "proposed", "accepted", "returned", "withdrawn"
STATES = {PROPOSED: "Proposed", ACCEPTED: "Accepted", RETURNED: "Returned", WITHDRAWN: "Withdrawn"}
# What may follow what. One that was returned is proposed again by being changed.
NEXT: Mapping[str, tuple[str, ...]] = {
    PROPOSED: (ACCEPTED, RETURNED, WITHDRAWN),
    RETURNED: (PROPOSED, WITHDRAWN),
    ACCEPTED: (RETURNED, WITHDRAWN),
    WITHDRAWN: (),
}
OPEN, DONE, NOT_SHOWN = "open", "done", "done-effect-not-shown"
ACTION_STATES = {OPEN: "Open", DONE: "Done", NOT_SHOWN: "Done, effect not yet shown"}
SOURCES = {"rapid-review": "Rapid review"}
MORNING = timedelta(hours=9)
SHORT = 4  # words: fewer hardly say what exactly is to be done
Faults = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Content:
    """A recommendation: its SMART parts, what is expected of it, and to whom it is addressed."""

    text: str
    measure: str = ""
    achievable: str = ""
    relevance: str = ""
    by_when: date | None = None
    expected_impact: str = ""
    how_known: str = ""
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that a recommendation lacks: the field, what it is called, and what it would say."""

    field: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Due:
    """An action as its dates see it."""

    due_on: date
    state: str


PARTS: Mapping[str, tuple[str, str]] = {
    "text": ("Specific", "who does what, so that somebody who was not in the room could do it"),
    "measure": ("Measurable", "how it will be measured: what is counted or looked at, from where, to what"),
    "achievable": ("Achievable", "why it can be done with the people, powers and money there are"),
    "relevance": ("Relevant", "which finding of the review it answers"),
    "by_when": ("Timely", "by which day it is done"),
    "expected_impact": ("Expected impact", "what will be different for children and families"),
    "how_known": ("How that will be known", "what will show the difference, and when it is looked at"),
    "agencies": ("Addressed to", "which agency, or agencies, it is for"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """An update of an action as somebody typed it."""

    words: str
    evidence: str
    state: str


@duty("B2-21")
def missing(content: Content) -> list[Missing]:
    """What a recommendation lacks to be SMART and clear about its expected impact, in the order of the form. Nothing
    where it lacks nothing."""
    said = {
        "text": len(content.text.split()) >= SHORT,
        "measure": bool(content.measure.strip()),
        "achievable": bool(content.achievable.strip()),
        "relevance": bool(content.relevance.strip()),
        "by_when": content.by_when is not None,
        "expected_impact": bool(content.expected_impact.strip()),
        "how_known": bool(content.how_known.strip()),
        "agencies": any(name.strip() for name in content.agencies),
    }
    return [Missing(field, *PARTS[field]) for field, there in said.items() if not there]


def content_faults(content: Content) -> Faults:
    """Why a recommendation cannot be kept at all: it says nothing. Everything else may follow."""
    return [] if content.text.strip() else [("text", "Say what exactly is recommended")]


@duty("B2-21")
def state_faults(before: str, after: str, reason: str) -> Faults:
    """Why a recommendation cannot go from one state to another so."""
    faults = []
    if after not in NEXT.get(before, ()):
        faults.append(("state", "Select what became of the recommendation"))
    if not reason.strip():
        faults.append(("reason", "Say who decided it, when and why"))
    return faults


def takes_actions(state: str) -> bool:
    """Whether an action may be agreed under a recommendation: not under one that was withdrawn or returned."""
    return state in (PROPOSED, ACCEPTED)


def action_faults(words: str, agency: str, owner: str, due_on: date | None, today: date) -> Faults:
    """Why an action cannot be agreed so."""
    faults = []
    if not words.strip():
        faults.append(("words", "Say what is done"))
    if not agency.strip():
        faults.append(("agency", "Select which agency does it, or name another"))
    if not owner.strip():
        faults.append(("owner", "Enter who owns it, by name or role"))
    if due_on is None:
        faults.append(("due_on", "Enter the day by which it is done"))
    elif due_on < today:
        faults.append(("due_on", "The day by which it is done must not be in the past"))
    return faults


@duty("B2-21")
def update_faults(update: Progress, before: str) -> Faults:
    """Why an update of an action cannot be kept so: it says something, and what is done has evidence."""
    faults = []
    if update.state not in (OPEN, DONE):
        faults.append(("state", "Select where the action stands"))
    if not update.words.strip():
        faults.append(("words", "Say what has happened since"))
    if update.state == DONE and not update.evidence.strip():
        faults.append(("evidence", "Say what shows that it is done, and where that can be seen"))
    if update.state == OPEN and before != OPEN and not update.words.strip():
        faults.append(("words", "Say why it is open again"))
    return list(dict.fromkeys(faults))


@duty("B2-21")
def overdue(action: Due, today: date) -> bool:
    """Whether an action is open after the day by which it was to be done. That day itself still counts."""
    return action.state == OPEN and today > action.due_on


@duty("B2-21")
def standing(actions: Sequence[Due], today: date) -> dict[str, int]:
    """How many actions are open, overdue (they are open too), done, and done with no effect shown yet."""
    states = [one.state for one in actions]
    return {
        OPEN: states.count(OPEN),
        "overdue": sum(overdue(one, today) for one in actions),
        DONE: states.count(DONE),
        NOT_SHOWN: states.count(NOT_SHOWN),
    }


@duty("B2-21")
def reminders(
    due_on: date, now: datetime, calendar: Calendar = ENGLAND_AND_WALES
) -> tuple[datetime | None, datetime]:
    """When an agency is reminded of an action, and when it is overdue. The reminder comes at nine in the morning of the
    working day a week before, or the day before where the action was agreed later than that; none where that is over
    too."""
    ways = (act_by(due_on - timedelta(days=7), calendar), due_on - timedelta(days=1))
    moments = [day_start(day) + MORNING for day in ways]
    return next((one for one in moments if one > now), None), day_end(due_on)


def days_over(action: Due, today: date) -> int:
    """By how many days an action is overdue."""
    return (today - action.due_on).days if overdue(action, today) else 0
