"""The background of Waymark: a sweeper that finds what is due, workers that do it, and the ledger's anchors.

`python worker.py` runs until it is told to stop (SIGTERM or SIGINT) and leaves no child behind. `--burst`
does what is due now and ends.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

import structlog
from flask import Flask
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from app import create_checked_app
from app.outbox import jobs
from app.outbox.smtp import check_host
from app.outbox.sweeper import FUNCTION, relay_engine, sweep_once, work_queue
from config import ConfigurationError
from tenants.db import db

log = structlog.get_logger()

SWEEP_EVERY_SECONDS = 1.0
# Anchors are owed every five minutes of activity at least; one that could not be written is tried again sooner.
ANCHOR_EVERY_SECONDS = 120.0
ANCHOR_AGAIN_SECONDS = 20.0
# Short, so that a job whose worker and child were killed together does not stay "started" for long.
MAINTENANCE_SECONDS = 30
WORKER_TTL_SECONDS = 60
GRACE_SECONDS = 20.0
RESTART_PAUSE_SECONDS = 1.0
PARENT_DEATH_SIGNAL = 1
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class OnlyOurJobs(Worker):
    """A forking worker that runs one function only, and lets no child use the parent's connections."""

    app: Flask

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run a job in a child. One that names another function is not from the sweeper, and is dropped."""
        if not _is_ours(job):
            log.error("foreign-job", job=job.id)
            job.delete()
            return
        super().execute_job(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """The child: the parent's connections are forgotten, not closed, for they are the parent's."""
        _end_with_parent(signal.SIGKILL)
        _forget_connections(self.app)
        super().main_work_horse(job, queue)


def _is_ours(job: Job) -> bool:
    try:
        return bool(job.func_name == FUNCTION)
    except Exception:  # what cannot even be read is not ours
        return False


def _forget_connections(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose(close=False)
    engine = app.extensions.pop("waymark_relay", None)
    if engine is not None:
        engine.dispose(close=False)


def _end_with_parent(number: signal.Signals) -> None:
    """Ask the system to signal this process when its parent dies, however it dies (Linux only)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, int(number), 0, 0, 0)


def queue_worker(app: Flask) -> OnlyOurJobs:
    """One worker on the one queue, with connections given explicitly."""
    worker = OnlyOurJobs(
        [work_queue(app)],
        connection=app.extensions["redis"],
        serializer=JSONSerializer,
        maintenance_interval=MAINTENANCE_SECONDS,
        worker_ttl=WORKER_TTL_SECONDS,
        default_result_ttl=0,
        log_job_description=False,
    )
    worker.app = app
    return worker


def work(app: Flask) -> None:
    """Work until stopped. Ends when Redis is lost; the supervisor starts another."""
    queue_worker(app).work(logging_level="WARNING")


def sweep(app: Flask) -> None:
    """Sweep every second, anchor the ledger every two minutes, until stopped. Faults are outlived."""
    stop, anchoring = _Stop(), Anchoring(app)
    while not stop.asked:
        with _outlived("sweep"):
            sweep_once(app)
        anchoring.look(time.monotonic())
        stop.wait(SWEEP_EVERY_SECONDS)
    anchoring.write()


class Anchoring:
    """When the ledger is anchored: at the start, then every two minutes, and sooner after a failure."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.due = 0.0

    def look(self, moment: float) -> None:
        """Write anchors where that is due. `moment` is in seconds of a clock that only goes forward."""
        if moment >= self.due:
            whole = self.write()
            self.due = moment + (ANCHOR_EVERY_SECONDS if whole else ANCHOR_AGAIN_SECONDS)

    def write(self) -> bool:
        """Write what is missing. Returns whether every chain is anchored; what is not is in the log, as an error."""
        from app.ledger import anchors

        try:
            return anchors.write_all(self.app)[1] == 0
        except (SQLAlchemyError, OSError, ValueError) as error:
            log.error("anchor-not-written", partnership="all", error=type(error).__name__)
            return False


@contextlib.contextmanager
def _outlived(what: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    try:
        yield
    except (RedisError, SQLAlchemyError, OSError, ValueError) as error:
        log.warning("background-fault", what=what, error=type(error).__name__)


class _Stop:
    """Whether this process was asked to stop, and waiting that ends early when it is."""

    def __init__(self) -> None:
        self.asked = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        with contextlib.suppress(OSError):
            os.write(self._writer, b"x")

    def wait(self, seconds: float) -> None:
        """Wait, at most so long."""
        import select

        select.select([self._reader], [], [], seconds)


def burst(app: Flask) -> int:
    """Do what is due now, and what that makes due, through the queue. Returns how many were handed over."""
    total = 0
    while handed := sweep_once(app):
        total += handed
        queue_worker(app).work(burst=True, logging_level="WARNING")
    return total


class Supervisor:
    """One process that starts the others, restarts what ends by itself, and ends with all of them."""

    def __init__(self, app: Flask, workers: int) -> None:
        self.app = app
        self.parts: dict[str, Callable[[Flask], None]] = {f"worker-{n + 1}": work for n in range(workers)}
        self.parts["sweeper"] = sweep
        self.running: dict[int, str] = {}

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, then stop every child and wait for it."""
        stop = _Stop()
        for name in self.parts:
            self._start(name)
        log.info("background-started", processes=len(self.running))
        while not stop.asked:
            stop.wait(RESTART_PAUSE_SECONDS)
            ended = self._reap()
            if not stop.asked:
                for name in ended:
                    log.warning("background-restarted", part=name)
                    self._start(name)
        self._stop_all()
        log.info("background-stopped")

    def _start(self, name: str) -> None:
        parent = os.getpid()
        # Held back while forking: a child must not receive a signal with its parent's handlers, and lose it.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        child = os.fork()
        if child:
            self.running[child] = name
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            return
        code = 1
        try:
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            _end_with_parent(signal.SIGTERM)
            if os.getppid() == parent:
                _forget_connections(self.app)
                self.parts[name](self.app)
            code = 0
        except Exception as error:
            log.warning("background-ended", part=name, error=type(error).__name__)
        finally:
            os._exit(code)

    def _reap(self) -> list[str]:
        ended = []
        for pid in list(self.running):
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == 0:
                    continue
            ended.append(self.running.pop(pid))
        return ended

    def _stop_all(self) -> None:
        self._signal_all(signal.SIGTERM)
        give_up = time.monotonic() + GRACE_SECONDS
        while self.running and time.monotonic() < give_up:
            self._reap()
            time.sleep(0.02)
        # A job cut short here is rolled back, and handed over again when its lease has run out.
        self._signal_all(signal.SIGKILL)
        while self.running:
            self._reap()
            time.sleep(0.02)

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def main(arguments: list[str] | None = None) -> int:
    """Start the background. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Waymark's background: workers, sweeper and anchors.")
    parser.add_argument("--burst", action="store_true", help="do what is due now, then end")
    parser.add_argument("--workers", type=int, default=2, choices=range(1, 65), metavar="N")
    options = parser.parse_args(arguments)
    try:
        app = create_checked_app()
        check_host(app.config["WAYMARK"])
        relay_engine(app)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    jobs.use_app(app)
    if options.burst:
        burst(app)
    else:
        Supervisor(app, options.workers).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
