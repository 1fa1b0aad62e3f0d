"""Random tamperings with anchored events by somebody who has all rights over the database: all of them are found.

`WAYMARK_TAMPERINGS` says how many (60 in script/test, 1,000 in script/soak). Each is undone by a rollback; the file of
anchors is put back.
"""

from __future__ import annotations

import os
import random
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from app import create_app
from app.clock_source import real_now
from app.ledger import anchors
from app.ledger.models import LedgerEvent, LedgerHead, LedgerPayload
from app.ledger.service import APPEND
from app.ledger.verify import Standing, verify_whole
from tenants.db import db
from tests.integration.ledger.tampering import KINDS, WEIGHTS, Chain
from tests.integration.serious_incidents.journey import Journey
from tests.support.places import Place, fresh_place, place
from tests.support.servers import Servers

TAMPERINGS = int(os.environ.get("WAYMARK_TAMPERINGS", "60"))
SEED = int(os.environ.get("WAYMARK_SEED", "0")) or secrets.randbelow(1_000_000)
ANCHORED_AFTER = (3, 11, 12, 25)


@pytest.fixture(scope="module")
def superuser(servers: Servers) -> Flask:
    """The application on a connection to which nothing is forbidden."""
    return create_app(replace(servers.config, database_url=servers.embedded.postgres.url("postgres")))


@pytest.fixture(scope="module")
def there(app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A partnership whose chain is that of a contested case, as it was recorded, anchored here and there."""
    made = fresh_place(app, owner_of, tmp_path_factory.mktemp("chain"))
    events = played(place(app, "isle-of-wight"))
    with made.pinned():
        for number, event in enumerate(events, start=1):
            db.session.execute(APPEND, event)
            db.session.commit()
            if number in ANCHORED_AFTER:
                assert anchors.write(made.slug, real_now())
        anchors.write(made.slug, real_now())
    return made


def played(wight: Place) -> list[dict[str, object]]:
    """The events of a case in which the partners differed and their chair decided, and of one in which they agreed."""
    journey, agreed = Journey(wight).to_chair(), Journey(wight).to_decision()
    journey.chair_decides()
    agreed.decide()
    with wight.pinned():
        rows = db.session.execute(
            select(LedgerEvent, LedgerPayload)
            .join(LedgerPayload, LedgerPayload.number == LedgerEvent.number)
            .where(LedgerEvent.case_id.in_([journey.case_id, agreed.case_id]))
            .order_by(LedgerEvent.number)
        ).all()
        return [
            {
                "happened_at": event.happened_at, "recorded_at": event.recorded_at, "person": event.actor_person,
                "capacity": event.actor_capacity, "kind": event.kind, "case_id": event.case_id, "stage": event.stage,
                "party": event.party, "outcome": event.outcome, "facts": event.facts, "payload": content.payload,
                "salt": secrets.token_bytes(16),
            }
            for event, content in rows
        ]  # fmt: skip


@pytest.fixture
def chain(superuser: Flask, there: Place) -> Iterator[Chain]:
    """The chain, in a session of the superuser; whatever is done to it is undone."""
    file = Path(superuser.config["WAYMARK"].anchor_dir) / f"{there.slug}.anchors"
    kept = file.read_bytes()
    with there.pinned(superuser):
        length = db.session.scalars(select(LedgerHead.count)).one()
        yield Chain(there.id, length, file)
        db.session.rollback()
    file.write_bytes(kept)


def attempt(chain: Chain, slug: str, name: str, chance: random.Random) -> tuple[str, Standing]:
    """Tamper as a superuser whom no trigger and no key stops, then verify as the application does; undo it all."""
    kept = chain.file.read_bytes()
    db.session.execute(text("set local session_replication_role = replica"))
    try:
        told = KINDS[name](chain, chance)
        db.session.execute(text("set local role waymark_app"))
        return told, verify_whole(slug)
    finally:
        db.session.rollback()
        chain.file.write_bytes(kept)


def order(chance: random.Random) -> Iterator[str]:
    """Every kind once, then at random."""
    yield from chance.sample(list(KINDS), len(KINDS))
    while True:
        yield chance.choices(list(KINDS), [WEIGHTS.get(name, 1) for name in KINDS])[0]


@pytest.mark.long
def test_every_tampering_with_anchored_events_is_found(chain: Chain, there: Place) -> None:
    chance = random.Random(SEED)
    assert chain.length > 25
    standing = verify_whole(there.slug)
    assert (standing.fault, standing.unanchored) == (None, 0)
    missed, tried = [], Counter[str]()
    for name in islice(order(chance), TAMPERINGS):
        told, after = attempt(chain, there.slug, name, chance)
        tried[name] += 1
        if after.fault is None:
            missed.append(f"{name}: {told}")
    assert verify_whole(there.slug) == standing
    print(
        f"\ntamperings: {TAMPERINGS}, {TAMPERINGS - len(missed)} found, seed {SEED}; {dict(sorted(tried.items()))}"
    )
    assert missed == []


def test_a_verification_that_looks_away_would_be_noticed(
    chain: Chain, there: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above is itself tried: without the anchors, a careful forger goes unnoticed."""
    monkeypatch.setattr(anchors, "first_missing", lambda _slug: None)
    chance = random.Random(SEED)
    for name in ("rewritten_from", "deleted_and_closed", "inserted", "file_gone"):
        _told, after = attempt(chain, there.slug, name, chance)
        assert after.fault is None, name


def test_what_lies_after_the_last_anchor_is_printed_as_not_anchored(app: Flask, there: Place) -> None:
    event = played(place(app, "isle-of-wight"))[0]
    with there.pinned():
        before = verify_whole(there.slug)
        db.session.execute(APPEND, event)
        db.session.commit()
    told = app.test_cli_runner().invoke(args=["ledger", "verify", "--partnership", there.slug])
    with there.pinned():
        anchors.write(there.slug, real_now())
    assert before.unanchored == 0
    assert f"{there.slug}: {before.count + 1} events, whole; 1 events not yet anchored" in told.output


def test_every_column_of_an_event_is_covered(chain: Chain, there: Place) -> None:
    """One tampering for each column, by hand: none is left to chance."""
    from tests.integration.ledger.tampering import COLUMNS, other

    for name in COLUMNS:
        number = chain.length // 2
        db.session.execute(text("set local session_replication_role = replica"))
        before = chain.row(number)[name]
        chain.put(number, **{name: other(name, before, random.Random(SEED))})
        db.session.execute(text("set local role waymark_app"))
        assert verify_whole(there.slug).fault is not None, name
        db.session.rollback()
