"""The form composed from what it is made of: pure. One content, in the order that the Panel's guidance asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.documents.blocks import Block, Bullets, Document, Heading, Paragraph, Table
from app.procedure import review_form as form
from app.procedure.events import Lcspr
from app.procedure.explain import MONTHS
from app.procedure.review_record import PARTS, complete, in_words
from app.review_forms.composing_returns import (
    agency_heading,
    as_told,
    chronology,
    contacts,
    episodes,
    practice,
)

Said = Mapping[str, Any]
NOT_YET = "Not written yet."
OUTCOMES = {
    Lcspr.COMMISSION.value: "A local child safeguarding practice review is commissioned",
    Lcspr.DO_NOT_COMMISSION.value: "No local child safeguarding practice review is commissioned",
}
NEGATED = (
    "The rapid review has identified the learning and made the recommendations, which makes one unnecessary."
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What an agency returned last. `behalf` says how it came where it was recorded on the agency's behalf."""

    agency_name: str
    content: Said
    behalf: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """What a partner said on a practice review; `by` says who, in which capacity and when."""

    partner: str
    outcome: str
    rationale: str
    by: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision in force. `by` says who recorded it, `reason` why it took the place of an earlier one."""

    outcome: str
    rationale: str
    by: str
    home_office: bool
    negates: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recommended:
    """A recommendation, with what it is to change and its actions as (what, agency and owner, by when)."""

    number: int
    text: str
    agencies: str
    impact: str
    actions: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that a form is made of, as it was recorded."""

    reference: str
    partnership: str
    at_a_glance: Sequence[tuple[str, str]]
    children: Sequence[tuple[str, str, str]]
    referral: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    record: Mapping[str, Said]
    positions: Sequence[Position] = ()
    decision: Decided | None = None
    returns: Sequence[Returned] = ()
    waiting: Sequence[str] = ()
    recommended: Sequence[Recommended] = ()
    died: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """The document, what is missing in it, and whom it waits for."""

    document: Document
    missing: list[form.Missing]
    waiting: list[str] = field(default_factory=list)


def compose(made_of: Sources) -> Composed:
    """Write the form. What is missing in it is named, and stands in it as not written yet."""
    sections: Sequence[tuple[str, Callable[[Sources], list[Block]]]] = (
        ("About this review", _about),
        (form.FACTS, _facts),
        (form.EPISODES, _episodes),
        (form.SAFETY, _safety),
        (form.LEARNING, _learning),
        (form.CONTEXT, _context),
        (form.CRITERIA, _criteria),
        (form.STANDARDS, lambda made_of: _judged(made_of, "standards")),
        (form.DEATH, lambda made_of: _answers(made_of, "child_death") if made_of.died else []),
        (form.DECISION, _decision),
        ("What was referred", _referral),
        ("Combined chronology", lambda made_of: chronology(made_of.returns)),
    )
    blocks: list[Block] = []
    written = [(title, write(made_of)) for title, write in sections]
    for place, (title, part) in enumerate([pair for pair in written if pair[1]], start=1):
        blocks += [Heading(2, f"{place}. {title}"), *part]
    title = f"Rapid review {made_of.reference}"
    return Composed(
        Document(title, made_of.partnership, tuple(blocks)),
        form.missing(content_of(made_of)),
        list(made_of.waiting),
    )


def content_of(made_of: Sources) -> form.Content:
    """What the form says of each piece that it must say."""

    def said(part: str, name: str) -> str:
        return str(made_of.record.get(part, {}).get(name, ""))

    def whole(part: str) -> str:
        return part if complete(part, made_of.record.get(part, {})) else ""

    made = made_of.decision
    pieces = {
        "facts": said("findings", "facts"), "involvement": ", ".join(one.agency_name for one in made_of.returns),
        "episodes": said("context", "episodes"), "safety": said("findings", "safety"),
        "other_children": whole("other_children"), "learning": said("findings", "learning_now"),
        "improvements": said("findings", "improvements"), "reflections": whole("reflections"),
        "racism": said("context", "racism"), "inequalities": said("context", "inequalities"),
        "criteria": whole("criteria"), "circumstances": whole("circumstances"), "standards": whole("standards"),
        "child_death": whole("child_death"), "decision": made.rationale if made else "",
        "next_steps": said("findings", "next_steps"), "enquiry": whole("enquiry"),
    }  # fmt: skip
    holds = {form.DIED} if made_of.died else set()
    if made is not None and made.outcome == Lcspr.COMMISSION.value:
        holds.add(form.COMMISSIONED)
    return form.Content(pieces, frozenset(holds))


def _about(made_of: Sources) -> list[Block]:
    rows = [*made_of.at_a_glance]
    made = made_of.decision
    rows.append(("Decision on a practice review", OUTCOMES.get(made.outcome, "") if made else NOT_YET))
    children = Table("The children", ("Child", "Born", "Concern"), made_of.children, True, (3, 2, 3))
    return [
        Table("The review at a glance", ("What", "Answer"), rows, True, (2, 4)),
        *([children] if made_of.children else []),
    ]


