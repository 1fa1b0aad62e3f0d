"""Commissions of reviewers and event leads: what each was asked to do, and what was released to them."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add this room's pages, and the work that tells people when a commission begins."""
    from app.commissions import (  # noqa: F401  (they add to the two)
        routes_drafts,
        routes_papers,
        routes_terms,
        telling,  # noqa: F401  (its handler is registered by being imported)
    )
    from app.commissions.routes import commissions
    from app.commissions.routes_own import own

    app.register_blueprint(commissions)
    app.register_blueprint(own)
