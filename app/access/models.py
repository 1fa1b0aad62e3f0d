"""Who is sealed out of which case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, maybe_instant


class CaseSeal(TenantModel):
    """That a person may not know of a case, whatever their roles, from `sealed_at` until it is lifted.

    It binds the person and not a membership: a new role, or a deputy's time, gives no way round it.
    """

    __tablename__ = "case_seals"

    case_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = instant()
    sealed_by: Mapped[UUID | None] = mapped_column(Uuid)
    sealed_by_name: Mapped[str] = mapped_column(Text)
    sealed_capacity: Mapped[str] = mapped_column(Text)
    lifted_at: Mapped[datetime | None] = maybe_instant()
    lifted_by: Mapped[UUID | None] = mapped_column(Uuid)
    lifted_by_name: Mapped[str | None] = mapped_column(Text)
    lifted_capacity: Mapped[str | None] = mapped_column(Text)
    lifted_reason: Mapped[str | None] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)
    lifting_key: Mapped[UUID | None] = mapped_column(Uuid)
