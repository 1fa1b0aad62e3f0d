"""Recommendations and the actions under them. What was written is kept in versions and updates, which never change."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant


class Recommendation(TenantModel):
    """A recommendation of a case, numbered there. `version` is the number of its version in force."""

    __tablename__ = "recommendations"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    made_by: Mapped[str] = mapped_column(Text)
    made_capacity: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class RecommendationVersion(TenantModel):
    """A recommendation as it stood from a change on: its words and its state, who changed it and why."""

    __tablename__ = "recommendation_versions"

    recommendation_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text)
    achievable: Mapped[str] = mapped_column(Text)
    relevance: Mapped[str] = mapped_column(Text)
    by_when: Mapped[date | None] = mapped_column(Date)
    expected_impact: Mapped[str] = mapped_column(Text)
    how_known: Mapped[str] = mapped_column(Text)
    others: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Text)
    changed_capacity: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class RecommendationAgency(TenantModel):
    """An agency of the partnership to which a version of a recommendation is addressed."""

    __tablename__ = "recommendation_agencies"

    recommendation_id: Mapped[UUID] = mapped_column(Uuid)
    version_number: Mapped[int] = mapped_column(Integer)
    agency_id: Mapped[UUID] = mapped_column(Uuid)
    agency_name: Mapped[str] = mapped_column(Text)


class RecommendationAction(TenantModel):
    """An action under a recommendation: what is done, by which agency, who owns it and by when. An agency that is none
    of the partnership's has a name and no identifier."""

    __tablename__ = "recommendation_actions"

    recommendation_id: Mapped[UUID] = mapped_column(Uuid)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID | None] = mapped_column(Uuid)
    agency_name: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    agreed_by: Mapped[str] = mapped_column(Text)
    agreed_capacity: Mapped[str] = mapped_column(Text)
    agreed_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class RecommendationUpdate(TenantModel):
    """What was written of an action: progress with its evidence, or that what was agreed changed, with the reason. The
    action stands in it as it stood from then on."""

    __tablename__ = "recommendation_updates"

    action_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    action_words: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    written_by: Mapped[str] = mapped_column(Text)
    written_capacity: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)
