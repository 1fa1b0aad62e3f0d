"""What became of each decision: superseded, reconsidered, put back, overridden."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.decision_states import DecisionState, decision_states
from app.procedure.events import Event, EventKind
from app.procedure.history import History
from app.procedure.obligation import ClockSettings

pytestmark = pytest.mark.duty("S-01")
K = EventKind
START = datetime(2026, 11, 20, 10, tzinfo=UTC)


def told(*said: tuple[EventKind, str | None]) -> list[DecisionState]:
    events = [
        Event(
            kind,
            START + timedelta(hours=place),
            START + timedelta(hours=place),
            number=place + 1,
            outcome=outcome,
        )
        for place, (kind, outcome) in enumerate(said)
    ]
    return decision_states(History(events, ENGLAND_AND_WALES, ClockSettings()))


YES, NO = (K.DECISION_RECORDED, "notify"), (K.DECISION_RECORDED, "do-not-notify")
RAISED, STANDS, BACK = (
    (K.NEW_INFORMATION_RAISED, None),
    (K.RECONSIDERATION_DECLINED, None),
    (K.DECISION_PUT_BACK, None),
)
DISPLACED, OVERRIDE = (K.DEEMED_DISPLACED, None), (K.NOTIFIED_AGAINST_DECISION, None)


def test_one_decision_is_in_force() -> None:
    (one,) = told(YES)
    assert (one.number, one.in_force, one.reconsidered, one.overridden) == (1, True, False, None)


def test_new_information_that_changes_nothing_is_a_reconsideration() -> None:
    (one,) = told(NO, RAISED)
    assert not one.reconsidered
    (one,) = told(NO, RAISED, STANDS)
    assert one.reconsidered
    assert one.in_force


def test_each_decision_keeps_what_was_recorded_about_it() -> None:
    first, second = told(NO, RAISED, YES, RAISED, STANDS)
    assert (first.superseded_by, first.reconsidered, len(first.raised), len(first.declined)) == (
        2,
        True,
        1,
        0,
    )
    assert (second.in_force, second.reconsidered, len(second.raised), len(second.declined)) == (
        True,
        True,
        1,
        1,
    )


def test_a_decision_that_rested_on_a_silence_is_put_back() -> None:
    first, second = told(YES, DISPLACED, BACK, NO)
    assert (len(first.displaced), len(first.put_back), first.reconsidered) == (1, 1, True)
    assert not second.put_back


@pytest.mark.parametrize("said", [(NO, OVERRIDE), (OVERRIDE, NO)])
def test_a_decision_not_to_notify_is_overridden_whenever_the_authority_notifies(
    said: tuple[tuple[EventKind, str | None], ...],
) -> None:
    (one,) = told(*said)
    assert one.overridden is not None


def test_an_override_is_of_the_decision_before_it_and_of_none_to_notify() -> None:
    first, second = told(NO, YES, OVERRIDE)
    assert (first.overridden, second.overridden) == (None, None)
    (one,) = told(YES, OVERRIDE)
    assert one.overridden is None
