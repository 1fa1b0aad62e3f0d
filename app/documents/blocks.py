"""What a document is made of, whatever it becomes: one content for the page, the Word document and the PDF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

LANGUAGE = "en-GB"
HIGHEST, LOWEST = 2, 5
"""The title is the one heading of the first level; blocks have the second to the fifth."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 to 5."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text; each line of it becomes a paragraph of its own. `strong` is for what must not be missed."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; one without items is left out."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the headings of its columns. `row_headings`: the first cell of each row names the row.

    `widths` are shares of the page for each column, such as (1, 3); without them all columns are alike.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    row_headings: bool = False
    widths: Sequence[int] = ()


Block = Heading | Paragraph | Bullets | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. `mark` ("Draft, not approved") stands under the title and at the top of every page."""

    title: str
    subtitle: str
    blocks: Sequence[Block]
    mark: str = ""


def level_of(heading: Heading) -> int:
    """A heading's level, never outside what a document under one title may hold."""
    return max(HIGHEST, min(heading.level, LOWEST))


def lines_of(text: str) -> list[str]:
    """The lines of a text that hold anything, without the signs that a document cannot hold."""
    kept = "".join(sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if _in_xml(ord(sign)))
    return [line.strip() for line in kept.split("\n") if line.strip()]


def one_line(text: str) -> str:
    """A text as one line, for titles, headings and captions."""
    return " ".join(lines_of(text))


def _in_xml(code: int) -> bool:
    return code in (0x9, 0xA) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def as_json(document: Document) -> str:
    """The content as text to keep: what was written on the day, whatever becomes of the record behind it."""
    blocks = [{"is": type(block).__name__, **asdict(block)} for block in document.blocks]
    whole = {"title": document.title, "subtitle": document.subtitle, "mark": document.mark, "blocks": blocks}
    return json.dumps(whole, ensure_ascii=False)


def from_json(text: str) -> Document:
    """The document that `as_json` kept."""
    kinds: dict[str, type[Block]] = {
        "Heading": Heading,
        "Paragraph": Paragraph,
        "Bullets": Bullets,
        "Table": Table,
    }
    whole = json.loads(text)
    blocks = []
    for kept in whole.pop("blocks"):
        kind = kinds[kept.pop("is")]
        blocks.append(kind(**kept))
    return Document(blocks=tuple(blocks), **whole)
