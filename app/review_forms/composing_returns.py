"""What agencies returned, as parts of the form: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from app.documents.blocks import Block, Heading, Paragraph, Table
from app.procedure.chronology import Entry, merge

Row = Mapping[str, Any]
NO_INVOLVEMENT = "This agency says that it was not involved."


class Return(Protocol):
    """What an agency returned last."""

    @property
    def agency_name(self) -> str:
        """The agency's name."""

    @property
    def content(self) -> Mapping[str, Any]:
        """What it returned."""

    @property
    def behalf(self) -> str:
        """How it came, where it was recorded on the agency's behalf."""


def agency_heading(one: Return) -> Heading:
    """The heading under which an agency's involvement stands."""
    return Heading(4, f"{one.agency_name}, {one.behalf}" if one.behalf else one.agency_name)


def contacts(one: Return) -> list[Block]:
    """An agency's contacts; that it had none is said."""
    if one.content.get("none"):
        return [Paragraph(NO_INVOLVEMENT)]
    rows = [(when(row), _text(row, "who"), _text(row, "what")) for row in _rows(one, "contacts")]
    if not rows:
        return []
    caption = f"Contacts of {one.agency_name} with the family"
    return [Table(caption, ("When", "Who", "What"), rows, True, (2, 3, 5))]


def practice(one: Return) -> list[Block]:
    """What an agency says was good, and what was not."""
    told = (("What was good", "good"), ("What was not good", "not_good"))
    return [
        block
        for label, name in told
        if _text(one.content, name)
        for block in (Heading(5, label), Paragraph(_text(one.content, name)))
    ]


def episodes(returns: Sequence[Return]) -> list[Block]:
    """The key practice episodes of all agencies, each with its analysis."""
    rows = [
        (one.agency_name, _text(row, "when"), _text(row, "what"), _text(row, "analysis"))
        for one in returns
        for row in _rows(one, "episodes")
    ]
    headings = ("Agency", "When", "What was done", "Analysis")
    return (
        [Table("Key practice episodes of the agencies", headings, rows, True, (2, 2, 3, 4))] if rows else []
    )


def as_told(returns: Sequence[Return], name: str, caption: str) -> list[Block]:
    """One answer of every agency that gave it."""
    rows = [(one.agency_name, _text(one.content, name)) for one in returns if _text(one.content, name)]
    return [Table(caption, ("Agency", "Answer"), rows, True, (2, 5))] if rows else []


def chronology(returns: Sequence[Return]) -> list[Block]:
    """The chronologies of all agencies as one."""
    rows = [(one.when, one.agency, _told(one), one.source) for one in merge(returns)]
    headings = ("When", "Agency", "What happened", "Where it is recorded")
    return [Table("What happened, from all agencies", headings, rows, True, (2, 2, 5, 3))] if rows else []


def when(row: Row) -> str:
    """The day of a row, as exactly as it is known."""
    day = date.fromisoformat(str(row["day"]))
    return Entry(day, str(row.get("precision") or "day"), _text(row, "time"), "", "", "", "").when


def _told(entry: Entry) -> str:
    matters = entry.significance
    return f"{entry.what}\nWhy it matters: {matters}" if matters else entry.what


def _rows(one: Return, name: str) -> Sequence[Row]:
    return [] if one.content.get("none") else one.content.get(name) or []


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "").strip()
