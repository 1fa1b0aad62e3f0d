"""`flask lead`: which partnership leads each stage, and by which rule. It needs neither database nor secrets."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli_procedure import Refused
from app.procedure.routing import Whereabouts, leads, whereabouts_faults
from tenants.provision import ProvisionError, read
from tenants.registry import authority

DESCRIBED = Path(__file__).resolve().parents[2] / "tenants" / "partnerships"


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
    authority that is not on this platform, each with its rule. Partnerships are those of the database; without
    one, those described in `tenants/partnerships`."""
    where = Whereabouts(incident, home, looked_after_by, outside_england)
    faults = whereabouts_faults(where)
    if faults:
        raise Refused(" ".join(faults))
    found = leads(where)
    slugs = _slugs({lead.authority for lead in found.values() if lead.authority})
    told = {
        stage: {"partnership": slugs.get(lead.authority or "", lead.authority), "rule": lead.rule}
        for stage, lead in found.items()
    }
    click.echo(json.dumps(told, indent=2))


def _slugs(codes: set[str]) -> dict[str, str]:
    """The slugs of the partnerships that cover these local authorities, where one does."""
    if current_app.config["WAYMARK"].database_url:
        known = {code: authority(code) for code in codes}
        return {code: one.slug for code, one in known.items() if one is not None and one.slug}
    try:
        described = [read(file) for file in sorted(DESCRIBED.glob("*.toml"))]
    except ProvisionError as fault:
        raise click.ClickException(str(fault)) from None
    return {
        entry["code"]: one.slug
        for one in described
        for entry in one.settings["local_authorities"]
        if entry["code"] in codes
    }
