"""`flask outbox`: sweeping by hand, and what the operator does about work that was given up."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.outbox import queries, service, sweeper
from tenants.db import db
from tenants.registry import all_partnerships, partnership_by_slug
from tenants.scope import in_partnership

outbox_group = AppGroup("outbox", help="Messages and background work.")


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


@outbox_group.command("sweep")
def sweep_command() -> None:
    """Hand to the queue what is due."""
    click.echo(f"{sweeper.sweep_once(_app())} handed to the queue")


@outbox_group.command("failed")
def failed_command() -> None:
    """List work that was given up. Exit 1 where there is any."""
    found = 0
    for identifier, slug in [(row.id, row.slug) for row in all_partnerships()]:
        with in_partnership(_app(), identifier):
            letters = queries.dead_letters()
        found += len(letters)
        for letter in letters:
            click.echo(f"{slug} {letter.kind} {letter.id}: {letter.attempts} attempts, {letter.last_error}")
    if found:
        raise SystemExit(1)
    click.echo("nothing was given up")


@outbox_group.command("retry")
@click.argument("slug")
def retry_command(slug: str) -> None:
    """Try again everything that was given up in one partnership."""
    partnership = partnership_by_slug(slug)
    if partnership is None:
        raise click.ClickException(f"there is no partnership '{slug}'")
    with in_partnership(_app(), partnership.id):
        revived = service.revive()
        db.session.commit()
    click.echo(f"{revived} to be tried again")
