"""What a rapid review form must hold before it is approved (Panel guidance of 2022 and 2025; Rapid Reviews; 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.procedure.marks import duty

FACTS = "Facts, and how agencies were involved"
EPISODES = "Analysis of key practice episodes"
SAFETY = "Immediate safety of this child and of others"
LEARNING = "Learning and improvements"
CONTEXT = "Context, including racism and other inequalities"
DECISION = "Decision and next steps"
STANDARDS = "Quality standards of the discussion"
CRITERIA = "Criteria and circumstances"
DEATH = "What those who review the child's death know"


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that the form must say. `where` names the place in which it is written: a part of the record
    ('record:findings'), 'scoping' or 'decision'. `only` names when it is asked at all."""

    name: str
    section: str
    what: str
    where: str
    only: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that the form does not say yet: in which section, what, and where it is written."""

    section: str
    what: str
    where: str


DIED, COMMISSIONED = "died", "commissioned"
PIECES: tuple[Piece, ...] = (
    Piece("facts", FACTS, "The facts of the case, as far as they can be established", "record:findings"),
    Piece("involvement", FACTS, "A summary of involvement of at least one agency", "scoping"),
    Piece("episodes", EPISODES, "The analysis of key practice episodes", "record:context"),
    Piece("safety", SAFETY, "The immediate safety of this child", "record:findings"),
    Piece("other_children", SAFETY, "The safety of other children, and what was done", "record:other_children"),
    Piece("learning", LEARNING, "What can be learned now", "record:findings"),
    Piece("improvements", LEARNING, "The improvements that were identified", "record:findings"),
    Piece("reflections", LEARNING, "Effective practice and further learning", "record:reflections"),
    Piece("racism", CONTEXT, "Racism: whether and how it bears on the case", "record:context"),
    Piece("inequalities", CONTEXT, "Other inequalities that bear on the case", "record:context"),
    Piece("criteria", CRITERIA, "The criteria of 5.2, each considered", "record:criteria"),
    Piece("circumstances", CRITERIA, "The circumstances of 5.2, each considered", "record:circumstances"),
    Piece("standards", STANDARDS, "The quality standards, each considered", "record:standards"),
    Piece("child_death", DEATH, "What is known from those who review the child's death", "record:child_death", DIED),
    Piece("decision", DECISION, "The decision on a practice review, with its rationale", "decision"),
    Piece("next_steps", DECISION, "The next steps", "record:findings"),
    Piece("enquiry", DECISION, "The key lines of enquiry of the practice review", "record:enquiry", COMMISSIONED),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """What a form would say of each piece, by its name; an empty text, or none, is nothing. `holds` names what is so
    in this review ('died', 'commissioned')."""

    said: Mapping[str, str]
    holds: frozenset[str] = field(default_factory=frozenset)


@duty("N-07")
def missing(content: Content) -> list[Missing]:
    """What the form must say and does not, in the form's order; nothing where it is complete."""
    return [
        Missing(piece.section, piece.what, piece.where)
        for piece in wanted(content)
        if not content.said.get(piece.name, "").strip()
    ]


@duty("N-07")
def wanted(content: Content) -> list[Piece]:
    """What this form must say: a child's death and the lines of enquiry only where there are such."""
    return [piece for piece in PIECES if not piece.only or piece.only in content.holds]


@duty("B2-18", "N-06")
def answer_faults(answer: str | None, words: str, confirmed: bool, incomplete: bool) -> list[tuple[str, str]]:
    """Why the chair's answer to a version cannot be recorded so, as (field, message). The form is approved only where
    it is complete, by somebody who says that they have read it; returned, it goes back with the reasons."""
    if answer == "returned":
        return [] if words.strip() else [("words", "Say what must change before you approve it")]
    if answer != "approved":
        return [("answer", "Select whether you approve the form")]
    if incomplete:
        return [
            ("answer", "This version is not complete, so it cannot be approved: return it with your reasons")
        ]
    return [] if confirmed else [("read", "Confirm that you have read this version")]
