"""What a rapid review form must hold, the chair's answer, and to whom it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.events import SentTo
from app.procedure.review_form import (
    COMMISSIONED,
    CONTEXT,
    DIED,
    PIECES,
    Content,
    Missing,
    answer_faults,
    missing,
    wanted,
)
from app.procedure.review_sending import (
    MAILBOXES,
    SendingFacts,
    by_statute,
    home_office,
    inside,
    missed,
    outside,
    recorded_late,
    sending_faults,
    told_the_decision,
    what_may_go,
)

S = SentTo
NAMES = [piece.name for piece in PIECES]
HOLDS = st.frozensets(st.sampled_from([DIED, COMMISSIONED]))
APPROVED = datetime(2026, 12, 14, 9, 30, 20, tzinfo=UTC)
DUE = datetime(2026, 12, 16, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 12, 15, 10, 0, tzinfo=UTC)
SENT = SendingFacts(
    to=S.PANEL, sent_at=NOW, approved_at=APPROVED, due=DUE, channel="secure-email", channel_detail="",
    address=MAILBOXES[S.PANEL], what="both", next_steps="A reviewer is commissioned", contribution="",
    recorded_late_reason="", missed_reason="", missed_reported_to="",
)  # fmt: skip


@pytest.mark.duty("N-07")
@given(st.frozensets(st.sampled_from(NAMES)), HOLDS)
def test_what_is_missing_is_exactly_what_is_wanted_and_not_said(
    said: frozenset[str], holds: frozenset[str]
) -> None:
    content = Content({name: "Said" for name in said}, holds)
    lacks = [
        Missing(piece.section, piece.what, piece.where) for piece in wanted(content) if piece.name not in said
    ]
    assert missing(content) == lacks
    assert (missing(content) == []) == ({piece.name for piece in wanted(content)} <= said)


@pytest.mark.duty("N-07")
def test_the_six_parts_of_the_guidance_are_wanted_of_every_form() -> None:
    always = {piece.name for piece in wanted(Content({}))}
    assert always >= {"facts", "involvement", "episodes", "safety", "other_children", "learning", "improvements",
                      "racism", "inequalities", "decision", "next_steps"}  # fmt: skip
    assert "child_death" not in always
    assert "enquiry" not in always
    both = {piece.name for piece in wanted(Content({}, frozenset({DIED, COMMISSIONED})))}
    assert both - always == {"child_death", "enquiry"}


@pytest.mark.duty("N-07")
def test_blanks_say_nothing_and_each_piece_names_where_it_is_written() -> None:
    content = Content({name: " \n" if name == "racism" else "Said" for name in NAMES})
    assert missing(content) == [
        Missing(CONTEXT, "Racism: whether and how it bears on the case", "record:context")
    ]


@pytest.mark.duty("B2-18", "N-06")
@pytest.mark.parametrize(
    ("answer", "words", "read", "incomplete", "field"),
    [
        ("approved", "", True, False, None),
        ("approved", "", False, False, "read"),
        ("approved", "", True, True, "answer"),
        ("returned", "Say more", False, True, None),
        ("returned", "  ", True, False, "words"),
        (None, "Words", True, False, "answer"),
        ("both", "Words", True, False, "answer"),
    ],
)
def test_the_chairs_answer(
    answer: str | None, words: str, read: bool, incomplete: bool, field: str | None
) -> None:
    assert [name for name, _message in answer_faults(answer, words, read, incomplete)] == (
        [field] if field else []
    )


@pytest.mark.duty("B2-19", "B2-20", "B3-07", "B3-08")
def test_to_whom_it_goes() -> None:
    assert inside() == (S.LIG_MEMBER, S.PARTNER, S.SCRUTINEER, S.EXECUTIVE)
    assert by_statute() == (S.PANEL, S.OFSTED)
    assert told_the_decision() == (S.PANEL, S.OFSTED, S.DFE)
    assert home_office(True) == (S.CHIEF_CASEWORKER_UNIT,)
    assert home_office(False) == ()
    assert outside(False) == (S.PANEL, S.OFSTED, S.DFE)
    assert {*inside(), *outside(True)} == set(SentTo)
    assert set(MAILBOXES) == set(outside(True))


@pytest.mark.duty("B2-20")
def test_the_panel_and_ofsted_are_sent_the_form_itself() -> None:
    assert [to for to in outside(True) if "notice" not in what_may_go(to)] == [S.PANEL, S.OFSTED]
    assert "notice" not in what_may_go(S.SCRUTINEER)


@pytest.mark.duty("B2-20", "B3-07", "B3-08", "N-06")
@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, []),
        ({"sent_at": None}, ["sent_at"]),
        ({"sent_at": NOW + timedelta(minutes=1)}, ["sent_at"]),
        ({"sent_at": APPROVED.replace(second=0) - timedelta(minutes=1)}, ["sent_at"]),
        ({"sent_at": APPROVED.replace(second=0)}, ["recorded_late_reason"]),
        ({"sent_at": APPROVED, "recorded_late_reason": "The mailbox was down"}, []),
        ({"channel": None}, ["channel"]),
        ({"channel": "other"}, ["channel_detail"]),
        ({"channel": "other", "channel_detail": "By hand"}, []),
        ({"address": " "}, ["address"]),
        ({"what": None}, ["what"]),
        ({"what": "notice"}, ["what"]),
        ({"next_steps": ""}, ["next_steps"]),
        ({"to": S.DFE, "what": "notice"}, []),
        ({"to": S.CHIEF_CASEWORKER_UNIT, "next_steps": ""}, ["contribution"]),
        ({"to": S.SCRUTINEER, "next_steps": ""}, []),
        ({"due": NOW}, ["missed_reason", "missed_reported_to"]),
        ({"due": NOW, "missed_reason": "A partner was away"}, ["missed_reported_to"]),
        ({"due": NOW, "missed_reason": "A partner was away", "missed_reported_to": "The Panel"}, []),
        ({"due": None}, []),
    ],
)
def test_what_a_sending_must_say(changed: dict[str, object], fields: list[str]) -> None:
    facts = replace(SENT, **changed)  # type: ignore[arg-type]
    assert [name for name, _message in sending_faults(facts, NOW)] == fields


@pytest.mark.duty("N-06")
@given(st.integers(-10_000, 10_000))
def test_the_end_of_the_fifteenth_day_is_already_too_late(minutes: int) -> None:
    sent = DUE + timedelta(minutes=minutes)
    assert missed(replace(SENT, sent_at=sent)) == (minutes >= 0)
    assert not missed(replace(SENT, sent_at=sent, due=None))


def test_recorded_on_a_later_london_day() -> None:
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # already the first of July in London
    assert not recorded_late(summer, summer + timedelta(hours=20))
    assert recorded_late(summer, summer + timedelta(hours=24))
