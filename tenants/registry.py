"""The registry of partnerships, their agencies and the numbered editions of their settings."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Integer, Text, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import GlobalModel, TenantModel, instant
from tenants.db import db


class Partnership(GlobalModel):
    """A safeguarding children partnership: one tenant."""

    __tablename__ = "partnerships"

    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    reference_prefix: Mapped[str] = mapped_column(Text)
    colour: Mapped[str] = mapped_column(Text)


class LocalAuthority(GlobalModel):
    """A local authority by its ONS code, and the partnership of this platform that covers it, if any."""

    __tablename__ = "local_authorities"

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    partnership_id: Mapped[UUID | None] = mapped_column(Uuid)


class CalendarEdition(GlobalModel):
    """One edition of the bank holidays: those proclaimed since the library was made, by date, and why."""

    __tablename__ = "calendar_editions"

    number: Mapped[int] = mapped_column(Integer)
    added: Mapped[dict[str, str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    adopted_at: Mapped[datetime] = instant()


class Agency(TenantModel):
    """An agency of a partnership. `partner` names the safeguarding partner it is, where it is one."""

    __tablename__ = "agencies"

    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    partner: Mapped[str | None] = mapped_column(Text)
    generic_inbox: Mapped[str | None] = mapped_column(Text)


class SettingsEdition(TenantModel):
    """One immutable edition of a partnership's settings, as its TOML file said them."""

    __tablename__ = "settings_editions"

    number: Mapped[int] = mapped_column(Integer)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(Text)
    adopted_at: Mapped[datetime] = instant()


def partnership_by_slug(slug: str) -> Partnership | None:
    """The partnership of that slug, or None. Reads the registry only."""
    return db.session.scalar(select(Partnership).where(Partnership.slug == slug))


def all_partnerships() -> list[Partnership]:
    """Every partnership of the platform, by name."""
    return list(db.session.scalars(select(Partnership).order_by(Partnership.name)))


@dataclass(frozen=True, slots=True)
class AuthorityView:
    """A local authority, and the partnership of this platform that covers it, if any."""

    code: str
    name: str
    slug: str | None
    partnership_name: str | None


def authority(code: str) -> AuthorityView | None:
    """A local authority by its ONS code, or None."""
    query = (
        select(LocalAuthority, Partnership)
        .outerjoin(Partnership, Partnership.id == LocalAuthority.partnership_id)
        .where(LocalAuthority.code == code)
    )
    found = db.session.execute(query).first()
    if found is None:
        return None
    row, partnership = found
    return AuthorityView(
        row.code,
        row.name,
        partnership.slug if partnership else None,
        partnership.name if partnership else None,
    )


def calendar_editions() -> list[CalendarEdition]:
    """The editions of the calendar after the first, in order."""
    return list(db.session.scalars(select(CalendarEdition).order_by(CalendarEdition.number)))


def agencies() -> list[Agency]:
    """The agencies of the partnership in scope, by name."""
    return list(db.session.scalars(select(Agency).order_by(Agency.name)))


def current_edition() -> SettingsEdition:
    """The newest settings edition of the partnership in scope. Raises NoResultFound where it has none."""
    newest = select(SettingsEdition).order_by(SettingsEdition.number.desc()).limit(1)
    return db.session.scalars(newest).one()


def editions() -> list[SettingsEdition]:
    """Every settings edition of the partnership in scope, newest first."""
    return list(db.session.scalars(select(SettingsEdition).order_by(SettingsEdition.number.desc())))


def digest_of(settings: dict[str, Any]) -> str:
    """Names a content of settings: the same content twice has the same name."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def edition(number: int) -> SettingsEdition:
    """One edition by number. Raises NoResultFound."""
    return db.session.scalars(select(SettingsEdition).where(SettingsEdition.number == number)).one()
