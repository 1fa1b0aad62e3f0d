"""Reading a spreadsheet of cases: its rows by column, with their own numbers, and whatever in it cannot be read.

Nothing is left out without being said: a heading that is not known, a row too many, a cell that holds no text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from app.entering.columns import NOTES, Column
from app.entering.days import of_serial

MOST_ROWS, MOST_BYTES, MOST_UNPACKED = 300, 1_000_000, 20_000_000
MOST_PARTS, MOST_LINES, MOST_COLUMNS = 200, 10_000, 256
SHOWN = 40
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
Cells = Sequence[Any]


class Unreadable(ValueError):
    """The file is no spreadsheet of cases that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file: its number there, its texts by column, and the cells that could not be read."""

    number: int
    texts: dict[str, str]
    faults: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell whose result the file does not hold."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file as they stand in it, the epoch of its numbers, and what of it is not read."""

    rows: Iterable[Cells]
    epoch: datetime | None = None
    note: str = ""


def read_file(name: str, content: bytes, columns: Sequence[Column]) -> tuple[list[Row], str]:
    """The rows of a spreadsheet (.xlsx or .csv), empty ones left out, and a note on what of the file was not read.
    Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 1 MB. Split it into several.")
    lower = name.lower()
    if not lower.endswith((".xlsx", ".csv")):
        raise Unreadable("The file must be a spreadsheet: .xlsx or .csv.")
    sheet = _xlsx(content) if lower.endswith(".xlsx") else Sheet(_csv(content, columns))
    lines = enumerate(sheet.rows, start=1)
    heading = next(((number, row) for number, row in lines if _filled(row)), None)
    if heading is None:
        raise Unreadable("The file is empty.")
    asked = _heading(heading[1], columns)
    found: list[Row] = []
    for number, row in lines:
        if number > MOST_LINES:
            raise Unreadable(
                f"The file has more than {MOST_LINES:,} rows. Delete the empty ones below the cases."
            )
        if not _filled(row):
            continue
        if len(found) == MOST_ROWS:
            raise Unreadable(f"The file holds more than {MOST_ROWS} cases. Split it into several.")
        found.append(_row(number, row, asked, sheet.epoch))
    if not found:
        raise Unreadable("The file holds no cases.")
    return found, sheet.note


def _heading(row: Cells, columns: Sequence[Column]) -> list[Column | None]:
    """The columns as the first row names them. Raises Unreadable for a heading that is not known, or stands twice."""
    known = {_plain(one.label): one for one in columns} | {_plain(one.name): one for one in columns}
    labels = [_plain(cell) for cell in row]
    asked = [known.get(label) for label in labels]
    named = {one.name for one in asked if one}
    if not {"own_reference", "referred_on"} <= named:
        raise Unreadable("The first row must name the columns, as the empty spreadsheet does.")
    unknown = [
        f"column {get_column_letter(place)} (“{str(row[place - 1]).strip()[:SHOWN]}”)"
        for place, (label, one) in enumerate(zip(labels, asked, strict=True), start=1)
        if label and one is None
    ]
    if unknown:
        raise Unreadable(
            f"The first row names what is not asked: {'; '.join(unknown[:10])}. Name it as the empty spreadsheet does, "
            "or delete the column."
        )
    twice = {one.label for one in asked if one and asked.count(one) > 1}
    if twice:
        raise Unreadable(f"A column stands twice: {'; '.join(sorted(twice))}.")
    return asked


def _row(number: int, row: Cells, asked: list[Column | None], epoch: datetime | None) -> Row:
    found = Row(number, {})
    for place, cell in enumerate(row, start=1):
        column = asked[place - 1] if place <= len(asked) else None
        if column is None:
            if _text(cell):
                letter = get_column_letter(place)
                found.faults.append(("", f"Column {letter} holds something and has no heading"))
            continue
        text, fault = read_cell(cell, column, epoch)
        found.texts[column.name] = text
        if fault:
            found.faults.append((column.name, fault))
    return found


def read_cell(cell: object, column: Column, epoch: datetime | None) -> tuple[str, str | None]:
    """The text of a cell, or why it holds none that can be entered."""
    if isinstance(cell, Formula):
        return (
            "",
            "This cell holds a formula without its result. Type the result, or open and save the file again",
        )
    if isinstance(cell, bool):
        yes = column.kind == "yes" or "yes" in column.choices
        return (
            ("yes" if cell else "no", None) if yes else ("", "This cell holds TRUE or FALSE. Type it as text")
        )
    if isinstance(cell, datetime | date):
        day = column.kind == "day"
        return (cell.isoformat()[:10], None) if day else ("", "This cell holds a date. Type it as text")
    if isinstance(cell, int | float):
        return _number(cell, column, epoch)
    text = _text(cell)
    if text in ERRORS:
        return "", f"This cell holds an error ({text})"
    if isinstance(cell, time) or (cell is not None and not isinstance(cell, str)):
        return "", "This cell holds a time. Type it as text"
    if len(text) > column.limit:
        return "", f"This must be {column.limit:,} characters or fewer; it has {len(text):,}"
    return text, None


def _number(cell: float, column: Column, epoch: datetime | None) -> tuple[str, str | None]:
    if column.kind == "day":
        day, fault = of_serial(cell, epoch or datetime(1899, 12, 30))  # noqa: DTZ001 (a count of days)
        return (day.isoformat() if day else ""), fault
    if cell != int(cell):
        return "", f"This cell holds the number {cell:g}. Type it as text"
    return str(int(cell)), None


def _plain(cell: object) -> str:
    return " ".join(_text(cell).casefold().split())


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _filled(row: Cells) -> bool:
    return any(isinstance(cell, Formula) or _text(cell) for cell in row)


def _xlsx(content: bytes) -> Sheet:
    try:
        _check_unpacked(content)
        results = load_workbook(BytesIO(content), read_only=True, data_only=True)
        formulas = load_workbook(BytesIO(content), read_only=True, data_only=False)
        titles = [sheet.title for sheet in results.worksheets]
        title = "Cases" if "Cases" in titles else titles[0]
        others = [one[:SHOWN] for one in titles if one not in (title, NOTES)]
        note = f"Only the sheet “{title[:SHOWN]}” was read, not: {', '.join(others)}." if others else ""
        rows = list(_cells(results[title], formulas[title]))
        return Sheet(rows, results.epoch, note)
    except Unreadable:
        raise
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError, SyntaxError, TypeError,
            AttributeError, EOFError, NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise Unreadable(
            "The file cannot be read as a spreadsheet. Save it as .xlsx or .csv again."
        ) from error


def _check_unpacked(content: bytes) -> None:
    """A small file may unpack to a huge one: its own directory says to how much, and no more is ever unpacked."""
    with ZipFile(BytesIO(content)) as packed:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Unreadable(
                "The file unpacks to far more than cases need. Copy the cases into a new spreadsheet."
            )


def _cells(results: Any, formulas: Any) -> Iterator[Cells]:
    """The rows with the results of formulas; a result that the file does not hold is a Formula."""
    pairs = zip(results.iter_rows(values_only=True), formulas.iter_rows(), strict=False)
    for number, (row, cells) in enumerate(pairs, start=1):
        if number > MOST_LINES + 1:
            return
        if len(row) > MOST_COLUMNS:
            raise Unreadable(
                f"The file has more than {MOST_COLUMNS} columns. Delete the empty ones on the right."
            )
        yield [
            Formula() if value is None and getattr(cell, "data_type", "n") == "f" else value
            for value, cell in zip(row, cells, strict=False)
        ]


def _csv(content: bytes, columns: Sequence[Column]) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The file cannot be read. Save it as CSV in UTF-8, or as .xlsx.") from error
    if "\0" in text:
        raise Unreadable("The file cannot be read. Save it as CSV in UTF-8, or as .xlsx.")
    known = {_plain(one.label) for one in columns} | {_plain(one.name) for one in columns}
    first: list[list[str]] = []
    for delimiter in (",", ";", "\t"):
        try:
            rows = list(csv.reader(StringIO(text, newline=""), strict=True, delimiter=delimiter))
        except csv.Error:
            continue
        heading = next((row for row in rows if _filled(row)), [])
        if sum(_plain(cell) in known for cell in heading) > 1:
            return rows
        first = first or rows
    if not first:
        raise Unreadable("The file cannot be read. Save it as CSV in UTF-8, or as .xlsx.")
    return first
