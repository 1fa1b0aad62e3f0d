"""`flask calendar`: the editions of the bank holidays; adding one proclaimed late, withdrawing a mistyped one."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError

from app.cases.calendar_changes import tell_all_cases
from app.cases.calendars import changes, done_by, edition_without, next_edition
from app.cli_procedure import read_date
from app.clock_source import now
from app.partnerships.service import owner_app
from app.procedure.calendar import Calendar
from app.procedure.clocks import london_date
from config import ConfigurationError
from tenants.db import db
from tenants.registry import CalendarEdition, all_partnerships
from tenants.scope import in_partnership

calendar_group = AppGroup("calendar", help="The bank holidays that clocks are counted by.")


@calendar_group.command("list")
def list_command() -> None:
    """List the editions, each with what it added or withdrew."""
    found = changes()
    click.echo("edition 1: the published bank holidays of England and Wales")
    for one in found:
        said = [f"added {day} {name}" for day, name in one.added.items()]
        said += [f"withdrew {day} {name}" for day, name in one.withdrawn.items()]
        adopted = london_date(one.adopted_at).isoformat()
        click.echo(f"edition {one.number}, adopted {adopted}: {'; '.join(said)} ({one.reason})")


@calendar_group.command("add-holiday")
@click.argument("day")
@click.argument("name")
@click.option("--reason", default="Proclaimed", help="Why, for example which proclamation.")
@click.option("--past", is_flag=True, help="The day is meant, although it is over.")
def add_holiday_command(day: str, name: str, reason: str, past: bool) -> None:
    """Add a bank holiday NAME on DAY (2026-12-07): clocks that are running move, in every partnership."""
    number, queued = add_holiday(day, name, reason, past)
    click.echo(f"edition {number}: {name.strip()} on {day}; {_told(queued)}")


@calendar_group.command("withdraw-holiday")
@click.argument("day")
@click.option("--reason", default="Added by mistake", help="Why.")
def withdraw_holiday_command(day: str, reason: str) -> None:
    """Withdraw the bank holiday that was added on DAY, as a new edition: clocks that are running move back."""
    number, queued = withdraw_holiday(day, reason)
    click.echo(f"edition {number}: no bank holiday on {day}; {_told(queued)}")


def add_holiday(day: str, name: str, reason: str, past: bool = False) -> tuple[int, int]:
    """Adopt the edition that adds a bank holiday, and give the cases of every partnership the work. Returns its
    number, and how many cases were given work.

    Run again for the same day after a stop half way, it only gives the work that was not given.
    """
    try:
        holiday = read_date(day)
        if holiday < london_date(now()) and not past:
            raise ValueError(f"{day} is over: add --past where it is meant. No clock that has ended moves.")
        return _adopt(done_by(changes(), holiday, name.strip()), lambda: next_edition(holiday, name), reason)
    except (ValueError, ConfigurationError) as fault:
        raise click.ClickException(str(fault)) from None


def withdraw_holiday(day: str, reason: str) -> tuple[int, int]:
    """As `add_holiday`, for the edition without a bank holiday that was added by mistake."""
    try:
        holiday = read_date(day)
        return _adopt(done_by(changes(), holiday, None), lambda: edition_without(holiday), reason)
    except (ValueError, ConfigurationError) as fault:
        raise click.ClickException(str(fault)) from None


def _adopt(number: int | None, make: Callable[[], Calendar], reason: str) -> tuple[int, int]:
    """Write an edition, unless there is one already, and give the work of telling every case of it."""
    moment, app = now(), current_app._get_current_object()  # type: ignore[attr-defined]
    if number is None:
        made = make()
        number = made.edition
        added = {day.isoformat(): called for day, called in sorted(made.added.items())}
        with owner_app(app.config["WAYMARK"]).app_context():
            _write(CalendarEdition(number=number, added=added, reason=reason.strip(), adopted_at=moment))
    db.session.rollback()
    queued = 0
    for identifier in [row.id for row in all_partnerships()]:
        with in_partnership(app, identifier):
            queued += tell_all_cases(number, moment)
            db.session.commit()
    return number, queued


def _write(row: CalendarEdition) -> None:
    db.session.add(row)
    try:
        db.session.commit()
    except IntegrityError:
        raise ValueError("Another edition was adopted at the same moment: run this again.") from None


def _told(queued: int) -> str:
    cases = "1 case" if queued == 1 else f"{queued} cases"
    return f"work is queued for {cases}, and whoever owes something is told where a clock moves"
