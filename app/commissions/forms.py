"""The forms of commissions. What the procedure demands of the answers is asked in the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import request
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.access.roles import ROLE_NAMES, Role
from app.accounts.membership_days import MemberDays
from app.commissions.papers import NewPaper
from app.commissions.rules import CALLED, HEADINGS, KINDS, NEEDED, TITLES, Faults
from app.commissions.service import NewCommission
from app.commissions.snapshots import PARTS, WRITTEN
from app.procedure.commissions import MILESTONES, Milestone
from app.serious_incidents.fields import Day, day, line, one_of, select
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import KeyedForm
from app.web.text_rules import whole_number

HINTS = {
    "purpose": "What is to be learned, and for whom",
    "scope": "What is looked at, between which dates, and what is left out",
    "enquiry": "The questions that must be answered, one to a line",
    "method": "How it is done",
    "contributors": "Agencies, practitioners and family, and how they are asked",
    "report": "Length, what it must hold, and who reads it",
}


class GiveForm(KeyedForm):
    """Who is commissioned, from when to when, and whom they can ask."""

    membership: SelectField = select("Who is commissioned?", "A member who is a reviewer or an event lead")
    first_day = day("What is the first day?", "They see nothing before it", called="The first day")
    last_day = day("What is the last day?", "They have access to the end of this day", called="The last day")
    contact = line(
        "Whom can they ask?",
        "A name, and how to reach them. It is the only name of the partnership that they see",
    )

    def offer(self, members: Iterable[MemberDays]) -> None:
        """Offer those who can be commissioned, each with what for."""
        self.membership.choices = [SelectChoice("", "Select")]
        for one in members:
            role = Role(one.role)
            label = f"{one.name}, {ROLE_NAMES[role]}: {TITLES[KINDS[role]].lower()}"
            self.membership.choices.append(SelectChoice(str(one.membership_id), label))

    def typed(self, key: UUID) -> NewCommission:
        """The commission as the service reads it, which knows who can be chosen; no choice at all is None."""
        try:
            chosen = UUID(self.membership.data or "")
        except ValueError:
            chosen = None
        return NewCommission(
            chosen,
            self.first_day.data,
            self.last_day.data,
            self.contact.cleaned,
            key,
        )


class OverForm(KeyedForm):
    """A form that changes something: `over` is the version that it was shown beside."""

    over = HiddenField()

    def seen(self) -> int:
        """The version that the form was shown beside; -1, which none is, where it was spoilt."""
        return whole_number(self.over.data)


class EndForm(OverForm):
    """Another last day."""

    last_day = day(
        "What is the new last day?", "They have access to the end of this day", called="The last day"
    )
    reason = line("Why does it change?")


class RemoveForm(KeyedForm):
    """A removal."""

    reason = several_lines(
        "Why are they removed?", "Kept with the commission. The person removed is told only that it has ended"
    )


class WithdrawForm(KeyedForm):
    """A paper that is withdrawn."""

    reason = line("Why is it withdrawn?", "Kept with the paper. It is not told to those commissioned")


class CommentForm(KeyedForm):
    """A comment on a submitted version."""

    words = several_lines("Write a comment", "They read it with your role, and without your name")


def _heading(name: str) -> object:
    label = HEADINGS[name] if name in NEEDED else f"{HEADINGS[name]} (optional)"
    return several_lines(label, HINTS[name])


class TermsForm(OverForm):
    """A version of the terms of reference."""

    purpose = _heading("purpose")
    scope = _heading("scope")
    enquiry = _heading("enquiry")
    method = _heading("method")
    contributors = _heading("contributors")
    report = _heading("report")

    def texts(self) -> dict[str, str]:
        """What was typed, by heading."""
        return {name: self[name].cleaned for name in HEADINGS}


def _milestone(milestone: Milestone) -> Day:
    name = MILESTONES[milestone]
    return day(name, "Leave empty where there is no such date", called=f"The date of '{name}'")


class TimetableForm(OverForm):
    """The dates of a commission. Fields are named as the milestones are."""

    start = _milestone(Milestone.START)
    information = _milestone(Milestone.INFORMATION)
    first_draft = _milestone(Milestone.FIRST_DRAFT)
    final_draft = _milestone(Milestone.FINAL_DRAFT)
    end = _milestone(Milestone.END)
    reason = line("Why does the timetable change?")

    def days(self) -> dict[Milestone, date | None]:
        """What was typed, by milestone."""
        return {milestone: self[field_of(milestone)].data for milestone in Milestone}

    def unread(self) -> bool:
        """Whether a date was typed that is none."""
        return any(self[field_of(milestone)].fault for milestone in Milestone)


class PaperForm(KeyedForm):
    """A paper to release. `seen` names the content that was looked at."""

    seen = HiddenField()
    part = one_of(
        "What is released?", {**PARTS, WRITTEN: "A paper that I write here"},
        "A copy of the case is frozen as it stands when you release it",
    )  # fmt: skip
    title = line(
        "What is it called?", "Leave empty for its usual name. It must not name a child: it stands in lists"
    )
    text = several_lines("If you write it here, the paper")

    def typed(self, key: UUID) -> NewPaper:
        """The paper as the service reads it."""
        return NewPaper(
            self.part.data or "", self.title.cleaned, self.text.cleaned, self.seen.data or "", key
        )


class SubmitForm(KeyedForm):
    """A version to submit. `over` is the save of the draft that was shown."""

    over = HiddenField()
    called = one_of("Which draft is this?", CALLED)
    note = several_lines("A note to go with it (optional)")


def field_of(milestone: Milestone | str) -> str:
    """The form's field of a milestone."""
    return str(getattr(milestone, "value", milestone)).replace("-", "_")


def tell(form: KeyedForm, faults: Faults) -> None:
    """Put each fault beside its field, where nothing is told yet: the first of a field's faults is the one to mend."""
    for name, message in faults:
        field = form[field_of(name)]
        if not field.errors:
            field.errors = [message]


def sent(name: str) -> str:
    """What the request's form says under a name."""
    return request.form.get(name, "")
