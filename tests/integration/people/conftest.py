"""A partnership of its own for each test of people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.integration.people.town import Town, make_town
from tests.support.places import Place, fresh_place


@pytest.fixture
def town(app: Flask, owner_of: Flask, fresh: Place) -> Iterator[Town]:
    ours = app.extensions["waymark_sign_in"]
    made = make_town(app, owner_of, fresh)
    app.extensions["waymark_sign_in"] = made.provider
    yield made
    app.extensions["waymark_sign_in"] = ours


@pytest.fixture
def elsewhere(app: Flask, owner_of: Flask, tmp_path: Path, town: Town) -> Town:
    """Another partnership, with people of its own."""
    made = make_town(app, owner_of, fresh_place(app, owner_of, tmp_path))
    made.provider = town.provider
    return made
