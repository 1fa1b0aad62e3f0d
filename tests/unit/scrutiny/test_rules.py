"""What an observation needs."""

from __future__ import annotations

import pytest

from app.scrutiny.rules import entry_number, observation_faults

pytestmark = pytest.mark.duty("S-01")


def fields(*typed: object) -> list[str]:
    return [field for field, _message in observation_faults(*typed)]  # type: ignore[arg-type]


def test_an_observation_says_something_and_what_it_is_about() -> None:
    assert fields("decision", "The letter came too late", "", False) == []
    assert fields("practice", "Deputies are never named", "", False) == []
    assert fields("", "  \n", "", False) == ["about", "words"]
    assert fields("everything", "x", "", False) == ["about"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [("128", 128), (" 7 ", 7), ("0", None), ("-3", None), ("1.5", None), ("١٢", None), ("²", None), ("9" * 40, None),
     ("", None), ("x", None)],
)  # fmt: skip
def test_the_number_of_an_entry(typed: str, number: int | None) -> None:
    assert entry_number(typed) == number


def test_an_entry_that_is_referred_to_is_there() -> None:
    assert fields("case", "x", "128", True) == []
    assert fields("case", "x", "128", False) == ["entry"]
    assert fields("case", "x", "one", True) == ["entry"]
    assert fields("case", "x", "   ", False) == []
