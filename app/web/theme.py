"""A partnership's own colour, as a stylesheet, so that no page needs an inline style."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g

from app.access.guard import public
from tenants.registry import partnership_by_slug

bp = Blueprint("theme", __name__)
WHITE = "#ffffff"
LEAST_CONTRAST = 4.5
FALLBACK = "#1d3557"


def contrast_ratio(one: str, other: str) -> float:
    """The contrast of two colours like #1d3557 by WCAG 2.2, from 1 to 21. Raises ValueError."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str) -> str:
    """The colour itself where it is one and white text can be read on it, else the product's own."""
    try:
        return colour if contrast_ratio(colour, WHITE) >= LEAST_CONTRAST else FALLBACK
    except ValueError:
        return FALLBACK


@bp.get("/theme/<slug>.css")
@public("a colour is no content")
def colours() -> Response:
    """The stylesheet of one partnership's colour."""
    partnership = partnership_by_slug(g.slug)
    if partnership is None:
        abort(404)
    colour = readable(partnership.colour)
    css = f":root {{ --wm-colour: {colour}; --govuk-brand-colour: {colour}; }}\n"
    return Response(css, mimetype="text/css", headers={"Cache-Control": "public, max-age=300"})


def _luminance(colour: str) -> float:
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"{colour} is not a colour like #1d3557")
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
