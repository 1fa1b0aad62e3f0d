"""One's own sessions: the list of them, ending one, and signing out everywhere.

The list is read from an index in Redis that may be lost; that one signed out everywhere is kept in the database and
asked at each request, so it holds although Redis lost its index.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import session
from sqlalchemy import func, update

from app.accounts import identity_queries, session_index, session_rules
from app.accounts.browsers import UNKNOWN
from app.accounts.models import Person
from tenants.db import db

log = logging.getLogger("waymark.sign_in")


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session of the person who asks, without its number."""

    handle: str
    browser: str
    begun: datetime
    seen: datetime
    this: bool


def person_of_session(person_id: str) -> identity_queries.SignedInPerson | None:
    """The person of this request's session, or None where they have signed out everywhere since it began."""
    person = identity_queries.load_person(person_id, session.get(session_rules.PASSKEY))
    if person is None or person.signed_out_before is None:
        return person
    if session_rules.began_before(session, person.signed_out_before):
        session_rules.end_session()
        return None
    return person


def own_sessions(person: identity_queries.SignedInPerson) -> list[OwnSession]:
    """The person's sessions that still run, this one first, then those used last."""
    found = []
    for handle, held in _running(person).items():
        begun, seen = (datetime.fromtimestamp(held[name], UTC) for name in _TIMES)
        browser = str(held.get(session_rules.BROWSER) or UNKNOWN)
        found.append(OwnSession(handle, browser, begun, seen, handle == session.get(session_rules.HANDLE)))
    return sorted(found, key=lambda one: (one.this, one.seen, one.handle), reverse=True)


def end_one(person: identity_queries.SignedInPerson, handle: str) -> bool:
    """End one of the person's sessions by its handle. Returns whether it was running."""
    running = handle in _running(person)
    number = session_index.numbers_of(session_rules.sessions().client, person.person_id).get(handle)
    if number is not None:
        session_rules.sessions().end(number)
        session_index.forget(session_rules.sessions().client, person.person_id, handle)
    return running


def sign_out_everywhere(person_id: UUID, at: datetime, *, keep_this: bool) -> None:
    """End every session of a person that began before `at`, in the database first; keep the present one or not.

    Commits. Where Redis cannot be reached, nobody is signed in anywhere.
    """
    db.session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(signed_out_before=func.greatest(func.coalesce(Person.signed_out_before, at), at))
    )
    db.session.commit()
    if keep_this:
        session[session_rules.KEPT_AT] = at.timestamp()
    kept, client = session_rules.sessions(), session_rules.sessions().client
    this = session.get(session_rules.HANDLE)
    numbers = session_index.numbers_of(client, person_id)
    ended = {handle: number for handle, number in numbers.items() if not keep_this or handle != this}
    for number in ended.values():
        kept.end(number)
    session_index.forget(client, person_id, *ended)
    if not keep_this:
        session_rules.end_session()
    log.info("signed out everywhere", extra={"person": str(person_id)})


_TIMES = (session_rules.SIGNED_IN_AT, session_rules.SEEN_AT)


def _running(person: identity_queries.SignedInPerson) -> dict[str, dict[str, Any]]:
    """What the person's sessions hold, by handle. Those that have ended are taken out of the index."""
    kept, running, ended = session_rules.sessions(), {}, []
    for handle, number in session_index.numbers_of(kept.client, person.person_id).items():
        held = kept.held(number)
        if held is not None and _still_runs(held, handle, person):
            running[handle] = held
        else:
            ended.append(handle)
    session_index.forget(kept.client, person.person_id, *ended)
    return running


def _still_runs(held: dict[str, Any], handle: str, person: identity_queries.SignedInPerson) -> bool:
    ends = session_rules.ends_of(held, session_rules.real_now())
    if ends.idle < 0 or ends.absolute < 0:
        return False
    if person.signed_out_before is not None and session_rules.began_before(held, person.signed_out_before):
        return False
    mine = held.get(session_rules.PERSON) == str(person.person_id)
    return mine and held.get(session_rules.HANDLE) == handle
