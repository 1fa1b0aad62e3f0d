"""The forms of entering a case, of a notification that came first, and of two referrals of one incident."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import FileField, HiddenField

from app.entering.columns import COLUMNS
from app.entering.requests import CameFirst
from app.procedure.entering import OUTCOMES
from app.serious_incidents.fields import Day, day, line, moment, one_of, select, words
from app.serious_incidents.forms import KeyedForm
from app.serious_incidents.notification_rules import CHANNELS

VERDICTS = {
    "linked": "They are of the same incident: link them",
    "refused": "They are not of the same incident",
}


class EnterForm(KeyedForm):
    """A case already under way; its fields are those of the spreadsheet."""

    def raw(self) -> dict[str, str]:
        """What was typed, as the spreadsheet would hold it."""
        found = {}
        for column in COLUMNS:
            field = self[column.name]
            if isinstance(field, Day):
                found[column.name] = field.data.isoformat() if field.data else ""
            else:
                found[column.name] = field.cleaned if hasattr(field, "cleaned") else (field.data or "")
        return found


def _field(kind: str, label: str, hint: str) -> Any:
    if kind == "outcome":
        return select(label, hint, OUTCOMES)
    if kind == "day":
        return day(label, hint)
    return words(label, hint) if kind == "words" else line(label, hint)


for _column in COLUMNS:
    setattr(EnterForm, _column.name, _field(_column.kind, _column.label, _column.hint))


class UploadForm(KeyedForm):
    """A spreadsheet of cases, or the rows of one that were looked at."""

    file = FileField("Spreadsheet of cases (.xlsx or .csv)")
    rows = HiddenField()


class CameFirstForm(KeyedForm):
    """A notification that came before a referral."""

    heading = line("What is the case about?", "A few words without names, for example: A child aged 4")
    children = words("What are the children's names?", "One on each line; leave empty where none is named")
    summary = words("What is known?")
    aware_at = moment("When did the local authority become aware?")
    submitted_at = moment("When was the notification sent?")
    channel = one_of("How was it sent?", CHANNELS)
    panel_reference = line("What reference was given?")
    submitted_by = line("Who sent it for the local authority?")
    agency = select("Which agency is asked for the referral form?")

    def typed(self, key: UUID) -> CameFirst:
        """The notification as the service reads it."""
        names = [name.strip() for name in self.children.cleaned.split("\n") if name.strip()]
        return CameFirst(
            title=self.heading.cleaned, children=tuple(names[:4]), summary=self.summary.cleaned,
            aware_at=self.aware_at.data, submitted_at=self.submitted_at.data,
            channel=self.channel.data if self.channel.data in CHANNELS else None,
            panel_reference=self.panel_reference.cleaned, submitted_by=self.submitted_by.cleaned,
            agency=self.agency.data or "", key=key,
        )  # fmt: skip


class SameIncidentForm(KeyedForm):
    """Whether two cases are of one incident."""

    verdict = one_of("Are the two of the same incident?", VERDICTS)
    reason = words("How do you know?", "Both cases keep this")
