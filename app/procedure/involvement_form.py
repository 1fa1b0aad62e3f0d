"""The form of a summary of involvement: what an agency is asked, section by section (Rapid Reviews; Appendix A).

It asks what a rapid review needs of each agency: contacts, chronology, key practice episodes and their analysis, what
was good and what was not, context including equality, the child's voice, other children (footnote 6), immediate action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Faults = list[tuple[str, str, str]]
NO_INVOLVEMENT = "none"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `needed` is what is said where it has no answer; nothing where it may stay empty."""

    name: str
    label: str
    hint: str = ""
    kind: Literal["words", "line", "day", "time"] = "words"
    needed: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the form; with `rows` its questions are asked once for each row, and `row` names one."""

    title: str
    intro: str
    questions: tuple[Asked, ...]
    rows: bool = False
    row: str = ""


WHEN = "The day, or only the month and year, or only the year, where no more is known"
QUESTIONS: dict[str, Section] = {
    "about": Section(
        "About this return",
        "Who answers, and whether your agency was involved at all. “No involvement” is a proper return.",
        (
            Asked("author", "Who wrote this return?", kind="line", needed="Enter who wrote this return"),
            Asked("author_role", "What is their role?", "For example, named nurse or head teacher",
                  "line", "Enter the role of who wrote this return"),
        ),
    ),
    "contacts": Section(
        "Contacts",
        "Each contact of your agency with the child and family that matters here.",
        (
            Asked("day", "When?", WHEN, "day", "Enter when the contact was"),
            Asked("who", "Who was in contact with whom?", "Roles rather than names", "line"),
            Asked("what", "What happened?", needed="Say what happened at the contact"),
        ),
        rows=True, row="Contact",
    ),
    "chronology": Section(
        "Chronology",
        "What happened and when, from your agency's records. The chronologies of all agencies are put together.",
        (
            Asked("day", "When?", WHEN, "day", "Enter when it happened"),
            Asked("time", "At what time? (optional)", "For example, 9:30am or 14:30", "time"),
            Asked("what", "What happened?", needed="Say what happened"),
            Asked("source", "Where is this recorded?", "For example, the name of the record", "line",
                  "Say where this is recorded"),
            Asked("significance", "Why does it matter? (optional)"),
        ),
        rows=True, row="Entry",
    ),
    "episodes": Section(
        "Key practice episodes",
        "Times at which practice mattered most: what was done, why it made sense then, what it meant for the child.",
        (
            Asked("when", "When?", "For example, March to May 2026", "line", "Enter when the episode was"),
            Asked("what", "What was done?", needed="Say what was done"),
            Asked("analysis", "What is your analysis?", "Why it happened as it did, and what helped or hindered",
                  needed="Give your analysis of the episode"),
        ),
        rows=True, row="Episode",
    ),
    "practice": Section(
        "What went well, and what did not",
        "Your agency's own view of its practice. Say so where there was nothing.",
        (
            Asked("good", "What was good?", needed="Say what was good, or that nothing was"),
            Asked("not_good", "What was not good?", needed="Say what was not good, or that nothing was"),
            Asked("learning", "What can be learned already? (optional)"),
        ),
    ),
    "context": Section(
        "The child, the family and their context",
        "What helps others to understand the child's life.",
        (
            Asked("equality", "What is known of equality, diversity and inclusion for the child and family?",
                  "Include how they come together, and what they meant for the family's contact with services",
                  needed="Say what is known of equality, diversity and inclusion, or that nothing is"),
            Asked("voice", "What did the child say, and what was their life like?",
                  "Where the child could not say it, what others saw",
                  needed="Say what is known of the child's voice, or that nothing is"),
        ),
    ),
    "safety": Section(
        "Other children, and immediate action",
        "Brothers and sisters, and other children who may be at risk; what was done to keep them safe.",
        (
            Asked("other_children", "Are other children at risk?", "Say who, and what is known",
                  needed="Say whether other children are at risk"),
            Asked("immediate_action", "What action was taken at once, or is needed now?",
                  needed="Say what action was taken or is needed, or that none is"),
        ),
    ),
}  # fmt: skip
ANSWERS = "answers"
ROWS = tuple(key for key, section in QUESTIONS.items() if section.rows)
TEXTS = tuple(one.name for section in QUESTIONS.values() if not section.rows for one in section.questions)


def extra(questions: Sequence[str]) -> Section:
    """The section of the questions that the partnership asks besides, which some requests have."""
    asked = tuple(
        Asked(f"answer_{number}", question, needed="Answer the question, or say that nothing is known")
        for number, question in enumerate(questions, start=1)
    )
    return Section("Further questions", "What the partnership asks besides, for this case.", asked)


def sections(questions: Sequence[str] = ()) -> dict[str, Section]:
    """The sections of a request's form, in order."""
    return {**QUESTIONS, ANSWERS: extra(questions)} if questions else dict(QUESTIONS)


def completed(content: Mapping[str, Any]) -> dict[str, Any]:
    """A return's content with everything that it may hold, empty where nothing was said."""
    rows = {key: list(content.get(key) or []) for key in ROWS}
    texts = {name: str(content.get(name) or "") for name in TEXTS}
    return {"none": bool(content.get("none")), **rows, **texts, ANSWERS: list(content.get(ANSWERS) or [])}
