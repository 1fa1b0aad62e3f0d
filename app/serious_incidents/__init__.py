"""The decision to notify the Panel, from the shared referral to the recorded notification."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the room's pages, and the kinds of background work it does."""
    from app.serious_incidents import (  # noqa: F401  (their handlers and pages are registered by being imported)
        jobs,
        routes_contested,
        routes_reaching,
    )
    from app.serious_incidents.routes import bp
    from app.serious_incidents.routes_deputies import deputies

    app.register_blueprint(bp)
    app.register_blueprint(deputies)
