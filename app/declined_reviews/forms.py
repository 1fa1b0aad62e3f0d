"""The forms of the decision not to hold a rapid review. What the procedure demands is asked in the rules."""

from __future__ import annotations

from uuid import UUID

from wtforms import HiddenField

from app.declined_reviews.closing import Sent
from app.declined_reviews.queries import CHANNELS
from app.declined_reviews.service import Elsewhere, Said
from app.procedure.declined_reviews import AGREED, NOT_AGREED, Notice
from app.procedure.events import Party
from app.serious_incidents import words as in_words
from app.serious_incidents.fields import line, moment, one_of
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import WordedForm
from app.serious_incidents.rules import SOURCES

AGREE = {
    AGREED: "Yes, no rapid review is held",
    NOT_AGREED: "No, the rapid review is held",
}
TO_THE_PANEL = "The rationale goes to the Panel with the decision"


class OverseeForm(WordedForm):
    """The scrutineer's oversight, in their own words. `over` names what the form was shown beside."""

    over = HiddenField()
    words = several_lines(
        "What is your oversight of this decision?", "In your own words. They stay as you wrote them"
    )

    def said(self, party: Party, key: UUID) -> Said:
        """What was said, as the service reads it."""
        outcome = self["outcome"].data or "" if "outcome" in self else ""
        return Said(party, outcome, self.words.cleaned, self.over.data or "", key, self._elsewhere())

    def _elsewhere(self) -> Elsewhere | None:
        if "said_by" not in self:
            return None
        return Elsewhere(
            self["said_by"].cleaned, self["capacity"].cleaned, self["said_at"].data, self["source"].data or "",
            self["evidence"].cleaned,
        )  # fmt: skip

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        typed = {"words": self.words.cleaned}
        if "outcome" in self:
            typed = {"outcome": AGREE.get(self["outcome"].data or "", ""), **typed}
        if "said_by" in self:
            at = self["said_at"]
            typed |= {name: self[name].cleaned for name in ("said_by", "capacity", "evidence")}
            typed["said_at"] = in_words.at(at.data) if at.data else at.in_words()
            typed["source"] = SOURCES.get(self["source"].data or "", "")
        return typed


class AgreeForm(OverseeForm):
    """Whether a partner agrees."""

    party = HiddenField()
    outcome = one_of("Do you agree that no rapid review is held?", AGREE)
    words = several_lines("What is your reason?", TO_THE_PANEL)


class OverseeForForm(OverseeForm):
    """The scrutineer's oversight that reached the partnership outside Waymark."""

    said_by = line("Who gave it?", "Their name")
    capacity = line("In what role?")
    said_at = moment("When did they give it?", when="they gave it")
    source = one_of("How did it come?", SOURCES)
    words = several_lines("What did they say?", "In their words, as far as you have them")
    evidence = several_lines("Where is the evidence?", "For example the e-mail, or the note of the call")


class AgreeForForm(OverseeForm):
    """A partner's answer that reached the partnership outside Waymark."""

    said_by = line("Who answered?", "Their name")
    capacity = line("In what role?")
    said_at = moment("When did they answer?", when="they answered")
    source = one_of("How did the answer come?", SOURCES)
    outcome = one_of("Do they agree that no rapid review is held?", AGREE)
    words = several_lines("What is their reason?", TO_THE_PANEL)
    evidence = several_lines("Where is the evidence?", "For example the e-mail, or the note of the call")


class PanelForm(WordedForm):
    """That the Panel was notified of the decision and its rationale."""

    sent_at = moment("When was the Panel notified?", when="the Panel was notified")
    channel = one_of("How was it sent?", CHANNELS)
    detail = line("If it was sent another way, how?")
    address = line("To which address?", "As it was sent: an e-mail address, or the name of the system")
    panel_reference = line("What reference was given? (optional)")
    sent_by = line("Who sent it?")
    missed_reason = several_lines("If it was sent after the fifteenth working day, why?")
    missed_reported_to = line("If it was sent after the fifteenth working day, to whom was that reported?")

    def sent(self, key: UUID) -> Sent:
        """The notice as the service reads it."""
        notice = Notice(
            self.sent_at.data, self.channel.data or "", self.detail.cleaned, self.address.cleaned,
            self.missed_reason.cleaned, self.missed_reported_to.cleaned, frozenset(CHANNELS),
        )  # fmt: skip
        return Sent(notice, self.panel_reference.cleaned, self.sent_by.cleaned, key)

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        at = self.sent_at
        names = ("detail", "address", "panel_reference", "sent_by", "missed_reason", "missed_reported_to")
        return {
            "sent_at": in_words.at(at.data) if at.data else at.in_words(),
            "channel": CHANNELS.get(self.channel.data or "", ""),
            **{name: self[name].cleaned for name in names},
        }


class WithdrawForm(WordedForm):
    """Why a ground is withdrawn."""

    reason = several_lines("Why is the ground withdrawn?", "It stays in the history, with this reason")

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {"reason": self.reason.cleaned}
