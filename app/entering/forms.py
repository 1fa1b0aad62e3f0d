"""The forms of entering a case, of a notification that came first, and of two referrals of one incident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import BooleanField, FileField, HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.cases.service import Where
from app.entering.columns import Column
from app.entering.days import read_day
from app.entering.desk import Desk
from app.entering.requests import CameFirst
from app.procedure.entering import OUTSIDE, Areas, Child
from app.serious_incidents.fields import Day, day, line, moment, one_of, select, tick, words
from app.serious_incidents.forms import KeyedForm
from app.serious_incidents.notification_rules import CHANNELS

VERDICTS = {
    "linked": "They are of the same incident: link them",
    "refused": "They are not of the same incident",
}
UNLINK = {
    "linked": "They are of the same incident after all: link them",
    "refused": "They are not of the same incident: undo the link",
}
ONE_EACH = "One on each line, four at most; leave empty where none is named"
BORN_EACH = "One on each line, in the order of the names, like 27/3/2026; “not known” for one that is not"


class EnterForm(KeyedForm):
    """A case already under way; its fields are those of the spreadsheet, added by `enter_form`."""

    columns: tuple[Column, ...] = ()
    anyway = tick("Enter it all the same")

    def raw(self) -> dict[str, str]:
        """What was typed, as the spreadsheet would hold it."""
        return {column.name: _typed(self[column.name], column) for column in self.columns}


def _typed(field: Any, column: Column) -> str:
    if isinstance(field, Day):
        return field.data.isoformat() if field.data else ""
    if isinstance(field, BooleanField):
        return "yes" if field.data else ""
    text = field.cleaned if hasattr(field, "cleaned") else (field.data or "")
    return "; ".join(lines_of(text)) if column.name in ("children", "births") else text


def lines_of(text: str) -> list[str]:
    """The lines of a text that hold something."""
    return [one.strip() for one in text.split("\n") if one.strip()]


def enter_form(desk: Desk) -> EnterForm:
    """The form with the questions of this partnership, its agencies and its own steps."""
    fields: dict[str, Any] = {"columns": desk.columns}
    for column in desk.columns:
        fields[column.name] = _field(column, desk)
    made: type[EnterForm] = type("EnterFormNow", (EnterForm,), fields)
    return made()


def _field(column: Column, desk: Desk) -> Any:
    label, hint = column.label, column.hint
    if column.name in ("children", "births"):
        return words(label, ONE_EACH if column.name == "children" else BORN_EACH)
    made = {
        "agency": lambda: select(label, "", desk.agency_names),
        "area": lambda: select(label, "", areas(desk, outside=column.name == "incident_area")),
        "choice": lambda: select(label, hint, dict(column.choices)),
        "day": lambda: day(label, hint, called=label),
        "yes": lambda: tick(label),
        "words": lambda: words(label, hint),
    }
    return made.get(column.kind, lambda: line(label, hint))()


def areas(desk: Desk, *, outside: bool) -> dict[str, str]:
    """The local authorities that can be chosen, this partnership's first."""
    first = {OUTSIDE: "Outside England"} if outside else {}
    return {**dict(desk.authorities), **first}


def choose(field: Any, choices: Sequence[tuple[str, str]]) -> None:
    """Offer these in a list, after nothing."""
    field.choices = [SelectChoice("", "Select"), *(SelectChoice(value, label) for value, label in choices)]


def _chosen(field: Any) -> str | None:
    return (field.data or None) if field.data in {choice.value for choice in field.choices} else None


class UploadForm(KeyedForm):
    """A spreadsheet of cases."""

    file = FileField("Spreadsheet of cases (.xlsx or .csv)")


