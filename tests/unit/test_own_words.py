"""The procedure's sentences in a partnership's own words."""

from __future__ import annotations

import pytest

from app.access import own_names


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"lig-chair": r"Chair \\1 of Practice", "police": "The constabulary", "group": "Practice Group"}
    monkeypatch.setattr(own_names, "own_names", lambda: own)


@pytest.mark.usefixtures("called")
def test_roles_and_the_group_are_called_as_the_partnership_calls_them() -> None:
    said = own_names.own_words("Share the referral with the chair of the group and the Service Director")
    assert said == r"Share the referral with the Chair \\1 of Practice and the Service Director"
    assert own_names.own_words("Discussion by the group") == "Discussion by the Practice Group"
    assert own_names.own_words("Learning Inquiry Group procedure") == "Practice Group procedure"
    assert own_names.group_name() == "Practice Group"


def test_without_own_names_nothing_changes() -> None:
    sentence = "Share the referral with the chair of the group"
    assert own_names.own_words(sentence) == sentence
