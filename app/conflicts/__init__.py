"""Conflicts of interest: people sealed out of a case, and conflicts that people declare themselves."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages."""
    from app.conflicts.routes import bp

    app.register_blueprint(bp)
