"""The forms of what happens at a meeting: its agenda, who came, minutes and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.meetings.attendance import Member, NewAttendance
from app.meetings.forms import VersionedForm
from app.meetings.minutes import Agreed, NewDecision
from app.meetings.models import LigMeeting
from app.meetings.presenting import title_of
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.serious_incidents.fields import line, moment, one_of, select, some_of
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import KeyedForm

AS_THEY_ARE, NOBODY = "own", "none"
CAME, EXCUSED = "came", "apologies"


def _tall(label: str, hint: str, rows: int) -> Any:
    """A question answered in many lines."""
    made: Any = several_lines(label, hint)  # not bound to a form yet, so that its options can be added to
    made.kwargs["render_kw"]["params"]["rows"] = rows
    return made


class ItemForm(KeyedForm):
    """An item to add to an agenda."""

    title = line(
        "What is the item?", "If it is about a case, say nothing of the case here: for example, Rapid review"
    )
    case = line(
        "If it is about a case, what is its reference? (optional)", "Only those who may see the case see it"
    )


class TitleForm(VersionedForm):
    """Another title of an item."""

    title = line("What is the item?")


class StandingItemsForm(VersionedForm):
    """The standing items, one to a line."""

    items = _tall("Standing items", "One to a line, in the order of the agenda", 10)


class TimesForm(VersionedForm):
    """When somebody came and left."""

    came_at = moment("When did they come?", when="they came")
    left_at = moment(
        "When did they leave?", "Leave the time empty if they stayed to the end", when="they left"
    )


class AttendanceForm(KeyedForm):
    """Somebody who came, or sent apologies."""

    who: SelectField = select("Who is it?", "Today's members. For anybody else, enter their name below")
    guest = line("If they are not in the list, what is their name?")
    capacity = line(
        "If they are not in the list, in what capacity are they there?", "For example, Head teacher"
    )
    there = one_of("Did they come?", {CAME: "They came", EXCUSED: "They sent apologies"})
    came_at = moment("When did they come?", "Leave it as it is for apologies", when="they came")
    left_at = moment("When did they leave?", "Leave it empty while they are there, or if they stayed to the end",
                     when="they left")  # fmt: skip
    party = one_of("Which safeguarding partner do they represent?", {}, "It counts towards the quorum")
    deputy_for = line(
        "If they are a named deputy, for whom?", "Needed for a guest, and for whoever is of another agency"
    )

    def offer(self, people: Sequence[Member], partners: dict[str, str]) -> None:
        """Offer those who are members today, and the three partners."""
        self.people = {one.key: one for one in people}
        self.who.choices = [SelectChoice("", "Select")]
        self.who.choices += [
            SelectChoice(key, f"{one.name}, {one.capacity}") for key, one in self.people.items()
        ]
        offered = {AS_THEY_ARE: "As their role says", NOBODY: "None of the three", **partners}
        self.party.choices = [SelectChoice(value, label) for value, label in offered.items()]

    def typed(self, key: UUID) -> NewAttendance:
        """The attendance as the service reads it; a member who was picked comes before a typed name."""
        member = self.people.get(self.who.data or "")
        return NewAttendance(
            name=member.name if member else self.guest.cleaned,
            capacity=member.capacity if member else self.capacity.cleaned, key=key,
            person_id=member.person_id if member else None, party=self._party(member),
            deputy_for=self.deputy_for.cleaned, apologies=self.there.data == EXCUSED, came_at=self.came_at.data,
            left_at=self.left_at.data,
        )  # fmt: skip

    def _party(self, member: Member | None) -> Party | None:
        if self.party.data in {party.value for party in SAFEGUARDING_PARTNERS}:
            return Party(self.party.data)
        return member.party if member and self.party.data != NOBODY else None

    def validate(self, extra_validators: object = None) -> bool:
        """Somebody is picked or named, and it is said whether they came."""
        sound: bool = super().validate(extra_validators)
        asked: list[tuple[Any, bool, str]] = [
            (self.who, bool(self.who.data and self.guest.cleaned), "Select a member or enter a guest, not both"),
            (self.capacity, bool(self.guest.cleaned and not self.who.data and not self.capacity.cleaned),
             "Enter in what capacity they are there"),
            (self.there, self.there.data not in (CAME, EXCUSED), "Select whether they came"),
        ]  # fmt: skip
        for field, wrong, message in asked:
            if wrong and not field.errors:
                field.errors, sound = [message], False
        if self.there.data == EXCUSED:
            self.came_at.errors = self.left_at.errors = []
            sound = not any(field.errors for field in self)
        return sound


class RegisterForm(KeyedForm):
    """Several members who came at one time, each as their role says."""

    people = some_of(
        "Who came?", {}, "Members who sit on the group. Add guests, deputies and apologies one by one"
    )
    came_at = moment("When did they come?", when="they came")

    def offer(self, found: Sequence[Member]) -> None:
        """Offer those who sit on the group and have not been recorded."""
        self.offered = list(found)
        self.people.choices = [SelectChoice(one.key, f"{one.name}, {one.capacity}") for one in found]

    def chosen(self, key: UUID) -> list[NewAttendance]:
        """Who was chosen, each with a key of their own."""
        at = self.came_at.data
        return [
            NewAttendance(one.name, one.capacity, uuid5(key, one.key), one.person_id, one.party, came_at=at)
            for one in self.offered
            if one.key in (self.people.data or ())
        ]


class ReasonForm(KeyedForm):
    """Why something is struck out."""

    reason = line("What is wrong with it?", "It stays to be seen, with what you enter here")


class RemoveForm(KeyedForm):
    """Why an item is taken off the agenda."""

    reason = line("Why is it taken off?", "Say nothing of a case here, unless it is the case of this item")


class MinutesForm(VersionedForm):
    """A version of an item's minutes."""

    words = _tall("Minutes of this item", "", 14)


class DecisionForm(KeyedForm):
    """A decision on an item."""

    words = several_lines("What was decided?")
    decided_at = moment(
        "When was it decided?", "The meeting must have been quorate at this time", when="it was decided"
    )
    reason = line("Why is the earlier decision put right?")

    def typed(self, key: UUID, replaces: int | None) -> NewDecision:
        """The decision as the service reads it."""
        return NewDecision(self.words.cleaned, self.decided_at.data, key, replaces, self.reason.cleaned)


class AgreeForm(KeyedForm):
    """That minutes were agreed at a later meeting."""

    at_meeting: SelectField = select("At which meeting were they agreed?")
    agreed_at = moment(
        "When were they agreed?", "That meeting must have been quorate at this time", when="they were agreed"
    )
    note = several_lines("What was said about them? (optional)", "Say nothing of a case")

    def offer(self, rows: Sequence[LigMeeting]) -> None:
        """Offer the later meetings."""
        self.at_meeting.choices = [SelectChoice("", "Select")]
        self.at_meeting.choices += [SelectChoice(str(row.id), title_of(row)) for row in rows]

    def typed(self, key: UUID) -> Agreed:
        """The agreement as the service reads it."""
        try:
            chosen = UUID(self.at_meeting.data or "")
        except ValueError:
            chosen = None
        return Agreed(chosen, self.agreed_at.data, self.note.cleaned, key)
