"""What may stand in a field, and dates and times as people type them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.text_rules import (
    BIDI_CONTROLS,
    MONTHS,
    REPLACEMENT,
    displayable,
    normalised,
    number_named,
    parse_date,
    parse_time,
    text_fault,
    whole_number,
)

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=200)


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 1983", "-5", "@name", "<script>alert(1)</script>", "{{ 7*7 }}"]
)
def test_markup_and_formula_signs_are_text(text: str) -> None:
    assert text_fault(text, 100) is None
    assert displayable(text) == text


@pytest.mark.parametrize(
    "text", ["שלום", "السلام عليكم", "Siobhán", "李小龙", "mark\u200e\u200f\u061c", "👩‍👧", "a\tb\nc"]
)
def test_every_script_is_accepted(text: str) -> None:
    assert text_fault(text, 100) is None


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x85"])
def test_controls_are_refused_and_shown_as_a_replacement(character: str) -> None:
    fault = text_fault(f"a{character}b", 100, label="The name")
    assert fault == "The name contains a character that cannot be stored; remove it or type the text again"
    assert displayable(f"a{character}b") == f"a{REPLACEMENT}b"


@pytest.mark.parametrize("character", sorted(BIDI_CONTROLS))
def test_what_turns_text_round_is_refused_and_kept_on_the_page(character: str) -> None:
    assert "direction of text" in (text_fault(f"a{character}b", 100) or "")
    assert displayable(f"a{character}b") == f"a{character}b"


def test_lone_surrogates_are_refused() -> None:
    assert "broken character" in (text_fault("a\ud800b", 100) or "")
    assert displayable("a\ud800b") == f"a{REPLACEMENT}b"


def test_the_length_is_said_and_a_line_end_counts_once() -> None:
    assert text_fault("x" * 10_000, 10_000) is None
    assert (
        text_fault("x" * 10_001, 10_000) == "Your answer must be 10,000 characters or fewer; it is 1 too long"
    )
    assert text_fault("a\r\nb", 3) is None
    assert text_fault("a\r\nbc", 3) is not None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\u2029"])
def test_one_line_is_one_line(end: str) -> None:
    assert text_fault(f"a{end}b", 100, lines=False) == "Your answer must be on one line"
    assert text_fault(f"a{end}b", 100, lines=True) is None


@given(ANYTHING)
def test_what_is_displayed_can_always_be_sent_and_is_as_long(text: str) -> None:
    shown = displayable(text)
    shown.encode("utf-8")
    assert "\0" not in shown
    assert len(shown) == len(text)


@given(ANYTHING)
def test_what_has_no_fault_can_be_stored_as_it_is(text: str) -> None:
    if text_fault(text, 1000) is None:
        assert displayable(text) == text
        normalised(text).encode("utf-8")


@given(ANYTHING)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert "\r" not in once


INVISIBLE = (
    "\u00a0\u00ad\u034f\u115f\u1160\u17b4\u180e\u200b\u200c\u200d"
    "\u200e\u200f\u2060\u2063\u2800\u3000\u3164\ufe0f\ufeff\uffa0"
)


@pytest.mark.parametrize("character", INVISIBLE)
def test_what_cannot_be_seen_is_empty(character: str) -> None:
    assert normalised(character * 3) == ""
    assert normalised(f" {character}\n{character}\u200b") == ""


@given(st.text(INVISIBLE + " \n\t", max_size=20))
def test_any_mixture_of_what_cannot_be_seen_is_empty(text: str) -> None:
    assert normalised(text) == ""


@pytest.mark.parametrize("blank", ["\u00a0", "\u200b", "\u2060", "\ufeff", "\u3164", "\u2800", "\u00ad"])
def test_invisible_ends_are_taken_off_and_the_middle_is_left(blank: str) -> None:
    assert normalised(f"{blank} a{blank}b {blank}") == f"a{blank}b"


@pytest.mark.parametrize(
    "text",
    ["I \u2764\ufe0f", "\u0647\u200d", "(\u05d0)\u200f", "\U0001f3f4\U000e0067\U000e007f", "\u115f\u1161"],
)
def test_a_mark_that_shapes_what_is_seen_stays(text: str) -> None:
    assert normalised(text) == text


@pytest.mark.parametrize("text", ["\0", "\u202e", "\ud800"])
def test_what_is_refused_by_name_is_not_empty(text: str) -> None:
    assert normalised(text) == text


@given(DAYS, st.sampled_from(["number", "padded", "name", "short", "upper"]))
def test_every_real_date_is_understood(day: date, way: str) -> None:
    name = MONTHS[day.month - 1]
    ways = {
        "number": str(day.month),
        "padded": f"{day.month:02}",
        "name": name,
        "short": name[:3],
        "upper": name.upper(),
    }
    assert parse_date(f" {day.day} ", ways[way], str(day.year), "The date") == (day, None)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_no_typed_date_raises(day: str, month: str, year: str) -> None:
    found, fault = parse_date(day, month, year, "The date")
    empty = not any(normalised(part) for part in (day, month, year))
    assert (found is None and fault is None) == empty
    assert found is None or fault is None


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("29", "2", "2025"), "The date: 29 February 2025 is not a real date"),
        (("31", "sept", "2026"), "The date: 31 September 2026 is not a real date"),
        (("27", "", "2026"), "The date must include a month"),
        (("", "", "2026"), "The date must include a day and month"),
        (("27", "3", "26"), "The date: the year must be 4 numbers, like 2026"),
        (("27", "3", "1066"), "The date: the year must be between 1990 and 2100"),
        (("1", "1", "1900"), "The date: the year must be between 1990 and 2100"),
        (("31", "12", "1989"), "The date: the year must be between 1990 and 2100"),
        (("1", "1", "2101"), "The date: the year must be between 1990 and 2100"),
        (("27", "13", "2026"), "The date must be a real date, like 27 3 2026"),
        (("27", "ma", "2026"), "The date must be a real date, like 27 3 2026"),
        (("-1", "3", "2026"), "The date must be a real date, like 27 3 2026"),
        (("２７", "3", "2026"), "The date must use the digits 0 to 9"),
        (("27", "3", "²026"), "The date must use the digits 0 to 9"),
    ],
)
def test_what_is_wrong_with_a_date_is_said(typed: tuple[str, str, str], message: str) -> None:
    assert parse_date(*typed, "The date") == (None, message)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("5:30pm", time(17, 30)), ("5.30 PM", time(17, 30)), ("5:30 p.m.", time(17, 30)),
        ("17:30", time(17, 30)), ("9am", time(9)), ("12am", time(0)), ("12pm", time(12)),
        ("midday", time(12)), ("Noon", time(12)), ("midnight", time(0)), ("00:00", time(0)),
        ("23:59", time(23, 59)),
    ],
)  # fmt: skip
def test_times_as_people_type_them(typed: str, expected: time) -> None:
    assert parse_time(typed, "The time") == (expected, None)


@pytest.mark.parametrize(
    "typed", ["24:00", "17:30pm", "0am", "5", "5:3", "5:60", "half past", "１７:30", "5:30:00"]
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    assert parse_time(typed, "The time") == (None, "The time must be a time, like 9:30am or 14:30")


@given(ANYTHING)
def test_no_typed_time_raises(typed: str) -> None:
    found, fault = parse_time(typed, "The time")
    assert found is None or fault is None


@pytest.mark.parametrize("code", [0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF, 0xFDD0, 0xFDEF])
def test_what_is_no_character_is_refused_and_never_shown(code: int) -> None:
    text = f"before{chr(code)}after"
    assert text_fault(text, 100) == (
        "Your answer contains a character that cannot be stored; remove it or type the text again"
    )
    assert chr(code) not in displayable(text)
    assert text_fault("\ufdcf\ufdf0\ufffc\U0001f600", 100) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("12345678", 12345678),
        ("007", 7),
        ("123456789", -1),
        ("", -1),
        (None, -1),
        ("-1", -1),
        ("1.5", -1),
        ("٣", -1),
    ],
)
def test_a_number_that_a_form_carries_is_read_or_known_to_be_spoilt(text: str | None, number: int) -> None:
    assert whole_number(text) == number
    assert whole_number(text, otherwise=0) == max(number, 0)


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("0", 0), ("007", -1), ("", -1), ("7 ", -1), ("99999", -1)]
)
def test_an_address_names_a_number_in_one_spelling_only(text: str, number: int) -> None:
    assert number_named(text, 4) == number
