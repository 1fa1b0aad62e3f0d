"""The forms of recommendations and actions. What the procedure asks of the answers is named by the rules."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.procedure import recommendations as procedure
from app.procedure.recommendations import Content, Progress
from app.recommendations.actions import Changed, NewAction
from app.recommendations.reading import ActionView, RecommendationView, named_others
from app.recommendations.service import Typed, words_of_day
from app.serious_incidents.fields import Day, day, line, one_of, select, some_of
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import WordedForm
from app.web.text_rules import whole_number
from tenants.registry import Agency

TEXTS = ("text", "measure", "achievable", "relevance", "expected_impact", "how_known")
BECAME = {
    procedure.ACCEPTED: "Accepted by the group",
    procedure.RETURNED: "Returned, to be written again",
    procedure.PROPOSED: "Proposed again as it stands",
    procedure.WITHDRAWN: "Withdrawn: nothing of it is done",
}
OTHER = "other"


class OverForm(WordedForm):
    """A form that changes something: `over` is the version that it was shown beside."""

    over = HiddenField()

    def seen(self) -> int:
        """The version that the form was shown beside; -1, which none is, where it was spoilt."""
        return whole_number(self.over.data)


class RecommendationForm(OverForm):
    """A recommendation. Only what exactly is recommended must be said; what else is missing is named on its page."""

    text = several_lines(
        "Specific: what exactly is recommended?", "Who does what. One recommendation, one change"
    )
    measure = several_lines(
        "Measurable: how will it be measured?", "For example: 'an audit of 20 records, from 40% now to 90%'"
    )
    achievable = several_lines(
        "Achievable: why can it be done?",
        "The people, powers and money there are, and what stands in the way",
    )
    relevance = several_lines(
        "Relevant: which finding does it answer?", "What the review found, and how this changes it"
    )
    by_when = day("Timely: by which day is it done?", called="The day by which it is done")
    expected_impact = several_lines(
        "What impact is expected?",
        "What will be different for children and families, not what agencies will have done",
    )
    how_known = several_lines(
        "How will that be known?", "What will show the difference, and when it is looked at"
    )
    agencies = some_of("Which agencies is it addressed to?", {})
    others = several_lines(
        "Anybody else it is addressed to (optional)", "One on each line, for example a national body"
    )

    def offer(self, known: Iterable[Agency]) -> None:
        """Offer the partnership's agencies."""
        self.names = {str(one.id): one.name for one in known}
        self.agencies.choices = [SelectChoice(value, name) for value, name in self.names.items()]

    def show_again(self, told: RecommendationView) -> None:
        """Begin with what the recommendation says now."""
        for name in TEXTS:
            self[name].data = getattr(told, name)
        self.others.data = told.others
        self.agencies.data = [str(one) for one in told.agency_ids]
        if told.by_when is not None:
            self.by_when.show(told.by_when)

    def typed(self, key: UUID) -> Typed:
        """The recommendation as the service reads it."""
        chosen, others = self._chosen(), self.others.cleaned
        content = Content(
            **{name: self[name].cleaned for name in TEXTS}, by_when=self.by_when.data,
            agencies=(*chosen.values(), *named_others(others)),
        )  # fmt: skip
        return Typed(content, tuple(chosen), others, key)

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        said = {name: self[name].cleaned for name in (*TEXTS, "others")}
        said |= {"by_when": _day(self.by_when), "agencies": ", ".join(sorted(self._chosen().values()))}
        return said

    def _chosen(self) -> dict[UUID, str]:
        return {UUID(one): self.names[one] for one in self.agencies.data or () if one in self.names}


class ChangeForm(RecommendationForm):
    """A change of a recommendation, with its reason."""

    reason = several_lines("Why does it change?", "Kept with this version")

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {**super().in_words(), "reason": self.reason.cleaned}


class StateForm(OverForm):
    """What became of a recommendation."""

    state = one_of("What became of it?", {})
    reason = several_lines(
        "Who decided it, when and why?", "For example: 'the group, at its meeting of 4 December'"
    )

    def offer(self, before: str) -> None:
        """Offer what may follow the state that it is in."""
        self.state.choices = [SelectChoice(one, BECAME[one]) for one in procedure.NEXT[before]]

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {"state": procedure.STATES.get(self.state.data or "", ""), "reason": self.reason.cleaned}


class NewActionForm(WordedForm):
    """An action that is agreed."""

    words = several_lines("What is done?", "One step that somebody can take, and say when it is done")
    agency = select("Which agency does it?")
    other = line("If it is another agency, which?")
    owner = line("Who owns it there?", "A name or a role")
    due_on = day("By which day?", called="The day by which it is done")

    def offer(self, known: Iterable[Agency]) -> None:
        """Offer the partnership's agencies, and another."""
        self.names = {str(one.id): one.name for one in known}
        named = [SelectChoice(value, name) for value, name in self.names.items()]
        self.agency.choices = [
            SelectChoice("", "Select"),
            *named,
            SelectChoice(OTHER, "Another, named below"),
        ]

    def typed(self, key: UUID) -> NewAction:
        """The action as the service reads it."""
        chosen = UUID(self.agency.data) if self.agency.data in self.names else None
        other = self.other.cleaned if self.agency.data == OTHER else ""
        return NewAction(self.words.cleaned, chosen, other, self.owner.cleaned, self.due_on.data, key)

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {
            "words": self.words.cleaned,
            "agency": self.names.get(self.agency.data or "", ""),
            "other": self.other.cleaned,
            "owner": self.owner.cleaned,
            "due_on": _day(self.due_on),
        }


class ChangeActionForm(OverForm):
    """A change of what was agreed of an action."""

    words = several_lines("What is done?")
    owner = line("Who owns it?", "A name or a role")
    due_on = day("By which day?", called="The day by which it is done")
    reason = several_lines("Why does it change?", "Kept with the action")

    def show_again(self, told: ActionView) -> None:
        """Begin with what is agreed now."""
        self.words.data, self.owner.data = told.words, told.owner
        self.due_on.show(told.due_on)

    def typed(self, key: UUID) -> Changed:
        """The change as the service reads it."""
        return Changed(
            self.words.cleaned,
            self.owner.cleaned,
            self.due_on.data,
            self.reason.cleaned,
            self.seen(),
            key,
        )

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        said = {name: self[name].cleaned for name in ("words", "owner", "reason")}
        return said | {"due_on": _day(self.due_on)}


class UpdateForm(OverForm):
    """What has happened of an action."""

    words = several_lines("What has happened since?", "Progress, or what stands in the way")
    state = one_of(
        "Where does the action stand?",
        {procedure.OPEN: "Open: it goes on", procedure.DONE: "Done"},
        "It counts as done only with evidence",
    )
    evidence = several_lines(
        "What shows it, and where can that be seen?",
        "For example: 'guidance of 3 March, on the staff pages'. Name nobody",
    )

    def typed(self) -> Progress:
        """The update as the service reads it."""
        return Progress(self.words.cleaned, self.evidence.cleaned, self.state.data or "")

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        return {
            "words": self.words.cleaned,
            "state": procedure.ACTION_STATES.get(self.state.data or "", ""),
            "evidence": self.evidence.cleaned,
        }


def _day(field: Day) -> str:
    return words_of_day(field.data) or field.in_words()
