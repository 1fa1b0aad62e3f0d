"""What may stand in a draft and in terms of reference, and what differs between two versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commissions.rules import (
    HEADINGS,
    LONGEST_FINDING,
    LONGEST_REPORT,
    MOST_FINDINGS,
    compare,
    content_faults,
    content_of,
    frozen,
    submission_faults,
    terms_faults,
)
from app.documents.digests import digest_of

texts = st.text(max_size=60)


@given(st.lists(texts, max_size=12), st.lists(texts, max_size=12))
def test_two_versions_side_by_side_lose_no_word(before: list[str], after: list[str]) -> None:
    old, new = " ".join(before), "\n".join(after)
    (one,) = [row for row in compare({"scope": old}, {"scope": new}) if row.heading == HEADINGS["scope"]]
    assert one.differs is (old != new)
    if old.strip() and new.strip():
        assert "".join(text for _marked, text in one.before) == old
        assert "".join(text for _marked, text in one.after) == new
        assert any(marked for marked, _text in [*one.before, *one.after]) is (old != new)


def test_what_differs_is_marked_word_by_word() -> None:
    (one,) = [
        row for row in compare({"scope": "From birth to now"}, {"scope": "From 2024 to now"}) if row.differs
    ]
    assert one.before == [(False, "From "), (True, "birth "), (False, "to now")]
    assert one.after == [(False, "From "), (True, "2024 "), (False, "to now")]


def test_purpose_scope_and_questions_are_needed() -> None:
    assert [name for name, _ in terms_faults({"purpose": " ", "scope": "x"})] == ["purpose", "enquiry"]
    assert terms_faults({"purpose": "a", "scope": "b", "enquiry": "c"}) == []


def test_an_empty_row_is_no_finding_and_order_is_kept() -> None:
    content = content_of("One\r\nTwo", ["First", " ", "", "Last"], ["", "\t", "Do it", ""])
    assert content["report"] == "One\nTwo"
    assert [(pair["finding"], pair["recommendation"]) for pair in content["findings"]] == [
        ("First", ""), ("", "Do it"), ("Last", ""),
    ]  # fmt: skip
    assert [name for name, _ in submission_faults(content)] == ["finding-2"]


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\u2800"])
def test_nothing_that_can_be_seen_is_no_draft(text: str) -> None:
    assert [name for name, _ in submission_faults(content_of(text, [], []))] == ["report"]
    assert submission_faults(content_of("Something", [], [])) == []


@pytest.mark.parametrize("bad", ["x\x00y", "\u202ereversed", "\ufffd", "lone \ud800"])
def test_what_cannot_be_stored_is_named_by_its_field(bad: str) -> None:
    content = content_of(bad, ["fine", bad], ["fine", bad])
    assert [name for name, _ in content_faults(content)] == ["report", "finding-2", "recommendation-2"]


def test_lengths() -> None:
    assert content_faults(content_of("x" * LONGEST_REPORT, ["x" * LONGEST_FINDING], [""])) == []
    long = content_of("x" * (LONGEST_REPORT + 1), ["x" * (LONGEST_FINDING + 1)], [""])
    assert [name for name, _ in content_faults(long)] == ["report", "finding-1"]
    many = content_of("", ["x"] * (MOST_FINDINGS + 1), [""] * (MOST_FINDINGS + 1))
    assert [name for name, _ in content_faults(many)] == [f"finding-{MOST_FINDINGS + 1}"]


@given(texts, st.lists(st.tuples(texts, texts), max_size=4))
def test_a_frozen_draft_stays_the_same(report: str, pairs: list[tuple[str, str]]) -> None:
    content = content_of(report, [one for one, _ in pairs], [two for _, two in pairs])
    once = frozen(content)
    assert frozen(once) == once
    assert digest_of(once) == digest_of(frozen(content))
