"""Who is acting, in which partnership, and in what capacity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.access.permissions import Condition, Permission, grant_for
from app.access.roles import ROLE_NAMES, Role
from app.procedure.events import Party


@dataclass(frozen=True, slots=True)
class Capacity:
    """One membership: a role, for an agency where the role has one, which may be a safeguarding partner.

    Where `deputy_for` names somebody, it is their membership in which this person acts; `in_absence` says that
    nobody holds the role and this person stands in for it; `role_name` is what the partnership calls the role,
    where it has a name of its own for it.
    """

    membership_id: UUID | None
    role: Role
    agency_id: UUID | None = None
    agency_name: str = ""
    partner: Party | None = None
    deputy_for: str = ""
    role_name: str = ""
    in_absence: bool = False

    @property
    def label(self) -> str:
        """How the capacity is written beside a person's name and in the ledger; a deputy's says for whom."""
        name = self.role_name or ROLE_NAMES[self.role]
        held = f"{name}, {self.agency_name}" if self.agency_name else name
        if self.in_absence:
            return f"Standing in for the {held}"
        return f"Deputy for {self.deputy_for}, {held}" if self.deputy_for else held


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting in one partnership with every capacity that they hold there today."""

    person_id: UUID | None
    name: str
    capacities: tuple[Capacity, ...]

    def holding(self, permission: Permission) -> tuple[Capacity, ...]:
        """The capacities in which this person holds a permission, under whatever condition."""
        return tuple(held for held in self.capacities if grant_for(held.role, permission) is not None)

    def conditions(self, permission: Permission) -> set[Condition]:
        """The conditions under which the permission is held."""
        found = (grant_for(held.role, permission) for held in self.capacities)
        return {condition for condition in found if condition is not None}

    def may(self, permission: Permission) -> bool:
        """Whether any capacity holds the permission at all."""
        return bool(self.holding(permission))

    def has(self, *roles: Role) -> bool:
        """Whether the person holds any of these roles here."""
        return any(held.role in roles for held in self.capacities)

    def capacity(self, *roles: Role) -> Capacity | None:
        """The first capacity among these roles."""
        return next((held for role in roles for held in self.capacities if held.role is role), None)

    def partners(self) -> set[Party]:
        """The safeguarding partners this person can answer for."""
        return {
            held.partner
            for held in self.capacities
            if held.partner is not None and grant_for(held.role, Permission.RESPONSE_GIVE) is not None
        }

    def agencies(self, permission: Permission) -> set[UUID]:
        """The agencies for which the permission is held."""
        return {held.agency_id for held in self.holding(permission) if held.agency_id is not None}

    def acting_as(self, capacities: Iterable[Capacity]) -> Acting:
        """This person in one of the given capacities. Raises ValueError where there is none."""
        for capacity in capacities:
            return Acting(self.person_id, self.name, capacity.label)
        raise ValueError(f"{self.name} holds no such capacity")


@dataclass(frozen=True, slots=True)
class Acting:
    """Who did something, as the ledger records it."""

    person_id: UUID | None
    name: str
    capacity: str


SYSTEM = Acting(None, "Waymark", "Waymark (automatic)")
