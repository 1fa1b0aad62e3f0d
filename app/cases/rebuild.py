"""Rebuilding obligations from history alone, and saying where the stored ones differ."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.cases.models import Case
from app.cases.obligation_store import COMPARED, computed, row_of
from app.cases.queries import obligations_of
from tenants.db import db


def differences(case_id: UUID) -> list[str]:
    """Where a case's stored obligations differ from those its history gives; empty where they agree."""
    stored = {row.key: {name: getattr(row, name) for name in COMPARED} for row in obligations_of(case_id)}
    rebuilt = {entry.key: row_of(place, entry) for place, entry in enumerate(computed(case_id))}
    found = [f"{key}: stored but not owed" for key in stored.keys() - rebuilt.keys()]
    found += [f"{key}: owed but not stored" for key in rebuilt.keys() - stored.keys()]
    for key in stored.keys() & rebuilt.keys():
        found += [
            f"{key}: {name} is {stored[key][name]!r}, should be {rebuilt[key][name]!r}"
            for name in COMPARED
            if stored[key][name] != rebuilt[key][name]
        ]
    return sorted(found)


def all_differences() -> list[str]:
    """As `differences`, for every case of the partnership in scope."""
    found = []
    for identifier, reference in db.session.execute(select(Case.id, Case.reference)):
        found += [f"{reference} {difference}" for difference in differences(identifier)]
    return found
