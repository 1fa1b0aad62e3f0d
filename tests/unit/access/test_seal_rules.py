"""Who may know of seals, and whom a seal leaves without anybody to act."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.actor import Actor, Capacity
from app.access.permissions import Permission
from app.access.roles import Role
from app.access.seal_rules import ABOUT_SEALS, left_alone, may_see_seals, nobody_for, untold_kinds
from app.procedure.events import EventKind, Party

ONE, TWO, THREE = uuid4(), uuid4(), uuid4()
PEOPLE = st.sampled_from([ONE, TWO, THREE])
PARTIES = st.sampled_from([Party.POLICE, Party.ICB, Party.LIG_CHAIR, Party.PARTNERSHIP_TEAM])


def somebody(*roles: Role) -> Actor:
    return Actor(ONE, "Jo", tuple(Capacity(uuid4(), role) for role in roles))


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_seal_and_those_who_read_who_looked_may_know(role: Role) -> None:
    allowed = {Role.PARTNERSHIP_TEAM, Role.STRATEGIC_MANAGER, Role.LIG_CHAIR, Role.INDEPENDENT_SCRUTINEER}
    assert may_see_seals(somebody(role)) is (role in allowed)
    assert untold_kinds(somebody(role)) == (frozenset() if role in allowed else ABOUT_SEALS)


def test_nobody_at_all_may_know_nothing() -> None:
    assert not may_see_seals(None)
    assert untold_kinds(None) == ABOUT_SEALS
    assert {EventKind.CASE_SEALED, EventKind.SEAL_LIFTED, EventKind.CONFLICT_DECLARED} <= ABOUT_SEALS


def test_whoever_sees_a_case_may_declare_a_conflict() -> None:
    for role in Role:
        actor = somebody(role)
        assert actor.conditions(Permission.CONFLICT_DECLARE) == actor.conditions(Permission.CASE_VIEW)


@pytest.mark.duty("B1-12")
def test_the_only_one_for_a_party_is_told_apart_from_one_of_two() -> None:
    able = {ONE: {Party.POLICE}, TWO: {Party.ICB}, THREE: {Party.ICB}}
    assert left_alone(ONE, [Party.POLICE, Party.ICB], able, set()) == [Party.POLICE]
    assert left_alone(TWO, [Party.POLICE, Party.ICB], able, set()) == []
    assert left_alone(TWO, [Party.POLICE, Party.ICB], able, {THREE}) == [Party.ICB]


@pytest.mark.duty("B1-12")
def test_a_deputy_leaves_nobody_alone_and_what_owes_nothing_does_not_count() -> None:
    able = {ONE: {Party.POLICE}, TWO: {Party.POLICE}}
    assert left_alone(ONE, [Party.POLICE], able, set()) == []
    assert left_alone(ONE, [], {ONE: {Party.POLICE}}, set()) == []


@pytest.mark.duty("B1-12")
def test_a_party_that_nobody_could_act_for_before_is_not_this_seals_doing() -> None:
    assert left_alone(ONE, [Party.LIG_CHAIR], {ONE: {Party.POLICE}}, set()) == []
    assert nobody_for([Party.LIG_CHAIR, Party.POLICE], {ONE: {Party.POLICE}}, set()) == [Party.LIG_CHAIR]


@given(
    able=st.dictionaries(PEOPLE, st.sets(PARTIES)),
    owing=st.lists(PARTIES),
    sealed=st.sets(PEOPLE),
    person=PEOPLE,
)
def test_left_alone_are_those_who_have_nobody_after_the_seal_and_had_this_person(
    able: dict[UUID, set[Party]], owing: list[Party], sealed: set[UUID], person: UUID
) -> None:
    found = left_alone(person, owing, able, sealed)
    assert set(found) <= set(owing)
    assert len(found) == len(set(found))
    for party in set(owing):
        others = {one for one, parties in able.items() if party in parties} - sealed - {person}
        assert (party in found) == (party in able.get(person, ()) and not others)
    after = nobody_for(owing, able, sealed | {person})
    assert set(found) <= set(after)
    assert set(nobody_for(owing, able, sealed)) <= set(after)
