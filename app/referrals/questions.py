"""The words of a question: what is asked, how it is answered, and what is said where the answer is missing.

The form, its checks, "Check your answers" and the record of the case are all made from these, so that they
cannot differ. Nothing here knows of pages on the web or of the database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "long", "date", "time", "radios", "checkboxes", "authority", "nhs", "email", "phone"]
DATE_PARTS = ("day", "month", "year")
NAME_LIMIT = 200
LINE_LIMIT = 300
LONG_LIMIT = 10_000
ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `missing` is what is said where there is no answer; empty where an answer is not
    required.

    `when` is (question, choice): the question is asked only where that choice was made, and belongs beneath
    it. `choices_from` names a list that depends on the partnership (see Lists). `called` names the answer in a
    message about it, where its label does not.
    """

    name: str
    label: str
    kind: Kind = "text"
    missing: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    choices_from: str = ""
    when: tuple[str, str] | None = None
    limit: int = LINE_LIMIT
    called: str = ""

    @property
    def the_answer(self) -> str:
        """The answer as a message names it: "The date of birth"."""
        label = self.label.removesuffix(" (optional)")
        return self.called or f"The {label[0].lower()}{label[1:]}"

    @property
    def optional(self) -> bool:
        """Whether the label itself says that no answer is needed."""
        return self.label.endswith("(optional)")

    @property
    def fields(self) -> tuple[str, ...]:
        """The names under which the form sends the answer."""
        if self.kind == "date":
            return tuple(f"{self.name}-{part}" for part in DATE_PARTS)
        if self.kind == "authority":
            return (self.name, f"{self.name}-other")
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the form. `items` names the kind of thing that it lists, where it lists children."""

    key: str
    title: str
    questions: tuple[Question, ...] = ()
    intro: str = ""
    items: str = ""
    only_source: str = ""

    def question(self, name: str) -> Question | None:
        """The question of that name on this page."""
        return next((question for question in self.questions if question.name == name), None)


@dataclass(frozen=True, slots=True)
class Lists:
    """What can be chosen in this partnership: (code, name) of local authorities, (key, name) of its
    agencies.
    """

    authorities: tuple[tuple[str, str], ...] = ()
    agencies: tuple[tuple[str, str], ...] = ()
    own_authorities: frozenset[str] = field(default_factory=frozenset)

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """The choices of a question, those of the partnership included."""
        if question.choices_from == "agencies":
            listed = tuple(Choice(key, name) for key, name in self.agencies)
            return (*listed, *question.choices)
        return question.choices
