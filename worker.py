"""The background: a sweeper that hands over what is due, and a worker that does it. Ends cleanly, children included.

`python worker.py` runs until it is asked to stop; `--burst` does what is due now and ends.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from multiprocessing import get_context
from types import FrameType

from flask import Flask
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from app import create_checked_app
from app.ledger import anchors
from app.outbox.jobs import use_app
from app.outbox.sweeper import QUEUE, sweep_once
from tenants.db import db

BETWEEN_SWEEPS = 1.0
BETWEEN_ANCHORS = 300.0
MAINTENANCE = 30
PATIENCE = 20.0


class ForkingWorker(Worker):
    """RQ's worker; what it forks makes its own connections, never sharing its parent's."""

    def main_work_horse(self, *args: object, **kwargs: object) -> None:
        """In the forked child: forget the parent's connections without closing them, then do the job."""
        app = _app()
        with app.app_context():
            db.engine.dispose(close=False)
        engine = app.extensions.pop("relay_engine", None)
        if engine is not None:
            engine.dispose(close=False)
        super().main_work_horse(*args, **kwargs)  # type: ignore[arg-type]


_made: Flask | None = None


def _app() -> Flask:
    global _made
    if _made is None:
        _made = create_checked_app()
        use_app(_made)
    return _made


def work(burst: bool = False) -> None:
    """Do jobs until asked to stop (or, in a burst, until the queue is empty)."""
    app = _app()
    connection = app.extensions["redis"]
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    worker = ForkingWorker(
        [queue], connection=connection, serializer=JSONSerializer, maintenance_interval=MAINTENANCE
    )
    worker.work(burst=burst, logging_level="WARNING")


def sweep() -> None:
    """Hand over what is due every second, and anchor the ledgers every five minutes."""
    app = _app()
    stopping = _on_stop()
    anchored = 0.0
    while not stopping():
        try:
            sweep_once(app)
            if time.monotonic() - anchored >= BETWEEN_ANCHORS:
                anchors.write_all(app)
                anchored = time.monotonic()
        except Exception as error:  # noqa: BLE001  (a database away for a moment must not end the sweeper)
            print(f"sweeper: {type(error).__name__}; trying again", file=sys.stderr, flush=True)  # noqa: T201
        time.sleep(BETWEEN_SWEEPS)
    anchors.write_all(app)


def _on_stop():  # type: ignore[no-untyped-def]  # noqa: ANN202
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return lambda: bool(asked) or os.getppid() == 1


def main() -> int:
    """Run the sweeper and the worker as two processes; when one ends, or we are asked to, end both."""
    if "--burst" in sys.argv[1:]:
        sweep_once(_app())
        work(burst=True)
        return 0
    context = get_context("spawn")
    children = [context.Process(target=target, name=target.__name__) for target in (sweep, work)]
    for child in children:
        child.start()
    stopping = _on_stop()
    while not stopping() and all(child.is_alive() for child in children):
        time.sleep(0.2)
    for child in children:
        child.terminate()
    for child in children:
        child.join(PATIENCE)
        if child.is_alive():
            child.kill()
            child.join()
    return 0 if stopping() else 1


if __name__ == "__main__":
    sys.exit(main())
