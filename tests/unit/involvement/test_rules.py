"""What is typed into the form: kept, checked, and made into a return."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.involvement.files import Refused, attachment, kind_of, shown_name
from app.involvement.rules import (
    MOST_ROWS,
    content_of,
    day_in_words,
    empty_row,
    faults_of,
    flat,
    questions_of,
    state_of_section,
    typed_section,
    unstorable,
)
from app.procedure.involvement_form import QUESTIONS
from tests.support.involvement import typed, whole

TODAY = date(2026, 11, 23)


def draft(**changed: Any) -> dict[str, Any]:
    """Everything typed, as the form sends it."""
    return {
        key: changed.get(key, typed_section(key, QUESTIONS[key], MultiDict(form).getlist))
        for key, form in typed().items()
    }


def test_what_was_typed_becomes_the_return() -> None:
    assert content_of(draft()) == whole(chronology=[whole()["chronology"][0]])
    assert faults_of(draft(), [], TODAY) == []


@pytest.mark.parametrize(
    ("parts", "day", "precision", "words"),
    [
        (("2", "3", "2026"), "2026-03-02", "day", "2 March 2026"),
        (("", "March", "2026"), "2026-03-01", "month", "March 2026"),
        (("", "", "2026"), "2026-01-01", "year", "2026"),
        (("", "", ""), "", "day", ""),
        (("31", "2", "2026"), "", "day", ""),
        (("", "3", ""), "", "day", ""),
    ],
)
def test_a_day_as_far_as_it_is_known(
    parts: tuple[str, str, str], day: str, precision: str, words: str
) -> None:
    row = {
        **empty_row(QUESTIONS["contacts"]),
        **dict(zip(("day_day", "day_month", "day_year"), parts, strict=True)),
    }
    found = content_of({"contacts": {"rows": [row]}})["contacts"][0]
    assert (found["day"], found["precision"]) == (day, precision)
    assert day_in_words(day, precision) == words


def test_of_a_date_that_cannot_be_read_it_is_not_said_that_it_is_missing() -> None:
    row = {**empty_row(QUESTIONS["contacts"]), "day_day": "x", "what": "W"}
    found = [
        fault for fault in faults_of(draft(contacts={"rows": [row]}), [], TODAY) if fault[0] == "contacts"
    ]
    assert [fault[1] for fault in found] == ["day_1"]
    assert "must include" in found[0][2]


ROWS = st.lists(
    st.dictionaries(st.sampled_from(list(empty_row(QUESTIONS["chronology"]))), st.text(max_size=8)),
    max_size=6,
)


@given(ROWS, st.integers(0, 8))
def test_rows_are_kept_in_their_order_and_only_the_named_one_goes(
    rows: list[dict[str, str]], without: int
) -> None:
    section = QUESTIONS["chronology"]
    full = [{**empty_row(section), **row} for row in rows]
    sent = {name: [row[name] for row in full] for name in empty_row(section)}
    found = typed_section("chronology", section, lambda name: sent.get(name, []), without)["rows"]
    lines = [
        {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in row.items()} for row in full
    ]
    kept = [row for place, row in enumerate(lines, start=1) if place != without]
    assert found == [row for row in kept if any(text.strip() for text in row.values())]


ODD = st.fixed_dictionaries(
    {},
    optional={
        key: st.fixed_dictionaries(
            {
                "rows": st.lists(
                    st.dictionaries(st.sampled_from(list(empty_row(section))), st.text(max_size=5)),
                    max_size=3,
                )
            }
        )
        if section.rows
        else st.dictionaries(st.sampled_from(["involved", *empty_row(section)]), st.text(max_size=5))
        for key, section in QUESTIONS.items()
    },
)


@given(ODD)
def test_no_draft_is_too_odd_to_be_checked(odd: dict[str, Any]) -> None:
    for fault in faults_of(odd, ["Who?"], TODAY):
        assert all(isinstance(text, str) and text for text in fault)
    for key, section in QUESTIONS.items():
        assert state_of_section(key, section, odd, faults_of(odd, [], TODAY))


def test_states_of_sections() -> None:
    assert state_of_section("practice", QUESTIONS["practice"], {}, []) == "not started"
    half = {"practice": {"good": "x", "not_good": "", "learning": ""}}
    assert (
        state_of_section("practice", QUESTIONS["practice"], half, faults_of(half, [], TODAY)) == "in progress"
    )
    assert (
        state_of_section("practice", QUESTIONS["practice"], draft(), faults_of(draft(), [], TODAY))
        == "complete"
    )
    none = {"about": {"involved": "no", "author": "", "author_role": ""}}
    assert state_of_section("practice", QUESTIONS["practice"], none, []) == "not needed"


def test_too_much_is_said() -> None:
    section = QUESTIONS["episodes"]
    rows = [{"when": "x", "what": "", "analysis": ""}] * (MOST_ROWS + 1)
    assert unstorable(section, {"rows": rows}) == [
        (f"when_{MOST_ROWS + 1}", f"A section holds {MOST_ROWS} rows at most: attach the rest as a file")
    ]
    ((field, message),) = unstorable(section, {"rows": [{"when": "two\nlines", "what": "", "analysis": ""}]})
    assert (field, message) == ("when_1", "“Episode 1: When” must be on one line")


def test_in_words() -> None:
    assert flat(QUESTIONS["about"], {"involved": "no", "author": "S", "author_role": ""}) == {
        "Was your agency involved?": "No involvement", "Who wrote this return?": "S", "What is their role?": "",
    }  # fmt: skip
    rows = {"rows": [{"day_day": "2", "day_month": "3", "day_year": "2026", "who": "", "what": "W"}]}
    assert flat(QUESTIONS["contacts"], rows)["Contact 1: When?"] == "2 3 2026"


def test_further_questions_one_to_a_line() -> None:
    assert questions_of(" One? \n\n Two?") == (["One?", "Two?"], None)
    assert questions_of("x\n" * 21)[1] == "Ask 20 further questions at most"
    assert questions_of("fine\n" + "x" * 501)[1] == "Question 2 must be 500 characters or fewer"


@given(st.text())
def test_a_name_can_always_be_shown(name: str) -> None:
    shown = shown_name(name)
    assert 0 < len(shown) <= 120
    assert shown.isprintable()
    assert "/" not in shown
    assert "\\" not in shown


@given(st.binary(max_size=200))
def test_whatever_is_sent_is_a_known_kind_or_refused(content: bytes) -> None:
    try:
        kind = attachment("x", content).kind
    except Refused as refused:
        kind = f"refused: {refused}"
    assert kind in ("pdf", "docx", "png", "jpeg", "txt") or len(kind) > 10


def test_a_name_decides_nothing() -> None:
    assert kind_of(b"%PDF-1.4") == "pdf"
    with pytest.raises(Refused):
        attachment("letter.pdf", b"MZ\x90\xff")
