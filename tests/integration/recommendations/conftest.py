from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.integration.recommendations.recommending import Recommending
from tests.support.cast import cast
from tests.support.places import fresh_place


@pytest.fixture
def given(app: Flask, owner_of: Flask, tmp_path: Path, at: Callable[[datetime], None]) -> Recommending:
    """A case that is to be notified, of a partnership that nothing else touches, with somebody in every role."""
    place = fresh_place(app, owner_of, tmp_path)
    return Recommending(app, place, cast(place, owner_of), at)


@pytest.fixture
def second(given: Recommending, app: Flask, owner_of: Flask, at: Callable[[datetime], None]) -> Recommending:
    """Another case of the same partnership, with another person in every role."""
    return Recommending(app, given.place, cast(given.place, owner_of), at)
