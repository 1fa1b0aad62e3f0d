"""`flask outbox sweep` and `flask outbox failed`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.outbox.queries import dead_letters
from app.outbox.sweeper import sweep_once
from tenants.registry import all_partnerships
from tenants.scope import in_partnership

outbox_group = AppGroup("outbox", help="Messages and work in the background.")


@outbox_group.command("sweep")
def sweep_command() -> None:
    """Hand everything that is due to the queue, once."""
    click.echo(f"{sweep_once(current_app._get_current_object())} handed over")  # type: ignore[attr-defined]


@outbox_group.command("failed")
def failed_command() -> None:
    """List work that is no longer tried by itself. Exit 1 where there is any."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    found = 0
    for identifier, slug in [(row.id, row.slug) for row in all_partnerships()]:
        with in_partnership(app, identifier):
            for intent in dead_letters():
                found += 1
                click.echo(f"{slug} {intent.kind} {intent.id} {intent.last_error} since {intent.failed_at}")
    if found:
        raise SystemExit(1)
    click.echo("none")
