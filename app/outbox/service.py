"""What other rooms ask of the background: post a message, schedule work. Both are rows of the caller's
transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.access.sealing import is_sealed
from app.outbox.messages import one_line, render
from app.outbox.models import JobIntent, MessageState, OutboxMessage
from tenants.db import db, set_scope
from tenants.registry import Partnership
from tenants.scope import current_partnership_id

IDENTIFIER = re.compile(r"[A-Za-z0-9_:.+-]{0,120}")
KIND = re.compile(r"[a-z][a-z-]{0,40}")
DOMAIN = re.compile(r"[A-Za-z0-9.-]+")


class NotAnIdentifier(ValueError):
    """Something other than an identifier was to be kept with a message or with work."""


def post(
    kind: str,
    *,
    to_person: UUID | None,
    to_address: str | None,
    to_name: str,
    key: str,
    now: datetime,
    case_reference: str | None = None,
    params: Mapping[str, object] | None = None,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Write a message to the outbox, and the work of delivering it, once by its key. Returns whether it is
    new.

    Nothing is written to somebody who is sealed out of the case that it is about, whose identifier `context`
    holds; a message to a person with a case's reference must have it, so that this can be asked again when it is
    delivered.
    A missing or unusable address is no error here: the message bounces when it is delivered, and whoever
    listens for that is told. Raises NotAllowed where a message may not carry a parameter, and
    NotAnIdentifier.
    """
    about = _identifiers(context or {})
    if to_person is not None and _sealed(about, case_reference, to_person):
        return False
    partnership = db.session.scalars(
        select(Partnership).where(Partnership.id == current_partnership_id())
    ).one()
    text = render(
        kind,
        partnership=partnership.name,
        slug=partnership.slug,
        base_url=current_app.config["WAYMARK"].base_url,
        reference=case_reference,
        params=params or {},
    )
    values = {
        "partnership_id": partnership.id,
        "kind": kind,
        "key": key,
        "to_person": to_person,
        "to_address": (to_address or "").strip(),
        "to_name": one_line(to_name),
        "subject": text.subject,
        "body": text.body,
        "case_reference": case_reference,
        "message_id": f"<{uuid5(partnership.id, key).hex}@{_domain()}>",
        "context": about,
        "state": MessageState.QUEUED.value,
        "attempts": 0,
        "created_at": now,
    }
    made = db.session.execute(
        insert(OutboxMessage)
        .values(values)
        .on_conflict_do_nothing(index_elements=["partnership_id", "key"])
        .returning(OutboxMessage.id)
    ).scalar()
    return made is not None and schedule("deliver", f"deliver:{made}", now, {"message_id": str(made)}, now)


def schedule(kind: str, key: str, run_at: datetime, args: Mapping[str, str], now: datetime) -> bool:
    """Owe one piece of work from `run_at` on (aware, on the procedure's clock). Returns whether it is new.

    A second call with the same key changes nothing, not even the time: where the time matters, put it in the
    key. Raises ValueError for a naive instant or a kind that is no plain word, NotAnIdentifier for what
    `args` may not hold.
    """
    if run_at.tzinfo is None or now.tzinfo is None:
        raise ValueError("instants must be aware")
    if not KIND.fullmatch(kind):
        raise ValueError(f"'{kind}' is not a kind of work")
    made = db.session.execute(
        insert(JobIntent)
        .values(
            partnership_id=current_partnership_id(),
            kind=kind,
            key=key,
            args=_identifiers(args),
            run_at=max(run_at, now),
            attempts=0,
        )
        .on_conflict_do_nothing(index_elements=["partnership_id", "key"])
        .returning(JobIntent.id)
    ).scalar()
    return made is not None


def schedule_apart(kind: str, key: str, run_at: datetime, args: Mapping[str, str]) -> None:
    """Owe one piece of work from a page that only reads: written in a transaction of its own, as the read log is,
    so that the page's own changes nothing. Once by its key; raises NotAnIdentifier for what `args` may not hold."""
    partnership = current_partnership_id()
    with db.engine.begin() as connection:
        set_scope(connection, partnership, None)
        connection.execute(
            insert(JobIntent)
            .values(
                partnership_id=partnership, kind=kind, key=key, args=_identifiers(args), run_at=run_at, attempts=0
            )
            .on_conflict_do_nothing(index_elements=["partnership_id", "key"])
        )  # fmt: skip


def revive() -> int:
    """Let everything that was given up in this partnership be tried again; the caller commits. Returns how
    much."""
    revived = db.session.execute(
        update(JobIntent)
        .where(JobIntent.failed_at.is_not(None), JobIntent.done_at.is_(None))
        .values(failed_at=None, attempts=0, lease_until=None)
        .returning(JobIntent.id)
    ).all()
    return len(revived)


def _sealed(about: Mapping[str, str], case_reference: str | None, person_id: UUID) -> bool:
    case_id = about.get("case_id")
    if case_reference is not None and not case_id:
        raise NotAnIdentifier(
            "a message about a case says which, so that nobody sealed out of it is sent one"
        )
    return bool(case_id) and is_sealed(UUID(case_id), person_id)


def _identifiers(given: Mapping[str, str]) -> dict[str, str]:
    for name, value in given.items():
        if not isinstance(value, str) or not IDENTIFIER.fullmatch(value) or not IDENTIFIER.fullmatch(name):
            raise NotAnIdentifier(f"'{name}' does not hold an identifier")
    return dict(given)


def _domain() -> str:
    domain = current_app.config["WAYMARK"].smtp_from.rpartition("@")[2].strip(" >")
    return domain if DOMAIN.fullmatch(domain) else "localhost"
