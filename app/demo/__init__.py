"""The demonstration: invented people and a clock that can be moved. Nothing imports this room but `create_app`."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the demonstration's page and commands. Called only where the mode allows invented data."""
    from app.demo.cli import demo_group
    from app.demo.routes import bp

    app.register_blueprint(bp)
    app.cli.add_command(demo_group)
