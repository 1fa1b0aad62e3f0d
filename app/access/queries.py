"""Which capacities a person holds in the partnership in scope, read afresh at each request."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.access.actor import Capacity
from app.access.own_names import own_names
from app.access.roles import Role
from app.accounts.queries import MembershipView, deputies_at, memberships_in
from app.procedure.events import Party
from tenants.scope import current_partnership_id


def capacities_of(person_id: UUID, today: date) -> tuple[Capacity, ...]:
    """The person's capacities today. One that has ended, or whose organisation is no longer trusted, is none."""
    own = tuple(_capacity(view) for view in memberships_in(current_partnership_id(), person_id, today))
    if not own:
        return ()  # only members can be deputies
    acting_for = [one for one in deputies_at(today) if one.person_id == person_id]
    return own + tuple(_capacity(one.principal, one.principal_name) for one in acting_for)


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
