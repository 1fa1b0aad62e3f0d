"""Whoever scrutinises a partnership is nothing else in it while they do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.independence import Held, combination_fault, withheld
from app.access.permissions import Permission, grant_for
from app.access.roles import Role

pytestmark = pytest.mark.duty("S-01")
DAY = date(2026, 11, 20)
SCRUTINEER, TEAM = Role.INDEPENDENT_SCRUTINEER, Role.PARTNERSHIP_TEAM
days = st.integers(0, 30).map(lambda n: DAY + timedelta(days=n))
spans = st.tuples(days, st.none() | st.integers(0, 20)).map(
    lambda one: (one[0], None if one[1] is None else one[0] + timedelta(days=one[1]))
)
helds = st.builds(lambda role, span: Held(role, *span), st.sampled_from(Role), spans)


def test_a_scrutineer_is_given_no_other_role() -> None:
    held = [Held(SCRUTINEER, DAY, None)]
    for role in Role:
        fault = combination_fault(Held(role, DAY, None), held)
        assert (fault is None) == (role is SCRUTINEER)


def test_nobody_who_acts_becomes_a_scrutineer() -> None:
    for role in Role:
        fault = combination_fault(Held(SCRUTINEER, DAY, None), [Held(role, DAY, None)])
        assert (fault is None) == (role is SCRUTINEER)


def test_one_after_the_other_is_allowed_and_one_shared_day_is_not() -> None:
    before = [Held(TEAM, DAY, DAY + timedelta(days=5))]
    assert combination_fault(Held(SCRUTINEER, DAY + timedelta(days=5), None), before)
    assert combination_fault(Held(SCRUTINEER, DAY + timedelta(days=6), None), before) is None


def test_other_roles_may_be_combined() -> None:
    assert combination_fault(Held(TEAM, DAY, None), [Held(Role.LIG_CHAIR, DAY, None)]) is None


@pytest.mark.parametrize("permission", list(Permission))
def test_whoever_scrutinises_changes_nothing_in_another_role_either(permission: Permission) -> None:
    own = grant_for(SCRUTINEER, permission) is not None
    assert withheld([TEAM, SCRUTINEER], permission) == (not own)
    assert not withheld([TEAM, Role.LIG_CHAIR], permission)
    assert not withheld([], permission)


@given(helds, st.lists(helds, max_size=4))
def test_no_day_on_which_somebody_would_be_both(wanted: Held, held: list[Held]) -> None:
    def on(one: Held, day: date) -> bool:
        return one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)

    both = any(
        (wanted.role is SCRUTINEER) != (other.role is SCRUTINEER)
        for day in (DAY + timedelta(days=n) for n in range(60))
        for other in held
        if on(wanted, day) and on(other, day)
    )
    assert (combination_fault(wanted, held) is not None) == both
