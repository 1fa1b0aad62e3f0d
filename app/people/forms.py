"""The forms of people: what is typed is kept and shown again; what must hold of it is asked in the rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.people.invitations import PASSKEY, NewInvitation
from app.people.memberships import Faults
from app.serious_incidents.fields import Day, day, line, one_of, select, words
from app.serious_incidents.forms import KeyedForm
from app.web.text_rules import whole_number

NO_ORGANISATION = "They have no organisation here: they make a passkey"
NONE = "None"
SERVE = (
    "Practitioners, representatives, contributors and managers of an agency, Designated Professionals and the Service "
    "Director serve one. Leave it at none for every other role."
)


class MembershipForm(KeyedForm):
    """A role, for whom, and between which days."""

    role: SelectField = select("Which role?")
    agency: SelectField = select("Which agency does the role serve?", SERVE)
    starts_on = day("What is the first day?", called="The first day")
    ends_on = day(
        "What is the last day? (optional)", "Leave empty where none is known", called="The last day"
    )
    reason = words("Why do you need this role?", "It is for yourself: a second person decides by this")

    def offer(self, roles: dict[str, str], agencies: dict[str, str]) -> None:
        """Offer the partnership's roles and agencies."""
        self.role.choices = _offered("Select", roles)
        self.agency.choices = _offered(NONE, agencies)

    def ask_for_another(self) -> None:
        """Ask for the reason of a role that is for somebody else."""
        label = "Why do they need this role?"
        shown = {**self.reason.render_kw, "params": {"label": {"text": label, "classes": "govuk-label--s"}}}
        self.reason.render_kw, self.reason.label.text = shown, label
        self.reason.description = "Where a second person is needed, they decide by this"

    def chosen_role(self) -> str | None:
        """The role chosen, of those offered."""
        return _chosen(self.role)

    def chosen_agency(self) -> UUID | None:
        """The agency chosen, of those offered."""
        found = _chosen(self.agency)
        return UUID(found) if found else None


class InviteForm(MembershipForm):
    """Who is invited, to what, and how they will sign in."""

    ORDER = ("name", "email", "role", "agency", "starts_on", "ends_on", "by")
    name = line("What is their name?")
    email = line("What is their e-mail address?", "The link goes there. It never identifies anybody.")
    by: RadioField = one_of("How will they sign in?", {})

    def offer_ways(self, organisations: dict[str, str]) -> None:
        """Offer the organisations that the partnership trusts, and a passkey."""
        self.by.choices = [
            *(SelectChoice(value, label) for value, label in organisations.items()),
            SelectChoice(PASSKEY, NO_ORGANISATION),
        ]

    def typed(self, key: UUID) -> NewInvitation:
        """The invitation as the service reads it."""
        return NewInvitation(
            self.name.cleaned, self.email.cleaned, self.chosen_role(), self.chosen_agency(), self.starts_on.data,
            self.ends_on.data, self.by.data, key,
        )  # fmt: skip


class LastDayForm(KeyedForm):
    """A new last day of a membership."""

    ends_on = day("What is the last day?", "Leave empty where none is known", called="The last day")
    reason = line("Why does it change?")


class ReasonForm(KeyedForm):
    """A step with its reason: ending a membership, withdrawing an invitation."""

    reason = line("What is the reason?", "Kept in the ledger")


class SendForm(KeyedForm):
    """Sending an invitation again. `seen` is how often it had been sent when the page was shown."""

    seen = HiddenField()

    def times(self) -> int:
        """The sending that the page showed; none where it was spoilt."""
        return whole_number(self.seen.data, 5)


class CheckForm(KeyedForm):
    """That a passkey's holder is who was invited."""

    how = line("How did you reach them?", "For example: telephoned them on the number that their firm gave")
    code = line(
        "Which six digits did they read to you?", "They see them after making their passkey", width=10
    )


class RecoverForm(KeyedForm):
    """A new passkey for somebody who lost theirs."""

    email = line("Where is the link to be sent?", "Their e-mail address")
    reason = words("What happened?", "And how you know that it was they who asked")


class DecideForm(KeyedForm):
    """Approving or refusing what somebody proposed."""

    reason = words("What is your reason?", "Where you approve: how you checked. Kept in the ledger.")


def put(form: Any, faults: Faults) -> None:
    """Put faults beside their fields."""
    for name, message in faults:
        form[name].errors = [*form[name].errors, message]


def errors_of(form: Any) -> list[tuple[str, str]]:
    """The first fault of each field, in the order of the page, with the part of the page that it leads to."""
    order = list(getattr(form, "ORDER", ()))
    fields = sorted(form, key=lambda field: order.index(field.name) if field.name in order else len(order))
    return [
        (f"{field.name}-day" if isinstance(field, Day) else f"{field.id}-0" if _is_radio(field) else field.id,
         field.errors[0])
        for field in fields
        if field.errors
    ]  # fmt: skip


def _is_radio(field: object) -> bool:
    return isinstance(field, RadioField)


def _offered(first: str, choices: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice("", first), *(SelectChoice(value, label) for value, label in choices.items())]


def _chosen(field: SelectField) -> str | None:
    """What was chosen, of what was offered; None for anything else."""
    offered = {choice.value for choice in field.choices or () if isinstance(choice, SelectChoice)} - {""}
    return field.data if field.data in offered else None
