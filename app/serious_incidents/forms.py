"""The forms of the decision to notify. What the procedure demands of the answers is asked in the rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.procedure.events import Party
from app.serious_incidents import words
from app.serious_incidents.decisions import Proposed
from app.serious_incidents.fields import Typed, line, moment, one_of, some_of, tick
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.notification_rules import CHANNELS
from app.serious_incidents.notifications import Sent
from app.serious_incidents.rules import HARM_KINDS, DecisionAnswers
from app.web.text_rules import whole_number

YES_NO = {"yes": "Yes", "no": "No"}


class KeyedForm(FlaskForm):
    """A form that carries a key, so that the same form sent twice is one act."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """A form is what a page's form sends; a body of JSON is no answer to it."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was typed, or None while nothing was sent."""
            return request.form if request.method == "POST" else None

    submission_key = HiddenField()


class WordedForm(KeyedForm):
    """A form whose answers can be set beside what somebody else recorded."""

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        raise NotImplementedError


class StepForm(KeyedForm):
    """A step that needs no answer but to be confirmed."""


class SaidForm(WordedForm):
    """A view or a response: what, and why."""

    party = HiddenField()
    outcome = one_of("Should the incident be notified to the Panel?", words.OUTCOMES)
    rationale = several_lines("What is the reason?")

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {
            "outcome": words.OUTCOMES.get(self.outcome.data or "", ""),
            "rationale": self.rationale.cleaned,
        }


class ViewForm(SaidForm):
    """An initial view."""

    rationale = several_lines("What is the reason for your view?")


class ResponseForm(SaidForm):
    """A partner's response. `seen` is the position in force when the form was shown."""

    seen = HiddenField()
    rationale = several_lines("What is the reason for your response?")


class DecisionForm(KeyedForm):
    """The decision, with the statutory test, the harm and the guidance."""

    version = HiddenField()
    guidance_considered = tick("The Panel's guidance has been considered in making this decision")
    abuse = one_of("Is abuse or neglect of the child known or suspected?", words.ABUSE)
    abuse_rationale = several_lines("Why is abuse or neglect known, suspected or neither?")
    limb_a = one_of("Limb (a): did the child die, or was the child seriously harmed, in the area?", YES_NO)
    limb_a_rationale = several_lines("Why does limb (a) apply, or not?")
    limb_b = one_of(
        "Limb (b): does the child normally live in the area, and did they die or were they seriously harmed "
        "outside England?",
        YES_NO,
    )
    limb_b_rationale = several_lines("Why does limb (b) apply, or not?")
    harm_kinds = some_of(
        "What kinds of serious harm are known or suspected?", HARM_KINDS, "Select all that apply"
    )
    harm_judgement = several_lines(
        "What is your judgement on the harm?",
        "Include whether it is likely to be long-term, even if not certain",
    )
    outcome = one_of("What is the decision?", words.OUTCOMES)
    rationale = several_lines("What is the reason for the decision?")

    def answers(self, guidance_edition: str) -> DecisionAnswers:
        """The answers as the rules read them."""
        return DecisionAnswers(
            abuse=self.abuse.data if self.abuse.data in words.ABUSE else None,
            abuse_rationale=_text(self.abuse_rationale),
            limb_a=_yes_no(self.limb_a.data),
            limb_a_rationale=_text(self.limb_a_rationale),
            limb_b=_yes_no(self.limb_b.data),
            limb_b_rationale=_text(self.limb_b_rationale),
            harm_kinds=tuple(self.harm_kinds.data or ()),
            harm_judgement=_text(self.harm_judgement),
            guidance_considered=bool(self.guidance_considered.data),
            guidance_edition=guidance_edition,
            outcome=self.outcome.data if self.outcome.data in words.OUTCOMES else None,
            rationale=_text(self.rationale),
        )

    def proposed(self, guidance_edition: str, key: UUID) -> Proposed:
        """The decision as the service reads it."""
        return Proposed(self.answers(guidance_edition), self.version_seen(), key)

    def version_seen(self) -> int:
        """The version of the case that the form was shown with; -1, which none has, where it was spoilt."""
        return whole_number(self.version.data, 9)


