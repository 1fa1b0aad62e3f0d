"""Both servers together, on one data folder that only one supervisor may hold."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from embedded import paths, programs, secrets
from embedded.identity import Identity, Refused, identity
from embedded.postgres import Postgres
from embedded.redis import Redis


class Embedded:
    """`with Embedded(folder) as servers: servers.environment` — started on entry, stopped on exit.

    `durable=False` gives up safety at a power cut for speed; it is for tests. Raises Refused with one clear line.
    """

    def __init__(self, data: Path, durable: bool = True) -> None:
        self.data, self.durable = data.resolve(), durable
        self.secrets: dict[str, str] = {}
        self.environment: dict[str, str] = {}
        self._lock: int | None = None
        self._sockets: Path | None = None

    def __enter__(self) -> Embedded:
        who = identity()
        paths.prepare_data(self.data, who)
        self._hold()
        try:
            self._start(who)
        except BaseException:
            self.stop()
            raise
        self.environment = {
            "DATABASE_URL": self.postgres.url("waymark_app"),
            "DATABASE_OWNER_URL": self.postgres.url("waymark_owner"),
            "DATABASE_RELAY_URL": self.postgres.url("waymark_relay"),
            "REDIS_URL": self.redis.url,
        }
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.stop()

    def watch(self) -> list[str]:
        """Start again a server that has ended by itself; say which. Raises Refused where it does not start."""
        said = []
        for name, server in (("PostgreSQL", self.postgres), ("Redis", self.redis)):
            if server.died():
                server.start()
                said.append(f"{name} ended by itself and was started again")
        return said

    def stop(self) -> None:
        """Stop both servers and let go of the data folder."""
        for server in ("redis", "postgres"):
            if hasattr(self, server):
                getattr(self, server).stop()
        if self._sockets is not None and self._sockets.parent != self.data:
            with suppress(OSError):
                self._sockets.rmdir()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _start(self, who: Identity) -> None:
        self.secrets = secrets.load_or_make(self.data)
        sockets = self._sockets = paths.socket_folder(self.data, who)
        program = programs.postgres_programs(self.data, who)
        self.postgres = Postgres(self.data, sockets, program, who, self.secrets, self.durable)
        self.postgres.start()
        program = programs.redis_program(self.data, who)
        self.redis = Redis(self.data, sockets, program, who, self.secrets["redis"], self.durable)
        self.redis.start()

    def _hold(self) -> None:
        self._lock = os.open(self.data / paths.LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            raise Refused(f"Waymark is already running on the data in {self.data}.") from None
