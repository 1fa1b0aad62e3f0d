"""`flask access`: every route with its permission and every role's answer, needing neither database nor secrets."""

from __future__ import annotations

import json

import click
from flask import current_app
from flask.cli import with_appcontext

from app.access.table import table


@click.command("access")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_appcontext
def access_command(as_json: bool) -> None:
    """Print who may do what, and under what condition."""
    rows = table(current_app._get_current_object())  # type: ignore[attr-defined]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        who = ", ".join(_held(role, answer) for role, answer in row["roles"].items() if answer["allowed"])
        click.echo(
            f"{'/'.join(row['methods']):9} {row['route']:60} {row['permission'] or 'public'}: {who or row['public']}"
        )


def _held(role: str, answer: dict[str, object]) -> str:
    return role if answer["condition"] == "always" else f"{role} ({answer['condition']})"
