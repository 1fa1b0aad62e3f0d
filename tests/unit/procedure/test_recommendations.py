"""What a recommendation lacks, what may become of it, and when an action under it is done or overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.clocks import day_end, london_date
from app.procedure.recommendations import (
    ACCEPTED,
    DONE,
    NEXT,
    NOT_SHOWN,
    OPEN,
    PARTS,
    PROPOSED,
    RETURNED,
    STATES,
    WITHDRAWN,
    Content,
    Due,
    Progress,
    action_faults,
    content_faults,
    days_over,
    missing,
    overdue,
    reminders,
    standing,
    state_faults,
    takes_actions,
    update_faults,
)

DAY = timedelta(days=1)
FRIDAY = date(2027, 3, 12)
WHOLE = Content(
    "Every practitioner asks a second question at handover", "An audit of twenty records", "The time is given",
    "Finding two", FRIDAY, "Children are heard sooner", "Their words stand in the record", ("Police",),
)  # fmt: skip


@pytest.mark.duty("B2-21")
def test_a_whole_recommendation_lacks_nothing() -> None:
    assert missing(WHOLE) == []


@pytest.mark.duty("B2-21")
@pytest.mark.parametrize("name", list(PARTS))
def test_each_part_that_is_missing_is_named(name: str) -> None:
    empty = {"by_when": None, "agencies": (" ",), "text": "Do better"}.get(name, "  ")
    found = missing(replace(WHOLE, **{name: empty}))  # type: ignore[arg-type]
    assert [(one.field, one.name) for one in found] == [(name, PARTS[name][0])]
    assert found[0].what


@pytest.mark.duty("B2-21")
@given(st.sets(st.sampled_from([name for name in PARTS if name not in ("text", "by_when", "agencies")])))
def test_what_is_missing_is_what_was_left_out_in_the_order_of_the_form(left_out: set[str]) -> None:
    found = [one.field for one in missing(replace(WHOLE, **dict.fromkeys(left_out, "")))]  # type: ignore[arg-type]
    assert found == [name for name in PARTS if name in left_out]


def test_only_a_recommendation_that_says_nothing_is_refused() -> None:
    assert content_faults(Content(" ")) == [("text", "Say what exactly is recommended")]
    assert content_faults(Content("Ask twice")) == []


@pytest.mark.duty("B2-21")
def test_what_may_become_of_a_recommendation() -> None:
    for before in STATES:
        for after in STATES:
            allowed = state_faults(before, after, "The group, 4 December") == []
            assert allowed is (after in NEXT[before]), (before, after)
    assert state_faults(PROPOSED, ACCEPTED, " ") == [("reason", "Say who decided it, when and why")]
    assert [field for field, _message in state_faults(WITHDRAWN, PROPOSED, "Why")] == ["state"]
    assert [one for one in STATES if takes_actions(one)] == [PROPOSED, ACCEPTED]
    assert PROPOSED in NEXT[RETURNED]


@pytest.mark.duty("B2-21")
def test_an_action_is_done_only_with_evidence() -> None:
    assert update_faults(Progress("Guidance written", "On the staff pages", DONE), OPEN) == []
    assert [field for field, _message in update_faults(Progress("Written", " ", DONE), OPEN)] == ["evidence"]
    assert [field for field, _message in update_faults(Progress(" ", "", OPEN), OPEN)] == ["words"]
    assert [field for field, _message in update_faults(Progress("Why", "", NOT_SHOWN), OPEN)] == ["state"]
    assert [field for field, _message in update_faults(Progress("", "", OPEN), DONE)] == ["words", "words"]
    assert update_faults(Progress("It was not done after all", "", OPEN), DONE) == []


def test_what_an_action_needs() -> None:
    assert action_faults("Write guidance", "Police", "The lead", FRIDAY, FRIDAY) == []
    empty = [field for field, _message in action_faults("", " ", "", None, FRIDAY)]
    assert empty == ["words", "agency", "owner", "due_on"]
    assert [field for field, _message in action_faults("a", "b", "c", FRIDAY - DAY, FRIDAY)] == ["due_on"]


@pytest.mark.duty("B2-21")
@given(
    st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    st.integers(-40, 40),
    st.sampled_from([OPEN, DONE, NOT_SHOWN]),
)
def test_an_action_is_overdue_from_the_day_after_while_it_is_open(
    due_on: date, days: int, state: str
) -> None:
    action, today = Due(due_on, state), due_on + days * DAY
    assert overdue(action, today) is (state == OPEN and days > 0)
    assert days_over(action, today) == (days if state == OPEN and days > 0 else 0)


@pytest.mark.duty("B2-21")
def test_how_the_actions_stand() -> None:
    actions = [Due(FRIDAY, OPEN), Due(FRIDAY - DAY, OPEN), Due(FRIDAY - DAY, DONE), Due(FRIDAY, NOT_SHOWN)]
    assert standing(actions, FRIDAY) == {OPEN: 2, "overdue": 1, DONE: 1, NOT_SHOWN: 1}
    assert standing([], FRIDAY) == {OPEN: 0, "overdue": 0, DONE: 0, NOT_SHOWN: 0}


@pytest.mark.duty("B2-21")
def test_the_reminder_comes_a_week_before_or_the_day_before_or_not_at_all() -> None:
    now = datetime(2027, 2, 1, 10, tzinfo=UTC)
    assert reminders(FRIDAY, now) == (datetime(2027, 3, 5, 9, tzinfo=UTC), day_end(FRIDAY))
    sunday = date(2027, 3, 14)  # a week before is a Sunday too: the Friday before that
    assert reminders(sunday, now)[0] == datetime(2027, 3, 5, 9, tzinfo=UTC)
    close = datetime(2027, 3, 9, 10, tzinfo=UTC)
    assert reminders(FRIDAY, close)[0] == datetime(2027, 3, 11, 9, tzinfo=UTC)
    assert reminders(FRIDAY, datetime(2027, 3, 12, 8, tzinfo=UTC)) == (None, day_end(FRIDAY))


@given(st.dates(date(2026, 1, 1), date(2028, 12, 1)), st.integers(0, 400))
def test_no_reminder_lies_in_the_past_or_after_the_day(due_on: date, hours: int) -> None:
    now = day_end(due_on) - timedelta(hours=hours)
    remind, over = reminders(due_on, now)
    assert remind is None or (remind > now and london_date(remind) < due_on)
    assert over == day_end(due_on)
