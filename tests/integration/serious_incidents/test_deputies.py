"""Deputies: for stated days, acting as who they stand in for, and saying so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.actor import SYSTEM
from app.access.roles import Role
from app.accounts.deputies import NewDeputy, deputy_faults, end_deputy, name_deputy
from app.accounts.models import Membership
from app.accounts.queries import deputies_at, holders_of
from app.clock_source import real_now as now
from app.ledger.service import record
from app.outbox.models import OutboxMessage
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Party
from tenants.db import db
from tests.integration.serious_incidents.journey import MONDAY, NOTIFY, Journey
from tests.support.cast import cast, one_more
from tests.support.people import Someone, client_of
from tests.support.places import Place, fresh_place

DAY = timedelta(days=1)


@pytest.fixture
def people(app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory) -> dict[Role, Someone]:
    """One person for each role. The agency's member of the group is of the constabulary."""
    made = cast(fresh_place(app, owner_of, tmp_path_factory.mktemp("deputies")), owner_of)
    place = made[Role.PARTNERSHIP_TEAM].place
    made[Role.AGENCY_LIG_MEMBER] = one_more(place, owner_of, (Role.AGENCY_LIG_MEMBER, "police"))
    return made


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


def test_who_is_away_is_asked_first(app: Flask, people: dict[Role, Someone]) -> None:
    client, path = (
        client_of(app, people[Role.PARTNERSHIP_TEAM]),
        f"/{people[Role.PARTNERSHIP_TEAM].place.slug}/deputies/name",
    )
    assert client.get(path).status_code == 200
    for nothing in ("", "nobody", str(uuid4())):
        answer = client.get(path, query_string={"principal": nothing})
        assert answer.status_code == 400
        assert "Select who is away" in answer.get_data(as_text=True)
        assert "Continue" in answer.get_data(as_text=True)


@pytest.mark.duty("B1-12")
def test_the_same_form_sent_twice_at_once_names_one(app: Flask, people: dict[Role, Someone]) -> None:
    team, day = people[Role.PARTNERSHIP_TEAM], london_date(now())
    typed = {"principal": str(membership(people[Role.PARTNER_REPRESENTATIVE])), "reason": "Leave",
             "person": str(people[Role.AGENCY_LIG_MEMBER].person_id), "submission_key": str(uuid4())}  # fmt: skip
    for name in ("starts_on", "ends_on"):
        typed |= {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}

    def send(key: str) -> int:
        sent = {**typed, "submission_key": key}
        return client_of(app, team).post(f"/{team.place.slug}/deputies/name", data=sent).status_code

    with ThreadPoolExecutor(4) as at_once:
        assert set(at_once.map(send, [typed["submission_key"]] * 4)) == {303}
    assert send(str(uuid4())) == 400  # another form for the same days
    with team.place.pinned():
        assert len(deputies_at(None)) == 1


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
    team = people[Role.PARTNERSHIP_TEAM]
    with police.place.pinned():
        acting = team.actor().acting_as(team.actor().capacities)
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
        "principal": str(membership(police)), "person": str(people[Role.AGENCY_LIG_MEMBER].person_id), "reason": "",
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
    assert [one.name for one in running] == [people[Role.AGENCY_LIG_MEMBER].name]
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
            membership_of(journey.director), journey.childrens.person_id, today, today, "Leave", uuid4()
        )
        assert name_deputy(typed, team.acting_as(team.capacities), now()) == []
        db.session.commit()
        deputy_id = next(
            one.deputy_id for one in deputies_at(today) if one.person_id == journey.childrens.person_id
        )
    try:
        journey.respond(Party.LOCAL_AUTHORITY, NOTIFY, who=journey.childrens)
        row = journey.state().positions[Party.LOCAL_AUTHORITY]
        assert row.capacity.startswith(f"Deputy for {journey.director.name}, ")
        assert journey.events(EventKind.RESPONSE_GIVEN, Party.LOCAL_AUTHORITY)[0].facts["stands_in"] is True
    finally:
        with wight.pinned():
            end_deputy(deputy_id, journey.team.actor().acting_as(journey.team.actor().capacities), now())
            db.session.commit()
    assert now() > MONDAY


@pytest.mark.duty("B1-12")
def test_nobody_becomes_a_deputy_who_may_not_decide(people: dict[Role, Someone], owner_of: Flask) -> None:
    """A coordinator for the Service Director, the administrator, the scrutineer, another partner's representative."""
    place, today = people[Role.PARTNERSHIP_TEAM].place, london_date(now())
    deputy_of_the_director = one_more(place, owner_of, (Role.PARTNER_REPRESENTATIVE, "childrens-services"))
    both = one_more(
        place, owner_of, (Role.AGENCY_LIG_MEMBER, "childrens-services"), (Role.PARTNERSHIP_TEAM, None)
    )
    with place.pinned():
        team = people[Role.PARTNERSHIP_TEAM].actor()
        director = membership_of(people[Role.SERVICE_DIRECTOR])

        def faults(person: UUID) -> list[tuple[str, str]]:
            typed = NewDeputy(director, person, today, today, "Leave", uuid4())
            return name_deputy(typed, team.acting_as(team.capacities), now())

        for role, someone in people.items():
            if role is not Role.SERVICE_DIRECTOR:
                assert [field for field, _ in faults(someone.person_id)] == ["person"], role
        assert "does not decide in it" in faults(both.person_id)[0][1]
        assert deputies_at(None) == []
        assert faults(deputy_of_the_director.person_id) == []


