"""The form of a section, made from its questions."""

from __future__ import annotations

from wtforms import Field, HiddenField

from app.procedure.preparation import Section
from app.serious_incidents.fields import line, one_of, words
from app.serious_incidents.forms import KeyedForm
from app.web.text_rules import whole_number

PREFIX = "q_"


class SectionForm(KeyedForm):
    """A section. `version` is the save that it was shown with. Its questions' fields are added by `form_of`."""

    version = HiddenField()
    asked: tuple[str, ...] = ()

    def typed(self) -> dict[str, str]:
        """The answers as they are stored."""
        found = {}
        for name in self.asked:
            field = self[PREFIX + name]
            found[name] = field.cleaned if hasattr(field, "cleaned") else (field.data or "")
        return found

    def version_seen(self) -> int:
        """The save that the form was shown with; -1, which none is, where it was spoilt."""
        return whole_number(self.version.data)


def form_of(section: Section, prefilled: list[str]) -> type[SectionForm]:
    """The form of a section; questions answered from the referral say so."""
    fields: dict[str, object] = {"asked": tuple(asked.name for asked in section.questions)}
    for asked in section.questions:
        hint = asked.hint
        if asked.name in prefilled:
            hint = f"{hint}. From the referral" if hint else "From the referral"
        label = f"{asked.label} (optional)" if asked.optional else asked.label
        made: Field
        if asked.kind == "choice":
            made = one_of(label, dict(asked.choices), hint)
        else:
            made = line(label, hint) if asked.kind == "line" else words(label, hint)
        fields[PREFIX + asked.name] = made
    return type("SectionFormNow", (SectionForm,), fields)


def fill(form: SectionForm, given: dict[str, str], version: int) -> None:
    """Show what is stored."""
    form.version.data = str(version)
    for name in form.asked:
        form[PREFIX + name].data = given.get(name, "")
