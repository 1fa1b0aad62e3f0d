"""Cases that did not begin with a referral in Waymark: those already under way, and notifications that came
first; and two referrals of one incident."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages."""
    from app.entering import linking, routes_referral, routes_spreadsheet
    from app.entering.routes import bp
    from app.entering.routes_linking import case_pages
    from app.ledger.service import on_commit

    assert routes_referral.__name__
    assert routes_spreadsheet.__name__
    app.register_blueprint(bp)
    app.register_blueprint(case_pages)
    on_commit(linking.tell_of_correction)
