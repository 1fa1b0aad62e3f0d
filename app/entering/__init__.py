"""Cases that did not begin with a referral in Waymark: those already under way, and notifications that came
first; and two referrals of one incident."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages."""
    from app.entering.routes import bp, case_pages

    app.register_blueprint(bp)
    app.register_blueprint(case_pages)
