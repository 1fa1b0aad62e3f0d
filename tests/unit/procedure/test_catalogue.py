"""The catalogue carries every duty, and no mark can name one that does not exist."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from app.procedure.catalogue import CATALOGUE, KINDS
from app.procedure.marks import duty

SHARED = Path(__file__).resolve().parents[4] / "shared" / "procedure" / "duties.csv"
IN_EACH_PART = {"A": 10, "B1": 15, "B2": 22, "B3": 57, "C": 20, "D": 5, "E": 9, "X": 4, "S": 2, "N": 12}


def test_every_duty_is_carried_once_with_its_parts() -> None:
    assert Counter(identifier.split("-")[0] for identifier in CATALOGUE) == IN_EACH_PART
    for row in CATALOGUE.values():
        assert row.kind in KINDS
        assert row.source
        assert row.who
        assert row.text
        assert row.clock


@pytest.mark.skipif(
    not SHARED.exists(), reason="the partnership's own list of duties is not beside this checkout"
)
def test_ids_kinds_and_sources_are_those_of_the_procedure_and_the_words_are_ours() -> None:
    with SHARED.open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    theirs = {identifier: (row["kind"], row["source"]) for identifier, row in rows.items()}
    assert {row.id: (row.kind, row.source) for row in CATALOGUE.values()} == theirs
    assert [row.id for row in CATALOGUE.values() if row.text == rows[row.id]["duty"]] == []


def test_a_mark_for_an_unknown_duty_is_refused() -> None:
    with pytest.raises(KeyError, match="Z-99"):
        duty("Z-99")
