"""A whole referral as typed, checked: the values of each page, and every fault with the page and field it
stands on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.referrals import rules
from app.referrals.pages import LISTED_ON, item_number, page_of, pages_for
from app.referrals.parsing import Authority, Fault, Values, read_page
from app.referrals.questions import Lists

Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a referral says, and what is wrong with it."""

    source: str
    values: dict[str, Values] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def of_page(self, key: str) -> list[Fault]:
        """The faults of one page."""
        return [fault for fault in self.faults if fault.page == key]

    def of_section(self, key: str) -> list[Fault]:
        """The faults of a section: of its own page, and of the children listed on it."""
        return [fault for fault in self.faults if fault.page == key or section_of(fault.page) == key]

    def items(self, kind: str) -> list[tuple[str, Values]]:
        """The pages of the children of a kind with their values, in order."""
        return [(key, self.values[key]) for key in items_of(self.values, kind)]

    def of(self, page: str, question: str) -> Any:
        """The value of a question, or None."""
        return self.values.get(page, {}).get(question)


def items_of(answers: Mapping[str, Any], kind: str) -> list[str]:
    """The keys of the children of a kind, in the order in which they were added."""
    found = [(number, key) for key in answers if (number := item_number(key)) and number[0] == kind]
    return [key for _number, key in sorted(found)]


def section_of(key: str) -> str:
    """The section on whose page a child stands; a page that is not a child's is its own section."""
    found = item_number(key)
    return LISTED_ON[found[0]] if found else key


def check(answers: Answers, source: str, lists: Lists, now: datetime) -> Checked:
    """Check everything that was typed. The same answers at the same moment give the same faults."""
    checked = Checked(source)
    keys = [page.key for page in pages_for(source)] + items_of(answers, "child")
    if answers.get("others", {}).get("known") == "yes":
        keys += items_of(answers, "other")
    for key in keys:
        page = page_of(key, source)
        assert page is not None
        checked.values[key], faults = read_page(page, key, answers.get(key, {}), lists)
        checked.faults.extend(faults)
    _cross(checked, lists, now)
    checked.faults.sort(key=lambda fault: _order(fault.page, source))
    return checked


def _order(key: str, source: str) -> tuple[int, int]:
    sections = [page.key for page in pages_for(source)]
    number = item_number(key)
    return sections.index(section_of(key)), number[1] if number else 0


def _cross(checked: Checked, lists: Lists, now: datetime) -> None:
    """Add what the answers say wrongly of each other, where each by itself could be understood."""
    incident = incident_of(checked)
    happened_on: date | None = incident.happened_on
    children = [child_of(key, values) for key, values in checked.items("child")]
    wrongs: list[rules.Wrong] = []
    if not children:
        wrongs.append(rules.Wrong("children", "add", "Add each child of the incident"))
    for child in children:
        wrongs += rules.birth_wrongs(child, now) + rules.happened_wrongs(child, now)
        wrongs += rules.age_wrongs(child, happened_on)
    for key, values in checked.items("other"):
        other = child_of(key, values)
        wrongs += rules.birth_wrongs(other, now) + rules.other_age_wrongs(other, now)
    wrongs += rules.incident_wrongs(incident, now)
    wrongs += rules.place_wrongs(incident, lists.own_authorities)
    wrongs += rules.harm_wrongs(incident, [child.outcome for child in children if child.outcome])
    wrongs += rules.awareness_wrongs(awareness_of(checked), happened_on, now)
    wrongs += rules.other_children_wrongs(others_of(checked))
    _add(checked, wrongs)


def _add(checked: Checked, wrongs: list[rules.Wrong]) -> None:
    """One fault for each question: what could not be understood is not also said to be missing."""
    seen = {(fault.page, fault.question) for fault in checked.faults}
    for wrong in wrongs:
        if (wrong.page, wrong.question) in seen:
            continue
        seen.add((wrong.page, wrong.question))
        page = page_of(wrong.page, checked.source)
        question = page.question(wrong.question) if page else None
        name = question.fields[0] if question else wrong.question
        checked.faults.append(Fault(wrong.page, name, wrong.message, wrong.question))


def child_of(key: str, values: Values) -> rules.Child:
    """A child's page as the rules read it."""
    birth = values.get("birth", "")
    born = {"known": "born_on", "estimated": "born_about", "unborn": "expected_on"}.get(birth, "")
    return rules.Child(
        page=key,
        birth=birth,
        born_on=values.get(born),
        outcome=values.get("outcome", ""),
        died_on=values.get("died_on"),
        died_at=values.get("died_at"),
        harmed_on=values.get("harmed_on"),
    )


def incident_of(checked: Checked) -> rules.Incident:
    """The pages on the incident and on the harm as the rules read them."""
    home = checked.of("incident", "home")
    return rules.Incident(
        happened_on=checked.of("incident", "happened_on"),
        outside_england=checked.of("incident", "place") == "outside",
        home_known=isinstance(home, Authority),
        home_code=home.code if isinstance(home, Authority) else None,
        harm_kinds=checked.of("harm", "harm_kinds") or (),
        judgement=checked.of("harm", "judgement") or "",
    )


def awareness_of(checked: Checked) -> rules.Awareness:
    """The page on awareness as the rules read it."""
    return rules.Awareness(checked.of("awareness", "aware_on"), checked.of("awareness", "aware_at"))


def others_of(checked: Checked) -> rules.OtherChildren:
    """The page on siblings and other children as the rules read it."""
    return rules.OtherChildren(
        known=checked.of("others", "known"),
        listed=len(checked.items("other")),
        action=checked.of("others", "action") or "",
        how_checked=checked.of("others", "how_checked") or "",
    )
