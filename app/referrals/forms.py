"""Between the form and the draft: what was sent, kept as it is; and what a page needs to show it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.referrals.parsing import Fault
from app.referrals.questions import DATE_PARTS, Lists, Page, Question
from app.web import text_rules
from app.web.text_rules import displayable

MOST_TICKED = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the page shows it: what was typed, its choices, what is wrong, and what is asked beneath
    a choice.
    """

    question: Question
    typed: dict[str, str]
    ticked: frozenset[str]
    choices: tuple[Any, ...]
    error: str | None
    error_field: str
    beneath: dict[str, list[Asked]]

    @property
    def value(self) -> str:
        """What was typed in the question's own field."""
        return self.typed.get(self.question.name, "")

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """(field, label, typed) of the three parts of a date."""
        name = self.question.name
        return [
            (f"{name}-{part}", part.capitalize(), self.typed.get(f"{name}-{part}", "")) for part in DATE_PARTS
        ]


@dataclass(frozen=True, slots=True)
class Difference:
    """One question answered differently by two people at once."""

    question: str
    saved: str
    typed: str


def typed_on(page: Page, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What a form or a script sent for a page, by field: text as text, ticked boxes as a list.

    Other names are dropped.
    """
    kept: dict[str, Any] = {}
    for question in page.questions:
        for name in question.fields:
            if question.kind == "checkboxes":
                kept[name] = _ticked(sent, name)
            else:
                kept[name] = _text(sent.get(name, ""))
    return kept


def _text(value: Any) -> str:
    # Line ends as the rest of the product keeps them, so that showing a text and sending it again
    # changes nothing.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else ""


def _ticked(sent: Mapping[str, Any], name: str) -> list[str]:
    found = sent.getlist(name) if isinstance(sent, MultiDict) else sent.get(name, [])
    listed = found if isinstance(found, list) else [found]
    return [value for value in listed if isinstance(value, str) and value][:MOST_TICKED]


def show(page: Page, typed: Mapping[str, Any], faults: list[Fault], lists: Lists) -> list[Asked]:
    """The questions of a page, those beneath a choice within the question that they belong to."""
    errors = {fault.question: fault for fault in reversed(faults)}
    made = {question.name: _asked(question, typed, errors, lists) for question in page.questions}
    for question in page.questions:
        if question.when is not None:
            parent, choice = question.when
            made[parent].beneath.setdefault(choice, []).append(made[question.name])
    return [made[question.name] for question in page.questions if question.when is None]


def _asked(question: Question, typed: Mapping[str, Any], errors: Mapping[str, Fault], lists: Lists) -> Asked:
    fault = errors.get(question.name)
    single = {name: displayable(_text(typed.get(name, ""))) for name in question.fields}
    return Asked(
        question=question,
        typed=single,
        ticked=frozenset(_ticked(typed, question.name)) if question.kind == "checkboxes" else frozenset(),
        choices=lists.choices(question),
        error=fault.message if fault else None,
        error_field=fault.field if fault else "",
        beneath={},
    )


def differences(page: Page, saved: Mapping[str, Any], typed: Mapping[str, Any]) -> list[Difference]:
    """The questions that two forms answer differently, in words a person can compare."""
    found = []
    for question in page.questions:
        theirs, mine = _flat(question, saved), _flat(question, typed)
        if theirs != mine:
            found.append(Difference(question.label, theirs, mine))
    return found


def _flat(question: Question, typed: Mapping[str, Any]) -> str:
    if question.kind == "checkboxes":
        labels = {choice.value: choice.label for choice in question.choices}
        return displayable(", ".join(labels.get(value, value) for value in _ticked(typed, question.name)))
    parts = [_text(typed.get(name, "")) for name in question.fields]
    labels = {choice.value: choice.label for choice in question.choices}
    return displayable(" ".join(labels.get(part, part) for part in parts if part))


def whole_number(text: Any) -> int:
    """A version that a form carries; 0, which is older than any, where it is none."""
    return text_rules.whole_number(text, 9, 0)


def key_or_none(text: Any) -> UUID | None:
    """A key that a form carries; None where it is none."""
    try:
        return UUID(str(text or ""))
    except ValueError:
        return None
