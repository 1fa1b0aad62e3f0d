"""The forms of observations and their answers."""

from __future__ import annotations

from uuid import UUID

from app.scrutiny.rules import ABOUT, PRACTICE
from app.scrutiny.service import NewObservation
from app.serious_incidents.fields import line, one_of
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import KeyedForm


class ObservationForm(KeyedForm):
    """An observation on a case."""

    about = one_of("What is it about?", ABOUT)
    words = several_lines("What is your observation?", "What can be learned from how this was done")
    entry = line(
        "Does it refer to an entry of the ledger? (optional)", "The number of the entry, like 128", width=10
    )

    def typed(self, key: UUID) -> NewObservation:
        """The observation as the service reads it."""
        return NewObservation(self.about.data or "", self.words.cleaned, key, self.entry.cleaned)

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {
            "about": ABOUT.get(self.about.data or "", ""),
            "words": self.words.cleaned,
            "entry": self.entry.cleaned,
        }


class PracticeForm(KeyedForm):
    """An observation on the partnership's practice."""

    words = several_lines("What is your observation?", "Name no child and no family: it is of no one case")
    entry = line(
        "Does it refer to an entry of the ledger that is of no case? (optional)",
        "The number of the entry, like 128",
        width=10,
    )

    def typed(self, key: UUID) -> NewObservation:
        """The observation as the service reads it."""
        return NewObservation(PRACTICE, self.words.cleaned, key, self.entry.cleaned)


class AnswerForm(KeyedForm):
    """An answer to an observation."""

    words = several_lines("What is your answer?", "What has been or will be done, or why nothing is")
