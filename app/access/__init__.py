"""Access: permissions, the role table, the route guard. The one place that decides who may."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the page and the command that show the whole table."""
    from app.access.cli import access_command
    from app.access.routes import access

    app.cli.add_command(access_command)
    app.register_blueprint(access)
