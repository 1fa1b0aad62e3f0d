"""Reading a spreadsheet of cases: nothing of it is lost without being said."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from app.entering.columns import COLUMNS, empty_spreadsheet
from app.entering.reading import Row, Unreadable, read_file
from app.entering.under_way import under_way

BY_NAME = {column.name: column for column in COLUMNS}
LABELS = [BY_NAME[name].label for name in ("own_reference", "title", "referred_on", "summary")]


def xlsx(rows: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    book, written = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(written)
    return written.getvalue()


def text_of(rows: list[list[str]], delimiter: str = ",") -> bytes:
    written = StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return written.getvalue().encode("utf-8-sig")


def read(content: bytes, name: str = "cases.xlsx") -> list[Row]:
    return read_file(name, content, COLUMNS)[0]


def refused(content: bytes, name: str = "cases.xlsx") -> str:
    with pytest.raises(Unreadable) as caught:
        read(content, name)
    assert len(str(caught.value)) < 1000
    return str(caught.value)


def test_rows_keep_their_numbers_and_a_blank_first_line_is_no_heading() -> None:
    rows = [[None], LABELS, ["A", "x", date(2026, 11, 2), "y"], [None], ["B", "x", "2/11/2026", "y"]]
    found = read(xlsx(rows))
    assert [(row.number, row.texts["own_reference"]) for row in found] == [(3, "A"), (5, "B")]
    assert found[0].texts["referred_on"] == "2026-11-02"
    for delimiter in ",;\t":
        text = text_of([[], LABELS, ["A", "x, y; z", "2/11/2026", "y"]], delimiter)
        assert [(row.number, row.texts["title"]) for row in read(text, "x.csv")] == [(3, "x, y; z")]


def test_rows_beyond_the_most_are_told_and_not_left_out() -> None:
    rows = [LABELS, *([f"R{number}", "x", "2/11/2026", "y"] for number in range(300))]
    assert len(read(xlsx(rows))) == 300
    assert "more than 300 cases" in refused(xlsx([*rows, [None], ["R300", "x", "2/11/2026", "y"]]))
    text = text_of([*rows, ["R300", "x", "2/11/2026", "y"]])
    assert "more than 300 cases" in refused(text, "x.csv")


def test_a_heading_that_is_not_known_is_named_with_its_column() -> None:
    told = refused(xlsx([[*LABELS, "Shoe size"], ["A", "x", "2/11/2026", "y", "42"]]))
    assert "column E" in told
    assert "Shoe size" in told
    assert "stands twice" in refused(xlsx([[*LABELS, LABELS[1]], ["A"]]))
    found = read(xlsx([LABELS, ["A", "x", "2/11/2026", "y", "under no heading"]]))
    assert found[0].faults == [("", "Column E holds something and has no heading")]


def test_a_formula_without_its_result_is_told() -> None:
    found = read(xlsx([LABELS, ["A", "=1+1", "2/11/2026", "y"]]))
    assert [name for name, _message in found[0].faults] == ["title"]
    assert "formula" in found[0].faults[0][1]


@pytest.mark.parametrize(
    ("cell", "column", "text", "faulty"),
    [
        (True, "own_reference", "", True),
        (0.1, "own_reference", "", True),
        (12, "own_reference", "12", False),
        (12.0, "own_reference", "12", False),
        (date(2026, 1, 2), "own_reference", "", True),
        (46346, "referred_on", "2026-11-20", False),
        (datetime(2026, 11, 20, 10, 30), "referred_on", "2026-11-20", False),
        (0.5, "referred_on", "", True),
        ("#REF!", "title", "", True),
        ("x" * 201, "title", "", True),
        ("x" * 10_001, "summary", "", True),
    ],
)
def test_cells_are_read_for_what_they_hold(cell: Any, column: str, text: str, faulty: bool) -> None:
    row = dict(
        zip(("own_reference", "title", "referred_on", "summary"), ["A", "x", "2/11/2026", "y"], strict=True)
    )
    found = read(xlsx([LABELS, list({**row, column: cell}.values())]))[0]
    assert found.texts[column] == text
    assert [name for name, _message in found.faults] == ([column] if faulty else [])
    assert all(len(message) < 200 for _name, message in found.faults)


def test_other_sheets_are_named_as_not_read() -> None:
    content = xlsx([LABELS, ["A", "x", "2/11/2026", "y"]], lambda book: book.create_sheet("More cases"))
    assert "not: More cases" in read_file("x.xlsx", content, COLUMNS)[1]
    empty = empty_spreadsheet(COLUMNS, {"police": "Police"})
    assert "holds no cases" in refused(empty)


def test_a_small_file_that_unpacks_to_a_huge_one_is_not_unpacked() -> None:
    honest = xlsx([LABELS, ["A", "x", "2/11/2026", "y"]])
    written = BytesIO()
    with ZipFile(BytesIO(honest)) as source, ZipFile(written, "w", ZIP_DEFLATED) as bomb:
        for part in source.infolist():
            content = source.read(part)
            bomb.writestr(part.filename, content + (b" " * 30_000_000 if "sheet1" in part.filename else b""))
    assert len(written.getvalue()) < 1_000_000
    assert "unpacks to far more" in refused(written.getvalue())
    assert "cannot be read" in refused(b"PK\x03\x04 no spreadsheet")
    assert "larger than 1 MB" in refused(b"x" * 1_000_001)
    assert "must be a spreadsheet" in refused(b"x", "cases.pdf")
    assert "UTF-8" in refused("é".encode("latin-1") * 4, "x.csv")


def test_too_many_rows_and_columns_are_told() -> None:
    far = xlsx([LABELS, ["A"]], lambda book: book.active.cell(12_000, 1, "B"))
    assert "more than 10,000 rows" in refused(far)
    wide = xlsx([LABELS, ["A"]], lambda book: book.active.cell(2, 300, "B"))
    assert "more than 256 columns" in refused(wide)


def test_every_question_stands_in_the_empty_spreadsheet() -> None:
    book = load_workbook(BytesIO(empty_spreadsheet(COLUMNS, {"police": "Police"})))
    assert [cell.value for cell in book["Cases"][1]] == [column.label for column in COLUMNS]
    assert len({column.label for column in COLUMNS}) == len(COLUMNS)
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)


def test_children_stand_beside_their_dates_of_birth() -> None:
    row = {"children": "Ann; Bob", "births": "2/3/2020; not known"}
    children, faults = under_way(row)[0].children, under_way(row)[1]
    assert faults == []
    assert [(child.name, child.born_on) for child in children] == [("Ann", date(2020, 3, 2)), ("Bob", None)]
    assert [name for name, _m in under_way({**row, "births": "2/3/2020"})[1]] == ["births"]
    assert [name for name, _m in under_way({**row, "births": "2/3/2020; soon"})[1]] == ["births"]
    assert len(under_way({"children": "A; B; C; D; E"})[0].children) == 5  # told, and never cut to four


def test_areas_are_known_by_name_or_code() -> None:
    known = (("E06000046", "Isle of Wight"), ("E10000014", "Hampshire"))
    case, faults = under_way({"incident_area": "isle of wight", "home_area": "E10000014"}, COLUMNS, known)
    assert (case.areas.incident, case.areas.home, faults) == ("E06000046", "E10000014", [])
    assert under_way({"incident_area": "Outside England"}, COLUMNS, known)[0].areas.incident == "outside"
    assert [name for name, _m in under_way({"home_area": "Atlantis"}, COLUMNS, known)[1]] == ["home_area"]
