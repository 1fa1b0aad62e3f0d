"""The group's meetings: calendar, agendas, attendance and quorum, minutes, decisions."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the room's pages."""
    from app.meetings import (  # noqa: F401  (they add to the pages)
        routes_agenda,
        routes_attendance,
        routes_minutes,
    )
    from app.meetings.routes import meetings

    app.register_blueprint(meetings)
