from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.integration.meetings.room import Room
from tests.support.cast import cast
from tests.support.places import fresh_place


@pytest.fixture
def room(app: Flask, owner_of: Flask, tmp_path: Path, at: Callable[[datetime], None]) -> Room:
    """A partnership that nothing else touches, with somebody in every role, on a day before a meeting."""
    place = fresh_place(app, owner_of, tmp_path)
    return Room(app, place, cast(place, owner_of), at)
