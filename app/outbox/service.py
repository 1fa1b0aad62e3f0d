"""Posting messages and scheduling work, in the transaction of the event that makes them necessary."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from app.outbox.messages import render
from app.outbox.models import JobIntent, OutboxMessage
from tenants.db import db
from tenants.registry import Partnership
from tenants.scope import current_partnership_id


def post(
    kind: str,
    *,
    to_person: UUID | None,
    to_address: str | None,
    to_name: str,
    key: str,
    now: datetime,
    case_reference: str | None = None,
    params: dict[str, Any] | None = None,
    context: dict[str, str] | None = None,
) -> bool:
    """Post a message once by its key. Returns whether it is new; a person without an address is told in Waymark only.

    Raises NotAllowed for a kind or parameter that no message may have.
    """
    if not to_address:
        return False
    partnership = db.session.get_one(Partnership, current_partnership_id())
    base = current_app.config["WAYMARK"].base_url
    subject, body = render(
        kind, reference=case_reference, partnership=partnership.name, to_name=to_name, base=base,
        slug=partnership.slug, params=params or {},
    )  # fmt: skip
    stable = uuid5(partnership.id, key)
    made = db.session.execute(
        insert(OutboxMessage.__table__)  # type: ignore[arg-type]
        .values(
            partnership_id=partnership.id, kind=kind, key=key, to_person=to_person, to_address=to_address,
            to_name=to_name, subject=subject, body=body, case_reference=case_reference,
            message_id=f"<{stable}@waymark>", context=context or {}, state="queued", attempts=0, created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["partnership_id", "key"])
        .returning(OutboxMessage.id)
    ).scalar()  # fmt: skip
    if made is None:
        return False
    return schedule("deliver", f"deliver:{made}", now, {"message_id": str(made)}, now)


def schedule(kind: str, key: str, run_at: datetime, args: dict[str, str], now: datetime) -> bool:
    """Have `kind` done with these identifiers once `run_at` has come. Returns whether it is new: a key is made once."""
    made = db.session.execute(
        insert(JobIntent.__table__)  # type: ignore[arg-type]
        .values(
            partnership_id=current_partnership_id(), kind=kind, key=key, args=args, run_at=max(run_at, now), attempts=0
        )
        .on_conflict_do_nothing(index_elements=["partnership_id", "key"])
        .returning(JobIntent.id)
    ).scalar()
    return made is not None
