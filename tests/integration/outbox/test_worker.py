"""The background as processes: it does what is due, and leaves nothing behind however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from app.outbox.sweeper import work_queue
from tests.integration.outbox.test_work import done, owe
from tests.integration.outbox.work import EFFECT
from tests.support.places import Place

PATIENCE_SECONDS = 60


def until(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true within the bound."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return met


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def end(process: subprocess.Popen[bytes], started: Iterable[int]) -> None:
    """Leave nothing behind where a test has failed."""
    for pid in (*started, *children(process.pid)):
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    process.kill()
    process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_it_does_what_is_due_and_leaves_no_process(
    here: Place, worker_process: Callable[..., subprocess.Popen[bytes]], number: signal.Signals
) -> None:
    work_queue(here.app).empty()
    owe(here, EFFECT, "a")
    process = worker_process("--workers", "1")
    started: list[int] = []
    try:
        assert until(lambda: done(here) == ["a"])
        started = children(process.pid)
        assert len(started) == 2
        process.send_signal(number)
        assert process.wait(PATIENCE_SECONDS) == (-signal.SIGKILL if number is signal.SIGKILL else 0)
        assert until(lambda: not any(alive(pid) for pid in started))
    finally:
        end(process, started)
    assert done(here) == ["a"]


def test_a_part_that_dies_is_started_again(
    here: Place, worker_process: Callable[..., subprocess.Popen[bytes]]
) -> None:
    work_queue(here.app).empty()
    process = worker_process("--workers", "1")
    try:
        assert until(lambda: len(children(process.pid)) == 2)
        first = children(process.pid)
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        owe(here, EFFECT, "a")
        assert until(lambda: done(here) == ["a"])
        assert not set(first) & set(children(process.pid))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        end(process, [])
