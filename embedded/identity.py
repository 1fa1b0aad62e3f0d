"""Who the servers run as. PostgreSQL and Redis never run as root: root drops to an unprivileged user."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
UNPRIVILEGED = "nobody"


class Refused(RuntimeError):
    """The servers cannot be started safely; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The user that the servers run as, and whether that is somebody else than us."""

    uid: int
    gid: int
    drops: bool

    def preparation(self) -> Callable[[], None]:
        """What a child does before it becomes a server: leave root, and end when its parent ends."""
        parent = os.getpid()

        def prepare() -> None:
            if self.drops:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
            os.umask(0o077)
            end_with_parent(parent)

        return prepare

    def own(self, path: Path) -> None:
        """Give a path to the servers' user."""
        if self.drops:
            os.chown(path, self.uid, self.gid)

    def may_enter(self, folder: Path) -> bool:
        """Whether the servers' user can pass through a folder."""
        if not self.drops:
            return os.access(folder, os.X_OK)
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & 0o100)
        return bool(found.st_mode & (0o010 if found.st_gid == self.gid else 0o001))


def identity() -> Identity:
    """Ourselves, or for root the unprivileged user. Raises Refused where the machine has none."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid(), drops=False)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise Refused(
            f"PostgreSQL must not run as root, and this machine has no user '{UNPRIVILEGED}'."
        ) from None
    return Identity(entry.pw_uid, entry.pw_gid, drops=True)


def end_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends, however that happens."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)  # the parent ended before the kernel was asked
