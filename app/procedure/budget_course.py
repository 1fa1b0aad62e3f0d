"""How the steps that remain before the notification run on where each takes its whole clock (N-02)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from app.procedure.budget_steps import (
    DECIDING,
    NOTIFY,
    RESPONSES,
    Beside,
    LocalStep,
    clocks_of,
    own_steps,
    steps_left,
)
from app.procedure.calendar import ONE_DAY, Calendar
from app.procedure.clocks import act_by, within_working_days
from app.procedure.history import History


@dataclass(frozen=True, slots=True)
class Course:
    """How the rest goes where each step takes its whole clock: the steps one after the other, the present one
    first with the ends of its clocks, and the partnership's own steps beside them."""

    steps: tuple[LocalStep, ...]
    beside: tuple[Beside, ...]
    clocks: tuple[date | None, ...]
    length: Callable[[LocalStep], int]
    calendar: Calendar

    def ends_on(self, today: date) -> date:
        """The day on which the present step ends; not before today, and counted from today where its clock has
        not begun."""
        present = self.steps[0]
        if present.clock is None:
            return today
        unknown = self._after(today, present)
        return max([today, *(unknown if end is None else end for end in self.clocks or (None,))])

    def sent_on(self, present_ends: date, today: date) -> date:
        """The day on which the notification is sent where the present step ends on that day."""
        day = self._waited(self.steps[0], present_ends, {}, today)
        done = {self.steps[0]: day}
        for before, step in pairwise(self.steps):
            if before is RESPONSES:
                day = within_working_days(day, 1, self.calendar)  # silence counts when its last day is over
            day = done[step] = self._waited(step, self._after(day, step), done, today)
        return day

    def fits(self, today: date, due_on: date) -> bool:
        """Whether the notification is sent in time, as it stands on a day."""
        return self.sent_on(self.ends_on(today), today) <= due_on

    def _after(self, day: date, step: LocalStep) -> date:
        days = self.length(step)
        return within_working_days(day, days, self.calendar) if days else day

    def _waited(self, step: LocalStep, day: date, done: dict[LocalStep, date], today: date) -> date:
        ends = [day]
        for one in self.beside:
            if one.blocks == _waiting_for(step) and one.step is not self.steps[0]:
                begins = done.get(one.after) if one.after is not None else None
                ends.append(
                    max(today, one.owed_on or today) if begins is None else self._after(begins, one.step)
                )
        return max(ends)

    def must_end_by(self, aware: date, today: date, due_on: date) -> date | None:
        """The last working day on which the present step can end; a later day that is none where it ends only
        then. None where there is no day since the local authority became aware."""
        day = due_on
        while self.sent_on(day, today) > due_on:
            day -= ONE_DAY
            if day < min(aware, today):
                return None
        working = act_by(day, self.calendar)
        return day if working < self.ends_on(today) <= day else working

    def unfit_on(self, today: date, due_on: date) -> date:
        """The first day, today or later, on which what remains does not fit if nothing more happens."""
        while self.fits(today, due_on):
            today += ONE_DAY
        return today

    def in_order(self) -> tuple[LocalStep, ...]:
        """Every step that remains, the present one first, each of the partnership's own before what waits for it."""
        found: list[LocalStep] = []
        for step in self.steps:
            own = [one.step for one in self.beside if one.blocks == _waiting_for(step)]
            found += [*own, step]
        return tuple(dict.fromkeys([self.steps[0], *found]))


def course_of(history: History, calendar: Calendar) -> Course | None:
    """How the rest of a case goes; None where nothing remains. Where a decision or the notification waits only for
    the partnership's own steps, the one of them that ends last is the present step."""
    left = steps_left(history)
    if not left:
        return None
    beside = own_steps(history, left)
    waited = [
        one for one in beside if one.begun and one.blocks == _waiting_for(left[0]) and left[0].clock is None
    ]
    clocks = clocks_of(history, left[0])
    if waited:
        last = max(waited, key=lambda one: one.owed_on or date.min)
        left, clocks = [last.step, *left], [last.owed_on]
    settings = history.settings
    return Course(
        steps=tuple(left), beside=tuple(beside), clocks=tuple(clocks), calendar=calendar,
        length=lambda step: settings.of(step.clock) if step.clock else 0,
    )  # fmt: skip


def _waiting_for(step: LocalStep) -> str:
    """What a step is to the partnership's own steps: the decision, the notification, or neither."""
    return "notification" if step is NOTIFY else ("decision" if step in DECIDING else "")
