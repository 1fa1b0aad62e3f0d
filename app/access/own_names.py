"""What a partnership calls the parties of the procedure, where it has names of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import has_app_context

from app.access.owners import NAMES
from app.procedure.events import Party
from tenants.db import NoPartnershipInScope, db
from tenants.registry import current_edition
from tenants.scope import current_partnership_id

KEPT = "own_names"
GROUP = "Learning Inquiry Group"
SHORT = {Party.SERVICE_DIRECTOR: "Service Director", Party.LIG_CHAIR: "chair of the group"}


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
        settings = current_edition().settings
        kept[scope] = {**settings.get("names", {}), "group": settings.get("lig_name", GROUP)}
    return kept[scope]


def forget() -> None:
    """Read the names anew: they have just changed."""
    db.session().info.pop(KEPT, None)


def group_name() -> str:
    """What the partnership in scope calls the group that runs this procedure."""
    return own_names().get("group", GROUP)


def own_words(sentence: str) -> str:
    """A sentence of the procedure with the partnership's own names for roles and for the group in it."""
    own = own_names()
    for party, usual in NAMES.items():
        if party.value in own:
            for said in dict.fromkeys((usual, SHORT.get(party, usual))):
                sentence = _said_as(sentence, said, own[party.value])
    if group_name() != GROUP:
        sentence = re.sub(r"\bthe group\b", f"the {group_name()}", sentence.replace(GROUP, group_name()))
    return sentence


def _said_as(sentence: str, usual: str, own: str) -> str:
    return re.sub(re.escape(usual), lambda _found: own, sentence, flags=re.IGNORECASE)


def name_of(party: Party | str) -> str:
    """A party's name in the partnership in scope."""
    known = Party(party)
    return own_names().get(known.value, NAMES[known])
