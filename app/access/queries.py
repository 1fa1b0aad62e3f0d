"""Which capacities a person holds in the partnership in scope, read afresh at each request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from app.access.actor import Actor, Capacity
from app.access.own_names import own_names
from app.access.owners import STANDS_IN, TEAM, parties_of, parties_of_nobody
from app.access.roles import Role
from app.accounts.queries import (
    MembershipView,
    deputies_at,
    is_held,
    memberships_in,
    roles_held,
    trusted_members,
)
from app.procedure.events import Party
from app.procedure.marks import duty
from tenants.scope import current_partnership_id


def capacities_of(person_id: UUID, today: date) -> tuple[Capacity, ...]:
    """The person's capacities today. One that has ended, or whose organisation is no longer trusted, is none."""
    own = tuple(_capacity(view) for view in memberships_in(current_partnership_id(), person_id, today))
    if not own:
        return ()  # only members can be deputies
    deputy = tuple(_capacity(one.principal, one.principal_name) for one in deputies_at(today, person_id))
    return own + deputy + _in_absence(own, today)


@duty("B1-12")
def _in_absence(own: tuple[Capacity, ...], today: date) -> tuple[Capacity, ...]:
    """The role for which somebody stands in while nobody holds it: they act in it, and every act says so."""
    return tuple(
        replace(held, role=absent, in_absence=True, role_name=own_names().get(absent.value, ""))
        for held in own
        for absent, stand_in in STANDS_IN.items()
        if (held.role, held.partner) == stand_in and not is_held(absent.value, today)
    )


def owed_by(actor: Actor, today: date) -> set[Party]:
    """The parties for which this person owes today: their own, and for the Partnership Team also those for which
    nobody is there."""
    own = parties_of(actor)
    if not actor.has(*TEAM):
        return own
    held = [(Role(role), Party(partner) if partner else None) for role, partner in roles_held(today)]
    return own | parties_of_nobody(held)


def everybodys_capacities(today: date) -> dict[UUID, tuple[Capacity, ...]]:
    """The capacities that everybody holds today in the partnership in scope, deputies' included, by person."""
    found: dict[UUID, list[Capacity]] = {}
    for person_id, view in trusted_members(today):
        found.setdefault(person_id, []).append(_capacity(view))
    for one in deputies_at(today):
        found.setdefault(one.person_id, []).append(_capacity(one.principal, one.principal_name))
    return {person_id: tuple(held) for person_id, held in found.items()}


def _capacity(view: MembershipView, deputy_for: str = "") -> Capacity:
    return Capacity(
        membership_id=view.membership_id,
        role=Role(view.role),
        agency_id=view.agency_id,
        agency_name=view.agency_name or "",
        partner=Party(view.agency_partner) if view.agency_partner else None,
        deputy_for=deputy_for,
        role_name=own_names().get(view.role, ""),
    )
