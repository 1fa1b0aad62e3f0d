"""A case, its people, and sealing them out of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.integration.serious_incidents.journey import HOUR, MONDAY, Journey
from tests.support.places import Place


@pytest.fixture
def journey(wight: Place, at: Callable[[datetime], None]) -> Journey:
    """A case just referred; it is Monday evening."""
    at(MONDAY + 8 * HOUR)
    return Journey(wight)
