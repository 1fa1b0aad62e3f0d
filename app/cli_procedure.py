"""`flask clock` and `flask duties`: how a date is counted, and which duties are built."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import click
from flask import Flask

from app.procedure.catalogue import CATALOGUE
from app.procedure.explain import Explanation, Step, explain
from app.procedure.marks import IMPLEMENTED
from app.procedure.proofs import tests_by_duty

TESTS = Path(__file__).resolve().parent.parent / "tests"
# Imported before the duties are told, so that every mark in the pure procedure has been made.
MARKED = ("app.procedure.criteria", "app.procedure.obligations")
# A number that begins with a minus sign must reach our own message, and not be taken for an option.
PLAIN = {"ignore_unknown_options": True}


class Refused(click.ClickException):
    """Something typed wrongly: one line on stderr, and exit 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(self.format_message(), file=file, err=file is None)


class Day(click.ParamType):
    """An option that is a date, with a message that says how to write one."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date. Fails in plain English."""
        try:
            return value if isinstance(value, date) else read_date(str(value))
        except ValueError as fault:
            self.fail(str(fault), param, ctx)


@click.group("clock")
def clock_group() -> None:
    """Count a date by the procedure's rules. Dates are written as 2026-11-20."""


def _command(name: str, about: str) -> None:
    @clock_group.command(name, help=about, context_settings=PLAIN)
    @click.argument("n")
    @click.argument("day")
    @click.option("--explain", "explained", is_flag=True, help="Also print every day counted and skipped.")
    def count(n: str, day: str, explained: bool) -> None:
        try:
            answer = explain(name, read_date(day), read_number(n))
        except ValueError as fault:
            raise Refused(str(fault)) from fault
        click.echo(answer.due.isoformat())
        if explained:
            click.echo("\n".join(lines_of(answer)))


_command("within", "The last day of a clock of N working days from DAY.")
_command("before", "The latest day that is N working days before DAY.")
_command("months", "The date N months after DAY.")


def read_date(text: str) -> date:
    """A date typed as 2026-11-20. Raises ValueError in plain English."""
    shown = text[:40].encode("ascii", "backslashreplace").decode()
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(f"{shown} is not a date; write it like 2026-12-24.")
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise ValueError(f"There is no such date as {shown}.") from fault


def read_number(text: str) -> int:
    """A whole number of days or months. Raises ValueError in plain English."""
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError("The number of days or months must be a whole number, like 5.")
    return int(text)


def lines_of(answer: Explanation) -> list[str]:
    """An explanation as lines of text."""
    return [answer.sentence, *(_line(step) for step in answer.steps)]


def _line(step: Step) -> str:
    number = "-" if step.number is None else str(step.number)
    return f"{step.day.isoformat()} {step.day:%a}  {number:>4}  {step.text}"


def duty_rows() -> list[dict[str, Any]]:
    """One row for each duty. Built means that a function is marked and at least one test proves it."""
    for module in MARKED:
        import_module(module)
    proved = tests_by_duty(TESTS)
    return [
        {
            "id": duty.id,
            "kind": duty.kind,
            "source": duty.source,
            "built": bool(IMPLEMENTED.get(duty.id) and proved.get(duty.id)),
            "function": next(iter(IMPLEMENTED.get(duty.id, ())), None),
            "tests": proved.get(duty.id, []),
        }
        for duty in CATALOGUE.values()
    ]


@click.command("duties")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def duties_command(as_json: bool) -> None:
    """Print every duty of the procedure, and whether it is built and proved."""
    rows = duty_rows()
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        built = f"built, {len(row['tests'])} tests" if row["built"] else "not built"
        click.echo(f"{row['id']:6} {row['kind']:10} {built:18} {row['source']}: {CATALOGUE[row['id']].text}")
    click.echo(f"{sum(row['built'] for row in rows)} of {len(rows)} duties built.")


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(clock_group)
    app.cli.add_command(duties_command)
