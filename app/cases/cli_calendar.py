"""`flask calendar`: the editions of the bank holidays, and adding one that was proclaimed late."""

from __future__ import annotations

from datetime import date

import click
from flask import current_app
from flask.cli import AppGroup

from app.cases.calendar_changes import tell_all_cases
from app.cases.calendars import next_edition
from app.clock_source import now
from app.partnerships.service import owner_app
from config import ConfigurationError
from tenants.db import db
from tenants.registry import CalendarEdition, all_partnerships, calendar_editions
from tenants.scope import in_partnership

calendar_group = AppGroup("calendar", help="The bank holidays that clocks are counted by.")


@calendar_group.command("list")
def list_command() -> None:
    """List the editions after the first, with what each added."""
    for row in calendar_editions():
        for day, name in row.added.items():
            click.echo(f"edition {row.number} {row.adopted_at.date().isoformat()} {day} {name}: {row.reason}")


@calendar_group.command("add-holiday")
@click.argument("day")
@click.argument("name")
@click.option("--reason", default="Proclaimed", help="Why, for example which proclamation.")
def add_holiday_command(day: str, name: str, reason: str) -> None:
    """Add a bank holiday NAME on DAY (2026-12-07): clocks that are running move, in every partnership."""
    number, told = add_holiday(day, name, reason)
    click.echo(f"edition {number}: {name.strip()} on {day}; {told} cases are told")


def add_holiday(day: str, name: str, reason: str) -> tuple[int, int]:
    """Adopt the next edition and give every partnership's cases the work. Returns its number, and how many cases.

    Run again for the same day after a stop half way, it only gives the work that was not given.
    """
    moment, app = now(), current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        holiday = date.fromisoformat(day)
        number = _known(holiday, name)
        if number is None:
            edition = next_edition(holiday, name)
            number = edition.edition
            added = {one.isoformat(): called for one, called in sorted(edition.added.items())}
            with owner_app(app.config["WAYMARK"]).app_context():
                row = CalendarEdition(number=number, added=added, reason=reason.strip(), adopted_at=moment)
                db.session.add(row)
                db.session.commit()
    except (ValueError, ConfigurationError) as fault:
        raise click.ClickException(str(fault)) from None
    db.session.rollback()
    told = 0
    for identifier in [row.id for row in all_partnerships()]:
        with in_partnership(app, identifier):
            told += tell_all_cases(number, moment)
            db.session.commit()
    return number, told


def _known(day: date, name: str) -> int | None:
    """The edition that added this very holiday, where one did."""
    rows = calendar_editions()
    return next((row.number for row in rows if row.added.get(day.isoformat()) == name.strip()), None)
