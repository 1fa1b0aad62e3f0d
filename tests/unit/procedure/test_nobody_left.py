"""A partner whose every representative has gone from a case: the silence of nobody agrees to nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.events import Event, EventKind, Party
from app.procedure.history import History
from app.procedure.obligation import ClockSettings
from app.procedure.positions import nobody_left
from tests.unit.procedure.test_obligations import MONDAY_ENDS, asked, at, owed, to_partners

K, POLICE = EventKind, Party.POLICE
REACH = "B1-08:reach:police"


def lost(hours: float) -> Event:
    return replace(at(hours, K.REQUEST_BOUNCED, POLICE), facts={"nobody": True})


def contacted(hours: float = 70) -> Event:
    return replace(at(hours, K.DEPUTY_CONTACTED, POLICE), facts={"deputies": 0, "inbox": True})


def left(events: list[Event]) -> bool:
    return nobody_left(History(events, ENGLAND_AND_WALES, ClockSettings()), POLICE) is not None


@pytest.mark.duty("B1-08")
def test_a_silence_counts_where_somebody_could_have_answered() -> None:
    assert asked([*to_partners(), contacted()])


@pytest.mark.duty("B1-08")
def test_the_silence_of_nobody_counts_as_nothing() -> None:
    events = [*to_partners(), lost(6), contacted()]
    assert asked(events).why_not == "nobody of the partner could be asked"
    assert asked(events, now=MONDAY_ENDS.replace(day=28)).why_not is not None
    assert left(events)


@pytest.mark.duty("B1-08")
def test_whoever_is_reached_before_the_clock_ends_can_be_silent() -> None:
    events = [*to_partners(), lost(6), at(30, K.REQUEST_RECEIVED, POLICE), contacted()]
    assert asked(events)
    assert not left(events)


@pytest.mark.duty("B1-08")
def test_whoever_is_reached_only_after_the_clock_was_not_silent_in_it() -> None:
    events = [*to_partners(), lost(6), contacted(), at(200, K.REQUEST_RECEIVED, POLICE)]
    assert not asked(events, now=MONDAY_ENDS.replace(day=30))
    assert not left(events)


@pytest.mark.duty("B1-08")
def test_the_team_owes_reaching_the_partner_another_way_until_somebody_has_it() -> None:
    row = owed([*to_partners(), lost(6)])[REACH]
    assert (row.owner, row.starts, row.ended) == (Party.PARTNERSHIP_TEAM, lost(6).happened_at, None)
    reached = at(9, K.REQUEST_RECEIVED, POLICE)
    assert owed([*to_partners(), lost(6), reached])[REACH].ended == reached.happened_at
    answered = at(9, K.RESPONSE_GIVEN, POLICE, "notify")
    assert owed([*to_partners(), lost(6), answered])[REACH].ended == answered.happened_at
    decided = at(9, K.DECISION_RECORDED, None, "notify")
    row = owed([*to_partners(), lost(6), decided])[REACH]
    assert (row.ended, row.ending) == (decided.happened_at, "not needed")


@pytest.mark.duty("B1-08")
def test_a_request_that_bounced_before_it_was_received_is_as_it_was() -> None:
    events = [one for one in to_partners() if not (one.kind is K.REQUEST_RECEIVED and one.party is POLICE)]
    bounced = at(5, K.REQUEST_BOUNCED, POLICE)
    assert owed([*events, bounced])[REACH].ended is None
    received = at(7, K.REQUEST_RECEIVED, POLICE)
    assert owed([*events, bounced, received])[REACH].ended == received.happened_at
    assert not left([*events, bounced])


@given(st.permutations(range(len(to_partners()) + 3)))
def test_the_order_in_which_events_are_given_never_matters(order: list[int]) -> None:
    events = [*to_partners(), lost(6), contacted(), at(200, K.REQUEST_RECEIVED, POLICE)]
    shuffled = [events[place] for place in order]
    assert owed(shuffled) == owed(events)
    assert bool(asked(shuffled)) == bool(asked(events))
