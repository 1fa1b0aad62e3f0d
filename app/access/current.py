"""The actor of the request that is being answered."""

from __future__ import annotations

from flask import g

from app.access.actor import Acting, Actor
from app.access.permissions import Permission


def current_actor() -> Actor:
    """The actor of this request. Raises RuntimeError outside a partnership's pages."""
    actor = g.get("actor")
    if actor is None:
        raise RuntimeError("nobody is acting in a partnership")
    assert isinstance(actor, Actor)
    return actor


def acting_for(permission: Permission) -> Acting:
    """The person of this request, in the capacities that hold a permission."""
    actor = current_actor()
    return actor.acting_as(actor.holding(permission))