class ChairDecisionForm(DecisionForm):
    """The Partnership Chair's decision, with whether the scrutineer mediated."""

    scrutineer_present = one_of(
        "Did the Independent Scrutineer mediate?", YES_NO,
        "Where the scrutineer was not available, they read the records afterwards",
    )  # fmt: skip
    no_meeting = several_lines("Why was there no meeting?", "It stays with the decision")

    def proposed(self, guidance_edition: str, key: UUID) -> Proposed:
        """The decision as the service reads it."""
        present = _yes_no(self.scrutineer_present.data)
        return Proposed(
            self.answers(guidance_edition), self.version_seen(), key, present, _text(self.no_meeting)
        )


class AwarenessForm(KeyedForm):
    """When the local authority became aware of the incident."""

    aware_at = moment("When did the local authority become aware?", when="the local authority became aware")
    told_by = line("Who told the local authority? (optional)")


class NotificationForm(WordedForm):
    """That the Panel was notified."""

    submitted_at = moment("When was the notification sent?", when="the notification was sent")
    channel = one_of("How was it sent?", CHANNELS)
    channel_detail = line("If it was sent another way, how?")
    panel_reference = line(
        "What reference was given?", "As the national system or the Panel's secretariat gave it"
    )
    submitted_by = line("Who sent it for the local authority?")
    recorded_late_reason = several_lines("If it was sent before today, why is it recorded only now?")
    missed_reason = several_lines("If it was sent after the five working days, why?")
    missed_reported_to = line("If it was sent after the five working days, to whom was that reported?")

    def sent(self, key: UUID) -> Sent:
        """The notification as the service reads it."""
        return Sent(
            submitted_at=self.submitted_at.data,
            channel=self.channel.data,
            channel_detail=_text(self.channel_detail),
            panel_reference=_text(self.panel_reference),
            submitted_by=_text(self.submitted_by),
            recorded_late_reason=_text(self.recorded_late_reason),
            missed_reason=_text(self.missed_reason),
            missed_reported_to=_text(self.missed_reported_to),
            key=key,
        )

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        typed = self.submitted_at.data
        return {
            "submitted_at": words.at(typed) if typed else self.submitted_at.in_words(),
            "channel": CHANNELS.get(self.channel.data or "", ""),
            **{
                name: _text(self[name])
                for name in (
                    "channel_detail",
                    "panel_reference",
                    "submitted_by",
                    "recorded_late_reason",
                    "missed_reason",
                    "missed_reported_to",
                )
            },
        }


class InformForm(KeyedForm):
    """Who is informed of the decision to notify, and how."""

    parties = some_of("Who is informed?", {})
    how = one_of(
        "How?",
        {"message": "Send a message through Waymark now", "elsewhere": "They have been told another way"},
    )
    informed_at = moment("If they were told another way, when?", when="they were told")
    detail = line("If they were told another way, how?")

    def offer(self, waiting: list[Party]) -> None:
        """Offer those who have not been informed yet; they are chosen to begin with."""
        self.offered = waiting
        self.parties.choices = [SelectChoice(party.value, words.party_name(party)) for party in waiting]
        if not self.is_submitted():
            self.parties.data = [party.value for party in waiting]

    def chosen(self) -> list[Party]:
        """Who was chosen, of those offered."""
        chosen = self.parties.data or ()
        return [party for party in self.offered if party.value in chosen]

    def elsewhere_at(self) -> datetime | None:
        """When they were told another way; None where Waymark tells them."""
        told: datetime | None = self.informed_at.data if self.how.data == "elsewhere" else None
        return told

    def elsewhere_detail(self) -> str:
        """How they were told another way; nothing where Waymark tells them."""
        return _text(self.detail) if self.how.data == "elsewhere" else ""

    def validate(self, extra_validators: object = None) -> bool:
        """How they are told must be said, and where it was another way, when."""
        sound: bool = super().validate(extra_validators)
        if self.how.data not in ("message", "elsewhere"):
            self.how.errors = ["Select how they are informed"]
            sound = False
        elif self.how.data == "elsewhere" and self.informed_at.data is None and not self.informed_at.errors:
            self.informed_at.errors = ["Enter when they were told"]
            sound = False
        return sound


def _text(field: Typed) -> str:
    return field.cleaned


def _yes_no(answer: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(answer or "")
