"""Recommendations and the actions that follow from them."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the room's pages, and the background work it does."""
    from app.recommendations import (  # noqa: F401  (the first adds to the pages; the second registers its handlers)
        routes_actions,
        telling,
    )
    from app.recommendations.routes import bp
    from app.recommendations.routes_register import register_bp

    app.register_blueprint(bp)
    app.register_blueprint(register_bp)
