"""Scrutiny: the Independent Scrutineer's read-only view of every case, observations, the audit and its export."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages, and let writes that are refused to a scrutineer be recorded."""
    from app.access.guard import on_refused_write
    from app.scrutiny import observation_routes  # noqa: F401  (its pages are added by being imported)
    from app.scrutiny.refusals import note
    from app.scrutiny.routes import bp

    on_refused_write(note)
    app.register_blueprint(bp)
