"""People of a partnership as its administrators see them: memberships, invitations, passkeys. No case content."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add this room's pages. Messages with a one-time link are completed by a function that is registered by import."""
    from app.people import mailing  # noqa: F401
    from app.people.routes import people
    from app.people.routes_invitations import inviting
    from app.people.routes_public import bind, invitations
    from app.people.routes_waiting import waiting

    for blueprint in (people, inviting, waiting, invitations):
        app.register_blueprint(blueprint)
    app.extensions["waymark_binder"] = bind
