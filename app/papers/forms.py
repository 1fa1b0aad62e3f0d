"""The forms of papers: narrowing the chronology, circulating, preparing, reminding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.papers.preparing import Prepared
from app.papers.recipients import Recipient
from app.procedure.papers import HINTS, NOTES
from app.serious_incidents.fields import day, moment, one_of, some_of, tick
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import KeyedForm, WordedForm
from app.web.text_rules import whole_number

OTHER, NO_DAY = "other", "none"


class NarrowForm(FlaskForm):
    """Which agencies and which days of a chronology are shown. It is sent with the address: it changes nothing."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """What the address says."""

        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The address's own parameters."""
            return request.args

    agency = some_of("Agencies", {}, "All are shown where none is selected")
    first = day("From", "Leave empty for the beginning. For example, 27 3 2026", called="The first day")
    last = day("To", "Leave empty for the end", called="The last day")

    def offer(self, agencies: Sequence[str]) -> None:
        """Offer the agencies that have entries."""
        self.offered = set(agencies)
        self.agency.choices = [SelectChoice(name, name) for name in agencies]

    def chosen(self) -> list[str]:
        """The agencies that were chosen, of those offered."""
        return [name for name in self.agency.data or () if name in self.offered]

    def validate(self, extra_validators: object = None) -> bool:
        """The days must be days, and in order."""
        sound: bool = super().validate(extra_validators)
        if sound and self.first.data and self.last.data and self.first.data > self.last.data:
            self.last.errors = ["The last day must be the first day or later"]
            sound = False
        return sound


class CirculateForm(WordedForm):
    """Papers to circulate. `seen` names the content that was looked at."""

    seen = HiddenField()
    meeting = one_of("For which meeting?", {})
    meeting_at = moment("If for another meeting, when is it?", when="of the meeting")
    note = several_lines("A note to go with the papers (optional)", "It stands at the head of the pack")
    reason = several_lines(
        "Why are papers circulated again, or less than a week before the meeting?",
        "Leave empty where neither is so. What was circulated before stays as it was",
    )

    def offer(self, meetings: Iterable[tuple[str, str]]) -> None:
        """Offer the meetings to come, each with what it is called."""
        self.offered = {**dict(meetings), OTHER: "Another meeting", NO_DAY: "No day is set yet"}
        self.meeting.choices = [SelectChoice(value, label) for value, label in self.offered.items()]

    def when(self, known: dict[str, datetime]) -> datetime | None:
        """When the chosen meeting is; None where no day is set."""
        if self.meeting.data == OTHER:
            typed: datetime | None = self.meeting_at.data
            return typed
        return known.get(self.meeting.data or "")

    def validate(self, extra_validators: object = None) -> bool:
        """A meeting must be chosen, and one that is not in the list needs its day."""
        sound: bool = super().validate(extra_validators)
        if self.meeting.data not in self.offered:
            self.meeting.errors = ["Select the meeting"]
            sound = False
        elif self.meeting.data == OTHER and self.meeting_at.data is None and not self.meeting_at.errors:
            self.meeting_at.errors = ["Enter when the meeting is"]
            sound = False
        return sound

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {
            "meeting": self.offered.get(self.meeting.data or "", ""),
            "meeting_at": self.meeting_at.in_words(),
            "note": self.note.cleaned,
            "reason": self.reason.cleaned,
        }


def _note(name: str) -> object:
    return several_lines(NOTES[name], HINTS[name])


class PreparationForm(WordedForm):
    """What a member brings to the meeting. `pack` is the pack that it was shown for, `version` the save of the notes,
    `form_id` names the form, so that it is never stale beside its own saves."""

    pack = HiddenField()
    version = HiddenField()
    form_id = HiddenField()
    reflections = _note("reflections")
    interests = _note("interests")
    key_points = _note("key_points")
    questions = _note("questions")
    read = tick("I have read the papers")

    def notes(self) -> dict[str, str]:
        """The four notes as they were typed."""
        return {name: self[name].data or "" for name in NOTES}

    def typed(self, key: UUID) -> Prepared:
        """The preparation as the service reads it."""
        return Prepared(self.pack.data or "", bool(self.read.data), self.notes(), key)

    def version_seen(self) -> int:
        """The save that the form was shown beside; -1, which none is, where it was spoilt."""
        return whole_number(self.version.data)

    def named(self) -> UUID | None:
        """What names the form; None where that was spoilt."""
        try:
            return UUID(self.form_id.data or "")
        except ValueError:
            return None

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {name: self[name].cleaned for name in NOTES}


class RemindForm(KeyedForm):
    """Who is reminded."""

    people = some_of("Who is reminded?", {}, "By a message that says nothing of the case")

    def offer(self, waiting: Sequence[Recipient]) -> None:
        """Offer those who have not confirmed; they are chosen to begin with."""
        self.people.choices = [
            SelectChoice(str(one.person_id), f"{one.name}, {one.capacity}") for one in waiting
        ]
        if not self.is_submitted():
            self.people.data = [str(one.person_id) for one in waiting]
