"""No obligation is without a person: who owes for each party, and who stands in where nobody is there (B1-12)."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.actor import SYSTEM
from app.access.owners import OWNERS
from app.access.queries import owed_by
from app.access.roles import Role
from app.accounts.models import Membership
from app.accounts.queries import members_today
from app.accounts.service import end_membership
from app.cases.reminders import owners_of
from app.cases.tasks import tasks_of
from app.clock_source import real_now as now
from app.procedure.clocks import london_date
from app.procedure.events import Party
from app.serious_incidents import service
from app.serious_incidents.actions import actions_of
from tenants.db import db
from tests.integration.serious_incidents.journey import MONDAY, Journey
from tests.support.cast import cast, one_more
from tests.support.people import Someone
from tests.support.places import Place, fresh_place, place

FOUR = ("isle-of-wight", "hampshire", "portsmouth", "southampton")


@pytest.fixture
def people(app: Flask, owner_of: Flask, tmp_path: Path) -> dict[Role, Someone]:
    """A person for each role, and a representative of Children's Services."""
    made = cast(fresh_place(app, owner_of, tmp_path), owner_of)
    where = made[Role.PARTNERSHIP_TEAM].place
    one_more(where, owner_of, (Role.PARTNER_REPRESENTATIVE, "childrens-services"), name="The representative")
    one_more(where, owner_of, (Role.PARTNER_REPRESENTATIVE, "police"))
    return made


def leaves(someone: Someone) -> None:
    """Every membership of somebody ends."""
    with someone.place.pinned():
        for row in db.session.scalars(select(Membership).where(Membership.person_id == someone.person_id)):
            end_membership(row.id, reason="Left", acting=SYSTEM, now=now())
        db.session.commit()


def everybody_is_there(where: Place) -> None:
    """Whoever owes for each party is told of it, and sees it among their tasks."""
    with where.pinned():
        today = london_date(now())
        everybody = {person.id: Someone(person.id, person.display_name, where)
                     for _held, person in members_today(today)}  # fmt: skip
        for party in Party:
            owners = [everybody[one.person_id] for one in owners_of(party, uuid4(), now())]
            assert owners, f"nobody owes for {party.value} in {where.slug}"
            if party in OWNERS:
                assert all(party in owed_by(one.actor(), today) for one in owners), party


@pytest.mark.duty("B1-12", "B1-15")
@pytest.mark.parametrize("slug", FOUR)
def test_every_party_has_a_person_in_the_four_partnerships(app: Flask, slug: str) -> None:
    everybody_is_there(place(app, slug))


@pytest.mark.duty("B1-12", "B1-15")
def test_every_party_has_a_person_whoever_leaves(people: dict[Role, Someone]) -> None:
    where = people[Role.PARTNERSHIP_TEAM].place
    everybody_is_there(where)
    for role in (
        Role.SERVICE_DIRECTOR, Role.LIG_CHAIR, Role.DESIGNATED_PROFESSIONAL, Role.INDEPENDENT_SCRUTINEER,
        Role.PARTNERSHIP_CHAIR, Role.CDOP_CHAIR, Role.STRATEGIC_MANAGER,
    ):  # fmt: skip
        leaves(people[role])
        everybody_is_there(where)


@pytest.mark.duty("B1-12", "B1-15")
def test_the_representative_of_childrens_services_has_its_tasks_and_in_absence_the_directors(
    people: dict[Role, Someone],
) -> None:
    director = people[Role.SERVICE_DIRECTOR]
    journey = Journey(director.place)
    journey.to_responses()
    representative, today = journey.childrens, london_date(now())
    with director.place.pinned():
        assert owed_by(representative.actor(), today) == {Party.LOCAL_AUTHORITY}
        assert {one.obligation.key for one in tasks_of(representative.actor(), today)} == {
            "B1-08:local-authority"
        }
        assert [one.name for one in owners_of(Party.LOCAL_AUTHORITY, uuid4(), now())] == [director.name]
    leaves(director)
    with director.place.pinned():
        for party in (Party.LOCAL_AUTHORITY, Party.SERVICE_DIRECTOR):
            assert [one.name for one in owners_of(party, uuid4(), now())] == ["The representative"]
        assert {one.obligation.key for one in tasks_of(representative.actor(), today)} >= {
            "B1-08:local-authority", "B1-03",
        }  # fmt: skip
        named = [one.label for one in representative.actor().capacities]
        assert (
            named[-1] == "Standing in for the Service Director, Children's Social Care, Children's Services"
        )
    journey.respond(Party.LOCAL_AUTHORITY, who=representative)
    assert journey.state().positions[Party.LOCAL_AUTHORITY].capacity.startswith("Standing in for the ")


@pytest.mark.duty("B1-12")
def test_in_the_directors_absence_the_representative_gives_the_initial_view(
    people: dict[Role, Someone],
) -> None:
    journey = Journey(people[Role.SERVICE_DIRECTOR].place)
    representative = journey.childrens
    leaves(people[Role.SERVICE_DIRECTOR])
    journey.share()
    with representative.place.pinned():
        assert "Give your initial view" in [
            one.label for one in actions_of(journey.state(), representative.actor())
        ]
    journey.do(
        service.give_initial_view, party=Party.SERVICE_DIRECTOR, outcome="notify", rationale="What we know",
        who=representative, now=MONDAY, key=uuid4(),
    )  # fmt: skip
    assert journey.state().views[Party.SERVICE_DIRECTOR].capacity.startswith("Standing in for the ")


@pytest.mark.duty("B1-12")
def test_where_nobody_can_stand_in_the_team_owes(people: dict[Role, Someone]) -> None:
    journey = Journey(people[Role.SERVICE_DIRECTOR].place)
    leaves(people[Role.SERVICE_DIRECTOR])
    leaves(journey.childrens)
    team = people[Role.PARTNERSHIP_TEAM]
    with team.place.pinned():
        assert [one.name for one in owners_of(Party.SERVICE_DIRECTOR, uuid4(), now())] == [
            people[Role.PARTNERSHIP_TEAM].name, people[Role.STRATEGIC_MANAGER].name,
        ]  # fmt: skip
        assert Party.SERVICE_DIRECTOR in owed_by(team.actor(), london_date(now()))
