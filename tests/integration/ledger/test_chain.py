"""The chain in the real database: what is recorded verifies, what is tampered with is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.access.actor import SYSTEM
from app.clock_source import real_now
from app.ledger import anchors
from app.ledger.guard import UnledgeredWrite
from app.ledger.service import record
from app.ledger.verify import verify
from app.procedure.events import EventKind
from tenants.db import db
from tests.support.people import Someone
from tests.support.places import Place


def say(times: int = 1) -> None:
    now = real_now()
    for _ in range(times):
        record(
            EventKind.SETTINGS_ADOPTED, case_id=None, acting=SYSTEM, happened_at=now, now=now,
            payload={"words": "é “quoted” 日本"},
        )  # fmt: skip
    db.session.commit()


def test_what_is_recorded_verifies_outside_the_database(fresh: Place) -> None:
    with fresh.pinned():
        before = verify().count
        say(7)
        verdict = verify()
    assert verdict.fault is None
    assert verdict.count == before + 7


@pytest.mark.parametrize(
    ("tampering", "reason"),
    [
        ("update ledger_events set actor_capacity = 'somebody else' where number = 3", "changed"),
        ("update ledger_events set happened_at = happened_at - interval '1 day' where number = 3", "changed"),
        ("delete from ledger_events where number = 3", "missing"),
        ("update ledger_payloads set payload = '{}' where number = 3", "content"),
        ("delete from ledger_events where number = (select max(number) from ledger_events)", "head"),
        ("update ledger_heads set hash = decode(repeat('11', 32), 'hex')", "head"),
    ],
)
def test_tampering_by_the_owner_is_named(fresh: Place, owner_of: Flask, tampering: str, reason: str) -> None:
    with fresh.pinned():
        say(5)
    with fresh.pinned(owner_of):
        for switch in ("disable", "enable"):
            db.session.execute(text(f"alter table ledger_events {switch} trigger ledger_events_append_only"))
            if switch == "disable":
                db.session.execute(text(tampering))
        fault = verify().fault
        db.session.rollback()
    assert fault is not None
    assert reason in fault.reason


def test_a_cut_tail_with_a_mended_head_is_found_by_the_anchor(fresh: Place, owner_of: Flask) -> None:
    with fresh.pinned():
        say(4)
        anchors.write(fresh.slug, real_now())
        assert anchors.first_missing(fresh.slug) is None
    with fresh.pinned(owner_of):
        db.session.execute(text("alter table ledger_events disable trigger ledger_events_append_only"))
        db.session.execute(text("delete from ledger_events where number > 2"))
        db.session.execute(
            text(
                "update ledger_heads set count = 2, hash = (select hash from ledger_events where number = 2)"
            )
        )
        assert verify().fault is None
        fault = anchors.first_missing(fresh.slug)
        db.session.rollback()
    assert fault is not None
    assert "gone" in fault.reason


@pytest.mark.parametrize("statement", ["update ledger_events set kind = 'x'", "delete from ledger_events",
                                       "truncate ledger_events", "insert into ledger_events (number) values (1)",
                                       "update ledger_heads set count = 0", "delete from ledger_payloads"])  # fmt: skip
def test_the_application_cannot_touch_the_chain(fresh: Place, statement: str) -> None:
    with fresh.pinned(), pytest.raises(DBAPIError):
        db.session.execute(text(statement))


def test_a_write_without_an_event_is_refused(fresh: Place, someone: Someone) -> None:
    from app.cases.service import open_case

    with fresh.pinned():
        open_case(title="t", source="agency", agency_id=None, referred_by=None, children=[], now=real_now())
        with pytest.raises(UnledgeredWrite):
            db.session.commit()


def test_events_of_a_rolled_back_transaction_are_forgotten(fresh: Place) -> None:
    with fresh.pinned():
        before = verify().count
        now = real_now()
        record(EventKind.SETTINGS_ADOPTED, case_id=None, acting=SYSTEM, happened_at=now, now=now)
        db.session.rollback()
        say()
        assert verify().count == before + 1


def test_an_event_cannot_come_from_the_future(fresh: Place) -> None:
    now = real_now()
    with fresh.pinned(), pytest.raises(ValueError, match="cannot have happened after"):
        record(
            EventKind.SETTINGS_ADOPTED,
            case_id=None,
            acting=SYSTEM,
            happened_at=now + timedelta(hours=1),
            now=now,
        )
