"""Partnerships: provisioned from the command line, and their own procedure changed by their manager."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands and the pages of a partnership's own procedure."""
    from app.access.own_names import name_of, own_words
    from app.partnerships.arrangement_routes import arrangements
    from app.partnerships.cli import partnerships_group
    from app.partnerships.routes import bp

    app.cli.add_command(partnerships_group)
    app.jinja_env.globals.update(party_name=name_of, own_words=own_words)
    app.register_blueprint(bp)
    app.register_blueprint(arrangements)
