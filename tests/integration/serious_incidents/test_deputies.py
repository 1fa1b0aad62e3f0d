"""Deputies: for stated days, acting as who they stand in for, and saying so."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.access.roles import Role
from app.accounts.deputies import NewDeputy, deputy_faults, end_deputy, name_deputy
from app.accounts.queries import deputies_at, holders_of
from app.clock_source import real_now as now
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Party
from tenants.db import db
from tests.integration.serious_incidents.journey import MONDAY, NOTIFY, Journey
from tests.support.cast import cast
from tests.support.people import Someone, client_of
from tests.support.places import Place, fresh_place

DAY = timedelta(days=1)


@pytest.fixture
def people(app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory) -> dict[Role, Someone]:
    return cast(fresh_place(app, owner_of, tmp_path_factory.mktemp("deputies")), owner_of)


def membership(who: Someone) -> UUID:
    with who.place.pinned():
        found = who.actor().capacities[0].membership_id
        assert found is not None
        return found


def named(people: dict[Role, Someone], starts: date, ends: date) -> UUID:
    """A deputy for the representative of the police: the agency's member of the group."""
    team = people[Role.PARTNERSHIP_TEAM]
    typed = NewDeputy(
        membership(people[Role.PARTNER_REPRESENTATIVE]), people[Role.AGENCY_LIG_MEMBER].person_id, starts, ends,
        "Leave", uuid4(),
    )  # fmt: skip
    with team.place.pinned():
        actor = team.actor()
        assert name_deputy(typed, actor.acting_as(actor.capacities), now()) == []
        db.session.commit()
        return next(one.deputy_id for one in deputies_at(None) if one.starts_on == starts)


def capacities(who: Someone) -> list[str]:
    with who.place.pinned():
        return [held.label for held in who.actor().capacities]


@pytest.mark.duty("B1-12")
def test_a_deputy_acts_between_the_days_and_every_act_says_for_whom(people: dict[Role, Someone]) -> None:
    today, deputy = london_date(now()), people[Role.AGENCY_LIG_MEMBER]
    before = capacities(deputy)
    named(people, today + DAY, today + DAY)
    assert capacities(deputy) == before
    deputy_id = named(people, today, today)
    principal = people[Role.PARTNER_REPRESENTATIVE].name
    assert capacities(deputy)[-1].startswith(f"Deputy for {principal}, Safeguarding partner representative")
    with deputy.place.pinned():
        assert deputy.actor().capacities[-1].partner is Party.POLICE
        told = {
            holder.person_id for holder in holders_of([Role.PARTNER_REPRESENTATIVE.value], today, "police")
        }
        assert told >= {deputy.person_id, people[Role.PARTNER_REPRESENTATIVE].person_id}
        assert end_deputy(deputy_id, people[Role.PARTNERSHIP_TEAM].actor().acting_as(
            people[Role.PARTNERSHIP_TEAM].actor().capacities), now())  # fmt: skip
        db.session.commit()
    assert capacities(deputy) == before  # a role that ends, ends now


@pytest.mark.duty("B1-12")
def test_what_is_asked_of_a_new_deputy() -> None:
    today = date(2026, 11, 23)
    nothing = NewDeputy(None, None, None, None, " ", uuid4())
    assert [field for field, _message in deputy_faults(nothing, today)] == [
        "principal", "person", "starts_on", "ends_on", "reason",
    ]  # fmt: skip
    one, two = uuid4(), uuid4()
    for starts, ends, field in (
        (today - DAY, today, "starts_on"), (today, today - DAY, "ends_on"), (today, today + 400 * DAY, "ends_on"),
    ):  # fmt: skip
        assert [
            name for name, _ in deputy_faults(NewDeputy(one, two, starts, ends, "Leave", uuid4()), today)
        ] == [field]
    assert deputy_faults(NewDeputy(one, two, today, today + 30 * DAY, "Leave", uuid4()), today) == []


def test_nobody_is_their_own_deputy_and_only_members_are(people: dict[Role, Someone]) -> None:
    today, police = london_date(now()), people[Role.PARTNER_REPRESENTATIVE]
    with police.place.pinned():
        acting = police.actor().acting_as(police.actor().capacities)
        for person in (police.person_id, uuid4()):
            typed = NewDeputy(membership_of(police), person, today, today, "Leave", uuid4())
            assert [field for field, _message in name_deputy(typed, acting, now())] == ["person"]


def membership_of(who: Someone) -> UUID:
    found = who.actor().capacities[0].membership_id
    assert found is not None
    return found


@pytest.mark.duty("B1-12")
def test_the_pages_name_and_end_a_deputy(app: Flask, people: dict[Role, Someone]) -> None:
    today, police = london_date(now()), people[Role.PARTNER_REPRESENTATIVE]
    slug = police.place.slug
    browser = client_of(app, police)
    page = browser.get(f"/{slug}/deputies/name").get_data(as_text=True)
    assert people[Role.SERVICE_DIRECTOR].name not in page.split("Who acts for them?")[0]  # another partner's
    form = {
        "principal": str(membership(police)), "person": str(people[Role.PRACTITIONER].person_id), "reason": "",
        "starts_on-day": str(today.day), "starts_on-month": str(today.month), "starts_on-year": str(today.year),
        "ends_on-day": str(today.day), "ends_on-month": str(today.month), "ends_on-year": "",
        "submission_key": str(uuid4()),
    }  # fmt: skip
    refused = browser.post(f"/{slug}/deputies/name", data=form)
    assert refused.status_code == 400
    assert "must include a year" in refused.get_data(as_text=True)
    form |= {"ends_on-year": str(today.year), "reason": "Away at short notice"}
    for _twice in range(2):
        assert browser.post(f"/{slug}/deputies/name", data=form).status_code == 303
    with police.place.pinned():
        running = deputies_at(today)
    assert [one.name for one in running] == [people[Role.PRACTITIONER].name]
    other = {
        **form,
        "principal": str(membership(people[Role.DESIGNATED_PROFESSIONAL])),
        "submission_key": str(uuid4()),
    }
    assert browser.post(f"/{slug}/deputies/name", data=other).status_code == 400  # not theirs to name
    health = client_of(app, people[Role.DESIGNATED_PROFESSIONAL])
    assert health.post(f"/{slug}/deputies/{running[0].deputy_id}/end").status_code == 404
    assert browser.post(f"/{slug}/deputies/{running[0].deputy_id}/end").status_code == 303
    with police.place.pinned():
        assert deputies_at(today) == []


@pytest.mark.duty("B1-12", "B1-15")
def test_a_deputys_answer_says_for_whom(journey: Journey, wight: Place) -> None:
    journey.to_responses()
    today = london_date(now())
    with wight.pinned():
        team = journey.team.actor()
        typed = NewDeputy(
            membership_of(journey.police), journey.lig_member.person_id, today, today, "Leave", uuid4()
        )
        assert name_deputy(typed, team.acting_as(team.capacities), now()) == []
        db.session.commit()
        deputy_id = next(
            one.deputy_id for one in deputies_at(today) if one.person_id == journey.lig_member.person_id
        )
    try:
        journey.respond(Party.POLICE, NOTIFY, who=journey.lig_member)
        row = journey.state().positions[Party.POLICE]
        assert row.capacity.startswith(f"Deputy for {journey.police.name}, ")
        assert journey.events(EventKind.RESPONSE_GIVEN, Party.POLICE)[0].facts["stands_in"] is True
    finally:
        with wight.pinned():
            end_deputy(deputy_id, journey.team.actor().acting_as(journey.team.actor().capacities), now())
            db.session.commit()
    assert now() > MONDAY
