"""Reading recommendations: those of a case, and every version and update of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor, Capacity
from app.access.permissions import Condition, Permission, grant_for
from app.procedure import recommendations as procedure
from app.procedure.recommendations import Content, Due, Missing
from app.recommendations.models import (
    Recommendation,
    RecommendationAction,
    RecommendationAgency,
    RecommendationUpdate,
    RecommendationVersion,
)
from tenants.db import db


@dataclass(frozen=True, slots=True)
class UpdateView:
    """What was written of an action: progress, or a change of what was agreed."""

    number: int
    kind: str
    words: str
    evidence: str
    state: str
    owner: str
    due_on: date
    action_words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action under a recommendation, with its updates, the earliest first."""

    number: int
    words: str
    agency: str
    owner: str
    due_on: date
    state: str
    updates: list[UpdateView]
    agency_id: UUID | None = None
    version: int = 1
    agreed: str = ""
    agreed_at: datetime | None = None

    @property
    def due(self) -> Due:
        """The action as its dates see it."""
        return Due(self.due_on, self.state)

    @property
    def evidence(self) -> str:
        """What shows that the action is done, as it was last told; nothing while it is open."""
        told = [one.evidence for one in self.updates if one.evidence]
        return told[-1] if told and self.state != procedure.OPEN else ""


@dataclass(frozen=True, slots=True)
class VersionView:
    """A recommendation as it stood from a change on."""

    number: int
    state: str
    content: Content
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecommendationView:
    """A recommendation of a case as it stands, with its actions."""

    number: int
    text: str
    measure: str
    achievable: str
    relevance: str
    by_when: date | None
    expected_impact: str
    how_known: str
    agencies: list[str]
    state: str
    actions: list[ActionView] = field(default_factory=list)
    source: str = "rapid-review"
    version: int = 1
    made: str = ""
    made_at: datetime | None = None
    agency_ids: frozenset[UUID] = frozenset()
    others: str = ""

    @property
    def content(self) -> Content:
        """What it says, as the rules read it."""
        return Content(
            self.text, self.measure, self.achievable, self.relevance, self.by_when, self.expected_impact,
            self.how_known, tuple(self.agencies),
        )  # fmt: skip

    @property
    def missing(self) -> list[Missing]:
        """What it lacks to be SMART and clear about its impact."""
        return procedure.missing(self.content)


def of_case(case_id: UUID) -> list[RecommendationView]:
    """The recommendations of a case in their order, those that were returned or withdrawn included. Whether somebody
    may see the case is asked before."""
    rows = db.session.scalars(
        select(Recommendation)
        .where(Recommendation.case_id == case_id)
        .order_by(Recommendation.number)
        .execution_options(populate_existing=True)
    ).all()
    return views_of(rows)


def one_of(case_id: UUID, number: int) -> RecommendationView | None:
    """A recommendation of a case by its number, or None."""
    row = row_of(case_id, number)
    return views_of([row])[0] if row is not None else None


def row_of(case_id: UUID, number: int) -> Recommendation | None:
    """The row of a recommendation, read afresh."""
    query = select(Recommendation).where(Recommendation.case_id == case_id, Recommendation.number == number)
    return db.session.scalar(query.execution_options(populate_existing=True))


