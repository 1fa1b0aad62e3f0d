"""How far the decision to notify has come in one case, read from the room's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from app.cases.obligation_store import history_of
from app.procedure.events import INITIAL_VIEWERS, Event, EventKind, Party
from app.procedure.history import History
from app.procedure.notification_duties import to_be_notified
from app.serious_incidents import rules
from app.serious_incidents.models import (
    DecisionEntry,
    DecisionStep,
    InitialView,
    NotificationDecision,
    PartnerMeeting,
    PartnerPosition,
    SeriousIncidentNotification,
)
from tenants.base import TenantModel
from tenants.db import db

SHARED = "referral-shared"
VIEW_SHARED = "initial-view-shared"
DEPUTY = "deputy-contacted"
INFORMED = "informed"
AWARE = "local-authority-aware"
Row = TypeVar("Row", bound=TenantModel)


@dataclass(frozen=True, slots=True)
class Progress:
    """What has been done. `positions` are those in force; `earlier` those replaced, `late` those after the
    clock."""

    case_id: UUID
    told: History
    steps: dict[tuple[str, str], DecisionStep]
    views: dict[Party, InitialView]
    positions: dict[Party, PartnerPosition]
    earlier: list[PartnerPosition] = field(default_factory=list)
    late: list[PartnerPosition] = field(default_factory=list)
    decisions: list[NotificationDecision] = field(default_factory=list)
    entries: list[DecisionEntry] = field(default_factory=list)
    meetings: list[PartnerMeeting] = field(default_factory=list)
    notification: SeriousIncidentNotification | None = None
    aware: bool = False

    @property
    def decision(self) -> NotificationDecision | None:
        """The decision in force: the last."""
        return self.decisions[-1] if self.decisions else None

    @property
    def standing(self) -> NotificationDecision | None:
        """The decision in force, where nobody has been asked to make it again; None while it waits for one."""
        return self.decision if self.told.reopened is None else None

    @property
    def to_be_notified(self) -> Event | None:
        """What makes the incident one to be notified: the decision in force, or the authority's own duty."""
        return to_be_notified(self.told)

    def entries_of(self, kind: str, about: int | None = None) -> list[DecisionEntry]:
        """What was recorded beside a decision (that number, where one is given), earliest first."""
        return [row for row in self.entries if row.kind == kind and about in (None, row.about)]

    @property
    def ground(self) -> DecisionEntry | None:
        """The ground in force on which no rapid review is held. One that was withdrawn is none."""
        told = self.told.last(EventKind.REVIEW_GROUND_RECORDED)
        rows = self.entries_of("review-ground") if told is not None else []
        return next((row for row in rows if told and row.recorded_at == told.recorded_at), None)

    def meeting(self, kind: str) -> PartnerMeeting | None:
        """The meeting of a kind that was arranged and has not been recorded as held."""
        return next((row for row in self.meetings if row.kind == kind and row.held_at is None), None)

    @property
    def shared(self) -> DecisionStep | None:
        """When the referral was shared with the chair of the group and the Service Director."""
        return self.steps.get((SHARED, ""))

    @property
    def view_shared(self) -> DecisionStep | None:
        """When the initial view was shared with the partners."""
        return self.steps.get((VIEW_SHARED, ""))

    def deputy_contacted(self, party: Party) -> DecisionStep | None:
        """When a partner's deputy was contacted."""
        return self.steps.get((DEPUTY, party.value))

    def informed(self, party: Party) -> DecisionStep | None:
        """When the Independent Scrutineer or the Strategic Partnership Manager was informed."""
        return self.steps.get((INFORMED, party.value))

    @property
    def shared_outcome(self) -> str | None:
        """The one initial view, or None where a view is missing or the two differ."""
        if any(party not in self.views for party in INITIAL_VIEWERS):
            return None
        return rules.agreed_outcome(view.outcome for view in self.views.values())

    def in_force(self) -> dict[Party, rules.Position]:
        """The positions in force, as the rules read them."""
        return {party: rules.Position(party, row.outcome, row.kind) for party, row in self.positions.items()}


def load(case_id: UUID) -> Progress:
    """Read it afresh: what another transaction committed before ours took the lock is seen."""
    rows = [row for row in _rows(PartnerPosition, case_id) if row.withdrawn_at is None]
    positions = sorted(rows, key=lambda row: row.recorded_at)
    steps = [row for row in _rows(DecisionStep, case_id) if row.withdrawn_at is None]
    sent = [row for row in _rows(SeriousIncidentNotification, case_id) if row.withdrawn_at is None]
    meetings = [row for row in _rows(PartnerMeeting, case_id) if row.withdrawn_at is None]
    told = history_of(case_id)
    return Progress(
        case_id=case_id,
        told=told,
        steps={(row.step, row.party): row for row in steps},
        views={Party(row.party): row for row in _rows(InitialView, case_id)},
        positions={Party(row.party): row for row in positions if not row.late and row.replaced_at is None},
        earlier=[row for row in positions if row.replaced_at is not None],
        late=[row for row in positions if row.late],
        decisions=sorted(_rows(NotificationDecision, case_id), key=lambda row: row.number),
        entries=sorted(_rows(DecisionEntry, case_id), key=lambda row: row.recorded_at),
        meetings=sorted(meetings, key=lambda row: row.arranged_at),
        notification=sent[0] if sent else None,
        aware=told.first(EventKind.LOCAL_AUTHORITY_AWARE) is not None,
    )


def _rows(model: type[Row], case_id: UUID) -> list[Row]:
    found: Sequence[Row] = db.session.scalars(
        select(model).where(model.case_id == case_id).execution_options(populate_existing=True)  # type: ignore[attr-defined]
    ).all()
    return list(found)
