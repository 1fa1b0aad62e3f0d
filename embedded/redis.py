"""Redis by its own program: a socket in a private folder, a password, and every write kept in a log."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import redis as client

from embedded import paths, strays
from embedded.identity import Identity, Refused

PATIENCE = 30.0


class Redis:
    """One Redis on a socket."""

    def __init__(
        self, data: Path, sockets: Path, program: Path, identity: Identity, password: str, durable: bool
    ) -> None:
        self.data, self.folder = data, data / "redis"
        self.socket, self.program = sockets / "redis.sock", program
        self.identity, self.password, self.durable = identity, password, durable
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address, with the password."""
        return f"unix://:{self.password}@{self.socket}"

    def start(self) -> None:
        """Start and wait until it answers. Raises Refused."""
        paths.private_folder(self.folder, self.identity)
        strays.end(self.folder, "redis-server", self.identity.uid, signal.SIGTERM)
        log = paths.log_file(self.data, "redis.log")
        try:
            self.process = subprocess.Popen(
                [str(self.program), "-"], preexec_fn=self.identity.preparation(), stdout=log, stderr=log,
                stdin=subprocess.PIPE, cwd="/", env={"PATH": os.defpath},
            )  # fmt: skip
        finally:
            os.close(log)
        assert self.process.stdin is not None
        with suppress(BrokenPipeError), self.process.stdin as settings:
            settings.write(
                self._configuration().encode()
            )  # so the password is in no argument and no further file
        if not self._answers():
            raise Refused(f"Redis did not start; its log is {self.data / 'logs' / 'redis.log'}.")

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

    def died(self) -> bool:
        """Whether it was started and has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def _configuration(self) -> str:
        quoted = str(self.folder).replace("\\", "\\\\").replace('"', '\\"')
        lines = [
            "port 0", f'unixsocket "{self.socket}"', "unixsocketperm 700", f"requirepass {self.password}",
            f'dir "{quoted}"', "daemonize no", 'save ""', "maxmemory-policy noeviction",
            *(["appendonly yes", "appendfsync everysec"] if self.durable else ["appendonly no"]),
        ]  # fmt: skip
        return "\n".join(lines) + "\n"

    def _answers(self) -> bool:
        connection = client.Redis.from_url(self.url)
        deadline = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < deadline and not self.died():
                try:
                    return bool(connection.ping())
                except client.RedisError:
                    time.sleep(0.05)
            return False
        finally:
            connection.close()
