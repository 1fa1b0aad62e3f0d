"""Scoping: for what agencies are asked, whom, by when, what is late and what a return lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.clocks import day_end, london_date
from app.procedure.events import Event, EventKind, Outcome
from app.procedure.history import History
from app.procedure.involvement import (
    DISCUSSION,
    RAPID_REVIEW,
    asked_first,
    direction_faults,
    discussion_chosen,
    due_faults,
    is_late,
    missing,
    reminders,
    scoping_for,
    state_of,
)
from app.procedure.involvement_form import QUESTIONS, completed, sections
from app.procedure.obligation import ClockSettings
from tests.support.involvement import NONE, whole

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TODAY = MONDAY.date()
DAY = timedelta(days=1)
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
DATES = st.dates(date(2024, 1, 1), date(2028, 1, 1))


def told(*kinds: tuple[EventKind, str | None], supersedes: int = 0) -> History:
    events = [
        Event(kind, MONDAY + number * DAY, MONDAY + number * DAY, number=number, outcome=outcome)
        for number, (kind, outcome) in enumerate(kinds, start=1)
    ]
    if supersedes:
        gone = Event(
            EventKind.ENTRY_SUPERSEDED,
            MONDAY + 9 * DAY,
            MONDAY + 9 * DAY,
            99,
            facts={"supersedes": supersedes},
        )
        events.append(gone)
    return History(events, ENGLAND_AND_WALES, ClockSettings())


DECIDED = (EventKind.DECISION_RECORDED, Outcome.DO_NOT_NOTIFY.value)
DISCUSS = (EventKind.OUTCOME_CHOSEN, "discussion")
NOTHING = (EventKind.OUTCOME_CHOSEN, "no-further-action")
SENT = (EventKind.NOTIFICATION_SENT, None)


@pytest.mark.duty("B2-04")
def test_a_notified_case_is_scoped_for_the_rapid_review() -> None:
    assert scoping_for(told()) is None
    assert scoping_for(told(SENT)) == RAPID_REVIEW
    assert scoping_for(told(SENT, supersedes=1)) is None
    assert scoping_for(told(DECIDED, DISCUSS)) == DISCUSSION
    assert scoping_for(told(DECIDED, DISCUSS, SENT)) == RAPID_REVIEW
    assert scoping_for(told(DECIDED, NOTHING)) is None


@pytest.mark.duty("A-07")
def test_the_discussion_is_the_chairs_last_word_on_the_decision_in_force() -> None:
    assert discussion_chosen(told(DISCUSS)) is None
    assert discussion_chosen(told(DECIDED, NOTHING, DISCUSS)) is not None
    assert discussion_chosen(told(DECIDED, DISCUSS, NOTHING)) is None
    assert discussion_chosen(told(DECIDED, DISCUSS, DECIDED)) is None
    assert discussion_chosen(told(DECIDED, DISCUSS, supersedes=2)) is None


@pytest.mark.duty("B2-04")
@given(st.lists(st.integers(0, 9), unique=True), st.sets(st.integers(0, 9)))
def test_all_agencies_with_members_on_the_group_and_no_others(
    agencies: list[int], on_group: set[int]
) -> None:
    found = asked_first(agencies, on_group)
    assert set(found) == set(agencies) & on_group
    assert found == sorted(found, key=agencies.index)


@pytest.mark.duty("B2-04")
@given(INSTANTS, DATES)
def test_reminders_stand_around_the_due_date(asked_at: datetime, due_on: date) -> None:
    when = reminders(asked_at, due_on)
    assert london_date(when.after) == due_on + DAY
    assert when.after > day_end(due_on)
    if when.before is not None:
        before = london_date(when.before)
        assert asked_at < when.before
        assert before < due_on
        assert ENGLAND_AND_WALES.is_working(before)
        assert not any(
            ENGLAND_AND_WALES.is_working(before + n * DAY) for n in range(1, (due_on - before).days)
        )


@pytest.mark.duty("B2-04")
def test_a_date_for_returns() -> None:
    assert due_faults(TODAY, TODAY) == []
    assert due_faults(TODAY + timedelta(days=366), TODAY) == []
    for wrong in (None, TODAY - DAY, TODAY + timedelta(days=367)):
        assert [field for field, _message in due_faults(wrong, TODAY)] == ["due_on"]


@pytest.mark.duty("A-07")
def test_the_chairs_dates() -> None:
    assert direction_faults(TODAY + DAY, None, TODAY) == []
    assert direction_faults(TODAY + DAY, TODAY + 2 * DAY, TODAY) == []
    assert [field for field, _message in direction_faults(None, None, TODAY)] == ["due_on"]
    for discussed in (TODAY + DAY, TODAY, TODAY - DAY):
        assert [field for field, _message in direction_faults(TODAY + DAY, discussed, TODAY)] == [
            "discussed_on"
        ]


@pytest.mark.duty("B2-05")
@given(INSTANTS, DATES)
def test_late_is_after_the_end_of_the_day(returned_at: datetime, due_on: date) -> None:
    assert is_late(returned_at, due_on) == (returned_at >= day_end(due_on))


@pytest.mark.duty("B2-05")
@given(st.booleans(), st.booleans(), st.booleans(), DATES, DATES)
def test_how_a_request_stands(
    withdrawn: bool, returned: bool, begun: bool, due_on: date, today: date
) -> None:
    state = state_of(withdrawn=withdrawn, returned=returned, begun=begun, due_on=due_on, today=today)
    if withdrawn:
        assert state == "withdrawn"
    elif returned:
        assert state == "returned"
    else:
        assert state == ("overdue" if today > due_on else "begun" if begun else "asked")
    quiet = state_of(withdrawn=withdrawn, returned=returned, begun=begun, due_on=due_on, today=None)
    assert quiet != "overdue"


@pytest.mark.duty("B2-05")
def test_what_a_return_lacks() -> None:
    assert missing(whole()) == []
    assert missing(completed(NONE)) == []
    assert {key for key, _field, _message in missing({})} == set(QUESTIONS) - {"chronology", "episodes"}
    assert missing(whole(contacts=[]), ()) == []
    assert [one[:2] for one in missing(whole(contacts=[], chronology=[]))] == [("contacts", "day_1")]
    row: dict[str, Any] = {"day": "", "what": " ", "source": ""}
    assert [one[1] for one in missing(whole(chronology=[row]))] == ["day_1", "what_1", "source_1"]
    assert [one[:2] for one in missing({**whole(), "none": True})] == [("about", "none")]
    assert missing({**completed(NONE), "other_children": "A cousin, of whom we know"}) == []


@pytest.mark.duty("B2-05")
@given(st.sampled_from([one.name for key in ("practice", "context", "safety", "about") for one in
                        QUESTIONS[key].questions if one.needed]))  # fmt: skip
def test_each_needed_answer_is_missed_alone(name: str) -> None:
    assert [field for _key, field, _message in missing(whole(**{name: " "}))] == [name]


@pytest.mark.duty("B2-05")
def test_further_questions_are_answered_or_missed() -> None:
    asked = ["Who knew?", "Since when?"]
    assert list(sections(asked))[-1] == "answers"
    assert "answers" not in sections()
    answers = [{"question": asked[0], "answer": "We did"}, {"question": asked[1], "answer": ""}]
    assert [one[:2] for one in missing(whole(answers=answers), asked)] == [("answers", "answer_2")]
    assert [one[1] for one in missing(whole(), asked)] == ["answer_1", "answer_2"]
