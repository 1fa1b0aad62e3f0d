"""The forms of a contested decision: answers on behalf, meetings, and what is recorded beside a decision."""

from __future__ import annotations

from uuid import UUID

from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.serious_incidents import words
from app.serious_incidents.corrections import Correction
from app.serious_incidents.entries import AFTERWARDS, GROUNDS, Entry
from app.serious_incidents.fields import line, moment, one_of, tick
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import WordedForm
from app.serious_incidents.meetings import CAME, Attendance, Held, field_of
from app.serious_incidents.on_behalf import AnswerElsewhere
from app.serious_incidents.reaching import Reached
from app.serious_incidents.rules import SOURCES

KEPT = "kept"
AT_MEETING = {**words.OUTCOMES, KEPT: "Kept what they had said, or took no position"}


class AnswerForForm(WordedForm):
    """A partner's answer that came by telephone, by e-mail or otherwise outside Waymark."""

    answered_by = line("Who answered?", "Their full name")
    capacity = line(
        "In what role?", "For example: Detective Inspector, for the constabulary's representative"
    )
    answered_at = moment(
        "When did they answer?", "When they said it, not when you are typing it", when="they answered"
    )
    source = one_of("How did the answer come?", SOURCES)
    outcome = one_of("What did they answer?", words.OUTCOMES)
    rationale = several_lines("What reason did they give?")
    evidence = several_lines(
        "Where is the evidence?", "For example: the e-mail and where it is kept, or your note"
    )

    def typed(self, party: Party, key: UUID) -> AnswerElsewhere:
        """The answer as the service reads it."""
        return AnswerElsewhere(
            party=party, outcome=self.outcome.data, rationale=self.rationale.cleaned,
            answered_at=self.answered_at.data, answered_by=self.answered_by.cleaned,
            capacity=self.capacity.cleaned, source=self.source.data, evidence=self.evidence.cleaned, key=key,
        )  # fmt: skip

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {
            "answered_by": self.answered_by.cleaned, "capacity": self.capacity.cleaned,
            "answered_at": self.answered_at.in_words(), "source": SOURCES.get(self.source.data or "", ""),
            "outcome": words.OUTCOMES.get(self.outcome.data or "", ""), "rationale": self.rationale.cleaned,
            "evidence": self.evidence.cleaned,
        }  # fmt: skip


class ReachedForm(WordedForm):
    """How somebody was reached outside Waymark: a partner with its request, or its deputy."""

    who = line("Who was reached?", "Their full name")
    capacity = line("In what role?", "For example: Designated Doctor, for the integrated care board")
    how = one_of("How were they reached?", SOURCES)
    at = moment(
        "When were they reached?", "When it happened, not when you are typing it", when="they were reached"
    )
    note = several_lines("What was said, and where is the evidence?", "For example: your note of the call")

    def reached(self, key: UUID) -> Reached:
        """How they were reached, as the service reads it."""
        return Reached(
            self.who.cleaned, self.capacity.cleaned, self.how.data, self.at.data, self.note.cleaned, key
        )

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {
            "who": self.who.cleaned, "capacity": self.capacity.cleaned, "how": SOURCES.get(self.how.data or "", ""),
            "at": self.at.in_words(), "note": self.note.cleaned,
        }  # fmt: skip


class ArrangeForm(WordedForm):
    """When and where a meeting will be."""

    arranged_for = moment("When will the meeting be?", when="of the meeting")
    how = several_lines("Where, or by which call?", "A room, or the link to a video call")

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {"arranged_for": self.arranged_for.in_words(), "how": self.how.cleaned}


class MeetingForm(WordedForm):
    """That a meeting was held: who came for whom, and the positions taken. Its fields for each party are added
    below."""

    held_at = moment("When was the meeting held?", when="the meeting was held")
    notes = several_lines("What was discussed, and what came of it?")
    alone = tick("Only one partner came, and this was a meeting all the same")
    parties: tuple[Party, ...] = CAME

    def held(self, kind: str, key: UUID) -> Held:
        """The meeting as the service reads it."""
        return Held(kind, self.held_at.data, {party: self._came(party) for party in self.parties},
                    self.notes.cleaned, key, bool(self.alone.data))  # fmt: skip

    def _came(self, party: Party) -> Attendance:
        outcome = rationale = None
        if party in SAFEGUARDING_PARTNERS:
            outcome = self[field_of(party, "outcome")].data
            rationale = self[field_of(party, "rationale")].cleaned
        return Attendance(
            self[field_of(party, "name")].cleaned, self[field_of(party, "capacity")].cleaned,
            outcome if outcome in words.OUTCOMES else None, rationale or "",
        )  # fmt: skip

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        typed = {"held_at": self.held_at.in_words(), "notes": self.notes.cleaned}
        for party in self.parties:
            came = self._came(party)
            typed[field_of(party, "name")] = came.name
            typed[field_of(party, "capacity")] = came.capacity
            if came.outcome or came.rationale:
                typed[field_of(party, "outcome")] = words.OUTCOMES.get(came.outcome or "", "")
                typed[field_of(party, "rationale")] = came.rationale
        return typed


