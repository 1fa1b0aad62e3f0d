"""Commissions as the partnership reads them: how each stands, and who read what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.commissions.models import Commission, CommissionTimetable
from app.commissions.queries import timetable
from app.commissions.rules import CALLED, HEADINGS, TITLES
from app.ledger.read_log import views_by
from app.procedure.clocks import london_date
from app.procedure.commissions import MILESTONES, Milestone
from app.web.filters import long_date

__all__ = [
    "CALLED",
    "HEADINGS",
    "Listed",
    "Reading",
    "access_told",
    "after_the_end",
    "listed",
    "milestones",
    "readings",
    "state",
]
COLOURS = {"Runs": "green", "Not begun": "blue", "Ended": "grey", "Removed": "red", "Sealed out": "red"}


@dataclass(frozen=True, slots=True)
class State:
    """How a commission stands on a day, in a word, and its colour."""

    word: str
    colour: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A commission in the list of a case."""

    row: Commission
    title: str
    state: State
    access: str


@dataclass(frozen=True, slots=True)
class Reading:
    """That the commissioned person opened something."""

    what: str
    capacity: str
    at: datetime


def state(row: Commission, today: date, sealed: Collection[UUID] = ()) -> State:
    """How a commission stands; `sealed` are those sealed out of its case, for whoever may know of seals. A
    membership that has ended closes it as well, and is told beside the person."""
    if row.removed_at is not None:
        word = "Removed"
    elif today > row.last_day:
        word = "Ended"
    elif row.person_id in sealed:
        word = "Sealed out"
    else:
        word = "Not begun" if today < row.first_day else "Runs"
    return State(word, COLOURS[word])


def access_told(row: Commission, today: date) -> str:
    """From when to when the commissioned person has, had or will have access, as a sentence."""
    first, last = long_date(row.first_day), long_date(row.last_day)
    removed = london_date(row.removed_at) if row.removed_at is not None else None
    if removed is not None and removed < row.first_day:
        return f"Never had access: they were removed on {long_date(removed)}, before the first day, {first}"
    if removed is not None and removed <= row.last_day:
        return f"Had access from {first} until they were removed on {long_date(removed)}"
    if today > row.last_day:
        return f"Had access from {first} to the end of {last}"
    if today < row.first_day:
        return f"Will have access from {first} to the end of {last}"
    return f"Has access from {first} to the end of {last}"


def listed(rows: Sequence[Commission], today: date, sealed: Collection[UUID] = ()) -> list[Listed]:
    """The commissions of a case."""
    return [
        Listed(row, f"{TITLES[row.kind]} {row.reference}", state(row, today, sealed), access_told(row, today))
        for row in rows
    ]


def page_name(row: Commission, what: str = "") -> str:
    """What the read log calls a page that the commissioned person opened."""
    return f"commission {row.reference}: {what or 'the commission'}"


def readings(row: Commission) -> list[Reading]:
    """What the commissioned person opened, the newest first."""
    begins = page_name(row, " ").rstrip() + " "
    found = views_by(row.case_id, row.person_id, begins)
    return [Reading(one.page.removeprefix(begins), one.capacity, one.viewed_at) for one in found]


def milestones(one: CommissionTimetable) -> list[tuple[str, str]]:
    """A version of a timetable in words, in order."""
    return [
        (MILESTONES[milestone], long_date(date.fromisoformat(one.days[milestone.value])))
        for milestone in Milestone
        if milestone.value in one.days
    ]


def after_the_end(row: Commission, today: date) -> list[str]:
    """The milestones that wait after the last day, when nobody will have access any more; none once the
    commissioned person was removed."""
    if row.removed_at is not None:
        return []
    return [one.name for one in timetable(row, today) if one.open and one.day > row.last_day]
