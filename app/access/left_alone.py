"""What a seal leaves to the Partnership Team: no obligation is without a person (B1-12)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.access.owners import OWNERS, parties_owed_by
from app.access.queries import everybodys_capacities
from app.access.seal_rules import nobody_for
from app.access.sealing import everybody_sealed_out
from app.procedure.events import Party


def left_to_the_team(today: date) -> dict[UUID, set[Party]]:
    """The parties for which everybody who owes is sealed out, by case: there the Partnership Team owes."""
    sealed = everybody_sealed_out()
    if not sealed:
        return {}
    able = {
        person: {party for one in held for party in parties_owed_by(one.role, one.partner)}
        for person, held in everybodys_capacities(today).items()
    }
    return {case_id: set(nobody_for(OWNERS, able, people)) for case_id, people in sealed.items()}
