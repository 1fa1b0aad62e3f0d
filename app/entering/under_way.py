"""A case already under way from its texts, typed into the form or read from a spreadsheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from app.entering.columns import COLUMNS, Column
from app.entering.days import read_day
from app.procedure.entering import (
    OUTSIDE,
    PARTNERS,
    Areas,
    Child,
    Given,
    Held,
    StatutoryTest,
    UnderWay,
)
from app.procedure.entering_faults import TOLD
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.web.text_rules import REPLACEMENT, normalised, text_fault

SHOWN = 40
DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]\s*")
UNKNOWN = ("", "-", "?", "not known", "unknown", "n/a")
OUTSIDE_ENGLAND = ("outside", "outside england")
Authorities = Sequence[tuple[str, str]]
Value = TypeVar("Value")


def own_key(reference: str) -> str:
    """A reference in the one spelling in which two are compared: whatever the case of its letters, the width of its
    signs, the kind of its hyphens and the blanks around them."""
    folded = unicodedata.normalize("NFKC", normalised(reference)).casefold()
    return " ".join(DASHES.sub("-", folded).split())


class Reading:
    """Reads the texts of one case; `faults` are the fields that cannot be read, with what is wrong."""

    def __init__(self, raw: Mapping[str, str], columns: Sequence[Column], authorities: Authorities) -> None:
        self.raw, self.columns = raw, {column.name: column for column in columns}
        self.authorities = authorities
        self.faults: list[tuple[str, str]] = []
        for column in columns:
            self._check(column)

    def _check(self, column: Column) -> None:
        text = self.raw.get(column.name, "")
        fault = text_fault(text, column.limit, column.kind == "words", "This answer")
        if fault is None and REPLACEMENT in text:
            fault = "This answer contains a broken character; type it again"
        if fault:
            self.faults.append((column.name, fault))

    def text(self, name: str) -> str:
        """A text as it is stored."""
        return normalised(self.raw.get(name, ""))

    def day(self, name: str) -> date | None:
        """A day."""
        found, fault = read_day(self.raw.get(name, ""))
        if fault:
            self.faults.append((name, fault))
        return found

    def choice(self, name: str) -> str | None:
        """One of the choices of a column, by its words or its code."""
        text, choices = self.text(name).casefold(), self.columns[name].choices
        known = {label.casefold(): code for code, label in choices.items()} | {code: code for code in choices}
        if text and text not in known:
            offered = " or ".join(f"“{label}”" for label in choices.values())
            self.faults.append((name, f"“{text[:SHOWN]}” is not one of: {offered}"))
        return known.get(text)

    def yes_no(self, name: str) -> bool | None:
        """Yes, no, or nothing."""
        found = self.choice(name)
        return None if found is None else found == "yes"

    def yes(self, name: str) -> bool:
        """Yes, or nothing."""
        text = self.text(name).casefold()
        if text not in ("", "yes", "no"):
            self.faults.append((name, "Type yes, or leave this empty"))
        return text == "yes"

    def area(self, name: str) -> str | None:
        """A local authority's code, by its name or code; or that it was outside England."""
        text = self.text(name).casefold()
        if text in UNKNOWN:
            return None
        if name == "incident_area" and text in OUTSIDE_ENGLAND:
            return OUTSIDE
        exact = [code for code, label in self.authorities if text in (code.casefold(), label.casefold())]
        # “Isle of Wight” for “Isle of Wight Council”, where no other begins so.
        named = exact or [code for code, label in self.authorities if label.casefold().startswith(f"{text} ")]
        found = named[0] if len(named) == 1 else None
        if found is None:
            self.faults.append(
                (name, f"“{text[:SHOWN]}” is no local authority in England that Waymark knows")
            )
        return found

    def said(self, name: str) -> Given:
        """What was said, when and by whom."""
        return Given(self.choice(f"{name}_outcome"), self.day(f"{name}_on"), self.text(f"{name}_by"))

    def children(self) -> tuple[Child, ...]:
        """The children's names and dates of birth, in one order."""
        names = [one.strip() for one in self.text("children").split(";")]
        names = [one for one in names if one]
        typed = [one.strip() for one in self.text("births").split(";")] if self.text("births") else []
        born = [self._birth(one) for one in typed]
        if born and len(born) != max(len(names), 1) and names:
            said = f"There are {len(names)} names and {len(born)} dates of birth"
            self.faults.append(("births", f"{said}. Type “not known” for a date that is not known"))
        if not names:
            return tuple(Child("", day) for day in born)
        return tuple(
            Child(one, born[place] if place < len(born) else None) for place, one in enumerate(names)
        )

    def _birth(self, text: str) -> date | None:
        if text.casefold() in UNKNOWN:
            return None
        found, fault = read_day(text)
        if fault:
            self.faults.append(("births", fault))
        return found


def under_way(
    raw: Mapping[str, str], columns: Sequence[Column] = COLUMNS, authorities: Authorities = ()
) -> tuple[UnderWay, list[tuple[str, str]]]:
    """A case from its texts, and what of them cannot be read."""
    told = Reading(raw, columns, authorities)
    override_on, override_by = told.day("override_on"), told.text("override_by")
    reason = told.text("override_reason")
    case = UnderWay(
        own_reference=told.text("own_reference"), title=told.text("title"), agency=told.text("agency").lower(),
        children=told.children(), incident_on=told.day("incident_on"),
        areas=Areas(told.area("incident_area"), told.area("home_area")), summary=told.text("summary"),
        referred_on=told.day("referred_on"), aware_on=told.day("aware_on"),
        aware_not_known=told.yes("aware_not_known"), shared_on=told.day("shared_on"), chair=told.said("chair"),
        director=told.said("director"), view_shared_on=told.day("view_shared_on"),
        responses={party: told.said(party.value) for party in SAFEGUARDING_PARTNERS},
        deputies=_by_party(told.day, "deputy_on"),
        short_meeting=Held(told.day("short_meeting_on"), told.text("short_meeting_notes")),
        at_meeting=_by_party(told.choice, "at_meeting"),
        chair_meeting=Held(told.day("chair_meeting_on"), told.text("chair_meeting_notes")),
        decision=told.said("decision"), maker=told.choice("maker") or PARTNERS,
        scrutineer=told.yes_no("scrutineer"), rationale=told.text("rationale"), test=_test(told),
        override=Given("notify" if override_on or override_by or reason else None, override_on, override_by),
        override_reason=reason,
        informed={party: day for party, name in TOLD.items() if (day := told.day(name))},
        notified_on=told.day("notified_on"), panel_reference=told.text("panel_reference"),
        notified_by=told.text("notified_by"), missed_reason=told.text("missed_reason"),
        missed_reported_to=told.text("missed_reported_to"), afterwards=told.said("afterwards"),
        afterwards_reason=told.text("afterwards_reason"), steps=_steps(told),
    )  # fmt: skip
    return case, told.faults


def _test(told: Reading) -> StatutoryTest:
    return StatutoryTest(
        told.choice("abuse"), told.yes_no("limb_a"), told.yes_no("limb_b"), told.text("harm")
    )


def _by_party(read: Callable[[str], Value | None], name: str) -> dict[Party, Value]:
    found = {party: read(f"{party.value}_{name}") for party in SAFEGUARDING_PARTNERS}
    return {party: value for party, value in found.items() if value is not None}


def _steps(told: Reading) -> dict[str, date]:
    own = [name for name in told.columns if name.startswith("step_")]
    found = {name.removeprefix("step_").removesuffix("_on"): told.day(name) for name in own}
    return {key: day for key, day in found.items() if day is not None}
