"""How far the decision to notify has come in one case, read from the room's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from app.procedure.events import INITIAL_VIEWERS, EventKind, Party
from app.serious_incidents import rules
from app.serious_incidents.models import (
    DecisionStep,
    InitialView,
    NotificationDecision,
    PartnerPosition,
    SeriousIncidentNotification,
)
from app.serious_incidents.steps import has_happened
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
    steps: dict[tuple[str, str], DecisionStep]
    views: dict[Party, InitialView]
    positions: dict[Party, PartnerPosition]
    earlier: list[PartnerPosition] = field(default_factory=list)
    late: list[PartnerPosition] = field(default_factory=list)
    decision: NotificationDecision | None = None
    notification: SeriousIncidentNotification | None = None
    aware: bool = False

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
    positions = _rows(PartnerPosition, case_id)
    positions.sort(key=lambda row: row.recorded_at)
    decisions = sorted(_rows(NotificationDecision, case_id), key=lambda row: row.number)
    notifications = _rows(SeriousIncidentNotification, case_id)
    return Progress(
        case_id=case_id,
        steps={(row.step, row.party): row for row in _rows(DecisionStep, case_id)},
        views={Party(row.party): row for row in _rows(InitialView, case_id)},
        positions={Party(row.party): row for row in positions if not row.late and row.replaced_at is None},
        earlier=[row for row in positions if row.replaced_at is not None],
        late=[row for row in positions if row.late],
        decision=decisions[-1] if decisions else None,
        notification=notifications[0] if notifications else None,
        aware=has_happened(case_id, EventKind.LOCAL_AUTHORITY_AWARE),
    )


def _rows(model: type[Row], case_id: UUID) -> list[Row]:
    found: Sequence[Row] = db.session.scalars(
        select(model).where(model.case_id == case_id).execution_options(populate_existing=True)  # type: ignore[attr-defined]
    ).all()
    return list(found)