for _party in CAME:
    _whom = words.within(_party)
    setattr(
        MeetingForm, field_of(_party, "name"), line(f"Who came for {_whom}?", "Leave empty if nobody came")
    )
    setattr(MeetingForm, field_of(_party, "capacity"), line(f"In what role did they come for {_whom}?"))
    if _party in SAFEGUARDING_PARTNERS:
        _taken = one_of(f"What position did they take for {_whom}?", AT_MEETING)
        setattr(MeetingForm, field_of(_party, "outcome"), _taken)
        setattr(MeetingForm, field_of(_party, "rationale"), several_lines(f"Why, for {_whom}?"))


class CorrectionForm(WordedForm):
    """What was wrong about an entry."""

    withdraw = one_of(
        "What is right?",
        {"moved": "It happened, at another time", "withdrawn": "It did not happen: withdraw the entry"},
    )
    happened_at = moment("If it happened at another time, when?", when="it happened")
    reason = several_lines("What was wrong, and how do you know?", "This stays beside the entry for good")

    def correction(self, number: int, key: UUID) -> Correction:
        """The correction as the service reads it."""
        withdraw = {"moved": False, "withdrawn": True}.get(self.withdraw.data or "")
        return Correction(number, withdraw, self.happened_at.data, self.reason.cleaned, key)

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {"happened_at": self.happened_at.in_words(), "reason": self.reason.cleaned}


class EntryForm(WordedForm):
    """What somebody records beside a decision, in their own words."""

    words = several_lines("What is the reason?")

    def entry(self, key: UUID) -> Entry:
        """The entry as the service reads it."""
        outcome, source = getattr(self, "outcome", None), getattr(self, "source", None)
        return Entry(
            self.words.cleaned, key, (outcome.data or "") if outcome else "", source.cleaned if source else ""
        )

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        typed = {"words": self.words.cleaned}
        source = getattr(self, "source", None)
        return typed | ({"source": source.cleaned} if source else {})


class LocalStepForm(EntryForm):
    """That a step of the partnership's own procedure is done."""

    happened_at = moment("When was it done?", when="it was done")
    words = several_lines("What came of it?")

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {"happened_at": self.happened_at.in_words(), "words": self.words.cleaned}


class InformationForm(EntryForm):
    """New information after a decision."""

    words = several_lines("What is the new information?")
    source = line("Where does it come from?")


class PutBackForm(EntryForm):
    """What has come to light after a decision that rested on a silence."""

    words = several_lines("What has come to light?", "Those who made the decision read this")


class OverrideForm(EntryForm):
    """Why the local authority notifies on its own duty."""

    words = several_lines("Why does the local authority notify?")


class ConfirmForm(EntryForm):
    """Why the local authority does not notify on its own duty."""

    words = several_lines("Why does the local authority not notify?")


class MissedForm(EntryForm):
    """Why the statutory clock was missed."""

    words = several_lines("Why was the clock missed?")
    source = line("To whom was it reported?", "A name and a role")


class OutcomeForm(EntryForm):
    """What follows for a referral that is not notified."""

    outcome = one_of("What follows?", AFTERWARDS)
    words = several_lines("What is the reason?")


class GroundForm(EntryForm):
    """Why no rapid review is held."""

    outcome = one_of("On which ground is no rapid review held?", GROUNDS)
    words = several_lines("What is the reason?", "It goes to the Panel")
    source = several_lines(
        "How was it agreed so far: who agreed it for each partner, and how did the Independent Scrutineer oversee it?",
        "Names, roles and days. Each partner and the scrutineer then say so themselves, or you record it for them",
    )
