"""Preparing the serious incident notification: a pack in the order of the national form (N-10)."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages."""
    from app.preparation.routes import bp

    app.register_blueprint(bp)
