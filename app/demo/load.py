"""Loading the demonstration's organisations, people and memberships from the file that its provider also reads."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting
from app.accounts.models import IdentityProvider, Membership, Organisation, OrganisationTrust, Person
from app.ledger.service import record
from app.procedure.events import EventKind
from tenants.db import db
from tenants.registry import Agency, all_partnerships
from tenants.scope import in_partnership

PEOPLE = Path(__file__).resolve().parents[2] / "demo_world" / "people.toml"
BEGAN = date(2024, 4, 1)
LOADER = Acting(None, "Demonstration", "Demonstration (command line)")


def described() -> dict[str, Any]:
    """What the file says: organisations and people. All of them are invented."""
    return tomllib.loads(PEOPLE.read_text(encoding="utf-8"))


def load(app: Any, issuer_base: str, now: datetime) -> int:
    """Make what is missing; change nothing that is there but the providers' addresses. Returns memberships begun."""
    found = described()
    with app.app_context():
        organisations = _organisations(found["organisations"], issuer_base)
        people = _people(found["people"], organisations)
        db.session.commit()
        partnerships = [(row.id, row.slug) for row in all_partnerships()]
    begun = 0
    for identifier, slug in partnerships:
        with in_partnership(app, identifier):
            trusted = [entry["slug"] for entry in found["organisations"] if slug in entry["trusted_by"]]
            begun += _memberships(
                slug, found["people"], people, [organisations[name][0] for name in trusted], now
            )
    return begun


def _organisations(entries: list[dict[str, Any]], issuer_base: str) -> dict[str, tuple[UUID, UUID]]:
    """(organisation, provider) by the organisation's slug."""
    made = {}
    for entry in entries:
        organisation = db.session.scalar(select(Organisation).where(Organisation.slug == entry["slug"]))
        if organisation is None:
            organisation = Organisation(slug=entry["slug"], name=entry["name"])
            db.session.add(organisation)
            db.session.flush()
        provider = db.session.scalar(
            select(IdentityProvider).where(IdentityProvider.organisation_id == organisation.id)
        )
        if provider is None:
            provider = IdentityProvider(
                organisation_id=organisation.id,
                client_id="waymark",
                client_secret_env="OIDC_DEMO_CLIENT_SECRET",  # noqa: S106  (the name of a variable, not a secret)
                allowed_algorithms=["ES256"],
                enabled=True,
                sends_issuer=True,
            )
            db.session.add(provider)
        provider.issuer = f"{issuer_base}/{entry['slug']}"
        db.session.flush()
        made[entry["slug"]] = (organisation.id, provider.id)
    return made


def _people(entries: list[dict[str, Any]], organisations: dict[str, tuple[UUID, UUID]]) -> dict[str, UUID]:
    made = {}
    for entry in entries:
        if not entry["memberships"]:
            continue  # a person whom no partnership knows: the provider can sign them in, Waymark refuses them
        provider_id = organisations[entry["organisation"]][1]
        person = db.session.scalar(
            select(Person).where(Person.provider_id == provider_id, Person.subject == entry["subject"])
        )
        if person is None:
            person = Person(
                provider_id=provider_id,
                subject=entry["subject"],
                display_name=entry["name"],
                email=entry["email"],
                job_title=entry["job_title"],
            )
            db.session.add(person)
            db.session.flush()
        made[entry["subject"]] = person.id
    return made


def _memberships(
    slug: str, entries: list[dict[str, Any]], people: dict[str, UUID], trusted: list[UUID], now: datetime
) -> int:
    known = set(db.session.scalars(select(OrganisationTrust.organisation_id)))
    for organisation_id in trusted:
        if organisation_id not in known:
            db.session.add(OrganisationTrust(organisation_id=organisation_id, starts_on=BEGAN))
    agencies = {agency.key: agency.id for agency in db.session.scalars(select(Agency))}
    held = {(row.person_id, row.role, row.agency_id) for row in db.session.scalars(select(Membership))}
    begun = 0
    for entry in entries:
        for wanted in entry["memberships"]:
            if wanted["partnership"] != slug:
                continue
            key = (people[entry["subject"]], wanted["role"], agencies.get(wanted.get("agency", "")))
            if key in held:
                continue
            _begin(key, now)
            begun += 1
    if begun:
        db.session.commit()
    else:
        db.session.rollback()
    return begun


def _begin(key: tuple[UUID, str, UUID | None], now: datetime) -> None:
    person_id, role, agency_id = key
    db.session.add(Membership(person_id=person_id, role=role, agency_id=agency_id, starts_on=BEGAN))
    record(
        EventKind.MEMBERSHIP_BEGUN,
        case_id=None,
        acting=LOADER,
        happened_at=now,
        now=now,
        facts={"role": role, "person": str(person_id)},
    )
