from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.integration.papers.read import Read
from tests.support.cast import cast
from tests.support.places import fresh_place


@pytest.fixture
def case(app: Flask, owner_of: Flask, tmp_path: Path, at: Callable[[datetime], None]) -> Read:
    """A notified case of a partnership that nothing else touches, whose agencies are asked, and one has returned."""
    place = fresh_place(app, owner_of, tmp_path)
    made = Read(app, place, cast(place, owner_of), at)
    made.notified()
    made.asked()
    return made


@pytest.fixture
def read(case: Read) -> Read:
    """The same, its papers circulated for a meeting in ten days."""
    case.circulate()
    return case
