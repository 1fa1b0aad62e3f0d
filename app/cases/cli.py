"""`flask obligations check`: stored obligations against those rebuilt from history."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.cases.rebuild import all_differences
from tenants.registry import all_partnerships
from tenants.scope import in_partnership

obligations_group = AppGroup("obligations", help="What is owed.")


@obligations_group.command("check")
def check_command() -> None:
    """Compare every stored obligation with the one that history gives. Exit 1 where one differs."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    wrong = 0
    for partnership in [(row.id, row.slug) for row in all_partnerships()]:
        with in_partnership(app, partnership[0]):
            found = all_differences()
        wrong += len(found)
        click.echo(f"{partnership[1]}: " + ("as history says" if not found else f"{len(found)} differences"))
        for line in found:
            click.echo(f"  {line}")
    if wrong:
        raise SystemExit(1)
