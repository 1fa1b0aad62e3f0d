"""`flask ledger verify` and `flask ledger anchor`."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.ledger import anchors
from app.ledger.chain import Fault
from app.ledger.verify import verify
from tenants.registry import all_partnerships
from tenants.scope import in_partnership

ledger_group = AppGroup("ledger", help="The hash chains of the partnerships.")


@ledger_group.command("verify")
@click.option("--partnership", help="Only this one, by its slug.")
def verify_command(partnership: str | None) -> None:
    """Check every chain; name the first broken event. Exit 1 where one is broken."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    found = [(row.id, row.slug) for row in all_partnerships() if partnership in (None, row.slug)]
    if partnership is not None and not found:
        raise click.ClickException(f"There is no partnership '{partnership}'.")
    broken = 0
    for identifier, slug in found:
        with in_partnership(app, identifier):
            verdict = verify()
            fault = verdict.fault or _anchor_fault(slug)
        if fault is None:
            click.echo(f"{slug}: {verdict.count} events, whole")
        else:
            broken += 1
            click.echo(f"{slug}: BROKEN at event {fault.number}: {fault.reason}")
    if broken:
        raise SystemExit(1)


@ledger_group.command("anchor")
def anchor_command() -> None:
    """Write an anchor for every chain that has grown."""
    written = anchors.write_all(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo(f"{written} anchors written")


def _anchor_fault(slug: str) -> Fault | None:
    try:
        return anchors.first_missing(slug)
    except ValueError as error:
        return Fault(0, str(error))
