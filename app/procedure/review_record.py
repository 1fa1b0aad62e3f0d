"""What the meeting of a rapid review records (Rapid Reviews; 5.2; the group's commitments and quality standards).

The record is kept in parts, each with its questions. A part may be kept incomplete; it is complete once every question
that needs an answer has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.procedure.marks import duty

Kind = Literal["words", "list", "choice"]
CONSIDERED = {"yes": "Yes", "no": "No", "unclear": "Not clear yet"}
MET = {"met": "Met", "partly": "Partly met", "not-met": "Not met"}
USED = {
    "considered": "Their information was considered",
    "none-yet": "They were asked, and have none yet",
    "not-died": "The child did not die",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a part. `needed` says that the part is not complete without an answer."""

    name: str
    label: str
    kind: Kind = "words"
    hint: str = ""
    needed: bool = True
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the record: what it is called, the duty it fulfils, what the procedure says, and its questions."""

    title: str
    duty: str
    says: str
    questions: tuple[Question, ...]


def _judged(name: str, label: str, choices: Mapping[str, str], note: str) -> tuple[Question, Question]:
    return (
        Question(name, label, "choice", choices=tuple(choices.items())),
        Question(f"{name}_note", note, "words"),
    )


def _all(*pairs: tuple[Question, Question]) -> tuple[Question, ...]:
    return tuple(question for pair in pairs for question in pair)


Q, HOW = Question, "How, or why not?"
PARTS: dict[str, Part] = {
    "presentation": Part(
        "The referral and the responses", "B2-22",
        "The referring agency presents the referral, and the responses of the agencies are reviewed.",
        (
            Q("presented_by", "Who presented the referral?", hint="A name and an agency"),
            Q("responses", "What came of reviewing the responses?", hint="What agreed, what differed, what is missing"),
        ),
    ),
    "findings": Part(
        "Facts, safety, learning and next steps", "B2-08",
        "The meeting gathers the facts as far as they can be established, considers what is needed to keep children "
        "safe now, shares learning, identifies improvements, and decides the next steps.",
        (
            Q("facts", "What are the facts, as far as they can be established?"),
            Q("safety", "Is anything needed at once to keep children safe?", hint="Say also where nothing is needed"),
            Q("learning_now", "What learning can be shared now, and with whom?"),
            Q("improvements", "Which improvements are needed to safeguard children?"),
            Q("next_steps", "What are the next steps, and who takes them?"),
        ),
    ),
    "other_children": Part(
        "Other children", "B2-09",
        "Who else may be suffering significant harm, such as siblings or children in the same family, institution or "
        "network, and what was done to protect them.",
        (
            Q("who", "Which other children may be suffering significant harm?", hint="Say also where there are none"),
            Q("done", "What has been done, or is to be done, to protect them?"),
        ),
    ),
    "reflections": Part(
        "What the discussion identified", "B2-11",
        "The discussion is restorative: high support, high challenge, curiosity and learning. One to a line.",
        (
            Q("effective_practice", "Which practice was effective?", "list", "One to a line"),
            Q("further_learning", "In which areas is there further learning?", "list", "One to a line"),
            Q("lines_of_enquiry", "Which lines of enquiry should be taken forward?", "list", "One to a line"),
        ),
    ),
    "standards": Part(
        "Quality of the discussion", "B2-12",
        "The discussion is held against the five quality standards that the group has agreed.",
        _all(
            _judged("equality", "Were equality, diversity and intersectionality considered for the child and family?",
                    MET, HOW),
            _judged("curiosity", "Were we curious, and did we test and challenge assumptions?", MET, HOW),
            _judged("critical", "Did we think critically, mindful of bias, and of what it means for the child?",
                    MET, HOW),
            _judged("honesty", "Were we honest and open to learning, in language that builds on strengths?", MET, HOW),
            _judged("lived_experience", "Did we keep to the lived experience of the child?", MET, HOW),
        ),
    ),
    "criteria": Part(
        "The criteria for a practice review", "B2-13",
        "The four criteria of 5.2. Meeting them does not oblige anybody to hold a review.",
        _all(
            _judged("improvements", "Does the case highlight improvements needed, also ones identified before?",
                    CONSIDERED, "What speaks for it?"),
            _judged("themes", "Does it highlight recurrent themes?", CONSIDERED, "Which?"),
            _judged("together", "Does it raise concerns about organisations working together?", CONSIDERED, "Which?"),
            _judged("panel", "Has the Panel concluded that a local review may be more appropriate?", CONSIDERED,
                    "What did it say?"),
        ),
    ),
    "circumstances": Part(
        "Circumstances to have regard to", "B2-14", "The four circumstances of 5.2.",
        _all(
            _judged("single_agency", "Is there cause for concern about a single agency?", CONSIDERED, "Which?"),
            _judged("no_involvement", "Was no agency involved, and is that a cause for concern?", CONSIDERED, "Why?"),
            _judged("several_areas", "Is more than one local authority, police area or integrated care board involved?",
                    CONSIDERED, "Which?"),
            _judged("institution", "Does it raise issues of children in institutional settings?", CONSIDERED, "Which?"),
        ),
    ),
    "child_death": Part(
        "What those who review the death know", "B2-17",
        "Where the child has died, information from the professionals who review the child's death is used.",
        (
            Q("used", "Was their information used?", "choice", choices=tuple(USED.items())),
            Q("what", "What did they know, or when is it expected?"),
        ),
    ),
    "context": Part(
        "Context and key practice episodes", "N-07",
        "The Panel expects the form to say how racism and other inequalities bear on the case, and to analyse key "
        "practice episodes.",
        (
            Q("racism", "Whether, and how, does racism bear on the case?"),
            Q("inequalities", "Which other inequalities bear on it?"),
            Q("episodes", "What do the key practice episodes show, taken together?"),
        ),
    ),
    "enquiry": Part(
        "Towards a practice review", "B2-16",
        "Where a practice review is commissioned, its key lines of enquiry as far as they are understood, and the "
        "method where it is known. They are carried to the review.",
        (
            Q("lines", "What are the key lines of enquiry?", "list", "One to a line"),
            Q("methodology", "Which method is proposed?", hint="As far as it is known", needed=False),
        ),
    ),
}  # fmt: skip


@duty("B2-08", "B2-09", "B2-11", "B2-12", "B2-13", "B2-14", "B2-16", "B2-17", "B2-22")
def missing(part: str, content: Mapping[str, Any]) -> list[Question]:
    """The questions of a part that still need an answer. Raises KeyError for a part that is none."""
    return [one for one in PARTS[part].questions if one.needed and not _answered(one, content.get(one.name))]


def complete(part: str, content: Mapping[str, Any]) -> bool:
    """Whether every question of a part that needs an answer has one."""
    return missing(part, content) == []


def _answered(question: Question, said: object) -> bool:
    if question.kind == "choice":
        return said in dict(question.choices)
    if question.kind == "list":
        return isinstance(said, list) and any(str(one).strip() for one in said)
    return isinstance(said, str) and bool(said.strip())


def in_words(question: Question, said: object) -> list[str]:
    """An answer as it is read: a choice by its name, a list line by line; nothing where there is none."""
    if not _answered(question, said):
        return []
    if question.kind == "choice":
        return [dict(question.choices)[str(said)]]
    if question.kind == "list" and isinstance(said, list):
        return [str(one) for one in said if str(one).strip()]
    return [str(said)]
