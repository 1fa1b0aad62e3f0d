"""The chain in the real database: what is recorded verifies, what is tampered with is named."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

import worker
from app.access.actor import SYSTEM
from app.clock_source import real_now
from app.ledger import anchors, cli
from app.ledger.chain import destroyed
from app.ledger.guard import UnledgeredWrite
from app.ledger.models import LedgerAnchor
from app.ledger.service import record
from app.ledger.verify import verify, verify_whole
from app.procedure.events import EventKind
from config import Mode
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
        assert "not in the chain" in str(verify().fault) or "head" in str(verify().fault)
        db.session.execute(text("delete from ledger_payloads where number > 2"))
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


def test_content_that_is_gone_is_a_fault_unless_a_later_event_says_that_it_was_destroyed(
    fresh: Place, owner_of: Flask
) -> None:
    with fresh.pinned():
        say(5)
    with fresh.pinned(owner_of):
        db.session.execute(text("delete from ledger_payloads where number in (2, 3)"))
        db.session.commit()
        fault = verify().fault
        assert fault is not None
        assert (fault.number, "no event says" in fault.reason) == (2, True)
    with fresh.pinned():
        now = real_now()
        record(
            EventKind.CONTENT_DESTROYED, case_id=None, acting=SYSTEM, happened_at=now, now=now,
            facts={"numbers": [2]},
        )  # fmt: skip
        db.session.commit()
        fault = verify().fault
        assert fault is not None
        assert fault.number == 3
        record(
            EventKind.CONTENT_DESTROYED, case_id=None, acting=SYSTEM, happened_at=now, now=now,
            facts={"numbers": [3]},
        )  # fmt: skip
        db.session.commit()
        assert verify().fault is None


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ([(5, [2, 3])], {2, 3}),
        ([(5, [5, 6])], set()),
        ([(5, None)], set()),
        ([(5, "2")], set()),
        ([(5, ["2"])], set()),
    ],
)
def test_only_a_later_event_destroys(said: list[tuple[int, object]], named: set[int]) -> None:
    assert destroyed(said) == named


def test_what_is_not_anchored_yet_is_counted(fresh: Place) -> None:
    with fresh.pinned():
        begun = verify_whole(fresh.slug)
        assert (begun.unanchored, begun.anchored_at) == (begun.count, None)
        say(2)
        assert anchors.write(fresh.slug, real_now())
        assert not anchors.write(fresh.slug, real_now())
        assert verify_whole(fresh.slug).unanchored == 0
        say(3)
        standing = verify_whole(fresh.slug)
        assert (standing.unanchored, standing.fault) == (3, None)
        assert standing.anchored_at is not None
        assert standing.waiting_since is not None


def test_the_command_prints_what_is_not_anchored_and_ends_with_one_where_a_chain_is_broken(
    app: Flask, fresh: Place, owner_of: Flask
) -> None:
    command = app.test_cli_runner()
    with fresh.pinned():
        say(2)
        anchors.write(fresh.slug, real_now())
        say(4)
    told = command.invoke(args=["ledger", "verify", "--partnership", fresh.slug])
    assert told.exit_code == 0
    assert "events, whole; 4 events not yet anchored; last anchor " in told.output
    with fresh.pinned(owner_of):
        db.session.execute(text("delete from ledger_payloads where number = 2"))
        db.session.commit()
    told = command.invoke(args=["ledger", "verify", "--partnership", fresh.slug])
    assert told.exit_code == 1
    assert f"{fresh.slug}: BROKEN at event 2: its content is gone" in told.output


def test_in_production_an_event_that_waits_too_long_for_its_anchor_is_said(app: Flask, fresh: Place) -> None:
    with fresh.pinned():
        say(2)
        standing = verify_whole(fresh.slug)
        assert not cli.is_behind(standing)
        app.config["WAYMARK"], before = (
            replace(app.config["WAYMARK"], mode=Mode.PRODUCTION),
            app.config["WAYMARK"],
        )
        try:
            assert not cli.is_behind(standing)
            old = replace(standing, waiting_since=real_now() - timedelta(minutes=11))
            assert cli.is_behind(old)
            assert "LATE" in cli.told(fresh.slug, old, True)
            assert not cli.is_behind(replace(old, waiting_since=None))
        finally:
            app.config["WAYMARK"] = before


def test_a_stop_between_the_file_and_the_database_is_made_good(
    fresh: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh.pinned():
        say(2)

        def die() -> None:
            raise OSError("stopped")

        with monkeypatch.context() as patch:
            patch.setattr(db.session, "commit", die)
            with pytest.raises(OSError, match="stopped"):
                anchors.write(fresh.slug, real_now())
        db.session.rollback()
        assert verify_whole(fresh.slug).fault is None
        say(1)
        anchors.write(fresh.slug, real_now())
        assert len(db.session.scalars(select(LedgerAnchor)).all()) == 2
        assert verify_whole(fresh.slug).fault is None


def test_a_long_file_is_written_by_its_end_and_verified_whole(
    app: Flask, fresh: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchors, "TAIL", 500)
    monkeypatch.setattr(anchors, "BATCH", 3)
    path = Path(app.config["WAYMARK"].anchor_dir) / f"{fresh.slug}.anchors"
    with fresh.pinned():
        for _ in range(8):
            say(1)
            assert anchors.write(fresh.slug, real_now())
        assert len(anchors.read(fresh.slug)) == 8
        assert len(db.session.scalars(select(LedgerAnchor)).all()) == 8
        assert verify_whole(fresh.slug).fault is None
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([*lines[:2], *lines[3:]]))
        assert "no longer in the file" in str(verify_whole(fresh.slug).fault)
        path.write_bytes(b"".join(lines))


def test_half_a_line_that_a_full_disk_left_is_taken_away(app: Flask, fresh: Place) -> None:
    path = Path(app.config["WAYMARK"].anchor_dir) / f"{fresh.slug}.anchors"
    with fresh.pinned():
        say(2)
        anchors.write(fresh.slug, real_now())
        with path.open("a") as file:
            file.write("2026-11-26T10:00:0")
        assert "cut short" in str(verify_whole(fresh.slug).fault)
        say(1)
        anchors.write(fresh.slug, real_now())
        assert verify_whole(fresh.slug).fault is None
        assert len(anchors.read(fresh.slug)) == 2


def test_anchors_written_at_the_same_time_by_two_workers_are_in_order(app: Flask, fresh: Place) -> None:
    with fresh.pinned():
        say(3)

    def write() -> None:
        with fresh.pinned():
            anchors.write(fresh.slug, real_now())

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh.pinned():
        assert len(anchors.read(fresh.slug)) == 1
        assert verify_whole(fresh.slug).fault is None


def test_one_partnership_that_cannot_be_anchored_keeps_no_other_from_it_and_is_in_the_log(
    app: Flask, fresh: Place, wight: Place
) -> None:
    path = Path(app.config["WAYMARK"].anchor_dir) / f"{fresh.slug}.anchors"
    with fresh.pinned():
        say(1)
        anchors.write(fresh.slug, real_now())
        say(1)
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"2026", b"2025", 1))
    with wight.pinned():
        say(1)
    with structlog.testing.capture_logs() as logged:
        written, failed = anchors.write_all(app)
    path.write_bytes(kept)
    assert written >= 1
    assert failed == 1
    assert {
        "event": "anchor-not-written",
        "partnership": fresh.slug,
        "error": "ValueError",
        "log_level": "error",
    } in logged
    with wight.pinned():
        assert verify_whole("isle-of-wight").unanchored == 0


def test_the_worker_anchors_at_the_start_and_at_least_every_five_minutes_and_sooner_after_a_failure(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments: list[int] = []
    outcome = (1, 0)

    def write_all(_app: Flask) -> tuple[int, int]:
        moments.append(moment)
        if outcome is None:
            raise OSError("full")
        return outcome

    monkeypatch.setattr(anchors, "write_all", write_all)
    anchoring = worker.Anchoring(app)
    for moment in range(1000, 2000):
        anchoring.look(float(moment))
    assert moments[0] == 1000
    assert max(later - earlier for earlier, later in zip(moments, moments[1:], strict=False)) <= 300
    outcome = (0, 1)
    moments.clear()
    for moment in range(3000, 3100):
        anchoring.look(float(moment))
    assert max(later - earlier for earlier, later in zip(moments, moments[1:], strict=False)) <= 20
    outcome = None
    with structlog.testing.capture_logs() as logged:
        assert not anchoring.write()
    assert logged[0]["event"] == "anchor-not-written"
    assert logged[0]["log_level"] == "error"
