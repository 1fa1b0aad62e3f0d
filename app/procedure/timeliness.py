"""How every clock of a case was kept, as the Independent Scrutineer reads it (S-01).

A silence that counts as agreement ends the partner's obligation, but it is no answer: here it is a silence. A clock
that ran out before its step was no longer needed was missed, whatever happened afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.procedure.calendar import ENGLAND_AND_WALES, ONE_DAY, Calendar
from app.procedure.clocks import london_date
from app.procedure.marks import duty
from app.procedure.obligation import Obligation

RESPONSE, TO_REACH = "B1-08", "B1-08:reach:"


class Verdict(StrEnum):
    """How a clock was kept."""

    MET = "met"
    MET_LATE = "met late"
    OVERDUE = "overdue"
    MISSED = "ran out, then no longer needed"
    SILENT = "ended in silence"
    RUNNING = "running"
    NOT_NEEDED = "not needed"
    SUPERSEDED = "superseded"
    DONE = "done, no clock"
    OPEN = "open, no clock"


LATE = (Verdict.MET_LATE, Verdict.OVERDUE, Verdict.MISSED)
WITHOUT_CLOCK = (Verdict.DONE, Verdict.OPEN)


@dataclass(frozen=True, slots=True)
class Timed:
    """An obligation, how its clock was kept, and by how many working days it was late."""

    owed: Obligation
    verdict: Verdict
    late_by: int


@dataclass(frozen=True, slots=True)
class Responses:
    """How many partners answered in time, answered late, stayed silent, and may still answer."""

    given: int = 0
    late: int = 0
    silent: int = 0
    awaited: int = 0

    @property
    def asked(self) -> bool:
        """Whether any partner has been asked."""
        return bool(self.given + self.late + self.silent + self.awaited)


@duty("S-01")
def ended_in_silence(owed: Obligation, now: datetime) -> bool:
    """Whether a partner's response clock ended without any answer, deemed agreement or not. One that was answered
    afterwards, where nothing had been deemed, was answered late."""
    if owed.duty != RESPONSE or owed.due is None or max(now, owed.ended or now) < owed.due:
        return False
    answered_late = owed.ending == "met" and owed.ended is not None and owed.ended > owed.due
    return not answered_late and (owed.ended is None or owed.ended >= owed.due)


@duty("S-01")
def verdict(owed: Obligation, now: datetime) -> Verdict:
    """How the obligation's clock was kept, as of `now`."""
    if owed.ending == "superseded" and owed.ended is not None:
        return Verdict.SUPERSEDED
    if owed.due is None:
        return _without_clock(owed)
    past = (owed.ended or now) >= owed.due
    if ended_in_silence(owed, now):
        return Verdict.SILENT
    if owed.ended is None:
        return Verdict.OVERDUE if past else Verdict.RUNNING
    if owed.ending == "met":
        return Verdict.MET_LATE if past else Verdict.MET
    return Verdict.MISSED if past else Verdict.NOT_NEEDED


@duty("S-01")
def working_days_late(due_on: date, day: date, calendar: Calendar = ENGLAND_AND_WALES) -> int:
    """How many working days lie after a due date, up to and with a day. A weekend after a Friday is none."""
    late, at = 0, due_on
    while at < day:
        at += ONE_DAY
        late += calendar.is_working(at)
    return late


@duty("S-01")
def timed(owed: Obligation, now: datetime, calendar: Calendar = ENGLAND_AND_WALES) -> Timed:
    """An obligation with how its clock was kept, and how late it was or is."""
    found = verdict(owed, now)
    if found not in LATE or owed.due_on is None:
        return Timed(owed, found, 0)
    return Timed(owed, found, working_days_late(owed.due_on, london_date(owed.ended or now), calendar))


@duty("S-01")
def totals(found: Iterable[Timed]) -> dict[Verdict, int]:
    """How many clocks were kept in each way, in the order of the ways; steps without a clock are not counted."""
    counted = Counter(one.verdict for one in found)
    return {way: counted[way] for way in Verdict if counted[way] and way not in WITHOUT_CLOCK}


@duty("S-01")
def responses(owed: Iterable[Obligation], now: datetime) -> Responses:
    """How the partners' response clocks of a case ended. One whose request has not arrived is awaited."""
    asked = [one for one in owed if one.duty == RESPONSE and not one.key.startswith(TO_REACH)]
    found = Counter(verdict(one, now) for one in asked)
    given = found[Verdict.MET] + found[Verdict.DONE]
    awaited = found[Verdict.RUNNING] + found[Verdict.OPEN]
    return Responses(given, found[Verdict.MET_LATE], found[Verdict.SILENT], awaited)


def _without_clock(owed: Obligation) -> Verdict:
    if owed.ended is None:
        return Verdict.OPEN
    return Verdict.DONE if owed.ending == "met" else Verdict.NOT_NEEDED
