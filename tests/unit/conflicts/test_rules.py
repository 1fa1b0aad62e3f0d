"""What a seal, its lifting, a declaration and its answer need."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.conflicts.rules import (
    KINDS,
    KINDS_SHORT,
    Answered,
    Declared,
    NewSeal,
    answer_faults,
    declaration_faults,
    lift_faults,
    seal_faults,
)

ME, THEM, SEALED, STRANGER = uuid4(), uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("person", "reason", "wrong"),
    [
        (THEM, "Manages the health visitor", []),
        (None, "x", ["person"]),
        (ME, "x", ["person"]),
        (SEALED, "x", ["person"]),
        (STRANGER, "x", ["person"]),
        (THEM, " \n ", ["reason"]),
        (None, "", ["person", "reason"]),
    ],
)
def test_what_a_seal_needs(person: UUID | None, reason: str, wrong: list[str]) -> None:
    typed = NewSeal(person, reason, uuid4())
    assert [field for field, _ in seal_faults(typed, ME, {ME, THEM, SEALED}, {SEALED})] == wrong


def test_nobody_seals_themselves_by_this_form_they_declare() -> None:
    told = seal_faults(NewSeal(ME, "x", uuid4()), ME, {ME}, set())
    assert "declare a conflict" in told[0][1]


@pytest.mark.parametrize(
    ("reason", "own", "wrong"), [("It ended", ME, 0), (" ", ME, 1), ("It ended", THEM, 1), ("", THEM, 2)]
)
def test_what_lifting_needs(reason: str, own: UUID, wrong: int) -> None:
    assert len(lift_faults(reason, own, THEM)) == wrong


@pytest.mark.parametrize(
    ("kind", "words", "wrong"),
    [
        ("related", "My niece", []),
        (None, "x", ["kind"]),
        ("gossip", "x", ["kind"]),
        ("other", " ", ["words"]),
    ],
)
def test_what_a_declaration_needs(kind: str | None, words: str, wrong: list[str]) -> None:
    assert [field for field, _ in declaration_faults(Declared(kind, words, False, uuid4()))] == wrong


@pytest.mark.parametrize(
    ("answer", "reason", "own", "wrong"),
    [
        ("seal", "x", ME, []),
        ("keep", "x", ME, []),
        ("keep", " ", ME, ["reason"]),
        (None, "x", ME, ["answer"]),
        ("ignore", "x", ME, ["answer"]),
        ("keep", "x", THEM, ["answer"]),
        ("seal", "x", THEM, ["answer"]),
    ],
)
def test_what_an_answer_needs_and_that_nobody_answers_their_own(
    answer: str | None, reason: str, own: UUID, wrong: list[str]
) -> None:
    assert [field for field, _ in answer_faults(Answered(answer, reason, uuid4()), own, THEM)] == wrong


def test_each_kind_of_conflict_has_its_words() -> None:
    assert set(KINDS) == set(KINDS_SHORT) == {"manages", "related", "worked", "other"}
