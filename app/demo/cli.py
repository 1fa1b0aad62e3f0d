"""`flask demo prepare`, `load`, `people` and `clock`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from app import clock_source
from app.access.roles import ROLE_NAMES, Role
from app.demo.load import described, load
from app.partnerships.cli import add_file
from app.partnerships.service import owner_app

ROOT = Path(__file__).resolve().parents[2]
demo_group = AppGroup("demo", help="The demonstration: invented people, and a clock that can be moved.")


@demo_group.command("prepare")
def prepare_command() -> None:
    """Bring the schema up to date, then load the demonstration's partnerships and people: all that a start needs."""
    upgrade(directory=str(ROOT / "migrations"))
    for file in sorted((ROOT / "tenants" / "partnerships").glob("*.toml")):
        click.echo(add_file(file))
    _load()


@demo_group.command("load")
def load_command() -> None:
    """Load the demonstration's people and memberships; what is there already stays."""
    _load()


@demo_group.command("people")
@click.option("--partnership", help="Only this one, by its slug.")
def people_command(partnership: str | None) -> None:
    """List who can sign in, with which organisation, as what."""
    for person in described()["people"]:
        held = [entry for entry in person["memberships"] if partnership in (None, entry["partnership"])]
        roles = "; ".join(f"{ROLE_NAMES[Role(entry['role'])]} ({entry['partnership']})" for entry in held)
        if held or partnership is None:
            click.echo(
                f"{person['name']:24} {person['organisation']:28} {roles or 'nobody here knows this person'}"
            )


@demo_group.command("clock")
@click.option("--forward-hours", type=float, default=None, help="Move the clock forward by this many hours.")
def clock_command(forward_hours: float | None) -> None:
    """Show the demonstration's time, or move it forward."""
    if forward_hours is not None:
        try:
            clock_source.move_forward(timedelta(hours=forward_hours))
        except (clock_source.ClockRefused, OverflowError) as error:
            raise click.ClickException(str(error)) from None
    click.echo(clock_source.now().isoformat())


def _load() -> None:
    config = current_app.config["WAYMARK"]
    begun = load(owner_app(config), config.demo_issuer_base, clock_source.now())
    click.echo(f"demonstration: {begun} memberships begun")
