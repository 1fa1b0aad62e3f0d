"""A preparation pack while it is filled in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class PreparationPack(TenantModel):
    """What has been answered so far, by section and question. `prefilled` names the answers that came from the
    referral and were not changed; `versions` counts the saves of each section, so that a stale form is noticed."""

    __tablename__ = "preparation_packs"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    answers: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    prefilled: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    versions: Mapped[dict[str, int]] = mapped_column(JSON)
    started_at: Mapped[datetime] = instant()
    saved_at: Mapped[datetime] = instant()
    saved_by: Mapped[str] = mapped_column(Text)
    completed_at: Mapped[datetime | None] = maybe_instant()
    completed_by: Mapped[str | None] = mapped_column(Text)
