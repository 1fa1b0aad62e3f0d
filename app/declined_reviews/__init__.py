"""The exceptional decision not to hold a rapid review."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the room's pages."""
    from app.declined_reviews.routes import bp

    app.register_blueprint(bp)
