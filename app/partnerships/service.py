"""Adding a partnership, or adopting a new edition of its settings: one transaction, one event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flask import Flask

from app.access.actor import Acting
from app.ledger.service import record
from app.procedure.events import EventKind
from app.procedure.obligation import ClockSettings
from config import Config, ConfigurationError
from tenants.db import db
from tenants.provision import ProvisionError, read, write
from tenants.registry import current_edition

OPERATOR = Acting(None, "Platform operator", "Platform operator (command line)")


def owner_app(config: Config) -> Flask:
    """An application that connects as the owner of the schema. Raises ConfigurationError without its address."""
    from app import create_app

    if not config.database_owner_url:
        raise ConfigurationError("DATABASE_OWNER_URL is not set: partnerships are provisioned by the owner.")
    return create_app(replace(config, database_url=config.database_owner_url))


def add(path: Path, now: datetime) -> str:
    """Add the partnership that a file describes; say in one line what was done. Raises ProvisionError.

    Adding the same file twice changes nothing; a changed file is adopted as the next settings edition.
    """
    description = read(path)
    try:
        ClockSettings.of_edition(description.settings)
    except ValueError as error:
        raise ProvisionError([str(error)]) from None
    partnership, written = write(description, now)
    if not written:
        db.session.rollback()
        return f"{description.slug}: nothing new"
    number = current_edition().number
    record(
        EventKind.PARTNERSHIP_ADDED if number == 1 else EventKind.SETTINGS_ADOPTED,
        case_id=None,
        acting=OPERATOR,
        happened_at=now,
        now=now,
        facts={"edition": number, "digest": description.digest},
        payload={"slug": partnership.slug},
    )
    db.session.commit()
    done = "added" if number == 1 else f"settings edition {number} adopted"
    return f"{description.slug}: {done}"
