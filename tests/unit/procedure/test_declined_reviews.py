"""The exceptional decision not to hold a rapid review: who has to say what, and until when the Panel is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.clocks import day_end
from app.procedure.declined_reviews import (
    AGREED,
    NOT_AGREED,
    Notice,
    answer_of,
    awaited,
    ground_of,
    missed,
    notice_faults,
    refused_by,
)
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Outcome, Party
from app.procedure.history import History
from app.procedure.obligation import ClockSettings, Obligation, State, state
from app.procedure.obligations import obligations

K = EventKind
FRIDAY = datetime(2026, 11, 20, 10, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LAST = date(2026, 12, 11)
SCRUTINEER = Party.INDEPENDENT_SCRUTINEER


def at(
    days: float, kind: EventKind, party: Party | None = None, outcome: str | None = None, number: int = 0,
    **facts: object,
) -> Event:  # fmt: skip
    when = FRIDAY + days * DAY
    return Event(kind, when, when, number=number, party=party, outcome=outcome, facts=facts)


SENT = [
    at(-2, K.REFERRAL_SUBMITTED),
    at(-1, K.DECISION_RECORDED, outcome=Outcome.NOTIFY.value),
    at(0, K.NOTIFICATION_SENT, Party.LOCAL_AUTHORITY),
]
GROUND = [*SENT, at(1, K.REVIEW_GROUND_RECORDED, outcome="criteria-not-met", number=7)]
ALL_AGREE = [*GROUND, *(at(2, K.NO_REVIEW_AGREED, party, AGREED) for party in SAFEGUARDING_PARTNERS)]
COMPLETE = [*ALL_AGREE, at(3, K.NO_REVIEW_OVERSEEN, SCRUTINEER)]
TOLD = [*COMPLETE, at(4, K.PANEL_TOLD_OF_NO_REVIEW)]
WITHDRAWN = at(5, K.ENTRY_SUPERSEDED, supersedes=7)


def told(events: list[Event]) -> History:
    return History(events, ENGLAND_AND_WALES, ClockSettings())


def owed(events: list[Event]) -> dict[str, Obligation]:
    return {one.key: one for one in obligations(events)}


@pytest.mark.duty("B2-02", "N-05")
def test_a_ground_asks_each_partner_the_scrutineer_and_the_team() -> None:
    assert not [key for key in owed(SENT) if key.startswith("B2-02")]
    found = owed(GROUND)
    assert {key: found[key].owner for key in found if key.startswith("B2-02")} == {
        "B2-02:local-authority": Party.LOCAL_AUTHORITY,
        "B2-02:police": Party.POLICE,
        "B2-02:icb": Party.ICB,
        "B2-02:oversight": SCRUTINEER,
        "B2-02": Party.PARTNERSHIP_TEAM,
    }
    notice = found["B2-02"]
    assert (notice.counted_from, notice.due_on, notice.due) == (FRIDAY.date(), LAST, day_end(LAST))
    assert found["N-05"].ending == "not needed"
    assert awaited(told(GROUND)) == [*SAFEGUARDING_PARTNERS, SCRUTINEER]
    assert "N-05:withdraw" not in found


@pytest.mark.duty("B2-02")
def test_the_duty_ends_with_the_notice_to_the_panel_and_late_is_late() -> None:
    assert awaited(told(ALL_AGREE)) == [SCRUTINEER]
    assert awaited(told(COMPLETE)) == []
    found = owed(TOLD)
    assert all(found[key].ending == "met" for key in found if key.startswith("B2-02"))
    assert state(found["B2-02"], FRIDAY + 30 * DAY) is State.MET
    late = [*COMPLETE, replace(TOLD[-1], happened_at=day_end(LAST), recorded_at=day_end(LAST))]
    assert state(owed(late)["B2-02"], FRIDAY + 30 * DAY) is State.MET_LATE
    assert state(owed(COMPLETE)["B2-02"], day_end(LAST)) is State.OVERDUE


@pytest.mark.duty("B2-02", "N-05")
def test_where_a_partner_does_not_agree_the_review_is_held() -> None:
    against = [*GROUND, at(2, K.NO_REVIEW_AGREED, Party.POLICE, NOT_AGREED)]
    found = owed(against)
    assert refused_by(told(against)) == [Party.POLICE]
    assert Party.POLICE in awaited(told(against))
    assert (found["N-05:withdraw"].owner, found["N-05:withdraw"].ended) == (Party.PARTNERSHIP_TEAM, None)
    assert found["B2-02:police"].ending == "met"  # it answered
    again = [*against, at(3, K.NO_REVIEW_AGREED, Party.POLICE, AGREED)]
    assert refused_by(told(again)) == []
    assert "N-05:withdraw" not in owed(again)


@pytest.mark.duty("B2-02", "N-05")
def test_a_ground_that_was_withdrawn_counts_for_nothing_and_another_is_asked_about_anew() -> None:
    gone = [*TOLD, WITHDRAWN]
    assert ground_of(told(gone)) is None
    found = owed(gone)
    assert not [key for key in found if key.startswith("B2-02")]
    assert found["N-05"].ended is None
    assert found["N-05"].due_on == LAST
    anew = [*gone, at(6, K.REVIEW_GROUND_RECORDED, outcome="another", number=9)]
    assert awaited(told(anew)) == [*SAFEGUARDING_PARTNERS, SCRUTINEER]
    assert owed(anew)["B2-02"].ended is None
    assert owed(anew)["N-05"].ending == "not needed"


def test_nothing_is_asked_once_the_notification_was_withdrawn() -> None:
    without = [one for one in COMPLETE if one.kind is not K.NOTIFICATION_SENT]
    assert ground_of(told(without)) is None
    assert not [key for key in owed(without) if key.startswith(("B2-02", "N-05"))]


@pytest.mark.duty("B2-02")
def test_an_answer_counts_from_when_it_was_given_whenever_it_is_recorded() -> None:
    own = at(3, K.NO_REVIEW_AGREED, Party.ICB, NOT_AGREED)
    earlier = replace(at(2, K.NO_REVIEW_AGREED, Party.ICB, AGREED), recorded_at=FRIDAY + 4 * DAY)
    said = answer_of(told([*GROUND, own, earlier]), Party.ICB)
    assert said is not None
    assert said.outcome == NOT_AGREED
    later = replace(earlier, happened_at=FRIDAY + 3.5 * DAY)
    assert refused_by(told([*GROUND, own, later])) == []
    # Said on the telephone before the ground was typed: it is of this ground all the same.
    before = replace(at(0.5, K.NO_REVIEW_AGREED, Party.ICB, AGREED), recorded_at=FRIDAY + 2 * DAY)
    found = owed([*GROUND, before])["B2-02:icb"]
    assert found.ending == "met"
    assert found.ended is not None
    assert found.ended >= found.starts


NOTICE = Notice(
    FRIDAY + 4 * DAY, "e-mail", "", "panel@example.example", channels=frozenset({"e-mail", "other"})
)


@pytest.mark.duty("B2-02")
def test_what_a_notice_needs() -> None:
    now, complete = FRIDAY + 5 * DAY, told(COMPLETE)
    assert notice_faults(NOTICE, complete, now) == []
    empty = Notice(None, "", "", " ", channels=NOTICE.channels)
    assert [field for field, _message in notice_faults(empty, complete, now)] == [
        "sent_at",
        "channel",
        "address",
    ]
    another = replace(NOTICE, channel="other")
    assert [field for field, _message in notice_faults(another, complete, now)] == ["detail"]
    for sent_at in (now + HOUR, FRIDAY + 2.9 * DAY):
        wrong = replace(NOTICE, sent_at=sent_at)
        assert [field for field, _message in notice_faults(wrong, complete, now)] == ["sent_at"]
    late = replace(NOTICE, sent_at=day_end(LAST))
    faults = [field for field, _message in notice_faults(late, complete, day_end(LAST) + DAY)]
    assert faults == ["missed_reason", "missed_reported_to"]
    said = replace(late, missed_reason="Illness", missed_reported_to="The Executive")
    assert notice_faults(said, complete, day_end(LAST) + DAY) == []
    assert not missed(day_end(LAST) - HOUR, complete)


ANSWERS = st.lists(
    st.tuples(st.sampled_from(SAFEGUARDING_PARTNERS), st.sampled_from([AGREED, NOT_AGREED]), st.floats(1.1, 9)),
    max_size=8, unique_by=lambda one: one[2],
)  # fmt: skip


@given(ANSWERS, st.booleans(), st.randoms())
def test_the_panel_is_never_told_before_all_agree_whatever_the_order(answers, overseen, random) -> None:  # type: ignore[no-untyped-def]
    events = [*GROUND, *(at(days, K.NO_REVIEW_AGREED, party, outcome) for party, outcome, days in answers)]
    events += [at(9.5, K.NO_REVIEW_OVERSEEN, SCRUTINEER)] if overseen else []
    last = {party: outcome for party, outcome, _days in sorted(answers, key=lambda one: one[2])}
    complete = overseen and [last.get(party) for party in SAFEGUARDING_PARTNERS] == [AGREED] * 3
    assert (awaited(told(events)) == []) is complete
    assert bool(refused_by(told(events))) is (NOT_AGREED in last.values())
    shuffled = list(events)
    random.shuffle(shuffled)
    assert obligations(shuffled) == obligations(events)
