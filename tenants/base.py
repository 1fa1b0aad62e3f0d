"""Base models: rows of one partnership, and the few tables that belong to none."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import db

# The closed list of tables without a partnership. A test compares it with the database's catalogue.
GLOBAL_TABLES = {
    "alembic_version": "the schema's revision",
    "partnerships": "the registry itself: names and addresses of pages, no case content",
    "local_authorities": "England's local authorities and the partnership that covers each",
    "organisations": "who employs people and signs them in; may serve several partnerships",
    "identity_providers": "an organisation's OpenID provider",
    "people": "one row for each (issuer, subject); memberships are the partnership's",
    "passkeys": "asked for before it is known who somebody is, so before any partnership is; public keys only",
    "incidents": "an opaque identifier shared by the cases of one incident; nothing else",
    "calendar_editions": "bank holidays are the same for everybody",
    "demo_clock": "the demonstration's offset from real time; refused in production",
}


class TenantModel(db.Model):  # type: ignore[name-defined]
    """A row of one partnership. The database makes `id`; `partnership_id` comes from the session's scope."""

    __abstract__ = True
    __tenant__ = True

    partnership_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))


class GlobalModel(db.Model):  # type: ignore[name-defined]
    """A row that belongs to no partnership; its table is named, with the reason, in GLOBAL_TABLES."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))


def tenant_key(column: str, table: str) -> ForeignKeyConstraint:
    """A composite foreign key, so that a row can only point within its own partnership."""
    return ForeignKeyConstraint(["partnership_id", column], [f"{table}.partnership_id", f"{table}.id"])


def instant() -> Mapped[datetime]:
    """An instant, stored with its zone."""
    return mapped_column(DateTime(timezone=True))


def maybe_instant() -> Mapped[datetime | None]:
    """An instant that may not have come yet."""
    return mapped_column(DateTime(timezone=True), nullable=True)
