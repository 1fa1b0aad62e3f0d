"""Redis by its own program: a socket in a private folder, a password, and every write kept in a log."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import redis as client

from embedded.identity import Identity, Refused

PATIENCE = 30.0


class Redis:
    """One Redis on a socket."""

    def __init__(
        self, data: Path, sockets: Path, program: Path, identity: Identity, password: str, durable: bool
    ) -> None:
        self.data, self.socket, self.program = data, sockets / "redis.sock", program
        self.identity, self.password, self.durable = identity, password, durable
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address, with the password."""
        return f"unix://:{self.password}@{self.socket}"

    def start(self) -> None:
        """Start and wait until it answers. Raises Refused."""
        self._end_stray()
        folder = self.data / "redis"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.identity.own(folder)
        configuration = folder / "redis.conf"
        configuration.write_text(self._configuration(folder), encoding="utf-8")
        configuration.chmod(0o600)
        self.identity.own(configuration)
        self.socket.unlink(missing_ok=True)
        with open(folder / "redis.log", "ab") as log:
            self.identity.own(folder / "redis.log")
            self.process = subprocess.Popen(
                [str(self.program), str(configuration)], preexec_fn=self._preparation(), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd="/", env={"PATH": os.defpath},
            )  # fmt: skip
        if not self._answers():
            raise Refused(f"Redis did not start; its log is {folder / 'redis.log'}.")

    def stop(self) -> None:
        """Stop cleanly, writing what is not yet on disk."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def _configuration(self, folder: Path) -> str:
        quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
        lines = [
            "port 0", f'unixsocket "{self.socket}"', "unixsocketperm 700", f"requirepass {self.password}",
            f'dir "{quoted}"', f'pidfile "{quoted}/redis.pid"', "daemonize no", 'save ""',
            "maxmemory-policy noeviction",
            *(["appendonly yes", "appendfsync everysec"] if self.durable else ["appendonly no"]),
        ]  # fmt: skip
        return "\n".join(lines) + "\n"

    def _preparation(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        drop = self.identity.preparation()

        def prepare() -> None:
            os.setsid()
            drop()

        return prepare

    def _answers(self) -> bool:
        connection = client.Redis.from_url(self.url)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            try:
                return bool(connection.ping())
            except client.RedisError:
                time.sleep(0.05)
        return False

    def _end_stray(self) -> None:
        try:
            pid = int((self.data / "redis" / "redis.pid").read_text(encoding="ascii"))
            running = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        if b"redis-server" not in running:
            return
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
