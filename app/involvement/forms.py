"""The forms of scoping. What the procedure demands of the answers is asked in the rules."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import request
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import FileField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.involvement.returns import OnBehalf
from app.involvement.service import Outside
from app.procedure.events import Party
from app.serious_incidents import words as said
from app.serious_incidents.fields import day, line, moment, one_of, select, some_of
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import KeyedForm
from app.serious_incidents.rules import SOURCES
from app.web.text_rules import displayable, normalised
from tenants.registry import Agency

ONLY_THESE = "PDF, Word document (.docx), PNG or JPEG picture, or plain text"
OUTSIDE = ("name", "contact", "email")


class OpenForm(KeyedForm):
    """Whom to ask, by when, and what besides. `purpose` is what the form was shown for."""

    purpose = HiddenField()
    title = line(
        "How do the requests name the child?",
        "Contributors of an agency see this, and nothing else of the case",
    )
    due_on = day("By when are returns needed?", "Early enough that papers can go out a week before the meeting",
                 "The date for returns")  # fmt: skip
    agencies = some_of("Which agencies are asked?", {}, "Those with members on the group are selected")
    questions = several_lines("Further questions (optional)", "Besides those of the form; one to a line")

    def offer(self, everybody: Iterable[Agency], first: set[UUID]) -> None:
        """Offer every agency; those with members on the group are selected to begin with."""
        self.offered = {str(one.id): one.name for one in everybody}
        self.agencies.choices = [SelectChoice(value, name) for value, name in self.offered.items()]
        if not self.is_submitted():
            self.agencies.data = [str(identifier) for identifier in first]

    def chosen(self) -> list[UUID]:
        """The agencies that were selected, of those offered."""
        return [UUID(one) for one in self.agencies.data or () if one in self.offered]


def outside_typed() -> list[dict[str, str]]:
    """The organisations outside as they were typed; rows of which nothing was are left out."""
    columns = zip(*(request.form.getlist(name) for name in OUTSIDE), strict=False)
    rows = [dict(zip(OUTSIDE, (displayable(text[:200]) for text in row), strict=True)) for row in columns]
    return [row for row in rows if any(normalised(text) for text in row.values())]


def outside_of(rows: Iterable[dict[str, str]]) -> list[Outside]:
    """The organisations outside as the service reads them."""
    return [Outside(*(normalised(row[name]) for name in OUTSIDE)) for row in rows]


class AddForm(KeyedForm):
    """One more agency, or an organisation outside."""

    agency: SelectField = select(
        "Which agency of the partnership?", "Leave empty for an organisation outside"
    )
    name = line("Or which organisation outside?")
    contact = line("Whom do you ask there?")
    email = line(
        "What is their e-mail address?", "They are told that something is asked, and nothing of the case"
    )
    due_on = day("By when is the return needed?", called="The date for the return")

    def offer(self, agencies: Iterable[Agency]) -> None:
        """Offer the agencies that are not asked now."""
        self.offered = {str(one.id): one.name for one in agencies}
        named = [SelectChoice(value, name) for value, name in self.offered.items()]
        self.agency.choices = [SelectChoice("", "Select"), *named]

    def agency_id(self) -> UUID | None:
        """The agency that was selected, of those offered."""
        return UUID(self.agency.data) if self.agency.data in self.offered else None

    def outside(self) -> Outside | None:
        """The organisation outside that was typed, or None where an agency was selected or nothing typed."""
        typed = Outside(self.name.cleaned, self.contact.cleaned, self.email.cleaned)
        any_typed = bool(typed.name or typed.contact or typed.email)
        return typed if any_typed and self.agency_id() is None else None


class WithdrawForm(KeyedForm):
    """A request that is withdrawn."""

    reason = several_lines(
        "Why is the request withdrawn?", "The agency is told that it was, and can read this reason"
    )


class DirectForm(KeyedForm):
    """The chair's direction of the scoping for a discussion."""

    due_on = day("By when are returns needed?", called="The date for returns")
    discussed_on = day("When does the group discuss it? (optional)", "After the returns, so that they can be read",
                       "The date of the discussion")  # fmt: skip
    words = several_lines("What should the scoping look at? (optional)", "The Partnership Team reads it")


class OutcomeCommentForm(KeyedForm):
    """A partner's comment on the chair's decision."""

    party = one_of("For which safeguarding partner do you write?", {})
    words = several_lines(
        "Write a comment", "The chair, the Partnership Team, the scrutineer and the partners read it"
    )

    def offer(self, parties: Iterable[Party]) -> None:
        """Offer the partners that this person represents; the only one is selected."""
        self.offered = found = sorted(set(parties))
        self.party.choices = [SelectChoice(one.value, said.party_name(one)) for one in found]
        if len(found) == 1:
            self.party.data = found[0].value

    def chosen(self) -> Party | None:
        """The partner that was selected, of those offered."""
        return next((one for one in self.offered if one.value == self.party.data), None)


class FileForm(KeyedForm):
    """A file to attach."""

    file = FileField("Choose a file", description=f"{ONLY_THESE}, of 10 MB at most", widget=GovFileInput())


class ReturnForm(KeyedForm):
    """A return to submit. `over` is the save of the draft that was shown; `content` is what the form lacks."""

    over = HiddenField()
    content = HiddenField()
    changed = several_lines(
        "What has changed since the last return?", "The earlier return is kept beside this one"
    )

    def behalf(self) -> OnBehalf | None:
        """How it came, for one recorded on an agency's behalf."""
        return None


class BehalfForm(ReturnForm):
    """A return that the agency gave outside Waymark."""

    given_by = line("Who returned it?", "The name of a person of the agency")
    given_capacity = line("In what role?")
    returned_at = moment("When did they return it?", when="of the return")
    source = one_of("How did it come?", SOURCES)
    evidence = several_lines("Where is the evidence?", "For example, the e-mail or the note of the call")

    def behalf(self) -> OnBehalf | None:
        """How it came."""
        return OnBehalf(self.given_by.cleaned, self.given_capacity.cleaned, self.returned_at.data,
                        self.source.data or "", self.evidence.cleaned)  # fmt: skip
