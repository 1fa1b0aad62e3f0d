"""Both servers together, on one data folder that only one supervisor may hold."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from embedded import paths, programs, secrets
from embedded.identity import Refused, identity
from embedded.postgres import Postgres
from embedded.redis import Redis


class Embedded:
    """`with Embedded(folder) as servers: servers.environment` — started on entry, stopped on exit.

    `durable=False` gives up safety at a power cut for speed; it is for tests. Raises Refused with one clear line.
    """

    def __init__(self, data: Path, durable: bool = True) -> None:
        self.data, self.durable = data, durable
        self.secrets: dict[str, str] = {}
        self.environment: dict[str, str] = {}
        self._lock: int | None = None

    def __enter__(self) -> Embedded:
        who = identity()
        paths.prepare_data(self.data, who)
        self._hold()
        try:
            self.secrets = secrets.load_or_make(self.data)
            sockets = paths.socket_folder(self.data, who)
            self.postgres = Postgres(
                self.data,
                sockets,
                programs.postgres_programs(self.data, who),
                who,
                self.secrets,
                self.durable,
            )
            self.redis = Redis(
                self.data,
                sockets,
                programs.redis_program(self.data, who),
                who,
                self.secrets["redis"],
                self.durable,
            )
            self.postgres.start()
            self.redis.start()
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

    def stop(self) -> None:
        """Stop both servers and let go of the data folder."""
        for server in ("redis", "postgres"):
            if hasattr(self, server):
                getattr(self, server).stop()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _hold(self) -> None:
        self._lock = os.open(self.data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            raise Refused(f"Waymark is already running on the data in {self.data}.") from None
