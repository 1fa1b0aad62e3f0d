"""Work is done exactly once, whoever sweeps, however often Redis forgets, wherever a process dies."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.clock_source import real_now
from app.outbox import jobs
from app.outbox.models import JobIntent
from app.outbox.queries import dead_letters
from app.outbox.service import NotAnIdentifier, revive, schedule
from app.outbox.sweeper import lease_due, relay_engine, run_due, sweep_once, work_queue
from tenants.db import db
from tests.integration.outbox.work import COMMITTING, EFFECT, FAILING, effects
from tests.support.places import Place, fresh_place


def owe(place: Place, kind: str, *names: str, delay: timedelta = timedelta()) -> list[UUID]:
    now = real_now()
    with place.pinned():
        for name in names:
            assert schedule(kind, f"{kind}:{name}", now + delay, {"name": name}, now)
        db.session.commit()
        return list(db.session.scalars(select(JobIntent.id).where(JobIntent.kind == kind)))


def done(place: Place) -> list[str]:
    with place.pinned():
        return effects()


def intent(place: Place) -> JobIntent:
    with place.pinned():
        return db.session.scalars(select(JobIntent)).one()


def work_off(place: Place, most: int | None = None) -> None:
    """Do what is queued in this process, as RQ does it."""
    jobs.use_app(place.app)
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    queue = work_queue(place.app)
    worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
    try:
        worker.work(burst=True, max_jobs=most, logging_level="ERROR")
    finally:
        for number, previous in kept.items():
            signal.signal(number, previous)


def test_owed_twice_it_is_done_once_and_not_before_it_is_due(here: Place, at) -> None:  # noqa: ANN001
    owe(here, EFFECT, "a", delay=timedelta(hours=1))
    with here.pinned():
        assert not schedule(EFFECT, f"{EFFECT}:a", real_now(), {"name": "a"}, real_now())
        db.session.commit()
    assert run_due(here.app) == 0
    at(real_now() + timedelta(hours=2))
    assert run_due(here.app) == 1
    assert run_due(here.app) == 0
    assert done(here) == ["a"]


def test_work_of_a_rolled_back_transaction_was_never_owed(here: Place) -> None:
    with here.pinned():
        schedule(EFFECT, "k", real_now(), {"name": "a"}, real_now())
        db.session.rollback()
    assert run_due(here.app) == 0
    assert done(here) == []


def test_the_queue_does_not_decide_when(here: Place) -> None:
    identifier = owe(here, EFFECT, "a", delay=timedelta(hours=1))[0]
    assert jobs.run(here.app, here.id, identifier) == "nothing"
    assert done(here) == []


@pytest.mark.parametrize("args", [{"name": "Sam Smith"}, {"name": "x\n"}, {"a b": "x"}, {"name": "x" * 200}])
def test_work_carries_identifiers_only(here: Place, args: dict[str, str]) -> None:
    with here.pinned(), pytest.raises(NotAnIdentifier):
        schedule(EFFECT, "k", real_now(), args, real_now())


def test_four_sweepers_at_once_hand_over_each_once(here: Place) -> None:
    owe(here, EFFECT, *(f"n{number:02}" for number in range(40)))
    together = Barrier(4)

    def sweep() -> list[UUID]:
        together.wait()
        return [one.intent_id for _ in range(4) for one in lease_due(here.app, 7)]

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(sweep) for _ in range(4)]
        leased = [identifier for future in futures for identifier in future.result()]
    assert len(leased) == len(set(leased)) == 40


def test_one_partnership_s_bulk_does_not_starve_another(here: Place, owner_of: Flask, tmp_path: Path) -> None:
    other = fresh_place(here.app, owner_of, tmp_path)
    owe(here, EFFECT, *(f"n{number:03}" for number in range(120)))
    owe(other, EFFECT, "a", "b", "c")  # due after all of them
    leased = [one.partnership_id for one in lease_due(here.app, 8)]
    assert leased.count(other.id) == 3
    assert leased.count(here.id) == 5
    with relay_engine(here.app).begin() as connection:
        later = {"later": real_now() + timedelta(days=9000), "p": other.id}
        connection.execute(
            text("update job_intents set lease_until = :later where partnership_id = :p"), later
        )


def test_a_silence_is_judged_before_mail_is_sent(here: Place) -> None:
    owe(here, EFFECT, *(f"n{number:03}" for number in range(20)))
    owe(here, "deem", "a")
    owe(here, "contact-deputy", "b")
    assert {one.kind for one in lease_due(here.app, 2)} == {"deem", "contact-deputy"}
    work_queue(here.app).empty()
    sweep_once(here.app)
    owe(here, "deem", "c")
    sweep_once(here.app)
    assert work_queue(here.app).jobs[0].id.startswith("deem-")
    work_queue(here.app).empty()


def test_eight_workers_at_one_intent_make_one_effect(here: Place) -> None:
    identifier = owe(here, EFFECT, "a")[0]
    together = Barrier(8)

    def run() -> str:
        together.wait()
        return jobs.run(here.app, here.id, identifier)

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(future.result() for future in [pool.submit(run) for _ in range(8)])
    assert outcomes == ["done", *["nothing"] * 7]
    assert done(here) == ["a"]


def test_redis_flushed_in_the_middle_loses_nothing_and_doubles_nothing(
    here: Place, leases_run_out: Callable[[], None]
) -> None:
    names = [f"n{number:02}" for number in range(30)]
    work_queue(here.app).empty()
    owe(here, EFFECT, *names)
    assert sweep_once(here.app) == 30
    assert sweep_once(here.app) == 0
    work_off(here, most=10)
    assert len(done(here)) == 10
    here.app.extensions["redis"].flushall()
    work_off(here)
    assert len(done(here)) == 10
    leases_run_out()
    assert sweep_once(here.app) == 20
    work_off(here)
    assert done(here) == names


def test_jobs_are_named_by_attempt_hold_json_and_no_content(
    here: Place, leases_run_out: Callable[[], None]
) -> None:
    identifier = owe(here, EFFECT, "a")[0]
    queue = work_queue(here.app)
    queue.empty()
    sweep_once(here.app)
    leases_run_out()
    sweep_once(here.app)
    found = {job.id: job for job in queue.jobs}
    assert set(found) == {f"{EFFECT}-{identifier}-1", f"{EFFECT}-{identifier}-2"}
    for job in found.values():
        assert job.func_name == "app.outbox.jobs.run_intent"
        assert job.args == [str(here.id), str(identifier)]
        assert job.result_ttl == 0
        assert job.failure_ttl == 60
    queue.empty()


def test_a_failure_is_rolled_back_recorded_without_words_and_given_up_in_the_end(
    here: Place,
    leases_run_out: Callable[[], None],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    owe(here, FAILING, "a")
    assert run_due(here.app) == 0
    failed = intent(here)
    assert (failed.last_error, failed.attempts, failed.done_at, failed.failed_at) == (
        "ValueError",
        1,
        None,
        None,
    )
    assert failed.lease_until is not None
    assert failed.lease_until > real_now()
    for _ in range(jobs.GIVE_UP_OTHERWISE - 1):
        leases_run_out()
        run_due(here.app)
    assert intent(here).failed_at is not None
    assert done(here) == []
    with here.pinned():
        assert [letter.last_error for letter in dead_letters()] == ["ValueError"]
    leases_run_out()
    assert lease_due(here.app) == []
    assert "Sam" not in caplog.text + capsys.readouterr().out
    with here.pinned():
        assert revive() == 1
        db.session.commit()
    assert len(lease_due(here.app)) == 1


def test_a_handler_that_commits_is_found_out(here: Place) -> None:
    owe(here, COMMITTING, "a")
    assert run_due(here.app) == 0
    assert intent(here).last_error == "HandlerCommitted"


def test_work_of_no_known_kind_waits_for_somebody_who_knows_it(here: Place) -> None:
    owe(here, "test-unheard-of", "a")
    assert run_due(here.app) == 0
    assert (intent(here).last_error, intent(here).done_at) == ("KeyError", None)


@pytest.mark.parametrize("point", ["after-lease", "before-enqueue", "before-commit", "after-commit"])
def test_killed_at_any_point_the_work_is_done_exactly_once(
    here: Place,
    leases_run_out: Callable[[], None],
    worker_process: Callable[..., subprocess.Popen[bytes]],
    point: str,
) -> None:
    work_queue(here.app).empty()
    owe(here, EFFECT, "a")
    crashed = worker_process("--burst", crash=point).wait(60)
    assert crashed == (137 if point in ("after-lease", "before-enqueue") else 0)
    assert done(here) == (["a"] if point == "after-commit" else [])
    leases_run_out()
    assert worker_process("--burst").wait(60) == 0
    assert done(here) == ["a"]
    assert intent(here).done_at is not None


def test_a_job_that_names_another_function_is_not_run(
    here: Place, worker_process: Callable[..., subprocess.Popen[bytes]], tmp_path
) -> None:  # noqa: ANN001
    queue = work_queue(here.app)
    queue.empty()
    target = tmp_path / "made"
    queue.enqueue_call("os.mkdir", args=(str(target),), job_id="foreign")
    owe(here, EFFECT, "a")
    assert worker_process("--burst").wait(60) == 0
    assert done(here) == ["a"]
    assert not target.exists()
    assert queue.count == 0


@pytest.mark.parametrize(
    "statement",
    [
        "select args from job_intents",
        "select key from job_intents",
        "select * from outbox_messages",
        "update job_intents set done_at = now()",
        "update job_intents set run_at = now()",
        "delete from job_intents",
        "insert into job_intents (kind) values ('x')",
        "select * from ledger_events",
    ],
)
def test_the_relay_sees_no_content_and_changes_leases_only(here: Place, statement: str) -> None:
    with relay_engine(here.app).connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text(statement))


def test_another_partnership_neither_sees_nor_runs_the_work(here: Place, hampshire: Place) -> None:
    identifier = owe(here, EFFECT, "a")[0]
    assert jobs.run(here.app, hampshire.id, identifier) == "nothing"
    assert done(here) == []