@pytest.mark.duty("B1-12")
def test_nobody_names_themselves(people: dict[Role, Someone], owner_of: Flask) -> None:
    place, today = people[Role.PARTNERSHIP_TEAM].place, london_date(now())
    colleague = one_more(place, owner_of, (Role.PARTNER_REPRESENTATIVE, "police"))
    with place.pinned():
        typed = NewDeputy(
            membership_of(people[Role.PARTNER_REPRESENTATIVE]),
            colleague.person_id,
            today,
            today,
            "Leave",
            uuid4(),
        )
        mine = colleague.actor()
        ((field, message),) = name_deputy(typed, mine.acting_as(mine.capacities), now())
        assert (field, message.split(":")[0]) == ("person", "Nobody names themselves")


@pytest.mark.duty("B1-12")
def test_nobody_answers_for_two_partners_on_the_same_days(
    people: dict[Role, Someone], owner_of: Flask
) -> None:
    place, today = people[Role.PARTNERSHIP_TEAM].place, london_date(now())
    two = one_more(place, owner_of, (Role.AGENCY_LIG_MEMBER, "police"), (Role.AGENCY_LIG_MEMBER, "icb"))
    with place.pinned():
        team = people[Role.PARTNERSHIP_TEAM].actor()

        def faults(principal: Role, starts: date, ends: date) -> list[tuple[str, str]]:
            typed = NewDeputy(membership_of(people[principal]), two.person_id, starts, ends, "Leave", uuid4())
            return name_deputy(typed, team.acting_as(team.capacities), now())

        assert faults(Role.PARTNER_REPRESENTATIVE, today, today + 2 * DAY) == []
        ((field, message),) = faults(Role.DESIGNATED_PROFESSIONAL, today + 2 * DAY, today + 3 * DAY)
        assert field == "person"
        assert "nobody answers for two" in message
        assert faults(Role.DESIGNATED_PROFESSIONAL, today + 3 * DAY, today + 4 * DAY) == []


@pytest.mark.duty("B1-12")
def test_the_form_offers_only_who_can_be(app: Flask, people: dict[Role, Someone]) -> None:
    team, slug = people[Role.PARTNERSHIP_TEAM], people[Role.PARTNERSHIP_TEAM].place.slug
    browser = client_of(app, team)
    first = browser.get(f"/{slug}/deputies/name").get_data(as_text=True)
    assert people[Role.SERVICE_DIRECTOR].name in first
    assert "Who acts for them?" not in first
    away = membership(people[Role.PARTNER_REPRESENTATIVE])
    page = browser.get(f"/{slug}/deputies/name?principal={away}").get_data(as_text=True)
    offered = page.split("Who acts for them?")[1].split("</select>")[0]
    assert people[Role.AGENCY_LIG_MEMBER].name in offered
    for role, someone in people.items():
        if role is not Role.AGENCY_LIG_MEMBER:
            assert f">{someone.name}<" not in offered, role


@pytest.mark.duty("B1-12")
def test_whom_it_concerns_is_told_without_content(people: dict[Role, Someone]) -> None:
    today = london_date(now())
    deputy_id = named(people, today, today)
    concerned = [Role.AGENCY_LIG_MEMBER, Role.PARTNER_REPRESENTATIVE, Role.PARTNERSHIP_TEAM]
    with people[Role.PARTNERSHIP_TEAM].place.pinned():
        team = people[Role.PARTNERSHIP_TEAM].actor()
        end_deputy(deputy_id, team.acting_as(team.capacities), now())
        db.session.commit()
        for kind in ("deputy-named", "deputy-ended"):
            told = list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)))
            assert {one.to_person for one in told} == {people[role].person_id for role in concerned}
            assert not any(people[role].name in one.subject + one.body for one in told for role in concerned)


@pytest.mark.duty("B1-12")
def test_a_deputy_whose_own_role_ends_acts_no_more(people: dict[Role, Someone], app: Flask) -> None:
    today, deputy = london_date(now()), people[Role.AGENCY_LIG_MEMBER]
    named(people, today, today)
    with deputy.place.pinned():
        row = db.session.scalars(select(Membership).where(Membership.person_id == deputy.person_id)).one()
        row.role = Role.PRACTITIONER.value  # of the same agency, in a role that sees no case
        record(EventKind.MEMBERSHIP_BEGUN, case_id=None, acting=SYSTEM, happened_at=now(), now=now())
        db.session.commit()
        assert deputies_at(today) == []
    page = client_of(app, people[Role.PARTNERSHIP_TEAM]).get(f"/{deputy.place.slug}/deputies/")
    assert "does not act now" in page.get_data(as_text=True)


def test_my_tasks_say_for_whom_i_act(app: Flask, people: dict[Role, Someone]) -> None:
    today, slug = london_date(now()), people[Role.PARTNERSHIP_TEAM].place.slug
    named(people, today + DAY, today + DAY)
    for role, said in (
        (Role.AGENCY_LIG_MEMBER, "You act for"),
        (Role.PARTNER_REPRESENTATIVE, "acts for you"),
    ):
        assert said in client_of(app, people[role]).get(f"/{slug}/tasks").get_data(as_text=True)
