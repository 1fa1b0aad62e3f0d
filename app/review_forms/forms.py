"""The forms of the room: making a version, answering it, and recording what was sent."""

from __future__ import annotations

from uuid import UUID

from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.procedure.events import SentTo
from app.procedure.review_sending import CHANNELS, MAILBOXES, told_the_decision, what_may_go
from app.review_forms.readers import Reader
from app.review_forms.sending import Sent
from app.review_forms.service import Answered, NewVersion
from app.review_forms.turns import ANSWERS
from app.serious_incidents import words
from app.serious_incidents.fields import line, moment, one_of, tick
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import KeyedForm, WordedForm
from app.web.text_rules import whole_number

TYPED = ("channel_detail", "address", "next_steps", "reviewer", "contribution", "recorded_late_reason",
         "missed_reason", "missed_reported_to")  # fmt: skip


class MakeForm(KeyedForm):
    """A further version; `over` is the last one that was on the page, `complete` whether anything was missing then."""

    over = HiddenField()
    complete = HiddenField()
    reason = several_lines("Why is a further version made?", "It stays with the version, and those who have read an "
                           "earlier one can read it")  # fmt: skip

    def typed(self, key: UUID) -> NewVersion:
        """The version as the service reads it."""
        complete = self.complete.data == "yes"
        return NewVersion(self.reason.cleaned, whole_number(self.over.data, 9), complete, key)


class AnswerForm(WordedForm):
    """What the chair of the group says to a version."""

    answer = one_of("What is your answer?", ANSWERS)
    words = several_lines(
        "If you return it, what must change?", "You can also leave a note with your approval"
    )
    read = tick("I have read this version of the form")

    def typed(self, key: UUID) -> Answered:
        """The answer as the service reads it."""
        return Answered(self.answer.data, self.words.cleaned, bool(self.read.data), key)

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {"answer": ANSWERS.get(self.answer.data or "", ""), "words": self.words.cleaned}


class ShareForm(KeyedForm):
    """Sharing inside Waymark; `number` is the version on the page."""

    number = HiddenField()


class SendingForm(WordedForm):
    """What was sent outside Waymark; `number` is the version on the page."""

    number = HiddenField()
    sent_at = moment("When was it sent?", when="it was sent")
    channel = one_of("How was it sent?", CHANNELS)
    channel_detail = line("If it was sent another way, how?")
    address = line("To which address?", "The address, or the name of whom it reached")
    what = one_of("What was sent?", {})
    next_steps = several_lines("Which next steps were they told of?")
    reviewer = line("What is the reviewer's name, where it is known? (optional)")
    contribution = several_lines(
        "Which contribution is the review believed to need?",
        "On migration, borders or citizenship",
    )
    recorded_late_reason = several_lines("If it was sent before today, why is it recorded only now?")
    missed_reason = several_lines("If it was sent after the fifteenth working day, why?")
    missed_reported_to = line("If it was sent after the fifteenth working day, to whom was that reported?")

    def offer(self, reader: Reader, next_steps: str, reviewer: str) -> None:
        """Offer what can go to this recipient; when first shown, with what is known already."""
        self.what.choices = [SelectChoice(value, label) for value, label in what_may_go(reader.to).items()]
        if not self.is_submitted():
            self.address.data = MAILBOXES.get(reader.to, "")
            # Whoever need not have the form itself is not sent it unless somebody says so.
            self.channel.data, self.what.data = "secure-email", next(iter(what_may_go(reader.to)))
            self.next_steps.data, self.reviewer.data = next_steps, reviewer
        if reader.to not in told_the_decision():
            del self.next_steps, self.reviewer
        if reader.to is not SentTo.CHIEF_CASEWORKER_UNIT:
            del self.contribution

    def without_clock(self) -> None:
        """Ask nothing of a clock that does not count for this recipient, or not any more."""
        del self.missed_reason, self.missed_reported_to

    def sent(self, key: UUID) -> Sent:
        """What was sent as the service reads it."""
        typed = {name: self[name].cleaned if name in self else "" for name in TYPED}
        return Sent(number=whole_number(self.number.data, 9), sent_at=self.sent_at.data, channel=self.channel.data,
                    what=self.what.data, key=key, **typed)  # fmt: skip

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        at = self.sent_at.data
        offered = {value: label for value, label, *_more in self.what.iter_choices()}
        return {
            "sent_at": words.at(at) if at else self.sent_at.in_words(),
            "channel": CHANNELS.get(self.channel.data or "", ""),
            "what": str(offered.get(self.what.data or "", "")),
            **{name: self[name].cleaned for name in TYPED if name in self},
        }
