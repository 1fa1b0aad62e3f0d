"""The fields of this room's forms: what was typed is kept and shown again, whatever it holds."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask import render_template
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from markupsafe import Markup
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from app.procedure.clocks import NoSuchTime, combine_london
from app.web.text_rules import REPLACEMENT, displayable, normalised, parse_date, parse_time, text_fault

LONGEST = 10_000
LONGEST_LINE = 200


class Typed:
    """A text as it was typed, refused with a message where it cannot be kept as it stands."""

    limit = LONGEST
    lines = True
    data: str | None
    label: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the text exactly; `cleaned` gives it as it is stored."""
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, _form: Any) -> None:
        """Refuse what cannot be stored, or reads differently from what it says."""
        text, called = self.data or "", f"Your answer to “{self.label.text}”"
        fault = text_fault(text, self.limit, self.lines, called)
        if fault is None and REPLACEMENT in text:
            fault = f"{called} contains a broken character (\ufffd); type it again"
        if fault is not None:
            raise StopValidation(fault)

    @property
    def cleaned(self) -> str:
        """The text as it is stored: composed characters, no outer blanks."""
        return normalised(self.data or "")

    def _value(self) -> str:
        return displayable(self.data or "")


class Words(Typed, TextAreaField):
    """Several lines of text."""

    widget = GovTextArea()


class Line(Typed, StringField):
    """One line of text."""

    limit = LONGEST_LINE
    lines = False
    widget = GovTextInput()


class Moment(Field):
    """A London date and time of day. `data` is the aware instant, or None; `typed` keeps the four texts.

    `when` names it within a message: "the notification was sent", after "The date" or "The time".
    """

    PARTS = ("day", "month", "year", "time")

    def __init__(self, label: str = "", when: str = "", **more: Any) -> None:
        self.when = when
        super().__init__(label, **more)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the four inputs `name-day` to `name-time`; a fault is told when the form is validated."""
        self.process_errors, self.fault = [], None
        self.data: datetime | None = None
        given = {part: (formdata.get(f"{self.name}-{part}") or "") if formdata else "" for part in self.PARTS}
        self.raw_data = list(given.values())
        self.typed = {part: displayable(text[:LONGEST_LINE]) for part, text in given.items()}
        self.fault = self._read(given)

    def _read(self, given: dict[str, str]) -> str | None:
        the_date, the_time = f"the date {self.when}".rstrip(), f"the time {self.when}".rstrip()
        typed = [given[part][:40] for part in ("day", "month", "year")]
        day, wrong_day = parse_date(typed[0], typed[1], typed[2], _sentence(the_date))
        at, wrong_time = parse_time(given["time"][:40], _sentence(the_time))
        if wrong_day or wrong_time:
            return wrong_day or wrong_time
        if day is None and at is None:
            return None
        if day is None or at is None:
            return f"Enter {the_date}" if day is None else f"Enter {the_time}, like 9:30am or 14:30"
        return self._combine(day, at)

    def _combine(self, day: date, at: time) -> str | None:
        try:
            self.data = combine_london(day, at)
        except NoSuchTime as error:
            return str(error)
        return None

    def pre_validate(self, _form: Any) -> None:
        """Tell what is wrong with the date or the time."""
        if self.fault:
            raise StopValidation(self.fault)

    def widget(self, field: Moment, **_ignored: Any) -> Markup:
        """Day, month, year and time in one group."""
        return Markup(render_template("serious_incidents/_moment.html", field=field))  # noqa: S704 (our template)

    def in_words(self) -> str:
        """What was typed, as one text."""
        return " ".join(text for text in self.typed.values() if text)


class Day(Field):
    """A London date. `data` is the date, or None; `typed` keeps the three texts. `called` names it in a message."""

    PARTS = ("day", "month", "year")

    def __init__(self, label: str = "", called: str = "The date", **more: Any) -> None:
        self.called = called
        super().__init__(label, **more)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three inputs `name-day` to `name-year`; a fault is told when the form is validated."""
        self.process_errors, self.data = [], None
        given = {part: (formdata.get(f"{self.name}-{part}") or "") if formdata else "" for part in self.PARTS}
        self.raw_data = list(given.values())
        self.typed = {part: displayable(text[:LONGEST_LINE]) for part, text in given.items()}
        typed = [given[part][:40] for part in self.PARTS]
        found, self.fault = parse_date(typed[0], typed[1], typed[2], self.called)
        self.data: date | None = found

    def show(self, day: date) -> None:
        """Show a date that was not typed."""
        self.typed = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}

    def pre_validate(self, _form: Any) -> None:
        """Tell what is wrong with the date."""
        if self.fault:
            raise StopValidation(self.fault)

    def widget(self, field: Day, **_ignored: Any) -> Markup:
        """Day, month and year in one group."""
        return Markup(render_template("serious_incidents/_moment.html", field=field))  # noqa: S704 (our template)

    def in_words(self) -> str:
        """What was typed, as one text."""
        return " ".join(text for text in self.typed.values() if text)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def day(label: str, hint: str = "", called: str = "The date") -> Day:
    """On which day something happens; `called` begins a message about it."""
    return Day(label, called=called, description=hint or "For example, 27 3 2026")


