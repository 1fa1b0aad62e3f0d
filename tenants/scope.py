"""Which partnership (or which person) the current session serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Flask

from tenants.db import NARROWER, AnotherPartnership, NoPartnershipInScope, db, set_scope


def pin(partnership_id: UUID, person_id: UUID | None = None) -> None:
    """Serve this partnership for the rest of the current session's life.

    Raises AnotherPartnership where the session already serves a different one.
    """
    session = db.session()
    if session.info.get("partnership") not in (None, partnership_id):
        raise AnotherPartnership("One session never serves two partnerships")
    session.info["partnership"] = partnership_id
    session.info["person"] = person_id or session.info.get("person")
    if session.in_transaction():
        set_scope(session.connection(), partnership_id, session.info["person"])


def pin_person(person_id: UUID) -> None:
    """Let a signed-in person read their own memberships, in whichever partnerships."""
    session = db.session()
    session.info["person"] = person_id
    if session.in_transaction():
        set_scope(session.connection(), session.info.get("partnership"), person_id)


def narrow(role: str) -> None:
    """Work as a narrower role of the database for the rest of the current session's life. Raises KeyError.

    What that role may not read or write, the database refuses, whatever the code asks.
    """
    session, put_on = db.session(), NARROWER[role]
    session.info["role"] = role
    if session.in_transaction():
        session.connection().execute(put_on)


def current_partnership_id() -> UUID:
    """The partnership in scope. Raises NoPartnershipInScope where there is none."""
    pinned = db.session().info.get("partnership")
    if pinned is None:
        raise NoPartnershipInScope("No partnership is in scope")
    return UUID(str(pinned))


@contextmanager
def in_partnership(app: Flask, partnership_id: UUID, person_id: UUID | None = None) -> Iterator[None]:
    """A fresh session for one partnership, in an application context of its own."""
    with app.app_context():
        pin(partnership_id, person_id)
        yield


@contextmanager
def as_person(app: Flask, person_id: UUID) -> Iterator[None]:
    """A fresh session that can only read what belongs to one person across partnerships."""
    with app.app_context():
        pin_person(person_id)
        yield
