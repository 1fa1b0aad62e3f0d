"""The forms of seals and declarations."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.conflicts.queries import Member
from app.conflicts.rules import KINDS, Answered, Declared, NewSeal
from app.serious_incidents.fields import one_of, select
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import KeyedForm


class SureForm(KeyedForm):
    """A form that may be sent again once a warning about one person has been read."""

    sure = HiddenField()

    def warned_of(self) -> UUID | None:
        """About whom the warning has been read."""
        return _identifier(self.sure.data)


class SealForm(SureForm):
    """Who is sealed out of the case, and why."""

    person: SelectField = select("Who is sealed out of this case?", "They are not told")
    reason = several_lines(
        "Why?", "Shown only to those who can seal, the Strategic Partnership Manager and the scrutineer"
    )

    def offer(self, members: Iterable[Member]) -> None:
        """Offer these people."""
        offered = (SelectChoice(str(one.person_id), one.label) for one in members)
        self.person.choices = [SelectChoice("", "Select"), *offered]

    def typed(self, key: UUID) -> NewSeal:
        """The seal as the service reads it."""
        return NewSeal(_identifier(self.person.data), self.reason.cleaned, key, self.warned_of())


class LiftForm(KeyedForm):
    """Why a seal is lifted."""

    reason = several_lines("Why is the seal lifted?")


class DeclareForm(KeyedForm):
    """A conflict of one's own."""

    kind = one_of("What is the conflict?", KINDS)
    words = several_lines(
        "Say what it is",
        "Only those who can seal, the Strategic Partnership Manager and the scrutineer read it",
    )
    at_once = one_of(
        "Do you want to be sealed out of this case at once?",
        {
            "yes": "Yes, seal me out now. I will no longer see this case, my answers in it stay",
            "no": "No. The Partnership Team or the chair of the group decides",
        },
    )

    def typed(self, key: UUID) -> Declared:
        """The declaration as the service reads it."""
        return Declared(self.kind.data, self.words.cleaned, self.at_once.data == "yes", key)


class AnswerForm(SureForm):
    """How a declaration is answered."""

    answer = one_of(
        "What follows from it?",
        {"seal": "Seal them out of the case", "keep": "They keep access to the case"},
    )
    reason = several_lines("Why?", "Whoever declared the conflict can read it while they see the case")

    def typed(self, key: UUID) -> Answered:
        """The answer as the service reads it."""
        return Answered(self.answer.data, self.reason.cleaned, key, self.warned_of())


def _identifier(text: str | None) -> UUID | None:
    """An identifier that was sent, or None for anything that is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
