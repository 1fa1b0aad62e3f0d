"""The forms of the record: one for each part, made from its questions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import Field, HiddenField

from app.procedure.review_record import PARTS, Question, in_words
from app.rapid_reviews.recording import Written
from app.serious_incidents.fields import one_of
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import WordedForm
from app.web.text_rules import whole_number

MOST_LINES = 60


class PartForm(WordedForm):
    """A part of the record. `over` is the version that was on the page."""

    part: str = ""
    over = HiddenField()

    def show(self, content: dict[str, Any], number: int) -> None:
        """Show a version of the part."""
        self.over.data = str(number)
        for question in PARTS[self.part].questions:
            said = content.get(question.name)
            self[question.name].data = "\n".join(said) if isinstance(said, list) else said

    def written(self, key: UUID) -> Written:
        """The part as the service reads it."""
        number = whole_number(self.over.data, 5, 0)
        content = {one.name: self._said(one) for one in PARTS[self.part].questions}
        return Written(self.part, content, number, key)

    def _said(self, question: Question) -> Any:
        field = self[question.name]
        if question.kind == "choice":
            return field.data if field.data in dict(question.choices) else ""
        if question.kind == "list":
            return [line.strip() for line in field.cleaned.split("\n") if line.strip()][:MOST_LINES]
        return field.cleaned

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {one.name: "\n".join(in_words(one, self._said(one))) for one in PARTS[self.part].questions}


def _field(question: Question) -> Field:
    if question.kind == "choice":
        return one_of(question.label, dict(question.choices), question.hint)
    return several_lines(question.label, question.hint)


def _made(name: str) -> type[PartForm]:
    fields = {one.name: _field(one) for one in PARTS[name].questions}
    return type(f"{name.title().replace('_', '')}Form", (PartForm,), {"part": name, **fields})


FORMS: dict[str, type[PartForm]] = {name: _made(name) for name in PARTS}
