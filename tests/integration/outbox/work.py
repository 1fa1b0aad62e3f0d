"""Work for tests: an effect that shows if it happens twice, and failures. As a program it is the worker."""

from __future__ import annotations

import sys
from datetime import datetime

from sqlalchemy import select

from app.access.actor import SYSTEM
from app.ledger.models import LedgerEvent
from app.ledger.service import record
from app.outbox.handlers import handler
from app.procedure.events import EventKind
from tenants.db import db

EFFECT, FAILING, COMMITTING = "test-effect", "test-failing", "test-committing"


@handler(EFFECT)
def effect(args: dict[str, str], now: datetime) -> None:
    """An event: the chain counts it each time it happens."""
    record(
        EventKind.SETTINGS_ADOPTED,
        case_id=None,
        acting=SYSTEM,
        happened_at=now,
        now=now,
        facts={"effect": args["name"]},
    )


@handler(FAILING)
def failing(args: dict[str, str], now: datetime) -> None:
    """A failure whose words must reach neither a row nor a log."""
    effect(args, now)
    raise ValueError("Sam Smith was seen")


@handler(COMMITTING)
def committing(args: dict[str, str], now: datetime) -> None:
    """A handler that breaks the rule: it ends the transaction that its row is locked in."""
    db.session.commit()


def effects() -> list[str]:
    """What happened in the partnership in scope, sorted; twice where it happened twice."""
    query = select(LedgerEvent.facts).where(LedgerEvent.kind == EventKind.SETTINGS_ADOPTED.value)
    return sorted(facts.split('"')[3] for facts in db.session.scalars(query) if '"effect"' in facts)


if __name__ == "__main__":
    import worker

    sys.exit(worker.main(sys.argv[1:]))
