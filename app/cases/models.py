"""A case, its stages, the children in it, and its stored obligations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Boolean, Date, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class CaseStatus(StrEnum):
    """How far the decision on notification has come, which also says who may see the case."""

    UNDER_DECISION = "under-decision"
    TO_BE_NOTIFIED = "to-be-notified"
    NOT_TO_BE_NOTIFIED = "not-to-be-notified"


class Case(TenantModel):
    """What one partnership holds of an incident. `version` counts changes, so that a stale form is noticed.

    `escalated` says that the partners' difference went to the Partnership Chair, who may then see the case; `brought`
    that agencies are asked about it before the group discusses it, whose members may then see it. The day and the areas
    of the incident are what two cases are compared by.
    """

    __tablename__ = "cases"

    reference: Mapped[str] = mapped_column(Text)
    incident_id: Mapped[UUID] = mapped_column(Uuid)
    title: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID | None] = mapped_column(Uuid)
    referred_by: Mapped[UUID | None] = mapped_column(Uuid)
    opened_at: Mapped[datetime] = instant()
    version: Mapped[int] = mapped_column(Integer, default=1)
    escalated: Mapped[bool] = mapped_column(Boolean, default=False)
    brought: Mapped[bool] = mapped_column(Boolean, default=False)
    incident_on: Mapped[date | None] = mapped_column(Date)
    incident_area: Mapped[str | None] = mapped_column(Text)
    home_area: Mapped[str | None] = mapped_column(Text)


class CaseStage(TenantModel):
    """A stage of a case: its custodian, and the editions of guidance and local procedure it is decided under."""

    __tablename__ = "case_stages"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    settings_edition: Mapped[int] = mapped_column(Integer)
    guidance_edition: Mapped[str] = mapped_column(Text)
    procedure_edition: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = instant()


class CaseChild(TenantModel):
    """A child of the incident, or another child known to be at risk (`concern` says which)."""

    __tablename__ = "case_children"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    ordinal: Mapped[int] = mapped_column(Integer)
    concern: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    born_on: Mapped[date | None] = mapped_column(Date)
    birth_certainty: Mapped[str] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)


class StoredObligation(TenantModel):
    """An obligation as last computed from the case's history; its state derives from the present moment."""

    __tablename__ = "obligations"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    key: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    duty: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    paragraph: Mapped[str] = mapped_column(Text)
    rule_kind: Mapped[str] = mapped_column(Text)
    rule_days: Mapped[int | None] = mapped_column(Integer)
    rule_label: Mapped[str] = mapped_column(Text)
    counted_from: Mapped[date | None] = mapped_column(Date)
    starts: Mapped[datetime] = instant()
    remind_from: Mapped[datetime | None] = maybe_instant()
    deputy_from: Mapped[datetime | None] = maybe_instant()
    due_on: Mapped[date | None] = mapped_column(Date)
    due: Mapped[datetime | None] = maybe_instant()
    ended: Mapped[datetime | None] = maybe_instant()
    ending: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    open: Mapped[bool] = mapped_column(Boolean)
