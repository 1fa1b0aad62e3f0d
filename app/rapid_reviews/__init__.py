"""The rapid review: its plan, the record of its meeting, and the decision of the partners."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the room's pages, and follow the meetings of the group."""
    from app.meetings.changes import on_change
    from app.rapid_reviews import routes_decision  # noqa: F401  (it adds to the pages of the record)
    from app.rapid_reviews.planning import meeting_changed
    from app.rapid_reviews.routes import bp
    from app.rapid_reviews.routes_record import record

    on_change(meeting_changed)
    app.register_blueprint(bp)
    app.register_blueprint(record)
