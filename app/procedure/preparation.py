"""The preparation pack of a notification (N-10): what the national form asks, in its order, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.procedure.marks import duty

MOST_CHILDREN = 4
Answers = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: `kind` is line, words, choice or day. One that is `optional` may stay empty."""

    name: str
    label: str
    kind: str = "words"
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A page of questions. That of a child stands once for each child."""

    key: str
    title: str
    questions: tuple[Asked, ...]


YES_NO_UNKNOWN = {"yes": "Yes", "no": "No", "unknown": "Not known"}
ABOUT = Section("about", "The local authority and who notifies", (
    Asked("authority", "Which local authority notifies?", "line"),
    Asked("notifier", "Who notifies for the local authority?", "line", "Name and role"),
    Asked("email", "What is their work e-mail address?", "line"),
    Asked("telephone", "What is their telephone number?", "line"),
    Asked("approved_by", "Which senior manager has approved the notification?", "line"),
))  # fmt: skip
INCIDENT = Section("incident", "The incident", (
    Asked("date", "When did it happen?", "line", "The date, or what is known of it"),
    Asked("aware", "When did the local authority become aware?", "line"),
    Asked("kind", "What is notified?", "choice", choices={
        "death": "A child died", "harm": "A child was seriously harmed", "both": "Both, of different children"}),
    Asked("place", "Where did it happen?", "line", "Local authority area, or the country where it was outside England"),
    Asked("setting", "In what setting?", "line", "For example: at home, in a placement, in a public place"),
    Asked("summary", "What happened?", "words", "What is known, and how it is known"),
    Asked("abuse", "Why is abuse or neglect known or suspected?"),
    Asked("concerns", "What kinds of abuse or concern are there?", "words", "As far as they are known today"),
))  # fmt: skip
CHILD = Section("child", "The child", (
    Asked("name", "What is the child's name?", "line", "Leave empty where the child is not named", optional=True),
    Asked("born", "When was the child born, or is the child expected?", "line", "Or the age, as far as it is known"),
    Asked("sex", "What is the child's sex?", "choice", choices={
        "female": "Female", "male": "Male", "unknown": "Not known"}),
    Asked("ethnicity", "What is the child's ethnic background?", "line", "Not known is an answer"),
    Asked("disability", "Does the child have a disability?", "choice", choices=YES_NO_UNKNOWN),
    Asked("disability_detail", "What is the disability?", "line", optional=True),
    Asked("outcome", "What happened to the child?", "choice", choices={
        "died": "The child died", "harmed": "The child was seriously harmed"}),
    Asked("harm", "What harm did the child come to?", "words", "And how the child is now"),
    Asked("legal", "What was the child's legal status?", "choice", choices={
        "looked-after": "Looked after", "protection-plan": "Child protection plan", "in-need": "Child in need",
        "none": "None of these", "unknown": "Not known"}),
    Asked("known_to", "Was the child known to children's social care before?", "choice", choices=YES_NO_UNKNOWN),
    Asked("lives", "Where and with whom did the child live?"),
    Asked("education", "Which school, nursery or other education?", "line", "None, or not known, is an answer"),
))  # fmt: skip
FAMILY = Section("family", "The family and others", (
    Asked("household", "Who is in the household and the wider family?"),
    Asked("siblings", "Which brothers, sisters and other children are there, and are they safe?"),
    Asked("suspects", "Is anybody suspected of the harm?", "words", "Their relation to the child, if it is known"),
    Asked("parents", "What is known of the parents' or carers' circumstances?", "words", optional=True),
))  # fmt: skip
AGENCIES = Section("agencies", "Agencies and what has been done", (
    Asked("involved", "Which agencies were involved before?"),
    Asked("action", "What has been done since, for this child and for others?"),
    Asked("police", "Is there a criminal investigation?", "choice", choices=YES_NO_UNKNOWN),
    Asked("police_detail", "What is known of it?", "words", optional=True),
    Asked("proceedings", "Are there inquests, care proceedings or other reviews?", "words", "None is an answer"),
))  # fmt: skip
PUBLIC = Section("public", "Public interest and what follows", (
    Asked("media", "Is there, or may there be, media interest?", "choice", choices=YES_NO_UNKNOWN),
    Asked("media_detail", "What is known of it?", "words", optional=True),
    Asked("other_areas", "Are other local authority areas involved?", "words", "None is an answer"),
    Asked("informed", "Who has been told of the notification?", "words", optional=True),
))  # fmt: skip
BEFORE_CHILDREN, AFTER_CHILDREN = (ABOUT, INCIDENT), (FAMILY, AGENCIES, PUBLIC)


@dataclass(frozen=True, slots=True)
class Missing:
    """A question that has no answer yet: its section's key, and what it asks."""

    section: str
    question: str
    label: str


def child_keys(answers: Answers) -> list[str]:
    """The children's sections in order; there is always one."""
    found = [key for key in answers if key.startswith("child-")]
    return sorted(found, key=lambda key: int(key.removeprefix("child-"))) or ["child-1"]


def sections(answers: Answers) -> list[tuple[str, Section]]:
    """Every section by key, in the order of the national form."""
    before = [(one.key, one) for one in BEFORE_CHILDREN]
    children = [(key, CHILD) for key in child_keys(answers)]
    return [*before, *children, *((one.key, one) for one in AFTER_CHILDREN)]


def title_of(key: str, section: Section, answers: Answers) -> str:
    """A section's title; a child's is their name, or says that the child is not named."""
    if section is not CHILD:
        return section.title
    place = child_keys(answers).index(key) + 1 if key in child_keys(answers) else 1
    name = answers.get(key, {}).get("name", "").strip()
    return f"Child {place}: {name or 'not named'}"


@duty("N-10")
def missing(answers: Answers) -> list[Missing]:
    """Every question that still needs an answer; empty where the pack is complete."""
    found = []
    for key, section in sections(answers):
        given = answers.get(key, {})
        for asked in section.questions:
            text = given.get(asked.name, "").strip()
            known = text in asked.choices if asked.kind == "choice" else bool(text)
            if not known and not (asked.optional and not text):
                found.append(Missing(key, asked.name, asked.label))
    return found


def progress_of(key: str, section: Section, answers: Answers) -> str:
    """How far a section has come: not started, begun or complete."""
    if not any(text.strip() for text in answers.get(key, {}).values()):
        return "not started"
    return "begun" if any(one.section == key for one in missing(answers)) else "complete"


def next_child(answers: Answers) -> str | None:
    """The key of one more child, or None where there are four already."""
    keys = child_keys(answers)
    free = (f"child-{place}" for place in range(1, MOST_CHILDREN + 1))
    return next((key for key in free if key not in keys), None) if len(keys) < MOST_CHILDREN else None
