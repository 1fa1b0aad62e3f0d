"""What a partnership calls the parties of the procedure, where it has names of its own."""

from __future__ import annotations

from collections.abc import Mapping

from flask import has_app_context

from app.access.owners import NAMES
from app.procedure.events import Party
from tenants.db import NoPartnershipInScope, db
from tenants.registry import current_edition
from tenants.scope import current_partnership_id

KEPT = "own_names"


def own_names() -> Mapping[str, str]:
    """The names that the partnership in scope has set, by party; read once in a session."""
    if not has_app_context():
        return {}
    try:
        scope = current_partnership_id()
    except NoPartnershipInScope:
        return {}
    kept: dict[object, Mapping[str, str]] = db.session().info.setdefault(KEPT, {})
    if scope not in kept:
        kept[scope] = current_edition().settings.get("names", {})
    return kept[scope]


def forget() -> None:
    """Read the names anew: they have just changed."""
    db.session().info.pop(KEPT, None)


def name_of(party: Party | str) -> str:
    """A party's name in the partnership in scope."""
    known = Party(party)
    return own_names().get(known.value, NAMES[known])
