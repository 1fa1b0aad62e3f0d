"""A checked referral in words: for "Check your answers", for the record of the case, and for its title."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from app.procedure.clocks import age_on
from app.referrals.checking import Checked, section_of
from app.referrals.pages import ITEMS, PAGES, page_of
from app.referrals.parsing import Authority, Values, asked
from app.referrals.questions import Lists, Question

Section = tuple[str, list[tuple[str, str]]]
NOT_ANSWERED = "Not answered"
TITLES = {"child": "Child {} of the incident", "other": "Sibling or other child {}"}


def answer_in_words(question: Question, value: Any, lists: Lists) -> str:
    """One value as a person reads it."""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Authority):
        return value.name
    labels = {choice.value: choice.label for choice in lists.choices(question)}
    if question.kind == "radios":
        return labels.get(value, str(value))
    if question.kind == "checkboxes":
        return "\n".join(labels.get(entry, entry) for entry in value)
    return str(value)


def page_in_words(key: str, checked: Checked, lists: Lists) -> list[tuple[str, str]]:
    """The questions of a page that were asked, each with its answer; optional ones only where they were
    answered.
    """
    page = page_of(key, checked.source)
    assert page is not None
    values = checked.values.get(key, {})
    told = []
    for question in asked(page, values):
        value = values.get(question.name)
        if value is not None:
            told.append((question.label.removesuffix(" (optional)"), answer_in_words(question, value, lists)))
        elif not question.optional:
            told.append((question.label, NOT_ANSWERED))
    return told


def sections_in_words(checked: Checked, lists: Lists) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Every page in order as (key, title, answers): each section, then the children listed in it."""
    told = []
    for page in PAGES:
        if page.key not in checked.values:
            continue
        if page.questions:
            told.append((page.key, page.title, page_in_words(page.key, checked, lists)))
        for number, key in enumerate(_items_on(page.key, checked), start=1):
            told.append((key, item_title(key, number), page_in_words(key, checked, lists)))
    return told


def record_in_words(checked: Checked, lists: Lists) -> list[Section]:
    """The whole referral for the record of the case, without what was not answered."""
    told = []
    for _key, title, answers in sections_in_words(checked, lists):
        told.append((title, [(question, answer) for question, answer in answers if answer != NOT_ANSWERED]))
    return told


def item_title(key: str, number: int) -> str:
    """What a child's page is called: their place in the list, not their name."""
    return TITLES[key.partition("-")[0]].format(number)


def name_of(values: Values) -> str:
    """A child's name as lists within the referral show it."""
    if values.get("naming") == "named" and values.get("name"):
        return str(values["name"])
    return "Unborn child" if values.get("birth") == "unborn" else "Name not known yet"


def birth_in_words(values: Values) -> str:
    """When a child was born, as far as it is known."""
    shown = {
        "known": ("born_on", "born "),
        "estimated": ("born_about", "born about "),
        "unborn": ("expected_on", "expected "),
    }
    name, words = shown.get(values.get("birth", ""), ("", ""))
    day = values.get(name)
    if day is None:
        return "date of birth not known"
    return f"{words}{day.day} {day:%B %Y}"


def title_of(checked: Checked) -> str:
    """The title of the case: how many children, how old, and what happened. No names."""
    happened_on = checked.of("incident", "happened_on")
    children = [values for _key, values in checked.items("child")]
    outcomes = {values.get("outcome") for values in children}
    harm = (
        "died"
        if outcomes == {"died"}
        else "died and seriously harmed"
        if "died" in outcomes
        else "seriously harmed"
    )
    if len(children) == 1:
        return f"One child, {_age(children[0], happened_on)}, {harm}"
    return f"{len(children)} children of one incident, {harm}"


def _age(values: Values, day: date | None) -> str:
    if values.get("birth") == "unborn":
        return "unborn"
    born = values.get("born_on") or values.get("born_about")
    when = values.get("died_on") or values.get("harmed_on") or day
    if born is None or when is None:
        return "age not known"
    years = age_on(born, when)
    about = "about " if values.get("birth") == "estimated" else ""
    return f"aged {about}{years}" if years else "under 1"


def _items_on(section: str, checked: Checked) -> list[str]:
    return [key for kind in ITEMS for key, _values in checked.items(kind) if section_of(key) == section]
