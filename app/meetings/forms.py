"""The forms of the group's calendar. What is demanded of the answers is asked in the rules."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from wtforms import HiddenField
from wtforms.validators import StopValidation

from app.meetings.models import LigMeeting
from app.meetings.presenting import KINDS
from app.meetings.service import Moved, NewMeeting
from app.procedure.clocks import LONDON, NoSuchTime
from app.procedure.lig_meetings import Every, length
from app.serious_incidents.fields import Line, Moment, line, moment, one_of, tick
from app.serious_incidents.forms import KeyedForm
from app.web.filters import clock_time
from app.web.text_rules import parse_time, whole_number

SERIES = {
    "": "It is one meeting",
    Every.WEEK.value: "Every week",
    Every.FORTNIGHT.value: "Every two weeks",
    Every.FOUR_WEEKS.value: "Every four weeks",
    Every.MONTH.value: "Every month, on the same weekday of the same week of the month",
}


class TimeOfDay(Line):
    """A London time of day. `at` is the time, or None; `called` begins a message about it."""

    def __init__(self, label: str = "", called: str = "The time", **more: Any) -> None:
        self.called = called
        self.at: time | None = None
        super().__init__(label, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the text, and read the time."""
        super().process_formdata(valuelist)
        self.at = parse_time((self.data or "")[:40], self.called)[0]

    def pre_validate(self, form: Any) -> None:
        """Tell what is wrong with the time."""
        super().pre_validate(form)
        _at, fault = parse_time((self.data or "")[:40], self.called)
        if fault:
            raise StopValidation(fault)


def _ends() -> TimeOfDay:
    bold = {
        "label": {"text": "When does it end?", "classes": "govuk-label--s"},
        "classes": "govuk-input--width-5",
    }
    return TimeOfDay(
        "When does it end?", called="The time at which it ends",
        description="A time on the same day, for example 12:30pm", render_kw={"params": bold},
    )  # fmt: skip


def show_moment(field: Moment, at: datetime | None, day_of: datetime | None = None) -> None:
    """Show a moment that was not typed; without one, the day of another."""
    shown = at or day_of
    if shown is None:
        return
    local = shown.astimezone(LONDON)
    field.typed = {
        "day": str(local.day), "month": str(local.month), "year": str(local.year),
        "time": clock_time(at) if at else "",
    }  # fmt: skip


class VersionedForm(KeyedForm):
    """A form that changes something: `over` is the version that it was shown beside."""

    over = HiddenField()

    def seen(self) -> int:
        """The version that the form was shown beside; -1, which none is, where it was spoilt."""
        return whole_number(self.over.data)


class WhenForm(VersionedForm):
    """When and where."""

    starts_at = moment("When does it begin?", "London time. For example, 27 3 2026 at 10am", when="it begins")
    ends_at = _ends()
    place = line(
        "Where is it, or how do people join it?", "It stands in the calendar file: no link with a password"
    )

    def minutes_long(self) -> int | None:
        """How long it lasts; None where one of the two was not given."""
        if self.starts_at.data is None or self.ends_at.at is None:
            return None
        return length(self.starts_at.data, self.ends_at.at)

    def validate(self, extra_validators: object = None) -> bool:
        """The end may be a time that the clocks skip."""
        sound: bool = super().validate(extra_validators)
        try:
            self.minutes_long()
        except NoSuchTime as error:
            self.ends_at.errors = [str(error)]
            self.ends_at.at = None
            return False
        return sound

    def show(self, row: LigMeeting) -> None:
        """Show when and where a meeting is."""
        show_moment(self.starts_at, row.starts_at)
        self.ends_at.data, self.place.data = clock_time(row.ends_at), row.place


class ScheduleForm(WhenForm):
    """A meeting, or a series of standing ones. Its first question is what kind it is."""

    FIRST = ("kind",)
    kind = one_of(
        "What kind of meeting is it?", KINDS, "An extraordinary meeting may be convened for one case"
    )
    every = one_of("Does it repeat?", SERIES)
    many = line("If it repeats, how many meetings are there altogether?", "26 at most", width=2)
    held = tick("It was held already, and is recorded late")

    def repeats(self) -> Every | None:
        """How the dates follow one another; None for one meeting."""
        return Every(self.every.data) if self.every.data in set(Every) else None

    def how_many(self) -> int:
        """How many meetings the series has; 0 where that is no number."""
        return whole_number(self.many.cleaned, 3, 0)

    def typed(self, key: UUID) -> NewMeeting:
        """The meeting as the service reads it."""
        return NewMeeting(
            self.kind.data or "", self.starts_at.data, self.minutes_long(), self.place.cleaned, key,
            bool(self.held.data),
        )  # fmt: skip


class MoveForm(WhenForm):
    """Another time or place."""

    reason = line("Why is it moved?", "Everybody who sits on the group can read it. Say nothing of a case")

    def typed(self) -> Moved:
        """The move as the service reads it."""
        return Moved(self.starts_at.data, self.minutes_long(), self.place.cleaned, self.reason.cleaned)


class CancelForm(VersionedForm):
    """A cancellation."""

    reason = line(
        "Why is it cancelled?", "Everybody who sits on the group can read it. Say nothing of a case"
    )


class OpenForm(KeyedForm):
    """The opening of a meeting."""

    opened_at = moment("When was it opened?", when="it was opened")


class CloseForm(KeyedForm):
    """The end of a meeting."""

    closed_at = moment("When was it closed?", when="it was closed")
