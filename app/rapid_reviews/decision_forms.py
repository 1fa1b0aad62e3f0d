"""The forms of positions and decisions on a practice review."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.meetings.models import LigMeeting
from app.procedure.events import Lcspr, Party
from app.procedure.review_decision import Answers
from app.rapid_reviews.deciding import Decided
from app.rapid_reviews.positions import Elsewhere, Said
from app.serious_incidents.fields import line, moment, one_of
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import YES_NO, WordedForm
from app.serious_incidents.rules import SOURCES
from app.web.filters import london_datetime
from app.web.text_rules import whole_number

OUTCOMES = {
    Lcspr.COMMISSION.value: "Commission a local child safeguarding practice review",
    Lcspr.DO_NOT_COMMISSION.value: "Do not commission one",
}
BOOLS = {"yes": True, "no": False}


class PositionForm(WordedForm):
    """What a partner says on a practice review. `seen` is the position that was on the page."""

    seen = HiddenField()
    outcome = one_of("Is a practice review commissioned?", OUTCOMES)
    rationale = several_lines(
        "What is the rationale?", "Meeting the criteria does not oblige you to hold one"
    )

    def said(self, party: Party, key: UUID) -> Said:
        """The position as the service reads it."""
        return Said(party, self.outcome.data, self.rationale.cleaned, self.seen.data or "", key)

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {"outcome": OUTCOMES.get(self.outcome.data or "", ""), "rationale": self.rationale.cleaned}


class PositionForForm(PositionForm):
    """What a partner said outside Waymark."""

    name = line("Who said it?", "Their full name")
    capacity = line("In what role?")
    taken_at = moment("When did they say it?", when="they said it")
    source = one_of("How did they say it?", SOURCES)
    evidence = several_lines(
        "Where is the evidence?", "For example: the minutes, or the e-mail and where it is kept"
    )

    def elsewhere(self) -> Elsewhere:
        """How it was said, as the service reads it."""
        return Elsewhere(
            self["name"].cleaned,
            self.capacity.cleaned,
            self.taken_at.data,
            self.source.data,
            self.evidence.cleaned,
        )

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return super().in_words() | {
            "name": self["name"].cleaned, "capacity": self.capacity.cleaned, "taken_at": self.taken_at.in_words(),
            "source": SOURCES.get(self.source.data or "", ""), "evidence": self.evidence.cleaned,
        }  # fmt: skip


class SettleForm(WordedForm):
    """The Partnership Chair's decision where the partners do not agree."""

    over = HiddenField()
    outcome = one_of("What is decided?", OUTCOMES)
    rationale = several_lines("What is the rationale?")
    negates = one_of(
        "Where none is commissioned: has the rapid review made it unnecessary?", YES_NO,
        "Because it has identified the learning and made the recommendations already",
    )  # fmt: skip
    home_office = one_of(
        "Is a migration, border or citizenship contribution of the Home Office needed?", YES_NO,
        "Then its Chief Caseworker Unit is informed (5.6)",
    )  # fmt: skip

    def decided(self, key: UUID) -> Decided:
        """The decision as the service reads it."""
        answers = Answers(
            self.outcome.data, self.rationale.cleaned, BOOLS.get(self.negates.data or ""),
            BOOLS.get(self.home_office.data or ""), None,
        )  # fmt: skip
        return Decided(answers, None, "", 0, key)

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {
            "outcome": OUTCOMES.get(self.outcome.data or "", ""), "rationale": self.rationale.cleaned,
            "negates": YES_NO.get(self.negates.data or "", ""),
            "home_office": YES_NO.get(self.home_office.data or "", ""),
        }  # fmt: skip


class DecisionForm(SettleForm):
    """The partners' decision, made at a meeting."""

    meeting: RadioField = one_of("At which meeting was it decided?", {})
    decided_at = moment(
        "When was it decided?", "The meeting must have been quorate then", when="it was decided"
    )
    reason = several_lines("If a decision is recorded already: why is it made anew?")

    def offer(self, held: Sequence[LigMeeting]) -> None:
        """Offer the meetings with the case on their agenda that were opened."""
        self.meeting.choices = [
            SelectChoice(str(one.id), f"{london_datetime(one.starts_at)}, {one.place}") for one in held
        ]

    def decided(self, key: UUID) -> Decided:
        """The decision as the service reads it."""
        try:
            meeting = UUID(self.meeting.data or "")
        except ValueError:
            meeting = None
        number = whole_number(self.over.data, 5, 0)
        answers = Answers(
            self.outcome.data, self.rationale.cleaned, BOOLS.get(self.negates.data or ""),
            BOOLS.get(self.home_office.data or ""), self.decided_at.data,
        )  # fmt: skip
        return Decided(answers, meeting, self.reason.cleaned, number, key)

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        chosen = {value: label for value, label, *_rest in self.meeting.iter_choices()}
        return super().in_words() | {
            "meeting": chosen.get(self.meeting.data or "", ""), "decided_at": self.decided_at.in_words(),
            "reason": self.reason.cleaned,
        }  # fmt: skip


class EscalateForm(WordedForm):
    """Why the Partnership Chair is asked."""

    words = several_lines(
        "On what do the partners differ, and what was tried?", "The Partnership Chair reads this"
    )

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {"words": self.words.cleaned}