class ReferredForm(KeyedForm):
    """What both a notification that came first and a referral written for an agency say of the incident."""

    children = words("What are the children's names?", ONE_EACH)
    births = words("When were the children born?", BORN_EACH)
    incident_on = day(
        "On which day did it happen?", "Leave empty where it is not known", "The day of the incident"
    )
    incident_area = select("Area where it happened", "It decides who leads each stage")
    home_area = select("Area where the child normally lives")

    def offer(self, desk: Desk) -> None:
        """Offer the areas."""
        choose(self.incident_area, list(areas(desk, outside=True).items()))
        choose(self.home_area, list(areas(desk, outside=False).items()))

    def given(self) -> tuple[tuple[Child, ...], list[tuple[str, str]]]:
        """The children, and what is wrong with their dates of birth."""
        names, typed = lines_of(self.children.cleaned), lines_of(self.births.cleaned)
        faults, born = [], []
        for text in typed:
            known = text.casefold() not in ("not known", "unknown", "-", "?")
            found, fault = read_day(text) if known else (None, None)
            born.append(found)
            faults += [("births", fault)] if fault else []
        if typed and names and len(names) != len(typed):
            said = f"There are {len(names)} names and {len(typed)} dates of birth"
            faults.append(("births", f"{said}. Type “not known” for a date that is not known"))
        number = len(names) or len(born)
        pairs = [
            Child(names[place] if place < len(names) else "", born[place] if place < len(born) else None)
            for place in range(number)
        ]
        return tuple(pairs), faults

    def known_areas(self) -> Areas:
        """The areas that were chosen; what was not offered counts as nothing."""
        return Areas(_chosen(self.incident_area), _chosen(self.home_area))

    def where(self) -> Where:
        """The day and the areas as a case keeps them."""
        chosen = self.known_areas()
        incident = None if chosen.incident == OUTSIDE else chosen.incident
        return Where(self.incident_on.data, incident, chosen.home)


class CameFirstForm(ReferredForm):
    """A notification that came before a referral."""

    heading = line("What is the case about?", "A few words without names, for example: A child aged 4")
    summary = words("What is known?")
    aware_at = moment(
        "When did the local authority become aware?", when="when the local authority became aware"
    )
    aware_not_known = tick("When it became aware is not known")
    submitted_at = moment("When was the notification sent?", when="when the notification was sent")
    channel = one_of("How was it sent?", CHANNELS)
    panel_reference = line("What reference was given?")
    second = tick("A second case of this notification is meant")
    submitted_by = line("Who sent it for the local authority?")
    missed_reason = words("Why was it sent after the five working days?", "Only where it was")
    missed_reported_to = line("To whom was that reported?", "Only where it was late")
    agency = select("Which agency is asked for the referral form?")

    def typed(self, children: tuple[Child, ...], key: UUID) -> CameFirst:
        """The notification as the service reads it."""
        return CameFirst(
            title=self.heading.cleaned, children=children, summary=self.summary.cleaned,
            aware_at=self.aware_at.data, submitted_at=self.submitted_at.data,
            channel=self.channel.data if self.channel.data in CHANNELS else None,
            panel_reference=self.panel_reference.cleaned, submitted_by=self.submitted_by.cleaned,
            agency=self.agency.data or "", key=key, aware_not_known=bool(self.aware_not_known.data),
            where=self.where(), areas=self.known_areas(), missed_reason=self.missed_reason.cleaned,
            missed_reported_to=self.missed_reported_to.cleaned, second=bool(self.second.data),
        )  # fmt: skip


class WrittenForm(ReferredForm):
    """A referral that reached the Partnership Team otherwise, or that it writes itself (A-09)."""

    agency = select("Which agency refers?", "The one on whose behalf it is written")
    referred_by = line("Who made the referral?", "Their name and role")
    referred_on = day("On which day was it made?", called="The day of the referral")
    summary = words("What does the referral say?")


class AskForm(KeyedForm):
    """A further agency that is asked for the referral form."""

    agency = select("Which agency is asked for the referral form?")


class SameIncidentForm(KeyedForm):
    """Whether two cases are of one incident. `seen` is the verdict that stood when the form was shown."""

    seen = HiddenField()
    verdict = one_of("Are the two of the same incident?", VERDICTS)
    reason = words("How do you know?", "Both cases keep this")
