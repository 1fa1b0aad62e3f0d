"""Children of the supervisor, with small programs in their place."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded import children
from embedded.children import Child


def until(condition: Callable[[], object]) -> None:
    """Wait for something that will happen; fail where it does not within half a minute."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def child(tmp_path: Path, program: str) -> Child:
    return Child("The child", [sys.executable, "-c", program], dict(os.environ), str(tmp_path))


def test_a_child_that_ends_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "SHORTEST_LIFE", 0.0)
    one = child(tmp_path, "import sys, time; time.sleep(60)")
    one.start()
    assert one.process is not None
    first = one.process.pid
    one.process.kill()
    one.process.wait()

    assert one.watch() == "The child ended with exit code -9 and was started again"
    assert one.process.pid != first
    assert one.watch() is None
    one.stop()


def test_a_child_that_keeps_dying_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 2))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(children, "SHORTEST_LIFE", 10_000.0)
    one = child(tmp_path, "raise SystemExit(3)")
    one.start()

    def live_and_die() -> None:
        while True:
            assert one.process is not None
            one.process.wait()
            one.watch()

    with pytest.raises(RuntimeError, match=r"ended 5 times at once \(exit code 3\)"):
        live_and_die()


def test_it_is_started_again_later_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = child(tmp_path, "raise SystemExit(3)")
    one.start()
    assert one.process is not None
    one.process.wait()

    delays = [one._delay(one.started) for _ in range(4)]

    assert delays == sorted(set(delays))
    assert delays[-1] <= 10


def test_stopping_ends_the_childrens_children(tmp_path: Path) -> None:
    program = "import os, time\nopen('pid', 'w').write(str(os.fork() or os.getpid()))\ntime.sleep(60)"
    one = child(tmp_path, program)
    one.start()
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())

    assert one.process is not None
    group = one.process.pid
    one.stop()

    def gone() -> bool:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        return False

    until(gone)
    assert one.process is None


def test_a_child_that_will_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.2)
    program = "import signal, time; signal.signal(15, signal.SIG_IGN); open('deaf', 'w'); time.sleep(60)"
    one = child(tmp_path, program)
    one.start()
    assert one.process is not None
    process = one.process
    until((tmp_path / "deaf").exists)

    one.stop()

    assert process.returncode == -9
