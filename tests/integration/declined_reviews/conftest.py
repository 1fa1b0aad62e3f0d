from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from tests.integration.declined_reviews.declining import Declining
from tests.support.places import Place


@pytest.fixture
def declining(app: Flask, wight: Place, at: Callable[[datetime], None]) -> Declining:
    """A case that was notified, and a ground recorded on which no rapid review is held."""
    return Declining(app, wight, at)
