"""Child processes of the supervisor: started, watched, started again when they die, stopped in order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from embedded.identity import end_with_parent

SHORTEST_LIFE = 5.0
MOST_QUICK_DEATHS = 5
PATIENCE = 15.0


@dataclass(slots=True)
class Child:
    """One process, by the command that starts it."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    folder: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0
    again_at: float | None = None

    def start(self) -> None:
        """Start it in a session of its own, ending with us whatever happens."""
        parent = os.getpid()

        def prepare() -> None:
            os.setsid()
            end_with_parent(parent)

        self.started, self.again_at = time.monotonic(), None
        self.process = subprocess.Popen(
            self.command, env=self.environment, cwd=self.folder, preexec_fn=prepare, stdin=subprocess.DEVNULL
        )

    def watch(self) -> str | None:
        """Start it again where it has died, later each time; say so. Raises RuntimeError where it keeps dying."""
        if self.process is None or self.process.poll() is None:
            return None
        now = time.monotonic()
        if self.again_at is None:
            self.again_at = now + self._delay(now)
        if now < self.again_at:
            return None
        code = self.process.returncode
        self.start()
        return f"{self.name} ended with exit code {code} and was started again"

    def _delay(self, now: float) -> float:
        assert self.process is not None
        self._end_group()
        if now - self.started >= SHORTEST_LIFE:
            self.quick_deaths = 0
            return 0.0
        self.quick_deaths += 1
        if self.quick_deaths >= MOST_QUICK_DEATHS:
            code = self.process.returncode
            raise RuntimeError(
                f"{self.name} ended {self.quick_deaths} times at once (exit code {code}); giving up."
            )
        return float(0.25 * 2**self.quick_deaths)

    def stop(self) -> None:
        """Ask it to end, then insist; its own children end with it."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)
        self._end_group()
        self.process.wait()
        self.process = None

    def _end_group(self) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
