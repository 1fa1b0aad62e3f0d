"""The law of a commission: between two London days, under a membership, until it ends or a removal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.commissions import (
    LONGEST,
    Milestone,
    day_hint,
    end_faults,
    removal_faults,
    runs,
    term_faults,
    timetable_faults,
    working_days_between,
)

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
offsets = st.integers(-400, 400)


@pytest.mark.duty("S-02", "B3-15")
@given(first=offsets, length=st.integers(0, 400), removed=st.booleans(), member=st.booleans(), day=offsets)
def test_access_holds_from_the_first_day_to_the_last_and_never_after_a_removal(
    first: int, length: int, removed: bool, member: bool, day: int
) -> None:
    begins, ends = TODAY + first * DAY, TODAY + (first + length) * DAY
    open_ = runs(begins, ends, NOW if removed else None, member, TODAY + day * DAY)
    assert open_ is (member and not removed and first <= day <= first + length)


@pytest.mark.duty("B3-15")
def test_a_removal_needs_a_reason_and_comes_before_publication() -> None:
    assert removal_faults("A conflict of interest", removed=False, published=False) == []
    for reason, removed, published in ((" ", False, False), ("Why", True, False), ("Why", False, True)):
        assert [name for name, _ in removal_faults(reason, removed=removed, published=published)] == [
            "reason"
        ]


@pytest.mark.duty("S-02")
@given(first=offsets, last=offsets, begins=offsets, ends=st.none() | offsets)
def test_a_commission_lies_within_its_membership_and_opens_nothing_that_is_past(
    first: int, last: int, begins: int, ends: int | None
) -> None:
    member_to = None if ends is None else TODAY + ends * DAY
    faults = term_faults(TODAY + first * DAY, TODAY + last * DAY, TODAY, TODAY + begins * DAY, member_to)
    sound = 0 <= first <= last and begins <= first and (ends is None or last <= ends)
    assert (faults == []) is sound
    assert {name for name, _ in faults} <= {"first_day", "last_day"}


@pytest.mark.duty("S-02")
def test_what_is_not_typed_is_asked_for() -> None:
    assert [name for name, _ in term_faults(None, None, TODAY, TODAY, None)] == ["first_day", "last_day"]
    assert [name for name, _ in end_faults(None, TODAY, TODAY, None, " ")] == ["last_day", "reason"]


@pytest.mark.duty("S-02")
@given(first=offsets, last=offsets, ends=st.none() | offsets)
def test_another_last_day_is_today_or_later(first: int, last: int, ends: int | None) -> None:
    member_to = None if ends is None else TODAY + ends * DAY
    faults = end_faults(TODAY + last * DAY, TODAY + first * DAY, TODAY, member_to, "The inquest")
    assert (faults == []) is (max(first, 0) <= last and (ends is None or last <= ends))


@pytest.mark.duty("S-02")
def test_two_years_at_most() -> None:
    assert term_faults(TODAY, TODAY + LONGEST, TODAY, TODAY, None) == []
    assert term_faults(TODAY, TODAY + LONGEST + DAY, TODAY, TODAY, None) != []
    assert end_faults(TODAY + LONGEST, TODAY - 5 * LONGEST, TODAY, None, "Longer") == []


days = st.dictionaries(st.sampled_from(Milestone), st.none() | offsets)


@given(days, st.integers(-100, 100), st.integers(0, 300))
def test_milestones_stand_in_order_within_the_commission(
    typed: dict[Milestone, int | None], first: int, length: int
) -> None:
    given_ = [day for milestone in Milestone if (day := typed.get(milestone)) is not None]
    sound = bool(given_) and given_ == sorted(given_) and first <= given_[0] and given_[-1] <= first + length
    dates = {milestone: None if day is None else TODAY + day * DAY for milestone, day in typed.items()}
    faults = timetable_faults(dates, TODAY + first * DAY, TODAY + (first + length) * DAY)
    assert (faults == []) is sound
    assert {name for name, _ in faults} <= {milestone.value for milestone in Milestone}


@pytest.mark.parametrize(
    ("day", "hint"),
    [
        (TODAY, "Today"),
        (TODAY + DAY, "1 working day from today"),
        (date(2026, 12, 25), "23 working days from today; not a working day, the last before it is Thursday 24 "
         "December 2026"),
        (date(2026, 11, 21), "1 working day ago; not a working day, the last before it is Friday 20 November 2026"),
        (date(2026, 11, 19), "2 working days ago"),
    ],
)  # fmt: skip
def test_how_far_off_a_date_is(day: date, hint: str) -> None:
    assert day_hint(day, TODAY) == hint


@given(st.integers(0, 500))
def test_working_days_are_counted_up_to_a_date_that_counts(span: int) -> None:
    from app.procedure.clocks import working_days_after

    count = working_days_between(TODAY, TODAY + span * DAY)
    if count:
        assert working_days_after(TODAY, count)[-1] <= TODAY + span * DAY
    assert working_days_after(TODAY, count + 1)[-1] > TODAY + span * DAY