def action_row(recommendation: Recommendation, number: int) -> RecommendationAction | None:
    """The row of an action, read afresh."""
    query = select(RecommendationAction).where(
        RecommendationAction.recommendation_id == recommendation.id, RecommendationAction.number == number
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def views_of(rows: Sequence[Recommendation]) -> list[RecommendationView]:
    """Recommendations as they stand, with their actions and updates, in a handful of statements."""
    ids = [row.id for row in rows]
    current = {
        row.recommendation_id: row
        for row in db.session.scalars(
            select(RecommendationVersion)
            .join(Recommendation, Recommendation.id == RecommendationVersion.recommendation_id)
            .where(
                RecommendationVersion.recommendation_id.in_(ids),
                RecommendationVersion.number == Recommendation.version,
            )
        )
    }
    agencies, actions = _agencies(ids), _actions(ids)
    return [
        _view(row, current[row.id], agencies.get((row.id, row.version), []), actions.get(row.id, [])) for row in rows
    ]  # fmt: skip


def versions_of(case_id: UUID, number: int) -> list[VersionView]:
    """Every version of a recommendation, the newest first."""
    row = row_of(case_id, number)
    if row is None:
        return []
    agencies = _agencies([row.id])
    query = select(RecommendationVersion).where(RecommendationVersion.recommendation_id == row.id)
    found = db.session.scalars(query.order_by(RecommendationVersion.number.desc())).all()
    return [
        VersionView(
            one.number,
            one.state,
            content_of(one, agencies.get((row.id, one.number), [])),
            one.reason,
            _by(one.changed_by, one.changed_capacity),
            one.changed_at,
        )
        for one in found
    ]


def content_of(version: RecommendationVersion, agencies: Sequence[RecommendationAgency]) -> Content:
    """What a version says, as the rules read it."""
    names = [*(one.agency_name for one in agencies), *named_others(version.others)]
    return Content(
        version.text, version.measure, version.achievable, version.relevance, version.by_when, version.expected_impact,
        version.how_known, tuple(names),
    )  # fmt: skip


def named_others(others: str) -> list[str]:
    """The agencies that are none of the partnership's: one a line."""
    return [name.strip() for name in others.splitlines() if name.strip()]


def may_update(actor: Actor, agency_id: UUID | None) -> Capacity | None:
    """In which capacity somebody updates the actions of an agency: their own agency's, or as the Partnership Team those
    of every agency; None where they may not."""
    held = actor.holding(Permission.ACTION_UPDATE)
    own = [one for one in held if agency_id is not None and one.agency_id == agency_id]
    team = [one for one in held if grant_for(one.role, Permission.ACTION_UPDATE) is Condition.ALWAYS]
    return next(iter([*own, *team]), None)


def _view(
    row: Recommendation,
    version: RecommendationVersion,
    agencies: list[RecommendationAgency],
    actions: list[ActionView],
) -> RecommendationView:
    content = content_of(version, agencies)
    return RecommendationView(
        number=row.number,
        text=content.text,
        measure=content.measure,
        achievable=content.achievable,
        relevance=content.relevance,
        by_when=content.by_when,
        expected_impact=content.expected_impact,
        how_known=content.how_known,
        agencies=list(content.agencies),
        state=row.state,
        actions=actions,
        source=row.source,
        version=row.version,
        made=_by(row.made_by, row.made_capacity),
        made_at=row.made_at,
        agency_ids=frozenset(one.agency_id for one in agencies),
        others=version.others,
    )


def _agencies(ids: Sequence[UUID]) -> dict[tuple[UUID, int], list[RecommendationAgency]]:
    query = select(RecommendationAgency).where(RecommendationAgency.recommendation_id.in_(ids))
    found: dict[tuple[UUID, int], list[RecommendationAgency]] = {}
    for one in db.session.scalars(query.order_by(RecommendationAgency.agency_name)):
        found.setdefault((one.recommendation_id, one.version_number), []).append(one)
    return found


def _actions(ids: Sequence[UUID]) -> dict[UUID, list[ActionView]]:
    query = select(RecommendationAction).where(RecommendationAction.recommendation_id.in_(ids))
    rows = db.session.scalars(
        query.order_by(RecommendationAction.number).execution_options(populate_existing=True)
    ).all()
    updates: dict[UUID, list[UpdateView]] = {}
    told = select(RecommendationUpdate).where(RecommendationUpdate.action_id.in_([row.id for row in rows]))
    for one in db.session.scalars(told.order_by(RecommendationUpdate.number)):
        updates.setdefault(one.action_id, []).append(_update(one))
    found: dict[UUID, list[ActionView]] = {}
    for row in rows:
        found.setdefault(row.recommendation_id, []).append(action_view(row, updates.get(row.id, [])))
    return found


def action_view(row: RecommendationAction, updates: list[UpdateView]) -> ActionView:
    """An action as it is read."""
    return ActionView(
        number=row.number,
        words=row.words,
        agency=row.agency_name,
        owner=row.owner,
        due_on=row.due_on,
        state=row.state,
        updates=updates,
        agency_id=row.agency_id,
        version=row.version,
        agreed=_by(row.agreed_by, row.agreed_capacity),
        agreed_at=row.agreed_at,
    )


def _update(one: RecommendationUpdate) -> UpdateView:
    return UpdateView(
        one.number, one.kind, one.words, one.evidence, one.state, one.owner, one.due_on, one.action_words,
        _by(one.written_by, one.written_capacity), one.written_at,
    )  # fmt: skip


def _by(name: str, capacity: str) -> str:
    return f"{name} ({capacity})" if capacity else name
