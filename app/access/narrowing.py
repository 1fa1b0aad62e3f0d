"""Pages about people are served to administrators by a role of the database that has nothing of any case.

What a page of these rooms asks for by mistake, or is made to ask for, the database then refuses.
"""

from __future__ import annotations

from app.access.actor import Actor
from app.access.roles import Role
from tenants.rls import PEOPLE
from tenants.scope import narrow

# The blueprints whose pages need nothing of a case.
NARROWED = {"people", "inviting", "waiting", "access"}
ADMINISTRATORS = {Role.PARTNERSHIP_ADMINISTRATOR}


def is_narrowed(blueprint: str | None, actor: Actor) -> bool:
    """Whether a page is served by the narrower role: one of these rooms, asked for by an administrator alone."""
    return blueprint in NARROWED and all(held.role in ADMINISTRATORS for held in actor.capacities)


def narrow_for(blueprint: str | None, actor: Actor) -> None:
    """Put the narrower role on where it is enough."""
    if is_narrowed(blueprint, actor):
        narrow(PEOPLE)
