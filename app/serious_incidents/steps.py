"""What every verb of this room shares: recording a step once, and saying who did it before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.access.actor import Acting
from app.ledger.service import history, record
from app.procedure.events import Event, EventKind, Party, Stage
from app.procedure.history import in_force
from app.serious_incidents.models import DecisionStep
from tenants.db import db


def happened(
    kind: EventKind,
    case_id: UUID,
    acting: Acting,
    now: datetime,
    *,
    at: datetime | None = None,
    party: Party | None = None,
    outcome: str | None = None,
    facts: dict[str, object] | None = None,
    payload: dict[str, object] | None = None,
) -> Event:
    """Record an event of the notification stage; it happened `now` unless `at` says when."""
    return record(
        kind,
        case_id=case_id,
        acting=acting,
        happened_at=at or now,
        now=now,
        stage=Stage.NOTIFICATION,
        party=party,
        outcome=outcome,
        facts=facts,
        payload=payload,
    )


def take(
    case_id: UUID,
    step: str,
    acting: Acting,
    now: datetime,
    *,
    party: Party | None = None,
    at: datetime | None = None,
    detail: str | None = None,
    key: UUID | None = None,
) -> DecisionStep:
    """Keep that a step was taken, by whom and when."""
    row = DecisionStep(
        case_id=case_id,
        step=step,
        party=party.value if party else "",
        done_at=at or now,
        person_id=acting.person_id,
        person_name=acting.name,
        capacity=acting.capacity,
        detail=detail,
        submission_key=key,
    )
    db.session.add(row)
    return row


def has_happened(case_id: UUID, kind: EventKind, party: Party | None = None) -> bool:
    """Whether the case's history holds such an event in force, for the party where one is named."""
    told = in_force(history(case_id))
    return any(event.kind is kind and (party is None or event.party is party) for event in told)
