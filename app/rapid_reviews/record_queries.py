"""Reading the record of a rapid review: its parts, the partners' positions, the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.ledger.service import history
from app.procedure.events import EventKind, Party
from app.procedure.history import in_force
from app.rapid_reviews.record_models import ReviewDecision, ReviewPosition, ReviewSection
from tenants.db import db


@dataclass(frozen=True, slots=True)
class PositionView:
    """What a partner said: who, in which capacity, when; and how it is known, where it was said outside Waymark."""

    party: Party
    outcome: str
    rationale: str
    name: str
    capacity: str
    taken_at: datetime
    source: str | None
    evidence: str | None
    recorded_by: str | None
    id: UUID
    key: UUID


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision on a practice review, with what each partner had said."""

    number: int
    outcome: str
    rationale: str
    maker: str
    negates: bool | None
    home_office: bool
    reason: str
    decided_at: datetime
    decided_by: str
    decided_capacity: str
    positions: list[dict[str, Any]]
    meeting_id: UUID | None
    key: UUID


@dataclass(frozen=True, slots=True)
class Record:
    """The record of a rapid review as it is now: the newest version of each part, the positions that stand, the
    decisions in order, and since when the Partnership Chair is asked."""

    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, ReviewSection] = field(default_factory=dict)
    positions: dict[Party, PositionView] = field(default_factory=dict)
    former: list[PositionView] = field(default_factory=list)
    decisions: list[DecisionView] = field(default_factory=list)
    escalated_at: datetime | None = None

    @property
    def decision(self) -> DecisionView | None:
        """The decision in force: the last that was recorded."""
        return self.decisions[-1] if self.decisions else None


def record_of(case_id: UUID) -> Record:
    """The record of a case's rapid review, read afresh."""
    newest = {row.section: row for row in sorted(versions_of(case_id), key=lambda row: row.number)}
    query = (
        select(ReviewPosition).where(ReviewPosition.case_id == case_id).order_by(ReviewPosition.recorded_at)
    )
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    decided = select(ReviewDecision).where(ReviewDecision.case_id == case_id).order_by(ReviewDecision.number)
    asked = [one for one in in_force(history(case_id)) if one.kind is EventKind.LCSPR_ESCALATED]
    return Record(
        sections={name: row.content for name, row in newest.items()},
        versions=newest,
        positions={Party(row.party): _position(row) for row in rows if row.replaced_at is None},
        former=[_position(row) for row in rows if row.replaced_at is not None],
        decisions=[_decision(row) for row in db.session.scalars(decided)],
        escalated_at=asked[-1].happened_at if asked else None,
    )


def versions_of(case_id: UUID, section: str | None = None) -> Sequence[ReviewSection]:
    """Every version of the parts of the record, or of one part, the newest first."""
    query = select(ReviewSection).where(ReviewSection.case_id == case_id)
    if section is not None:
        query = query.where(ReviewSection.section == section)
    return db.session.scalars(query.order_by(ReviewSection.number.desc())).all()


def _position(row: ReviewPosition) -> PositionView:
    return PositionView(
        Party(row.party), row.outcome, row.rationale, row.person_name, row.capacity, row.taken_at, row.source,
        row.evidence, row.recorded_by_name, row.id, row.submission_key,
    )  # fmt: skip


def _decision(row: ReviewDecision) -> DecisionView:
    return DecisionView(
        row.number, row.outcome, row.rationale, row.maker, row.negates, row.home_office, row.reason, row.decided_at,
        row.decided_by, row.decided_capacity, row.positions, row.meeting_id, row.submission_key,
    )  # fmt: skip
