"""The rows that stand for what was done before a case was entered in Waymark; the caller records the events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from app.access.actor import Acting
from app.procedure.events import Party
from app.serious_incidents import words
from app.serious_incidents.models import (
    DecisionStep,
    InitialView,
    NotificationDecision,
    PartnerPosition,
    SeriousIncidentNotification,
)
from tenants.db import db

BEFORE = "Before the case was entered in Waymark"
NOT_ASKED = "Not asked by Waymark: decided before the case was entered"
LATE = "Sent before the case was entered in Waymark"


def keep_step(case_id: UUID, step: str, acting: Acting, at: datetime) -> None:
    """A step that was taken before."""
    db.session.add(
        DecisionStep(case_id=case_id, step=step, party="", done_at=at, person_id=acting.person_id,
                     person_name=acting.name, capacity=acting.capacity, detail=BEFORE, submission_key=uuid4())
    )  # fmt: skip


def keep_view(case_id: UUID, party: Party, outcome: str, rationale: str, by: str, at: datetime) -> None:
    """An initial view that was given before, by somebody who may never have used Waymark."""
    db.session.add(
        InitialView(case_id=case_id, party=party.value, outcome=outcome, rationale=rationale, person_id=None,
                    person_name=by, capacity=words.party_name(party), given_at=at, submission_key=uuid4())
    )  # fmt: skip


def keep_response(
    case_id: UUID,
    party: Party,
    outcome: str,
    rationale: str,
    by: str,
    at: datetime,
    acting: Acting,
    now: datetime,
) -> None:
    """A partner's response that was given before."""
    db.session.add(
        PartnerPosition(
            case_id=case_id, party=party.value, kind="given", outcome=outcome, rationale=rationale, person_name=by,
            capacity=words.party_name(party), source="before", recorded_by_name=words.by(acting.name, acting.capacity),
            happened_at=at, recorded_at=now, late=False, submission_key=uuid4(),
        )
    )  # fmt: skip


def keep_decision(
    case_id: UUID, outcome: str, rationale: str, by: str, said: Mapping[Party, tuple[str | None, str, datetime]],
    at: datetime,
) -> None:  # fmt: skip
    """A decision that was recorded before. What Waymark would have asked and did not stands as not asked."""
    notify = outcome == "notify"
    positions = [
        {"party": party.value, "outcome": view, "kind": "given", "rationale": BEFORE, "person": person,
         "person_id": None, "capacity": words.party_name(party), "happened_at": then.isoformat()}
        for party, (view, person, then) in said.items()
    ]  # fmt: skip
    db.session.add(
        NotificationDecision(
            case_id=case_id, number=1, outcome=outcome, rationale=rationale, abuse="suspected" if notify else "neither",
            abuse_rationale=NOT_ASKED, limb_a=notify, limb_a_rationale=NOT_ASKED, limb_b=False,
            limb_b_rationale=NOT_ASKED, harm_kinds=[], harm_judgement=NOT_ASKED, guidance_considered=False,
            guidance_edition=NOT_ASKED, positions=positions, maker="partners", person_id=None, person_name=by,
            capacity=BEFORE, decided_at=at, submission_key=uuid4(),
        )
    )  # fmt: skip


def keep_notification(
    case_id: UUID,
    at: datetime,
    reference: str,
    by: str,
    acting: Acting,
    now: datetime,
    channel: str = "other",
) -> None:
    """A notification that was sent before, or elsewhere."""
    assert acting.person_id is not None
    db.session.add(
        SeriousIncidentNotification(
            case_id=case_id, submitted_at=at, channel=channel, channel_detail=BEFORE if channel == "other" else None,
            panel_reference=reference.strip(), submitted_by=by.strip(), recorded_late_reason=LATE, missed_reason=None,
            missed_reported_to=None, recorded_by=acting.person_id, recorded_by_name=acting.name,
            capacity=acting.capacity, recorded_at=now, submission_key=uuid4(),
        )
    )  # fmt: skip
