"""The form of a rapid review: made from its record, approved, and sent."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the room's pages."""
    from app.review_forms import routes_sending  # noqa: F401  (it adds to the blueprint)
    from app.review_forms.routes import bp

    app.register_blueprint(bp)
