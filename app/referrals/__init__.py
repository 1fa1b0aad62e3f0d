"""Referrals: drafts saved as one goes, shared within an agency, and submitted to become a case."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages."""
    from app.referrals import section_routes  # noqa: F401  (its views join the blueprint by being imported)
    from app.referrals.routes import bp

    app.register_blueprint(bp)
