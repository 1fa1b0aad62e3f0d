from __future__ import annotations

import pytest

from tests.integration.serious_incidents.journey import Journey
from tests.support.places import Place


@pytest.fixture
def journey(wight: Place) -> Journey:
    """A case just referred."""
    return Journey(wight)
