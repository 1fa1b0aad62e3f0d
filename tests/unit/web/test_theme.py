"""A partnership's colour: white text on it can be read, or the product's own colour is used."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

import tenants
from app.web import theme
from app.web.theme import FALLBACK, LEAST_CONTRAST, WHITE, contrast_ratio, readable
from tests.unit.web.conftest import Coloured

PARTNERSHIPS = sorted((Path(str(tenants.__file__)).parent / "partnerships").glob("*.toml"))
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54), ("#777777", 4.48), ("#ff0000", 4.0)],
)
def test_contrast_with_white(colour: str, ratio: float) -> None:
    assert contrast_ratio(colour, WHITE) == pytest.approx(ratio, abs=0.01)


@given(COLOURS, COLOURS)
def test_contrast_has_no_order_and_stays_within_its_bounds(one: str, other: str) -> None:
    assert contrast_ratio(one, other) == contrast_ratio(other, one)
    assert 1 <= contrast_ratio(one, other) <= 21.0001


@given(COLOURS)
def test_white_text_can_always_be_read(colour: str) -> None:
    assert contrast_ratio(readable(colour), WHITE) >= LEAST_CONTRAST


@pytest.mark.parametrize("wrong", ["", "red", "#fff", "1d3557", "#1d35570", "#gggggg"])
def test_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="colour|base 16"):
        contrast_ratio(wrong, WHITE)


@pytest.mark.parametrize("path", PARTNERSHIPS, ids=lambda path: path.stem)
def test_every_partnership_is_shown_in_its_own_colour(path: Path) -> None:
    colour = tomllib.loads(path.read_text())["colour"]
    assert readable(colour) == colour


@pytest.mark.parametrize(("colour", "used"), [("#00563f", "#00563f"), ("#ffee00", FALLBACK)])
def test_the_stylesheet_names_a_readable_colour(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, colour: str, used: str
) -> None:
    monkeypatch.setattr(theme, "partnership_by_slug", lambda slug: Coloured(slug, colour))
    answer = client.get("/theme/somewhere.css")
    assert answer.mimetype == "text/css"
    assert f"--wm-colour: {used};" in answer.text
    assert "no-store" not in answer.headers["Cache-Control"]


def test_no_stylesheet_where_there_is_no_partnership(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "partnership_by_slug", lambda _slug: None)
    assert client.get("/theme/nowhere.css").status_code == 404
