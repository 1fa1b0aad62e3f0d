"""A pack or a supplement as a document: one content for the page, the Word document and the PDF. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.documents.writer import Block, Bullets, Document, Heading, Paragraph, Table
from app.procedure.chronology import Entry
from app.procedure.involvement_form import ANSWERS, QUESTIONS, Section

Said = Mapping[str, Any]
CHRONOLOGY = "chronology"
NONE = "No involvement: the agency says that it was not involved with the child or family."
KINDS = {"pdf": "PDF", "docx": "Word document", "png": "picture", "jpeg": "picture", "txt": "plain text"}


def document_of(content: Said, told: Sequence[str], note: str) -> Document:
    """The document. `told` is what stands first: which pack, for which meeting, circulated when and by whom."""
    blocks: list[Block] = [Paragraph(line) for line in told]
    if note:
        blocks += [Heading(2, "A note from the Partnership Team"), Paragraph(note)]
    blocks += _not_returned(content) + _referral(content) + _chronology(content) + _returns(content)
    return Document(content["title"], f"{content['reference']}, {content['case']}", blocks)


def _not_returned(content: Said) -> list[Block]:
    waits = content["not_returned"]
    if not waits:
        return []
    items = [f"{one['agency']}, asked to return by {one['due_on']}" for one in waits]
    return [Heading(2, "Who has not returned yet"), Bullets(items)]


def _referral(content: Said) -> list[Block]:
    if not content["referral"]:
        return []
    blocks: list[Block] = [Heading(2, "The referral")]
    for title, said in content["referral"]:
        blocks += [Heading(3, title), *_answers([(question, answer) for question, answer in said])]
    return blocks


def _chronology(content: Said) -> list[Block]:
    entries = content[CHRONOLOGY]
    if not entries:
        return []
    rows = [(one["when"], one["agency"], what(one), one["source"]) for one in entries]
    headings = ("When", "Agency", "What happened, and why it matters", "Source")
    table = Table("From the chronologies of all agencies, in order", headings, rows, True, (2, 2, 5, 2))
    return [Heading(2, "Chronology"), table]


def what(one: Said) -> str:
    """What happened, and why it matters where that was said."""
    return (
        f"{one['what']}\nWhy it matters: {one['significance']}" if one["significance"] else str(one["what"])
    )


def _returns(content: Said) -> list[Block]:
    blocks: list[Block] = []
    for one in content["returns"]:
        blocks += [Heading(2, f"{one['agency']}: summary of involvement"), Paragraph(_how(one))]
        if one["changed"]:
            blocks.append(Paragraph(f"What changed since the return before: {one['changed']}"))
        blocks += _sections(one["content"], one["agency"]) + _files(one)
    return blocks


def _how(one: Said) -> str:
    late = ", after the date that was set" if one["late"] else ""
    return f"Return {one['number']}, returned {one['returned']}{late} by {one['by']}."


def _files(one: Said) -> list[Block]:
    if not one["files"]:
        return []
    items = [f"{file['name']} ({KINDS.get(file['kind'], file['kind'])})" for file in one["files"]]
    return [Heading(3, "Files that came with it"), Paragraph("They are opened in Waymark."), Bullets(items)]


def _sections(content: Said, agency: str) -> list[Block]:
    if content.get("none"):
        return [Paragraph(NONE, strong=True), *_texts(("about", "safety"), content)]
    blocks: list[Block] = []
    for key, section in QUESTIONS.items():
        if key == CHRONOLOGY:
            continue  # it stands in the chronology of all agencies
        blocks += _rows(section, content.get(key) or [], agency) if section.rows else _texts((key,), content)
    answers = [(one["question"], one["answer"]) for one in content.get(ANSWERS) or []]
    return [*blocks, Heading(3, "Further questions"), *_answers(answers)] if answers else blocks


def _texts(keys: Sequence[str], content: Said) -> list[Block]:
    blocks: list[Block] = []
    for key in keys:
        asked = [(_label(one.label), str(content.get(one.name) or "")) for one in QUESTIONS[key].questions]
        said = [(label, text) for label, text in asked if text]
        blocks += [Heading(3, QUESTIONS[key].title), *_answers(said)] if said else []
    return blocks


def _answers(said: Sequence[tuple[str, str]]) -> list[Block]:
    return [block for label, text in said for block in (Heading(4, label), Paragraph(text or "Not answered"))]


def _rows(section: Section, rows: Sequence[Said], agency: str) -> list[Block]:
    if not rows:
        return []
    asked = [one for one in section.questions if one.kind != "time"]
    cells = [
        [_when(row) if one.kind == "day" else str(row.get(one.name) or "") for one in asked] for row in rows
    ]
    table = Table(f"{section.title}, {agency}", [_label(one.label) for one in asked], cells, True)
    return [Heading(3, section.title), table]


def _when(row: Said) -> str:
    day = date.fromisoformat(str(row["day"]))
    return Entry(day, str(row.get("precision") or "day"), str(row.get("time") or ""), "", "", "", "").when


def _label(label: str) -> str:
    return label.removesuffix(" (optional)")
