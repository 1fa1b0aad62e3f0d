from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from app.involvement import returns
from tests.integration.involvement.given import Given
from tests.support.cast import cast
from tests.support.places import fresh_place

Circulated = Callable[[datetime | None], None]


@pytest.fixture
def case(app: Flask, owner_of: Flask, tmp_path: Path, at: Callable[[datetime], None]) -> Given:
    """A case of a partnership that nothing else touches, with somebody in every role."""
    place = fresh_place(app, owner_of, tmp_path)
    return Given(app, place, cast(place, owner_of), at)


@pytest.fixture
def given(case: Given) -> Given:
    """The same case, notified."""
    return case.notified()


@pytest.fixture(autouse=True)
def circulated(monkeypatch: pytest.MonkeyPatch) -> Circulated:
    """Say when papers were circulated: not yet, until a test says so."""

    def say(when: datetime | None) -> None:
        monkeypatch.setattr(returns, "circulated_at", lambda _case_id: when)

    say(None)
    return say
