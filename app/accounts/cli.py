"""`flask people add|list|end` and `flask organisations add|trust`: people, and who signs them in.

They work as a role of the database that has no table of any case.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup

from app.access.actor import Acting
from app.access.roles import ROLE_NAMES, Role
from app.accounts import service
from app.accounts.identity_queries import provider_of
from app.accounts.models import Person
from app.accounts.oidc_types import SAFE_ALGORITHMS
from app.accounts.queries import members_today
from app.cli_procedure import Day
from app.clock_source import now
from app.partnerships.service import owner_app
from app.procedure.clocks import london_date
from config import ConfigurationError
from tenants.db import db
from tenants.registry import partnership_by_slug
from tenants.rls import OPERATOR as OPERATOR_ROLE
from tenants.scope import in_partnership, narrow

OPERATOR = Acting(None, "Platform operator", "Platform operator (command line)")
DAY = Day()
Answer = TypeVar("Answer")

people_command = AppGroup("people", help="People and their memberships of a partnership.")
organisations_command = AppGroup("organisations", help="Organisations that sign people in.")


def in_partnership_named(slug: str, work: Callable[[], Answer]) -> Answer:
    """Do the work for one partnership and commit it. Raises ClickException with what is wrong."""
    partnership = partnership_by_slug(slug)
    if partnership is None:
        raise click.ClickException(f"There is no partnership '{slug}'.")
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with in_partnership(app, partnership.id):
        narrow(OPERATOR_ROLE)
        try:
            answer = work()
        except service.AccountsError as fault:
            raise click.ClickException(f"Nothing was changed: {fault}.") from None
        db.session.commit()
        return answer


@people_command.command("add")
@click.option("--partnership", required=True, help="Slug of the partnership.")
@click.option("--organisation", required=True, help="Slug of the organisation that signs the person in.")
@click.option(
    "--subject", required=True, help="What the organisation's provider calls them (Entra: tenant:object)."
)
@click.option("--name", required=True)
@click.option("--email", help="For sending mail to; it never identifies anybody.")
@click.option("--job-title", default="")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--agency", help="Key of the agency, where the role serves one.")
@click.option("--from", "starts_on", type=DAY, help="First day; today if left out.")
@click.option("--until", "ends_on", type=DAY, help="Last day, if known.")
def add(
    partnership: str,
    organisation: str,
    subject: str,
    name: str,
    email: str | None,
    job_title: str,
    role: str,
    agency: str | None,
    starts_on: date | None,
    ends_on: date | None,
) -> None:
    """Add a person and begin their membership."""

    def work() -> str:
        provider = provider_of(organisation)
        if provider is None:
            raise service.AccountsError(f"no organisation '{organisation}' signs people in")
        person = service.ensure_person(
            provider.id, subject, display_name=name, email=email, job_title=job_title
        )
        return _begun(person, Role(role), agency, _day(starts_on), ends_on)

    click.echo(in_partnership_named(partnership, work))


def _begun(person: Person, role: Role, agency: str | None, starts_on: date, ends_on: date | None) -> str:
    membership = service.begin_membership(
        person, role, agency_key=agency, starts_on=starts_on, ends_on=ends_on, acting=OPERATOR, now=now()
    )
    return f"{membership.id}  {person.display_name}: {ROLE_NAMES[role]}, from {membership.starts_on}"


@people_command.command("list")
@click.option("--partnership", required=True, help="Slug of the partnership.")
def list_people(partnership: str) -> None:
    """List the memberships that hold today."""

    def work() -> list[str]:
        return [
            f"{view.membership_id}  {person.display_name:28} {view.role:26} {view.agency_key or ''}".rstrip()
            for view, person in members_today(london_date(now()))
        ]

    for line in in_partnership_named(partnership, work):
        click.echo(line)


@people_command.command("end")
@click.option("--partnership", required=True, help="Slug of the partnership.")
@click.option("--membership", required=True, type=click.UUID, help="As `flask people list` shows it.")
@click.option("--reason", required=True)
def end(partnership: str, membership: UUID, reason: str) -> None:
    """End a membership now: the person's next request is refused."""

    def work() -> str:
        ended = service.end_membership(membership, reason=reason, acting=OPERATOR, now=now())
        return f"{ended.id}  ended"

    click.echo(in_partnership_named(partnership, work))


@organisations_command.command("add")
@click.argument("slug")
@click.option("--name", required=True)
@click.option(
    "--issuer", required=True, help="The provider's exact issuer, as its discovery document says it."
)
@click.option("--client-id", required=True)
@click.option("--client-secret-env", help="Name of the environment variable that holds the client's secret.")
@click.option(
    "--algorithm",
    "algorithms",
    multiple=True,
    default=["RS256"],
    type=click.Choice(sorted(SAFE_ALGORITHMS)),
    help="Signature allowed; may be given again.",
)
@click.option("--entra-tenant", help="Microsoft Entra: the tenant's identifier.")
@click.option("--required-acr", help="Authentication context that every sign-in must show.")
@click.option("--names-itself/--does-not-name-itself", default=True, help="RFC 9207; Entra does not.")
def add_organisation(
    slug: str,
    name: str,
    issuer: str,
    client_id: str,
    client_secret_env: str | None,
    algorithms: tuple[str, ...],
    entra_tenant: str | None,
    required_acr: str | None,
    names_itself: bool,
) -> None:
    """Add an organisation and its provider, or bring them up to date. Runs as the owner of the schema."""
    details = service.ProviderDetails(
        issuer, client_id, client_secret_env, algorithms, entra_tenant, required_acr, names_itself
    )
    try:
        with owner_app(current_app.config["WAYMARK"]).app_context():
            narrow(OPERATOR_ROLE)
            service.ensure_provider(service.ensure_organisation(slug, name), details)
            db.session.commit()
    except ConfigurationError as fault:
        raise click.ClickException(str(fault)) from None
    except service.AccountsError as fault:
        raise click.ClickException(f"Nothing was changed: {fault}.") from None
    click.echo(f"{slug}: people can sign in with {issuer}")


@organisations_command.command("trust")
@click.argument("slug")
@click.option("--partnership", required=True, help="Slug of the partnership.")
@click.option("--from", "starts_on", type=DAY, help="First day; today if left out.")
@click.option("--until", "ends_on", type=DAY, help="Last day, if known.")
def trust(slug: str, partnership: str, starts_on: date | None, ends_on: date | None) -> None:
    """Let an organisation's people in to a partnership, where they hold a membership."""

    def work() -> str:
        organisation = service.organisation_named(slug)
        service.trust_organisation(
            organisation,
            starts_on=_day(starts_on),
            ends_on=ends_on,
            acting=OPERATOR,
            now=now(),
        )
        return f"{slug} is trusted by {partnership}"

    click.echo(in_partnership_named(partnership, work))


def _day(given: date | None) -> date:
    return given or london_date(now())
