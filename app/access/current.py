"""The actor of the request that is being answered."""

from __future__ import annotations

from flask import g

from app.access.actor import Actor


def current_actor() -> Actor:
    """The actor of this request. Raises RuntimeError outside a partnership's pages."""
    actor = g.get("actor")
    if actor is None:
        raise RuntimeError("nobody is acting in a partnership")
    assert isinstance(actor, Actor)
    return actor
