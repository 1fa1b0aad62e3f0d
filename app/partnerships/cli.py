"""`flask partnerships add FILE`, `sync FOLDER` and `list`, as a role of the database that has no table of any case."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.clock_source import now
from app.partnerships.service import add, owner_app
from config import ConfigurationError
from tenants.provision import ProvisionError
from tenants.registry import all_partnerships
from tenants.rls import OPERATOR
from tenants.scope import narrow

partnerships_group = AppGroup("partnerships", help="The partnerships of this platform.")


@partnerships_group.command("add")
@click.argument("file", type=click.Path(path_type=Path))
def add_command(file: Path) -> None:
    """Add a partnership from its TOML FILE, or adopt what has changed in it. No restart is needed."""
    click.echo(add_file(file))


@partnerships_group.command("sync")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def sync_command(folder: Path) -> None:
    """Add or update every partnership described in FOLDER."""
    for file in sorted(folder.glob("*.toml")):
        click.echo(add_file(file))


@partnerships_group.command("list")
def list_command() -> None:
    """List the partnerships of this platform."""
    narrow(OPERATOR)
    for partnership in all_partnerships():
        click.echo(f"{partnership.slug:20} {partnership.name}")


def add_file(file: Path) -> str:
    """Add one file as the owner; a fault becomes a clear message and exit code 1."""
    try:
        app = owner_app(current_app.config["WAYMARK"])
        with app.app_context():
            narrow(OPERATOR)
            return add(file, now())
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    except ProvisionError as error:
        faults = "\n".join(f"  - {fault}" for fault in error.faults)
        raise click.ClickException(f"{file.name} cannot make a partnership:\n{faults}") from None
