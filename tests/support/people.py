"""People for tests: the invented ones of the demonstration, found by what they are, and a client signed in as them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access.actor import Actor
from app.access.queries import capacities_of
from app.access.roles import Role
from app.accounts import session_rules
from app.accounts.models import Membership, Person
from app.accounts.session_rules import SEEN_AT, SIGNED_IN_AT
from app.clock_source import now
from app.procedure.clocks import london_date
from tenants.db import db
from tenants.registry import Agency
from tests.support.places import Place


@dataclass(frozen=True, slots=True)
class Someone:
    """A person in one partnership."""

    person_id: UUID
    name: str
    place: Place

    def actor(self) -> Actor:
        """The person acting in their partnership; call it while the partnership is pinned."""
        return Actor(self.person_id, self.name, capacities_of(self.person_id, london_date(now())))


def find(place: Place, role: Role, agency: str | None = None, skip: int = 0) -> Someone:
    """The person (after `skip` others) who holds a role in a partnership, for an agency where one is named."""
    with place.pinned():
        query = (
            select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.role == role.value)
        )
        if agency is not None:
            query = query.join(Agency, Agency.id == Membership.agency_id).where(Agency.key == agency)
        found = db.session.scalars(query.order_by(Person.display_name).offset(skip).limit(1)).first()
        assert found is not None, f"nobody is {role} of {agency} in {place.slug}"
        return Someone(found.id, found.display_name, place)


def client_of(app: Flask, someone: Someone | None) -> FlaskClient:
    """A test client, signed in as somebody the way a sign-in leaves it; nobody where None."""
    client = app.test_client()
    if someone is not None:
        at = session_rules.real_now().timestamp()  # the machine's clock, which a test does not move
        with client.session_transaction() as session:
            session.update(
                {SIGNED_IN_AT: at, SEEN_AT: at, "_user_id": str(someone.person_id), "_fresh": True}
            )
    return client
