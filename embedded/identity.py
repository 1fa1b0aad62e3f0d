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
        """What a child does before it becomes a server: a session of its own, leave root, end with its parent.

        In a session of its own, Ctrl-C in the terminal reaches only the supervisor, which stops the servers in order.
        """
        parent = os.getpid()

        def prepare() -> None:
            os.setsid()
            if self.drops:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
            os.umask(0o077)
            end_with_parent(parent)  # last: the kernel forgets the wish when the user changes

        return prepare

    def own(self, path: Path) -> None:
        """Give a path of ours to the servers' user. A link is given itself, never what it points to."""
        if self.drops:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def may_enter(self, folder: Path) -> bool:
        """Whether the servers' user can pass through a folder. Raises OSError where it cannot be told."""
        return self._allowed(folder, 0o100)

    def may_read(self, file: Path) -> bool:
        """Whether the servers' user can read a file. Raises OSError where it cannot be told."""
        return self._allowed(file, 0o400)

    def _allowed(self, path: Path, right: int) -> bool:
        if not self.drops:
            return os.access(path, os.X_OK if right == 0o100 else os.R_OK)
        found = path.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & right)
        return bool(found.st_mode & (right >> 3 if found.st_gid == self.gid else right >> 6))


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