def _facts(made_of: Sources) -> list[Block]:
    blocks = _asked(made_of, "findings", "facts") + _answers(made_of, "presentation")
    blocks.append(Heading(3, "How agencies were involved"))
    for one in made_of.returns:
        blocks += [agency_heading(one), *contacts(one), *practice(one)]
    if not made_of.returns:
        blocks.append(Paragraph("No summary of involvement has been returned."))
    if made_of.waiting:
        blocks.append(Paragraph("Asked, and not returned when this was written:"))
        blocks.append(Bullets(tuple(made_of.waiting)))
    return blocks


def _episodes(made_of: Sources) -> list[Block]:
    return _asked(made_of, "context", "episodes") + episodes(made_of.returns)


def _safety(made_of: Sources) -> list[Block]:
    told = as_told(made_of.returns, "immediate_action", "Immediate action, as agencies told it")
    others = as_told(made_of.returns, "other_children", "Other children, as agencies told it")
    return _asked(made_of, "findings", "safety") + told + _answers(made_of, "other_children") + others


def _learning(made_of: Sources) -> list[Block]:
    blocks = _asked(made_of, "findings", "learning_now", "improvements") + _answers(made_of, "reflections")
    blocks += as_told(made_of.returns, "learning", "Learning, as agencies told it")
    blocks.append(Heading(3, "Recommendations and actions"))
    for one in made_of.recommended:
        blocks += [Heading(4, f"Recommendation {one.number}"), Paragraph(one.text)]
        blocks += [Paragraph(f"Addressed to: {one.agencies}")] if one.agencies else []
        blocks += [Paragraph(f"What is expected to change: {one.impact}")] if one.impact else []
        if one.actions:
            caption = f"Actions under recommendation {one.number}"
            blocks.append(Table(caption, ("Action", "By whom", "By when"), one.actions, False, (5, 3, 2)))
    if not made_of.recommended:
        blocks.append(Paragraph("No recommendation has been made."))
    return blocks


def _context(made_of: Sources) -> list[Block]:
    return [
        *_asked(made_of, "context", "racism", "inequalities"),
        *as_told(made_of.returns, "equality", "Equality, diversity and inclusion, as agencies told it"),
        *as_told(made_of.returns, "voice", "What the child said, and their life, as agencies told it"),
    ]


def _criteria(made_of: Sources) -> list[Block]:
    return [*_judged(made_of, "criteria"), *_judged(made_of, "circumstances")]


def _decision(made_of: Sources) -> list[Block]:
    made = made_of.decision
    blocks: list[Block] = []
    if made is None:
        blocks.append(Paragraph("The decision on a practice review has not been recorded yet."))
    else:
        blocks += [Paragraph(f"{OUTCOMES.get(made.outcome, '')}.", strong=True), Heading(3, "Rationale")]
        blocks += [Paragraph(made.rationale), *([Paragraph(NEGATED)] if made.negates else [])]
        blocks += (
            [Paragraph(f"It takes the place of an earlier decision: {made.reason}")] if made.reason else []
        )
        needed = "A" if made.home_office else "No"
        blocks.append(Paragraph(f"{needed} contribution of the Home Office on migration, borders or citizenship is "
                                "needed."))  # fmt: skip
        blocks.append(Paragraph(made.by))
    if made_of.positions:
        rows = [
            (one.partner, OUTCOMES.get(one.outcome, ""), one.rationale, one.by) for one in made_of.positions
        ]
        headings = ("Partner", "Says", "Rationale", "By")
        blocks.append(Table("What each safeguarding partner says", headings, rows, True, (2, 3, 4, 3)))
    blocks += _asked(made_of, "findings", "next_steps")
    commissioned = made is not None and made.outcome == Lcspr.COMMISSION.value
    return blocks + (_answers(made_of, "enquiry") if commissioned else [])


def _referral(made_of: Sources) -> list[Block]:
    blocks: list[Block] = []
    for title, said in made_of.referral:
        rows = [(question, answer) for question, answer in said if answer.strip()]
        if rows:
            blocks.append(Table(title, ("Question", "Answer"), rows, True, (2, 3)))
    return blocks


def _asked(made_of: Sources, part: str, *names: str) -> list[Block]:
    """Some questions of a part of the record, each with its answer."""
    said = made_of.record.get(part, {})
    blocks: list[Block] = []
    for question in PARTS[part].questions:
        if question.name not in names:
            continue
        lines = in_words(question, said.get(question.name))
        blocks.append(Heading(3, question.label))
        if question.kind == "list" and lines:
            blocks.append(Bullets(tuple(lines)))
        else:
            blocks += [Paragraph(line) for line in lines or [NOT_YET]]
    return blocks


def _answers(made_of: Sources, part: str) -> list[Block]:
    return _asked(made_of, part, *(question.name for question in PARTS[part].questions))


def _judged(made_of: Sources, part: str) -> list[Block]:
    """A part of judgements as one table: the question, what was found, and the note to it."""
    said, rows = made_of.record.get(part, {}), []
    for question in PARTS[part].questions:
        if question.kind == "choice":
            found = in_words(question, said.get(question.name)) or [NOT_YET]
            rows.append((question.label, found[0], str(said.get(f"{question.name}_note", ""))))
    return [Table(PARTS[part].title, ("Question", "Found", "What speaks for it"), rows, True, (4, 2, 4))]


def born(day: date | None, certainty: str) -> str:
    """A birthday as the form says it."""
    if day is None:
        return "Not known"
    said = {"estimated": " (estimated)", "unborn": " (expected)"}.get(certainty, "")
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}{said}"
