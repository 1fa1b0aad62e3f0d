"""What is asked of a case already under way, in one list for the form and the spreadsheet alike."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.procedure.entering import OUTCOMES, Given, UnderWay
from app.procedure.events import SAFEGUARDING_PARTNERS
from app.web.text_rules import MONTHS, REPLACEMENT, normalised, text_fault

MOST_ROWS, MOST_BYTES, LONGEST = 300, 1_000_000, 10_000
WHO = {
    "chair": "the chair of the group", "director": "the Service Director", "local-authority": "Children's Services",
    "police": "the police", "icb": "the integrated care board",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One question: `kind` is line, words, day or outcome."""

    name: str
    label: str
    kind: str = "line"
    hint: str = ""


def _said(name: str, what: str) -> list[Column]:
    return [
        Column(f"{name}_outcome", f"{what}: notify or do not notify", "outcome"),
        Column(f"{name}_on", f"{what}: on which day", "day"),
        Column(f"{name}_by", f"{what}: by whom"),
    ]


COLUMNS: tuple[Column, ...] = (
    Column(
        "own_reference",
        "Your own reference",
        hint="As your spreadsheet or file has it; no case is entered twice",
    ),
    Column("title", "What the case is about", hint="A few words without names, for example: A child aged 4"),
    Column("agency", "Agency that referred it", hint="Its key, for example police"),
    Column("children", "Children's names", hint="Separated by semicolons; leave empty where none is named"),
    Column("incident_on", "Day of the incident", "day"),
    Column("summary", "What happened", "words"),
    Column("referred_on", "Day of the referral", "day"),
    Column("aware_on", "Day on which the local authority became aware", "day"),
    Column(
        "shared_on", "Day on which the referral was shared with the chair and the Service Director", "day"
    ),
    *_said("chair", "Initial view of the chair"),
    *_said("director", "Initial view of the Service Director"),
    Column("view_shared_on", "Day on which the initial view was shared with the partners", "day"),
    *[
        column
        for party in SAFEGUARDING_PARTNERS
        for column in _said(party.value, f"Response of {WHO[party.value]}")
    ],
    *_said("decision", "Decision"),
    Column("rationale", "Reason for the decision", "words"),
    Column("notified_on", "Day on which the Panel was notified", "day"),
    Column("panel_reference", "Reference of the notification"),
    Column("notified_by", "Who sent the notification"),
)
LABELS = {column.label.casefold(): column.name for column in COLUMNS} | {
    one.name.casefold(): one.name for one in COLUMNS
}


class Unreadable(ValueError):
    """The file is no spreadsheet that can be read; the message says why."""


def under_way(raw: Mapping[str, str]) -> tuple[UnderWay, list[tuple[str, str]]]:
    """A case from its texts, and what of them cannot be read."""
    faults: list[tuple[str, str]] = []
    for column in COLUMNS:
        text = raw.get(column.name, "")
        fault = text_fault(text, LONGEST, column.kind == "words", "This answer")
        if fault or REPLACEMENT in text:
            faults.append((column.name, fault or "This answer contains a broken character; type it again"))

    def day(name: str) -> date | None:
        found, fault = read_day(raw.get(name, ""))
        if fault:
            faults.append((name, fault))
        return found

    def said(name: str) -> Given:
        outcome, fault = read_outcome(raw.get(f"{name}_outcome", ""))
        if fault:
            faults.append((f"{name}_outcome", fault))
        return Given(outcome, day(f"{name}_on"), _clean(raw, f"{name}_by"))

    case = UnderWay(
        own_reference=_clean(raw, "own_reference"), title=_clean(raw, "title"), agency=_clean(raw, "agency").lower(),
        referred_on=day("referred_on"), incident_on=day("incident_on"), summary=_clean(raw, "summary"),
        children=tuple(name.strip() for name in _clean(raw, "children").split(";") if name.strip())[:4],
        aware_on=day("aware_on"), shared_on=day("shared_on"), chair=said("chair"), director=said("director"),
        view_shared_on=day("view_shared_on"),
        responses={party: said(party.value) for party in SAFEGUARDING_PARTNERS}, decision=said("decision"),
        rationale=_clean(raw, "rationale"), notified_on=day("notified_on"),
        panel_reference=_clean(raw, "panel_reference"), notified_by=_clean(raw, "notified_by"),
    )  # fmt: skip
    return case, faults


