"""The commands that count a date and tell the duties."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from app import cli_procedure
from app.procedure.explain import explain
from app.procedure.proofs import tests_by_duty as proofs_in


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (["within", "5", "2026-11-20"], "2026-11-27"),
        (["before", "7", "2027-01-08"], "2026-12-29"),
        (["months", "6", "2026-08-31"], "2027-02-28"),
    ],
)
def test_the_date_alone(words: list[str], due: str) -> None:
    found = CliRunner().invoke(cli_procedure.clock_group, words)
    assert (found.exit_code, found.output) == (0, f"{due}\n")


@pytest.mark.parametrize(
    "words",
    [
        ["within", "5", "2026-02-29"], ["within", "5", "20 Nov"], ["within", "5", "20261120"], ["within", "5",
        "\ud800"],
        ["within", "-1", "2026-11-20"], ["within", "1e3", "2026-11-20"], ["within", "0", "2026-11-20"],
        ["before", "7", "1985-01-01"], ["months", "99999", "2026-08-31"], ["within", "5", "2100-12-31"],
    ],
)  # fmt: skip
def test_what_is_typed_wrongly_gets_one_line_and_exit_2(words: list[str]) -> None:
    found = CliRunner().invoke(cli_procedure.clock_group, words)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert len(found.stderr.strip().splitlines()) == 1
    assert "Traceback" not in found.stderr


def test_explaining_names_the_holidays_that_were_skipped() -> None:
    found = CliRunner().invoke(cli_procedure.clock_group, ["within", "1", "2026-12-24", "--explain"])
    assert found.output.startswith("2026-12-29\n")
    assert "2026-12-25 Fri     -  not counted: Christmas Day" in found.output
    assert "2026-12-29 Tue     1  working day 1" in found.output


def test_an_explanation_lists_each_day_once_and_ends_on_the_date() -> None:
    for kind, day in (("within", date(2026, 12, 11)), ("before", date(2027, 1, 8))):
        found = explain(kind, day, 7)
        assert [step.number for step in found.steps if step.number] == list(range(1, 8))
        assert found.steps[-1].day == found.due
        assert len({step.day for step in found.steps}) == len(found.steps)
        assert not found.provisional


def test_an_explanation_past_the_published_years_is_provisional_and_months_say_when_to_act() -> None:
    found = explain("within", date(2030, 12, 24), 1)
    assert found.provisional
    assert any("Christmas Day (provisional)" in step.text for step in found.steps)
    assert explain("months", date(2026, 8, 31), 6).act_by == date(2027, 2, 26)
    with pytest.raises(ValueError, match="no rule of counting"):
        explain("fortnights", date(2026, 8, 31), 6)


def test_duties_are_told_as_json_by_the_applications_command_line() -> None:
    app = Flask(__name__)
    cli_procedure.register(app)
    rows = json.loads(app.test_cli_runner().invoke(args=["duties", "--json"]).output)
    assert len(rows) == 156
    told = {row["id"]: row for row in rows}
    assert set(rows[0]) == {"id", "kind", "source", "built", "function", "tests"}
    assert told["B1-08"]["built"] is True
    assert told["B1-08"]["tests"]
    assert told["E-09"]["built"] is False
    assert told["E-09"]["function"] is None


def test_marks_are_found_on_functions_methods_classes_and_modules(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_a.py").write_text(
        "import pytest\npytestmark = [pytest.mark.duty('A-01')]\n"
        "@pytest.mark.duty('A-02', 'A-03')\ndef test_x(): pass\ndef helper(): pass\n"
        "@pytest.mark.duty('A-04')\nclass TestY:\n    @pytest.mark.duty('A-02')\n    def test_z(self): pass\n"
    )
    one, two = "tests/test_a.py::test_x", "tests/test_a.py::TestY::test_z"
    assert proofs_in(folder) == {"A-01": [one, two], "A-02": [one, two], "A-03": [one], "A-04": [two]}
