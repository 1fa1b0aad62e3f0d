"""`script/server`'s supervisor as a person runs it: it starts everything, mends what dies and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from embedded import paths, strays
from embedded.identity import identity


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One folder for all tests here: each start but the first is on the same data again."""
    with TemporaryDirectory(prefix="wm-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)
        yield Path(folder).resolve() / "data"


class Server:
    """A running supervisor and what it has printed."""

    def __init__(self, data: Path) -> None:
        self.data, self.log = data, data.parent / "printed.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        environment = {
            **os.environ,
            "PORT": str(self.port),
            "WAYMARK_DATA": str(data),
            "PYTHONPATH": str(paths.ROOT),
        }
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "embedded.serve"],
                cwd=paths.ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )

    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 90
        while not condition():
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.1)

    def ready(self) -> None:
        self.until(lambda: "Press Ctrl-C" in self.printed() or self.process.poll() is not None)
        assert self.process.poll() is None, self.printed()

    def left(self) -> list[str]:
        """The command lines of all processes that this start has made and that still run."""
        mark = f"\0WAYMARK_DATA={self.data}\0".encode()
        found = [Path("/proc") / entry for entry in os.listdir("/proc") if entry.isdigit()]
        ours = [process for process in found if mark in b"\0" + _read(process / "environ")]
        servers = [
            *strays.working_in(self.data / "postgres", "postgres", identity().uid),
            *strays.working_in(self.data / "redis", "redis-server", identity().uid),
        ]
        return [
            *(_read(process / "cmdline").decode() for process in ours),
            *(f"server {pid}" for pid in servers),
        ]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


@pytest.fixture
def server(data: Path) -> Iterator[Server]:
    started = Server(data)
    try:
        started.ready()
        yield started
    finally:
        if started.process.poll() is None:
            started.process.terminate()
        started.process.wait(60)


def test_a_page_answers_and_ctrl_c_leaves_nothing(server: Server) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://localhost:{server.port}/health", timeout=10) as answer:
        assert answer.status == 200
    assert len(server.left()) > 5
    kept = server.data / "environment"
    assert (kept.stat().st_mode & 0o777, kept.stat().st_uid) == (0o600, os.geteuid())
    command = f'set -a; source "{kept}"; set +a; exec "{sys.executable}" -m flask partnerships list'
    listed = subprocess.run(
        ["bash", "-c", command], cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    assert "isle-of-wight" in listed.stdout, listed.stderr

    server.process.send_signal(signal.SIGINT)
    server.process.send_signal(signal.SIGINT)  # an impatient person presses twice

    assert server.process.wait(60) == 0, server.printed()
    assert server.left() == []
    assert not kept.exists()
    assert server.printed().rstrip().endswith("Stopped. Everything is kept for the next start.")


def test_what_dies_is_started_again(server: Server) -> None:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    commands = {pid: _read(Path(f"/proc/{pid}/cmdline")) for pid in children}
    web = next(pid for pid, command in commands.items() if b"gunicorn" in command)
    redis = next(pid for pid, command in commands.items() if b"redis-server" in command)

    os.kill(int(web), signal.SIGKILL)
    os.kill(int(redis), signal.SIGKILL)

    server.until(lambda: "The web server ended with exit code -9 and was started again" in server.printed())
    server.until(lambda: "Redis ended by itself and was started again" in server.printed())


def test_a_killed_supervisor_leaves_nothing(server: Server) -> None:
    server.process.kill()
    server.process.wait()

    server.until(lambda: server.left() == [])
