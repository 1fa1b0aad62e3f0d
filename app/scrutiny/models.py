"""What the Independent Scrutineer observed, what was answered, and which writes were refused to them. Only added to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant, tenant_key


class Observation(TenantModel):
    """An observation: on how a case was decided (B1-11; `decision` is the number of the decision, 0 for none yet),
    on something else in a case, or on the partnership's practice. `entry` is an entry of the ledger it refers to."""

    __tablename__ = "scrutiny_observations"
    __table_args__ = (tenant_key("case_id", "cases"),)

    case_id: Mapped[UUID | None] = mapped_column(Uuid)
    about: Mapped[str] = mapped_column(Text)
    decision: Mapped[int] = mapped_column(Integer)
    entry: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = instant()
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class ObservationAnswer(TenantModel):
    """An answer to an observation; there may be several."""

    __tablename__ = "scrutiny_answers"
    __table_args__ = (tenant_key("observation_id", "scrutiny_observations"),)

    observation_id: Mapped[UUID] = mapped_column(Uuid)
    words: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = instant()
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class RefusedWrite(TenantModel):
    """A write that the guard refused to a scrutineer: one for each person, endpoint, case and hour. `reference` is
    of a case that they may see, else empty."""

    __tablename__ = "refused_writes"

    person_id: Mapped[UUID] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    endpoint: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text, default="")
    method: Mapped[str] = mapped_column(Text)
    hour: Mapped[datetime] = instant()
    refused_at: Mapped[datetime] = instant()
