"""The Independent Scrutineer is independent: while that membership runs, the person is nothing else in the same
partnership (roles: adds observations, changes nothing else)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from app.access.permissions import Permission, grant_for
from app.access.roles import Role
from app.procedure.marks import duty

TOGETHER = (
    "An Independent Scrutineer holds no other role in the same partnership while they scrutinise it: end the other "
    "membership first"
)


class Held(NamedTuple):
    """A role that somebody holds, or would hold, between two days, both included; `ends_on` None is without end."""

    role: Role
    starts_on: date
    ends_on: date | None


@duty("S-01")
def combination_fault(wanted: Held, held: Iterable[Held]) -> str | None:
    """Why a person who holds some roles in a partnership cannot hold a further one there, or None.

    Whoever scrutinised could otherwise decide, record or send in the other role, and would judge their own acts.
    """
    scrutinises = Role.INDEPENDENT_SCRUTINEER
    for other in held:
        if (wanted.role is scrutinises) != (other.role is scrutinises) and _overlap(wanted, other):
            return TOGETHER
    return None


@duty("S-01")
def withheld(held: Iterable[Role], permission: Permission) -> bool:
    """Whether somebody must not change anything by a permission, whatever else they are: they scrutinise, and it is not
    the scrutineer's. Should two such memberships meet past the rule above, nothing is decided by who scrutinises."""
    scrutinises = Role.INDEPENDENT_SCRUTINEER
    return scrutinises in set(held) and grant_for(scrutinises, permission) is None


def _overlap(one: Held, other: Held) -> bool:
    ends = [held.ends_on or date.max for held in (one, other)]
    return one.starts_on <= ends[1] and other.starts_on <= ends[0]
