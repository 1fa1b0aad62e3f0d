"""The plan of a rapid review, counted back from the fifteenth working day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.clocks import one_week_before, within_working_days, working_days_before
from app.procedure.rapid_review_plan import Days, Plan, Standing, day_faults, propose

SENT = date(2026, 11, 20)
DUE = within_working_days(SENT, 15)


def proposed(today: date = SENT, *meetings: date) -> Plan:
    return propose(SENT, DUE, today, [Standing(None, one) for one in meetings])


@pytest.mark.duty("B2-03")
def test_a_standing_meeting_that_leaves_every_step_its_time_is_taken() -> None:
    plan = proposed(SENT, date(2026, 12, 3), date(2027, 1, 7))
    assert (plan.meeting_on, plan.extraordinary, plan.gives) == (date(2026, 12, 3), False, ())
    assert (plan.papers_on, plan.returns_on) == (date(2026, 11, 26), date(2026, 11, 25))
    assert (plan.approval_on, plan.due_on) == (date(2026, 12, 10), date(2026, 12, 11))


@pytest.mark.duty("B2-03")
def test_where_the_next_standing_meeting_is_too_late_an_extraordinary_one_is_needed() -> None:
    plan = proposed(SENT, date(2026, 12, 17))
    assert (plan.extraordinary, plan.too_late, plan.meeting_on) == (
        True,
        date(2026, 12, 17),
        date(2026, 12, 8),
    )
    assert plan.fits


@pytest.mark.duty("B2-03")
def test_a_meeting_that_comes_before_its_papers_can_go_out_is_named() -> None:
    plan = proposed(SENT, date(2026, 11, 24), date(2027, 1, 7))
    assert (plan.too_soon, plan.too_late) == (date(2026, 11, 24), date(2027, 1, 7))


@pytest.mark.duty("B2-03")
@pytest.mark.parametrize(
    ("day", "steps"),
    [
        (date(2026, 11, 26), ["papers"]),
        (date(2026, 12, 2), ["papers", "approval"]),
        (date(2026, 12, 4), ["returns", "papers", "approval"]),
        (date(2026, 12, 11), ["statutory", "papers"]),
    ],
)
def test_where_it_does_not_fit_it_says_which_step_gives(day: date, steps: list[str]) -> None:
    plan = proposed(day)
    assert [one.step for one in plan.gives] == steps
    assert all(one.says.endswith(".") for one in plan.gives)
    assert (plan.approval_on > plan.due_on) == ("statutory" in steps)


@given(
    st.dates(date(2026, 1, 1), date(2027, 11, 30)),
    st.integers(0, 30),
    st.lists(st.integers(1, 40), max_size=4),
)
def test_the_days_follow_one_another_and_only_a_day_that_is_lost_lies_after_the_fifteenth(
    sent: date, later: int, ahead: list[int]
) -> None:
    today, due = sent + timedelta(days=later), within_working_days(sent, 15)
    plan = propose(sent, due, today, [Standing(None, sent + timedelta(days=days)) for days in ahead])
    assert plan.due_on == due
    days = [plan.requests_on, plan.returns_on, plan.papers_on, plan.meeting_on, plan.approval_on]
    assert days == sorted(days)
    assert plan.papers_on < plan.meeting_on
    assert plan.requests_on == today
    kept = all(one.step != "statutory" for one in plan.gives)
    assert (plan.approval_on <= due) == kept
    for day in days[1:3]:
        assert ENGLAND_AND_WALES.is_working(day)
    if plan.fits:
        assert plan.papers_on == one_week_before(plan.meeting_on)
        assert plan.returns_on >= within_working_days(today, 3)
        assert plan.meeting_on <= working_days_before(plan.approval_on, 2)


def days(**other: date | None) -> Days:
    known: dict[str, date | None] = {
        "returns_on": date(2026, 11, 30), "papers_on": date(2026, 12, 1), "meeting_on": date(2026, 12, 8),
        "approval_on": date(2026, 12, 10),
    }  # fmt: skip
    return Days(**(known | other))


def faults(chosen: Days, reason: str = "", today: date = SENT) -> dict[str, str]:
    return dict(day_faults(chosen, SENT, DUE, today, reason))


@pytest.mark.duty("B2-03")
def test_days_that_fit_have_no_fault() -> None:
    assert faults(days()) == {}


@pytest.mark.duty("B2-03")
@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        (days(returns_on=None), "returns_on"),
        (days(papers_on=date(2026, 12, 5)), "papers_on"),  # a Saturday
        (days(papers_on=date(2026, 11, 27)), "papers_on"),  # before the returns
        (days(meeting_on=date(2026, 11, 30)), "meeting_on"),
        (days(approval_on=date(2026, 12, 7)), "approval_on"),
        (days(approval_on=date(2026, 12, 14)), "approval_on"),  # after the fifteenth working day
        (days(meeting_on=date(2026, 12, 14), approval_on=date(2026, 12, 15)), "meeting_on"),
        (days(papers_on=date(2026, 12, 8)), "papers_on"),  # on the day itself
        (days(returns_on=date(2026, 11, 19)), "returns_on"),  # before the notification
    ],
)
def test_each_fault_stands_beside_its_field(chosen: Days, field: str) -> None:
    assert field in faults(chosen)


@pytest.mark.duty("B2-03")
def test_papers_less_than_a_week_before_need_a_reason() -> None:
    short = days(papers_on=date(2026, 12, 2))
    assert "less than a week" in faults(short)["reason"]
    assert faults(short, "A return was awaited") == {}


@pytest.mark.duty("B2-03")
def test_a_day_that_cannot_be_kept_any_more_may_be_passed_with_a_reason() -> None:
    late = days(meeting_on=date(2026, 12, 16), papers_on=date(2026, 12, 9), returns_on=date(2026, 12, 8),
                approval_on=date(2026, 12, 17))  # fmt: skip
    assert "meeting_on" in faults(late)
    assert faults(late, "The police were unable to return before", date(2026, 12, 11)) == {}
    assert "reason" in faults(late, "", date(2026, 12, 11))