def select(label: str, hint: str = "", choices: dict[str, str] | None = None) -> SelectField:
    """A choice of one from a long list."""
    offered = [SelectChoice("", "Select"), *_choices(choices or {})]
    return SelectField(
        label, choices=offered, description=hint, validate_choice=False, widget=GovSelect(),
        render_kw={"params": {**_bold(label), "hint": {"text": hint} if hint else None}},
    )  # fmt: skip


def words(label: str, hint: str = "") -> Words:
    """A question answered in several lines."""
    return Words(label, description=hint, render_kw={"rows": 4, "params": _bold(label)})


def line(label: str, hint: str = "", width: int | None = None) -> Line:
    """A question answered in one line; `width` is how many characters are expected, where few are."""
    classes = {"classes": f"govuk-input--width-{width}"} if width else {}
    return Line(label, description=hint, render_kw={"params": {**_bold(label), **classes}})


def one_of(label: str, choices: dict[str, str], hint: str = "") -> RadioField:
    """A choice of one. What is not among the choices counts as no answer, and the rules ask for one."""
    return RadioField(
        label, choices=_choices(choices), description=hint, validate_choice=False, widget=GovRadioInput(),
        render_kw={"params": _legend(label, hint)},
    )  # fmt: skip


def some_of(label: str, choices: dict[str, str], hint: str = "") -> SelectMultipleField:
    """A choice of several."""
    return SelectMultipleField(
        label, choices=_choices(choices), description=hint, validate_choice=False,
        widget=GovCheckboxesInput(), render_kw={"params": _legend(label, hint)},
    )  # fmt: skip


def tick(label: str) -> BooleanField:
    """Something to confirm."""
    return BooleanField(label, widget=GovCheckboxInput(), render_kw={"params": {"hint": None}})


def moment(label: str, hint: str = "", when: str = "") -> Moment:
    """When something happened; `when` follows "The date" and "The time" in a message about it."""
    return Moment(label, when=when, description=hint)


def _choices(choices: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices.items()]


def _bold(label: str) -> dict[str, Any]:
    return {"label": {"text": label, "classes": "govuk-label--s"}}


def _legend(label: str, hint: str) -> dict[str, Any]:
    legend = {"legend": {"text": label, "classes": "govuk-fieldset__legend--s"}}
    return {"fieldset": legend, "hint": {"text": hint} if hint else None}


def errors_of(form: Any) -> list[tuple[str, str]]:
    """The first fault of each field, with the part of the page that it leads to, in the order of the page: what a form
    of another one adds in front of its fields is named in its `FIRST`."""
    first = getattr(form, "FIRST", ())
    return [
        (f"{field.name}-day" if isinstance(field, Moment | Day) else field.id, field.errors[0])
        for field in sorted(form, key=lambda field: field.name not in first)
        if field.errors
    ]
