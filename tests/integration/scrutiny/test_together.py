"""Nobody scrutinises a partnership in which they also act: what would make it so is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from app.access.actor import SYSTEM
from app.access.queries import capacities_of
from app.access.roles import Role
from app.accounts.deputies import NewDeputy, name_deputy
from app.accounts.models import Person
from app.accounts.service import AccountsError, begin_membership, end_membership
from app.procedure.clocks import london_date
from tenants.db import db
from tests.integration.scrutiny.conftest import WEDNESDAY
from tests.support.cast import AGENCY_OF, cast, one_more
from tests.support.people import Someone
from tests.support.places import fresh_place

TODAY = london_date(WEDNESDAY)


@pytest.fixture
def people(app: Flask, owner_of: Flask, tmp_path: Path, at: Callable[..., None]) -> dict[Role, Someone]:
    at(WEDNESDAY)
    return cast(fresh_place(app, owner_of, tmp_path), owner_of)


def begin(
    who: Someone, role: Role, agency: str | None = None, after_days: int = 0, ends_in: int | None = None
) -> None:
    person = db.session.get_one(Person, who.person_id)
    ends = None if ends_in is None else TODAY + timedelta(days=ends_in)
    begin_membership(person, role, agency_key=agency, starts_on=TODAY + timedelta(days=after_days), ends_on=ends,
                     acting=SYSTEM, now=WEDNESDAY)  # fmt: skip


@pytest.mark.duty("S-01")
def test_a_scrutineer_begins_no_other_membership_and_nobody_else_begins_that_one(
    people: dict[Role, Someone], owner_of: Flask
) -> None:
    scrutineer, team = people[Role.INDEPENDENT_SCRUTINEER], people[Role.PARTNERSHIP_TEAM]
    with scrutineer.place.pinned(owner_of):
        for role in set(Role) - {Role.INDEPENDENT_SCRUTINEER}:
            with pytest.raises(AccountsError, match="no other role"):
                begin(scrutineer, role, AGENCY_OF.get(role))
        with pytest.raises(AccountsError, match="no other role"):
            begin(team, Role.INDEPENDENT_SCRUTINEER)
        begin(scrutineer, Role.INDEPENDENT_SCRUTINEER)  # which is held already
        begin(team, Role.STRATEGIC_MANAGER)
        db.session.rollback()


def test_once_one_has_ended_the_other_may_begin(people: dict[Role, Someone], owner_of: Flask) -> None:
    team = people[Role.PARTNERSHIP_TEAM]
    with team.place.pinned(owner_of):
        (held,) = capacities_of(team.person_id, TODAY)
        assert held.membership_id is not None
        end_membership(held.membership_id, reason="Left", acting=SYSTEM, now=WEDNESDAY)
        db.session.flush()
        begin(team, Role.INDEPENDENT_SCRUTINEER, after_days=1)
        with pytest.raises(AccountsError):
            begin(team, Role.LIG_CHAIR, after_days=30)
        begin(team, Role.LIG_CHAIR, ends_in=0)  # to the end of today, before the other begins
        db.session.rollback()


@pytest.mark.duty("S-01")
def test_a_scrutineer_is_nobodys_deputy_and_has_none(people: dict[Role, Someone], owner_of: Flask) -> None:
    police, scrutineer = people[Role.PARTNER_REPRESENTATIVE], people[Role.INDEPENDENT_SCRUTINEER]
    member = one_more(police.place, owner_of, (Role.AGENCY_LIG_MEMBER, "police"))
    with police.place.pinned():
        pairs = ((police, scrutineer, False), (scrutineer, member, False), (police, member, True))
        for principal, deputy, allowed in pairs:
            (held, *_more) = capacities_of(principal.person_id, TODAY)
            typed = NewDeputy(held.membership_id, deputy.person_id, TODAY, TODAY, "Leave", uuid4())
            faults = name_deputy(typed, SYSTEM, WEDNESDAY)
            assert (faults == []) == allowed
            if not allowed:
                assert faults[0][0] == "person"
        db.session.commit()


def test_a_deputy_does_not_become_a_scrutineer_while_they_act(
    people: dict[Role, Someone], owner_of: Flask
) -> None:
    police = people[Role.PARTNER_REPRESENTATIVE]
    member = one_more(police.place, owner_of, (Role.AGENCY_LIG_MEMBER, "police"))
    with police.place.pinned():
        (held,) = capacities_of(police.person_id, TODAY)
        later = TODAY + timedelta(days=5)
        assert name_deputy(NewDeputy(held.membership_id, member.person_id, later, later, "Leave", uuid4()), SYSTEM,
                           WEDNESDAY) == []  # fmt: skip
        db.session.commit()
    with police.place.pinned(owner_of):
        (mine,) = capacities_of(member.person_id, TODAY)
        assert mine.membership_id is not None
        end_membership(mine.membership_id, reason="Moved", acting=SYSTEM, now=WEDNESDAY)
        with pytest.raises(AccountsError):
            begin(member, Role.INDEPENDENT_SCRUTINEER)
        begin(member, Role.INDEPENDENT_SCRUTINEER, after_days=6)
        db.session.rollback()