def read_day(text: str) -> tuple[date | None, str | None]:
    """A day as people and spreadsheets write it: 2026-03-27, 27/3/2026 or 27 March 2026."""
    cleaned = normalised(text)
    if not cleaned:
        return None, None
    try:
        return date.fromisoformat(cleaned[:10]) if cleaned[4:5] == "-" else _spoken(cleaned), None
    except (ValueError, IndexError):
        return None, f"“{cleaned[:40]}” is not a day, like 27/3/2026"


def read_outcome(text: str) -> tuple[str | None, str | None]:
    """An outcome as people write it."""
    cleaned = normalised(text).casefold()
    known = {label.casefold(): code for code, label in OUTCOMES.items()} | {code: code for code in OUTCOMES}
    if not cleaned:
        return None, None
    found = known.get(cleaned)
    return found, None if found else f"“{cleaned[:40]}” is neither “notify” nor “do not notify”"


def read_file(name: str, content: bytes) -> list[dict[str, str]]:
    """The rows of a spreadsheet (.xlsx or .csv) by column, empty ones left out. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 1 MB. Split it into several.")
    rows = _xlsx(content) if name.lower().endswith(".xlsx") else _csv(name, content)
    header = [LABELS.get(_text(cell).casefold(), "") for cell in rows[0]] if rows else []
    if "own_reference" not in header or "referred_on" not in header:
        raise Unreadable("The first row must name the columns, as the empty spreadsheet does.")
    found = []
    for row in rows[1:]:
        texts = {name: _text(cell) for name, cell in zip(header, row, strict=False) if name}
        if any(texts.values()):
            found.append(texts)
    if not found:
        raise Unreadable("The file holds no cases.")
    if len(found) > MOST_ROWS:
        raise Unreadable(f"The file holds more than {MOST_ROWS} cases. Split it into several.")
    return found


def empty_spreadsheet(agencies: Mapping[str, str]) -> bytes:
    """A spreadsheet with the columns named, and a sheet that says what they hold."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Cases"
    sheet.append([column.label for column in COLUMNS])
    sheet.freeze_panes = "B2"
    notes = book.create_sheet("What to enter")
    notes.append(["Column", "What it holds"])
    kinds = {"day": "A day, like 27/3/2026", "outcome": "notify or do not notify"}
    for column in COLUMNS:
        notes.append([column.label, column.hint or kinds.get(column.kind, "Text")])
    for key, name in agencies.items():
        notes.append([f"Agency {key}", name])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _spoken(text: str) -> date:
    parts = text.replace("/", " ").replace(".", " ").split()
    if len(parts) != 3 or not all(part.isascii() for part in parts):
        raise ValueError(text)
    month = int(parts[1]) if parts[1].isdigit() else MONTHS.index(_month(parts[1])) + 1
    return date(int(parts[2]), month, int(parts[0]))


def _month(text: str) -> str:
    return next(name for name in (*MONTHS, "") if name.startswith(text.casefold()) or not name) or "none"


def _clean(raw: Mapping[str, str], name: str) -> str:
    return normalised(raw.get(name, ""))


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _xlsx(content: bytes) -> list[tuple[Any, ...]]:
    try:
        sheet = load_workbook(BytesIO(content), read_only=True, data_only=True).worksheets[0]
        return list(sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=len(COLUMNS) + 10))
    except (
        BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        IndexError,
        OSError,
        SyntaxError,
    ) as error:
        raise Unreadable(
            "The file cannot be read as a spreadsheet. Save it as .xlsx or .csv again."
        ) from error


def _csv(name: str, content: bytes) -> list[Any]:
    if not name.lower().endswith(".csv"):
        raise Unreadable("The file must be a spreadsheet: .xlsx or .csv.")
    try:
        text = content.decode("utf-8-sig")
        return list(csv.reader(StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable("The file cannot be read. Save it as CSV in UTF-8, or as .xlsx.") from error
