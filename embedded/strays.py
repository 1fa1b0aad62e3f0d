"""Servers that outlived a supervisor which was killed, found by the folder they work in and never by a number alone.

A process id in a file may belong to somebody else by now. A server's working folder is its data, and says for certain
whose it is.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 30.0


def working_in(folder: Path, program: str, uid: int) -> list[int]:
    """The ids of the processes of this user that run this program and work in this folder."""
    return [
        int(entry) for entry in os.listdir("/proc") if entry.isdigit() and _is(entry, folder, program, uid)
    ]


def _is(pid: str, folder: Path, program: str, uid: int) -> bool:
    process = Path("/proc") / pid
    try:
        return (
            process.stat().st_uid == uid
            and os.readlink(process / "cwd") == str(folder)
            and Path(os.readlink(process / "exe").removesuffix(" (deleted)")).name == program
        )
    except OSError:
        return False  # it has ended meanwhile, or is nothing of ours


def end(folder: Path, program: str, uid: int, ask: signal.Signals) -> None:
    """Ask the servers working in a folder to end and wait; those that stay are ended. What they wrote is kept."""
    for pid in working_in(folder, program, uid):
        if not _is_helper(pid):
            _signal(pid, ask)
    if _gone(folder, program, uid, PATIENCE):
        return
    for pid in working_in(folder, program, uid):
        _signal(pid, signal.SIGKILL)
    _gone(folder, program, uid, PATIENCE)


def _is_helper(pid: int) -> bool:
    # PostgreSQL's own processes give signals other meanings than their parent, and end when it has ended.
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"postgres: ")
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _gone(folder: Path, program: str, uid: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while working_in(folder, program, uid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
