"""Whether a meeting of the group may decide (Rapid Reviews): the three safeguarding partners are represented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.procedure.quorum import Presence, Quorum, quorate_throughout, quorum, spells

TEN = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LA, POLICE, ICB = SAFEGUARDING_PARTNERS


def there(party: Party | None, came: int = 0, left: int | None = None) -> Presence:
    return Presence(party, TEN + came * MINUTE, None if left is None else TEN + left * MINUTE)


EVERYBODY = [there(LA), there(POLICE), there(ICB), there(None)]


@pytest.mark.duty("B2-07")
def test_each_of_the_three_partners_is_needed() -> None:
    assert quorum(EVERYBODY, TEN) == Quorum(True, ())
    for party in SAFEGUARDING_PARTNERS:
        without = [one for one in EVERYBODY if one.party is not party]
        assert quorum(without, TEN) == Quorum(False, (party,))
    assert quorum([], TEN) == Quorum(False, SAFEGUARDING_PARTNERS)


@pytest.mark.duty("B2-07")
def test_the_quorum_begins_with_who_comes_and_ends_with_who_leaves() -> None:
    presences = [there(LA), there(ICB), there(POLICE, came=5, left=40)]
    assert [quorum(presences, TEN + minute * MINUTE).quorate for minute in (0, 4, 5, 39, 40, 60)] == [
        False, False, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.duty("B2-07")
def test_a_deputy_who_comes_as_the_representative_leaves_keeps_the_quorum() -> None:
    presences = [there(LA), there(ICB), there(POLICE, left=40), there(POLICE, came=40)]
    assert quorate_throughout(presences, TEN, TEN + 90 * MINUTE)
    assert not quorate_throughout([*presences[:3], there(POLICE, came=41)], TEN, TEN + 90 * MINUTE)


def test_the_course_of_a_meeting_is_told_in_spells() -> None:
    presences = [there(LA), there(ICB), there(None, came=2, left=9), there(POLICE, came=5, left=40)]
    told = spells(presences, TEN, TEN + 60 * MINUTE)
    assert [(one.begins, one.ends, one.quorum.missing) for one in told] == [
        (TEN, TEN + 5 * MINUTE, (POLICE,)),
        (TEN + 5 * MINUTE, TEN + 40 * MINUTE, ()),
        (TEN + 40 * MINUTE, TEN + 60 * MINUTE, (POLICE,)),
    ]
    assert spells(presences, TEN, TEN) == []
    assert spells(presences, TEN, None)[-1].ends is None


presences = st.lists(
    st.builds(
        lambda party, came, stayed: there(party, came, None if stayed is None else came + stayed),
        st.sampled_from([None, *SAFEGUARDING_PARTNERS]),
        st.integers(-30, 90),
        st.none() | st.integers(1, 120),
    ),
    max_size=12,
)


@given(presences, st.integers(-40, 200))
def test_who_comes_never_takes_a_quorum_away(found: list[Presence], minute: int) -> None:
    moment = TEN + minute * MINUTE
    before = quorum(found, moment)
    after = quorum([*found, there(POLICE, came=-60)], moment)
    assert set(after.missing) <= set(before.missing)
    assert before.quorate == (not before.missing)


@given(presences, st.integers(1, 180))
def test_the_spells_cover_the_meeting_and_agree_with_each_moment(found: list[Presence], long: int) -> None:
    ends = TEN + long * MINUTE
    told = spells(found, TEN, ends)
    assert told[0].begins == TEN
    assert told[-1].ends == ends
    for one, following in zip(told, told[1:], strict=False):
        assert one.ends == following.begins
        assert one.quorum != following.quorum
    for minute in range(long):
        moment = TEN + minute * MINUTE
        spell = next(
            one for one in told if one.begins <= moment and one.ends is not None and moment < one.ends
        )
        assert spell.quorum == quorum(found, moment)
