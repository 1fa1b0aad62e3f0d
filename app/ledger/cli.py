"""`flask ledger verify` and `flask ledger anchor`."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.clock_source import now
from app.ledger import anchors
from app.ledger.verify import Standing, verify_whole
from app.web.filters import london_datetime
from tenants.registry import all_partnerships
from tenants.scope import in_partnership

# Anchors are written every two minutes; so long without one, something keeps the worker from it.
LATE = timedelta(minutes=10)
BROKEN, BEHIND = 1, 3

ledger_group = AppGroup("ledger", help="The hash chains of the partnerships.")


@ledger_group.command("verify")
@click.option("--partnership", help="Only this one, by its slug.")
def verify_command(partnership: str | None) -> None:
    """Check every chain and its anchors; name the first broken event.

    Exit 1 where one is broken, 3 where all are whole but anchors have not been written for ten minutes.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    found = [(row.id, row.slug) for row in all_partnerships() if partnership in (None, row.slug)]
    if partnership is not None and not found:
        raise click.ClickException(f"There is no partnership '{partnership}'.")
    broken = behind = 0
    for identifier, slug in found:
        with in_partnership(app, identifier):
            standing = verify_whole(slug)
        late = is_behind(standing)
        broken += standing.fault is not None
        behind += late
        click.echo(told(slug, standing, late))
    if broken or behind:
        raise SystemExit(BROKEN if broken else BEHIND)


@ledger_group.command("anchor")
def anchor_command() -> None:
    """Write an anchor for every chain that has grown. Exit 1 where one could not be written."""
    written, failed = anchors.write_all(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo(f"{written} anchors written")
    if failed:
        click.echo(f"{failed} could not be written: see the log", err=True)
        raise SystemExit(BROKEN)


def is_behind(standing: Standing) -> bool:
    """Whether an event has waited too long for its anchor. The demonstration's clock may just have been moved."""
    waiting = standing.waiting_since
    if waiting is None or current_app.config["WAYMARK"].demonstrates:
        return False
    return now() - waiting > LATE


def told(slug: str, standing: Standing, late: bool) -> str:
    """A chain's standing in one line."""
    if standing.fault is not None:
        return f"{slug}: BROKEN at event {standing.fault.number}: {standing.fault.reason}"
    line = f"{slug}: {standing.count} events, whole; {standing.unanchored} events not yet anchored"
    if not anchors.kept():
        return f"{line} (WAYMARK_ANCHOR_DIR is not set: no anchors are kept)"
    if standing.anchored_at is not None:
        line += f"; last anchor {london_datetime(standing.anchored_at)}"
    return f"{line}; LATE: look for anchor-not-written in the worker's log" if late else line
