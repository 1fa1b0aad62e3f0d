"""The access of the whole product as one table: the page, the command and the tests read it here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask

from app.access.guard import declared
from app.access.permissions import GRANTS, Condition, Permission, grant_for
from app.access.roles import Role
from app.access.words import says


@dataclass(frozen=True, slots=True)
class Held:
    """One permission of a role, in words, with the condition under which it counts."""

    permission: Permission
    says: str
    condition: Condition


def table(app: Flask) -> list[dict[str, Any]]:
    """One row for each route: its methods, what it does, its permission or why it is public, and for each role
    whether it is allowed, and under what condition."""
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        permission, reason = declared(app, rule.endpoint)
        roles = {role.value: _answer(grant_for(role, permission)) for role in Role} if permission else {}
        methods = sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
        rows.append(
            {
                "route": rule.rule,
                "endpoint": rule.endpoint,
                "methods": methods,
                "does": _does(app, rule.endpoint),
                "permission": permission.value if permission else None,
                "says": says(permission) if permission else None,
                "public": reason,
                "roles": roles,
            }
        )
    return rows


def held_by(role: Role) -> list[Held]:
    """What a role may do and under what condition, in the order of the permissions."""
    granted = GRANTS.get(role, {})
    return [Held(one, says(one), granted[one]) for one in Permission if one in granted]


def _answer(condition: Condition | None) -> dict[str, Any]:
    return {"allowed": condition is not None, "condition": condition.value if condition else None}


def _does(app: Flask, endpoint: str) -> str:
    """What a page is for: the first sentence of what its view says of itself."""
    told = (app.view_functions[endpoint].__doc__ or "").strip().split("\n\n")[0]
    return " ".join(told.split())
