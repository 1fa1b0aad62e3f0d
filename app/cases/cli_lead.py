"""`flask lead`: which partnership leads each stage, and by which rule."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from app.cli_procedure import Refused
from app.procedure.routing import Whereabouts, leads, whereabouts_faults
from tenants.registry import authority


@click.command("lead")
@with_appcontext
@click.option("--incident", help="Code of the local authority in whose area it happened, like E06000046.")
@click.option("--outside-england", is_flag=True, help="It happened outside England.")
@click.option("--home", help="Code of the local authority where the child normally lives.")
@click.option("--looked-after-by", help="Code of the local authority that looks after the child.")
def lead_command(
    incident: str | None, outside_england: bool, home: str | None, looked_after_by: str | None
) -> None:
    """Print who leads the notification, the rapid review and the LCSPR: a partnership's slug, or the code of a local
    authority that is not on this platform, each with its rule."""
    where = Whereabouts(incident, home, looked_after_by, outside_england)
    faults = whereabouts_faults(where)
    if faults:
        raise Refused(" ".join(faults))
    found = {}
    for stage, lead in leads(where).items():
        code = lead.authority or ""
        known = authority(code)
        found[stage] = {"partnership": known.slug if known and known.slug else code, "rule": lead.rule}
    click.echo(json.dumps(found, indent=2))
