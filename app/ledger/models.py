"""The ledger's rows. The application reads them; only the database's `ledger_append` writes them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Integer, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantModel, instant


class LedgerEvent(TenantModel):
    """One link of a partnership's chain: an envelope without content, and the digest of its payload."""

    __tablename__ = "ledger_events"

    number: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer)
    happened_at: Mapped[datetime] = instant()
    recorded_at: Mapped[datetime] = instant()
    actor_person: Mapped[UUID | None] = mapped_column(Uuid)
    actor_capacity: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID | None] = mapped_column(Uuid)
    stage: Mapped[str | None] = mapped_column(Text)
    party: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    payload_digest: Mapped[bytes] = mapped_column(LargeBinary)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerPayload(TenantModel):
    """What an event said, beside its chain, so that it can be destroyed at the end of retention."""

    __tablename__ = "ledger_payloads"

    number: Mapped[int] = mapped_column(BigInteger)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    payload: Mapped[str] = mapped_column(Text)


class LedgerHead(TenantModel):
    """How long a partnership's chain is, and its last hash."""

    __tablename__ = "ledger_heads"

    count: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerAnchor(TenantModel):
    """The copy of an anchor: the line as it stands in the file outside the database."""

    __tablename__ = "ledger_anchors"

    count: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = instant()


class ReadEntry(TenantModel):
    """Somebody looked at a case, in a capacity."""

    __tablename__ = "read_log"

    person_id: Mapped[UUID] = mapped_column(Uuid)
    capacity: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    page: Mapped[str] = mapped_column(Text)
    viewed_at: Mapped[datetime] = instant()
