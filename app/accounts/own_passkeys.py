"""A person's own passkeys: adding a second one, removing one. Told in the ledger of every partnership of theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from flask import Flask

from app.access.actor import Acting
from app.accounts import passkeys
from app.accounts.ceremony import Credential
from app.accounts.queries import PartnershipView, partnerships_of
from app.ledger.service import record
from app.procedure.events import EventKind
from tenants.db import db
from tenants.scope import in_partnership

CAPACITY = "Holder of a passkey"


class NoPartnership(Exception):
    """The person belongs to no partnership today, so nothing that they do here could be told in a ledger."""


def add(app: Flask, acting: Acting, credential: Credential, label: str, today: date, now: datetime) -> None:
    """Add a passkey to one's own. Commits. Raises NoPartnership, PasskeyRefused."""
    person_id = _person(acting)

    def change() -> str:
        passkeys.add_passkey(person_id, credential, label=label, now=now)
        return label

    _told(app, acting, EventKind.PASSKEY_REGISTERED, change, today, now)


def remove(app: Flask, acting: Acting, passkey_id: UUID, today: date, now: datetime) -> bool:
    """Remove one of one's own passkeys. Commits. Returns whether it was there. Raises NoPartnership, LastPasskey."""
    person_id = _person(acting)
    return _told(
        app,
        acting,
        EventKind.PASSKEY_REMOVED,
        lambda: passkeys.remove_passkey(person_id, passkey_id),
        today,
        now,
    )


def tell_others(
    app: Flask,
    acting: Acting,
    places: list[PartnershipView],
    kinds: list[tuple[EventKind, str]],
    now: datetime,
) -> None:
    """Tell further partnerships of a person, in their own ledgers, what happened to the person's passkeys."""
    person_id = _person(acting)
    for place in places:
        with in_partnership(app, place.partnership_id, person_id):
            for kind, label in kinds:
                _record(kind, acting, label, now)
            db.session.commit()


def _told(
    app: Flask, acting: Acting, kind: EventKind, change: Callable[[], str | None], today: date, now: datetime
) -> bool:
    """Make the change in the transaction of the first partnership's event; then tell the others."""
    person_id = _person(acting)
    places = partnerships_of(person_id, today)
    if not places:
        raise NoPartnership
    with in_partnership(app, places[0].partnership_id, person_id):
        label = change()
        if label is None:
            return False
        _record(kind, acting, label, now)
        db.session.commit()
    tell_others(app, acting, places[1:], [(kind, label)], now)
    return True


def _record(kind: EventKind, acting: Acting, label: str, now: datetime) -> None:
    record(
        kind, case_id=None, acting=acting, happened_at=now, now=now, facts={"person": str(acting.person_id)},
        payload={"passkey": label},
    )  # fmt: skip


def _person(acting: Acting) -> UUID:
    assert acting.person_id is not None
    return acting.person_id
