"""The form composed: its sections in order, everything that was recorded in it, and what is missing named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.documents.blocks import Bullets, Document, Heading, Paragraph, Table
from app.review_forms.composing import Decided, compose
from app.review_forms.composing_returns import chronology, when
from tests.support.review_forms import NOT
from tests.unit.review_forms.sample import LONG, PARTS, sources, without


def texts(document: Document) -> list[str]:
    """Every text of a document."""
    found = []
    for block in document.blocks:
        if isinstance(block, Heading | Paragraph):
            found.append(block.text)
        elif isinstance(block, Bullets):
            found += block.items
        else:
            found += [block.caption, *block.headings, *(cell for row in block.rows for cell in row)]
    return found


def sections(document: Document) -> list[str]:
    return [one.text for one in document.blocks if isinstance(one, Heading) and one.level == 2]


@pytest.mark.duty("N-07")
def test_the_sections_stand_in_the_order_of_the_guidance_and_nothing_is_missing() -> None:
    made = compose(sources())
    assert made.missing == []
    assert sections(made.document) == [
        "1. About this review",
        "2. Facts, and how agencies were involved",
        "3. Analysis of key practice episodes",
        "4. Immediate safety of this child and of others",
        "5. Learning and improvements",
        "6. Context, including racism and other inequalities",
        "7. Criteria and circumstances",
        "8. Quality standards of the discussion",
        "9. Decision and next steps",
        "10. What was referred",
        "11. Combined chronology",
    ]
    assert "8. Quality standards of the discussion" in sections(compose(sources(died=True)).document)
    assert "9. What those who review the child's death know" in sections(compose(sources(died=True)).document)


@pytest.mark.duty("N-07")
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_not_recorded_is_named_with_its_place(part: str) -> None:
    missing = compose(replace(without(part), died=True)).missing
    assert {one.where for one in missing} == ({f"record:{part}"} if part != "presentation" else set())


@pytest.mark.duty("N-07")
def test_the_decision_and_a_return_are_asked_of_their_own_rooms() -> None:
    assert [one.where for one in compose(sources(decision=None)).missing] == ["decision"]
    assert [one.where for one in compose(sources(returns=[])).missing] == ["scoping"]


def test_lines_of_enquiry_are_asked_only_where_a_review_is_commissioned() -> None:
    not_commissioned = Decided(
        NOT, "The learning is known", "Decided by the safeguarding partners", False, True
    )
    made = compose(replace(without("enquiry"), decision=not_commissioned))
    assert made.missing == []
    said = texts(made.document)
    assert "No local child safeguarding practice review is commissioned." in said
    assert any("makes one unnecessary" in text for text in said)
    assert "What are the key lines of enquiry?" not in said


def test_everything_that_was_recorded_stands_in_it() -> None:
    made = sources()
    said = "\n".join(texts(compose(made).document))
    for part, content in made.record.items():
        if part == "child_death":
            continue  # this child did not die
        for answer in content.values():
            for text in answer if isinstance(answer, list) else [answer]:
                assert text in ("met", "yes") or text in said, (part, text)
    for words in ("Robin Invented", "Housing", "This agency says that it was not involved.", "Inspector Invented",
                  "Police, recorded on its behalf", "Practitioners see the child whole", LONG):  # fmt: skip
        assert words in said


def test_what_has_no_answer_is_said_and_what_is_empty_left_out() -> None:
    said = texts(compose(without("findings", "facts")).document)
    assert "Not written yet." in said
    assert "Nothing" not in said  # a page of the referral without answers
    bare = compose(sources(returns=[], waiting=[], recommended=[], positions=[], decision=None, record={}))
    assert "No summary of involvement has been returned." in texts(bare.document)
    assert "The decision on a practice review has not been recorded yet." in texts(bare.document)
    assert "No recommendation has been made." in texts(bare.document)
    assert len(bare.missing) == 15


def test_entries_of_all_agencies_are_one_chronology_by_what_is_known_of_the_day() -> None:
    def entry(day: str, precision: str = "day", time: str = "") -> dict[str, str]:
        return {"day": day, "precision": precision, "time": time, "what": f"{day} {precision} {time}".strip(),
                "source": "Notes", "significance": ""}  # fmt: skip

    rows = [entry("2026-01-01", "year"), entry("2026-03-01", "month"), entry("2026-03-31"),
            entry("2026-03-05", time="09:30"), entry("2026-03-05"), entry("2025-12-31")]  # fmt: skip
    first, second = sources().returns[0], sources().returns[2]
    both = [replace(first, content={"none": False, "chronology": rows[:3]}),
            replace(second, content={"none": False, "chronology": rows[3:]})]  # fmt: skip
    table = chronology(both)[0]
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [
        "31 December 2025", "5 March 2026 at 9:30am", "5 March 2026", "31 March 2026", "March 2026", "2026",
    ]  # fmt: skip
    assert when({"day": "2026-03-05"}) == "5 March 2026"
    assert chronology([]) == []
