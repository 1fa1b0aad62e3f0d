"""An obligation: what must happen, who owes it, when its clock ends, and which paragraph says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from app.procedure.clocks import day_start, london_date
from app.procedure.events import Party, Stage
from app.procedure.own_procedure import OwnProcedure

RuleKind = Literal["within", "before", "months", "none"]
Ending = Literal["met", "not needed", "superseded"]
LOCAL_DEFAULTS: Mapping[str, int] = {"B1-06": 1, "B1-07": 1, "B1-08": 1, "B1-04": 5, "B1-09": 1, "B1-10": 1}
LONGEST_CLOCK = 250  # working days, about a year
STATUTORY: Mapping[str, int] = {"B1-03": 5, "N-05": 15}  # and guidance: stricter, never laxer


class State(StrEnum):
    """Where an obligation stands at a moment (clocks 10). `open` is one without a clock."""

    OPEN = "open"
    RUNNING = "running"
    DUE_SOON = "due soon"
    DUE_TODAY = "due today"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met late"
    NOT_NEEDED = "not needed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How a date is counted: `n` working days within or before, or `n` months; `label` names what it counts
    from."""

    kind: RuleKind
    n: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class ClockSettings:
    """How long a partnership's clocks are, in working days. Local ones are its own to set; statutory ones
    may only be
    made stricter (clocks 7)."""

    days: Mapping[str, int] = field(default_factory=dict)
    own: OwnProcedure = field(default_factory=OwnProcedure)

    @classmethod
    def of_edition(cls, settings: Mapping[str, Any]) -> ClockSettings:
        """The clocks and the own procedure of an edition of a partnership's settings. Raises ValueError."""
        return cls(cls.from_settings(settings.get("clocks", {})).days, OwnProcedure.from_settings(settings))

    @classmethod
    def from_settings(cls, days: Mapping[str, int]) -> ClockSettings:
        """Check a partnership's figures. Raises ValueError for an unknown clock, no day, or a laxer
        statutory one."""
        for name, number in days.items():
            if name not in LOCAL_DEFAULTS and name not in STATUTORY:
                raise ValueError(f"There is no clock {name} that a partnership can set.")
            if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= LONGEST_CLOCK:
                raise ValueError(
                    f"The clock {name} must be a whole number of working days, 1 or more and at most {LONGEST_CLOCK}."
                )
            if number > STATUTORY.get(name, number):
                raise ValueError(
                    f"The clock {name} is statutory or guidance: it can be made stricter, not longer."
                )
        return cls(dict(days))

    def of(self, duty: str) -> int:
        """The length of a duty's clock in working days; of an added step (L-01) its own."""
        if duty.startswith("L-"):
            return self.own.steps[int(duty[2:]) - 1].days or 0
        return self.days.get(duty, LOCAL_DEFAULTS.get(duty, STATUTORY.get(duty, 1)))

    def own_days(self, duty: str) -> str:
        """What to add to the procedure's words where this partnership gives another length; else nothing."""
        days = self.days.get(duty)
        if days is None or days == LOCAL_DEFAULTS.get(duty, STATUTORY.get(duty)):
            return ""
        return f". This partnership gives {days} working {'day' if days == 1 else 'days'}"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing that is, or was, owed. Instants are aware UTC; `due` is the London midnight that ends
    `due_on`."""

    key: str
    duty: str
    stage: Stage
    owner: Party
    action: str
    paragraph: str
    rule: ClockRule
    counted_from: date | None
    starts: datetime
    remind_from: datetime | None = None
    due_on: date | None = None
    due: datetime | None = None
    ended: datetime | None = None
    ending: Ending | None = None
    reason: str | None = None
    deputy_from: datetime | None = None


def state(obligation: Obligation, now: datetime) -> State:
    """Where the obligation stands at `now`. A clock that was missed stays missed: met late, never met."""
    if obligation.ended is not None:
        if obligation.ending == "met":
            # The clock ends at the very midnight; only silence is taken as an answer at that moment (B1-08).
            silent = obligation.duty == "B1-08" and obligation.ended == obligation.due
            late = obligation.due is not None and obligation.ended >= obligation.due and not silent
            return State.MET_LATE if late else State.MET
        return State.SUPERSEDED if obligation.ending == "superseded" else State.NOT_NEEDED
    if obligation.due is None or obligation.due_on is None:
        return State.OPEN
    if now >= obligation.due:
        return State.OVERDUE
    if london_date(now) == obligation.due_on:
        return State.DUE_TODAY
    soon = obligation.remind_from or day_start(obligation.due_on)
    return State.DUE_SOON if now >= soon else State.RUNNING
