"""The form in which a partnership's manager changes its own procedure: typed fields, never raw data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.access.own_names import GROUP, name_of
from app.access.owners import NAMES
from app.procedure.catalogue import CATALOGUE
from app.procedure.events import EventKind
from app.procedure.obligation import LOCAL_DEFAULTS, STATUTORY
from app.procedure.own_procedure import (
    BLOCKS,
    CLOSINGS,
    MOST_STEPS,
    OMITTABLE,
    RENAMED,
    STEP_OWNERS,
    TRIGGERS,
    step_faults,
)
from app.serious_incidents.fields import line, select, some_of
from app.serious_incidents.forms import KeyedForm

CLOCKS = {**LOCAL_DEFAULTS, **STATUTORY}
NO_CLOCK = ""
PARTS = ("action", "owner", "trigger", "closing", "days", "blocks")


class SettingsForm(KeyedForm):
    """What a partnership may set. Its fields for clocks, names and steps are added by `settings_form`."""

    edition = HiddenField()
    lig_name = line("What is the group called?", "The procedure calls it the Learning Inquiry Group")
    omitted = some_of(
        "Which local steps are left out?", {}, "Statutory duties and national guidance always stay"
    )
    reason = line("Why do the settings change?", "Kept with the edition")
    rows: int = 0

    def settings(self, current: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """The settings as typed, on top of those that this form does not show; and whether every field reads."""
        clocks = {name: self._days(name) for name in CLOCKS}
        names = {party.value: self[_name(party.value)].cleaned for party in RENAMED}
        steps = [step for row in range(self.rows) if (step := self._step(row)) is not None]
        sound = all(days is not None for days in clocks.values())
        sound = sound and not any(self[f"step{row}_action"].errors for row in range(self.rows))
        changed: dict[str, Any] = {
            "clocks": {
                name: days for name, days in clocks.items() if days is not None and days != CLOCKS[name]
            },
            "lig_name": self.lig_name.cleaned or GROUP,
            "names": {key: text for key, text in names.items() if text and text != NAMES[_party(key)]},
            "omitted": sorted(self.omitted.data or ()),
            "steps": _keyed(steps),
        }
        for step, row in zip(changed["steps"], self._filled(), strict=True):  # type: ignore[call-overload]
            faults = step_faults(step)
            if faults:
                field = self[f"step{row}_action"]
                field.errors = [
                    *field.errors,
                    *(fault.replace(f"The step '{step['key']}'", "This step") for fault in faults),
                ]
                sound = False
        return {**current, **changed}, sound

    def _days(self, name: str) -> int | None:
        field = self[_clock(name)]
        text, statutory = field.cleaned, name in STATUTORY
        if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 250:
            field.errors = [*field.errors, "Enter a whole number of working days, 1 or more"]
            return None
        if statutory and int(text) > STATUTORY[name]:
            field.errors = [
                *field.errors,
                f"This is {CATALOGUE[name].kind}: it can be {STATUTORY[name]} or fewer",
            ]
            return None
        return int(text)

    def _filled(self) -> list[int]:
        return [row for row in range(self.rows) if self[f"step{row}_action"].cleaned]

    def _step(self, row: int) -> dict[str, Any] | None:
        typed = {part: self[f"step{row}_{part}"] for part in PARTS}
        action = typed["action"].cleaned
        if not action:
            # An emptied first box removes a step that was there; a new step that says nothing is asked what it is.
            told = any(typed[part].data for part in ("owner", "trigger", "closing", "days", "blocks"))
            if told and not self[f"step{row}_key"].data:
                typed["action"].errors = [*typed["action"].errors, "Say what is done"]
            return None
        step = {
            "key": self[f"step{row}_key"].data or "",
            "action": action,
            "owner": typed["owner"].data,
            "trigger": typed["trigger"].data,
            "closing": typed["closing"].data or EventKind.LOCAL_STEP_DONE.value,
            "blocks": typed["blocks"].data or "nothing",
        }
        days = typed["days"].cleaned
        if days:
            step["days"] = int(days) if re.fullmatch(r"[0-9]{1,3}", days) else -1
        return step


def settings_form(current: dict[str, Any]) -> type[SettingsForm]:
    """The form for a partnership's settings as they are, with one empty row for a new step."""
    steps = list(current.get("steps", ()))
    fields: dict[str, Any] = {"rows": min(len(steps) + 1, MOST_STEPS)}
    for name, usual in CLOCKS.items():
        usually = f"usually {usual} working {'day' if usual == 1 else 'days'}"
        hint = f"{CATALOGUE[name].kind.capitalize()}; {usually}"
        fields[_clock(name)] = line(f"{name}: {CATALOGUE[name].text}", hint, width=3)
    for party in RENAMED:
        fields[_name(party.value)] = line(NAMES[party], "Leave empty for the procedure's own name")
    for row in range(fields["rows"]):
        fields |= _step_fields(row)
    return type("SettingsFormNow", (SettingsForm,), fields)


def fill(form: SettingsForm, current: dict[str, Any], number: int) -> None:
    """Show the settings as they are."""
    form.edition.data = str(number)
    for name, usual in CLOCKS.items():
        form[_clock(name)].data = str(current.get("clocks", {}).get(name, usual))
    for party in RENAMED:
        form[_name(party.value)].data = current.get("names", {}).get(party.value, "")
    form.lig_name.data = current.get("lig_name", GROUP)
    form.omitted.data = list(current.get("omitted", ()))
    for row, step in enumerate(current.get("steps", ())):
        form[f"step{row}_key"].data = step["key"]
        for part in PARTS:
            value = step.get(part, EventKind.LOCAL_STEP_DONE.value if part == "closing" else "")
            form[f"step{row}_{part}"].data = str(value) if value is not None else ""


def offer(form: SettingsForm) -> None:
    """The local steps that can be left out."""
    form.omitted.choices = [SelectChoice(name, f"{name}: {CATALOGUE[name].text}") for name in OMITTABLE]


def _step_fields(row: int) -> dict[str, Any]:
    return {
        f"step{row}_key": HiddenField(),
        f"step{row}_action": line("What is done?", "A sentence, such as: Consult the designated doctor"),
        f"step{row}_owner": select("Who owes it?", choices={party.value: name_of(party) for party in STEP_OWNERS}),
        f"step{row}_trigger": select("What triggers it? When …", choices=_told(TRIGGERS)),
        f"step{row}_closing": select("What closes it? When …", choices=_told(CLOSINGS)),
        f"step{row}_days": line(
            "Within how many working days?", "0 is the same day. Leave empty for no clock", width=3
        ),
        f"step{row}_blocks": select("What waits for it?", choices=BLOCKS),
    }  # fmt: skip


def _keyed(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each new step a key of its own, made from its action."""
    taken = {step["key"] for step in steps if step["key"]}
    for step in steps:
        if step["key"]:
            continue
        base = re.sub(r"[^a-z0-9]+", "-", step["action"].lower()).strip("-")[:30].strip("-") or "step"
        base = base if base[0].isalpha() and len(base) > 1 else f"step-{base}"
        key, place = base, 2
        while key in taken:
            key, place = f"{base}-{place}", place + 1
        step["key"] = key
        taken.add(key)
    return steps


def _told(kinds: Mapping[EventKind, str]) -> dict[str, str]:
    return {kind.value: text for kind, text in kinds.items()}


def _clock(name: str) -> str:
    return f"clock_{name.replace('-', '_')}"


def _name(key: str) -> str:
    return f"name_{key.replace('-', '_')}"


def _party(key: str) -> Any:
    return next(party for party in RENAMED if party.value == key)
