"""The picture of a chronology: where each entry stands. Pure; the page draws it.

One lane for each agency. Distances along it stand for time, but long gaps are shortened and marked, so that the years
before do not push the days that matter into a corner. Entries that would cover one another stand one under another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.procedure.chronology import Entry
from app.procedure.explain import MONTHS

LEFT, RIGHT, TOP, BOTTOM = 24, 96, 44, 16
RADIUS, ROW, LANE_HEAD, LANE_FOOT = 12, 30, 26, 10
NEAREST, PER_DAY, FARTHEST, LEAST_WIDTH = 12, 3, 150, 560
TICK_APART = 96


@dataclass(frozen=True, slots=True)
class Mark:
    """An entry: its number in the table, and where it stands. One that is not known to the day is as wide as its
    span."""

    number: int
    x: int
    y: int
    width: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Lane:
    """An agency's lane."""

    agency: str
    y: int
    height: int
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Tick:
    """A date on the axis."""

    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn; `gaps` are where time was shortened."""

    width: int
    height: int
    lanes: list[Lane]
    ticks: list[Tick]
    gaps: list[int]


def picture(entries: Sequence[Entry]) -> Picture | None:
    """Where each entry of a chronology is drawn, numbered as in its table; None where there is nothing to draw."""
    if not entries:
        return None
    at, gaps = _axis(entries)
    lanes, y = [], TOP
    for agency in sorted({one.agency for one in entries}):
        own = [(number, one) for number, one in enumerate(entries, start=1) if one.agency == agency]
        lane = _lane(agency, y, own, at)
        lanes.append(lane)
        y += lane.height
    right = max(mark.x + mark.width for lane in lanes for mark in lane.marks)
    return Picture(max(right + RIGHT, LEAST_WIDTH), y + BOTTOM, lanes, _ticks(at), gaps)


def _axis(entries: Sequence[Entry]) -> tuple[dict[date, int], list[int]]:
    """Where each day that matters stands on the axis, and where long gaps were shortened."""
    days = sorted({day for one in entries for day in (one.first_day, one.last_day)})
    at, gaps, x = {days[0]: LEFT + RADIUS}, [], LEFT + RADIUS
    for before, day in zip(days, days[1:], strict=False):
        far = (day - before).days * PER_DAY
        step = max(NEAREST, min(far, FARTHEST))
        if far > FARTHEST:
            gaps.append(x + step // 2)
        x += step
        at[day] = x
    return at, gaps


def _lane(agency: str, y: int, own: Sequence[tuple[int, Entry]], at: dict[date, int]) -> Lane:
    ends: list[int] = []  # where each row of the lane is taken up to
    marks = []
    for number, one in sorted(own, key=lambda pair: (at[pair[1].first_day], pair[0])):
        x, width = at[one.first_day] - RADIUS, at[one.last_day] - at[one.first_day] + 2 * RADIUS
        row = next((place for place, end in enumerate(ends) if end < x), len(ends))
        ends[row : row + 1] = [x + width]
        marks.append(Mark(number, x, y + LANE_HEAD + row * ROW, width, one))
    return Lane(agency, y, LANE_HEAD + len(ends) * ROW + LANE_FOOT, marks)


def _ticks(at: dict[date, int]) -> list[Tick]:
    """Dates far enough from one another to be read."""
    ticks: list[Tick] = []
    for day, x in sorted(at.items()):
        if not ticks or x - ticks[-1].x >= TICK_APART:
            ticks.append(Tick(x, f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"))
    return ticks
