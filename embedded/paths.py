"""Where the embedded data lives, and where its sockets are.

As root the data folder stays root's, open to the servers' group only to pass through, and the servers own nothing but
their own folders inside it: so root never opens, gives away or follows a path that an unprivileged process could have
put there.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path

from embedded.identity import Identity, Refused

ROOT = Path(__file__).resolve().parents[1]
LOCK = "lock"  # the first file made in a data folder: a folder without it, and not empty, is not ours
LONGEST_SOCKET = 90
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


def data_folder() -> Path:
    """The folder for the data: WAYMARK_DATA, else under /var/lib for root, else in the checkout."""
    chosen = os.environ.get("WAYMARK_DATA")
    if chosen:
        return Path(chosen).expanduser().resolve()
    if os.geteuid() == 0:
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", ROOT.name)
        return Path("/var/lib/waymark") / f"{name}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]}"
    return ROOT / ".waymark"


def prepare_data(folder: Path, identity: Identity) -> None:
    """Make the folder and close it to others. Raises Refused where it is out of the servers' reach, or not ours."""
    try:
        _check_parents(folder, identity)
        _make(folder, identity)
        _check_ours(folder, identity)
        if identity.drops:
            os.chown(folder, os.geteuid(), identity.gid)
        os.chmod(folder, 0o710 if identity.drops else 0o700)
    except OSError as error:
        raise Refused(f"The data folder {folder} cannot be used: {error.strerror}.") from None


def _check_parents(folder: Path, identity: Identity) -> None:
    for parent in reversed(folder.parents):
        if not parent.exists():
            return
        if not identity.may_enter(parent):
            who = "The unprivileged user that runs PostgreSQL" if identity.drops else "This user"
            raise Refused(
                f"{who} cannot enter {parent}. Set WAYMARK_DATA to a folder that it can reach"
                + (", such as one under /var/lib." if identity.drops else ".")
            )


def _make(folder: Path, identity: Identity) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o755)
        if identity.drops:
            place.chmod(0o755)  # whatever root's umask is, the servers must pass


def _check_ours(folder: Path, identity: Identity) -> None:
    if not folder.is_dir():
        raise Refused(f"The data folder {folder} is not a folder. Set WAYMARK_DATA to another.")
    if folder.stat().st_uid not in (os.geteuid(), identity.uid):
        raise Refused(
            f"The data folder {folder} belongs to somebody else. Set WAYMARK_DATA to a folder of yours."
        )
    if any(folder.iterdir()) and not (folder / LOCK).is_file():
        raise Refused(
            f"The data folder {folder} is not empty and was not made by Waymark. Set WAYMARK_DATA to another."
        )


def private_folder(folder: Path, identity: Identity) -> Path:
    """Make a folder that only the servers' user (and root) can enter. Raises Refused where it is somebody else's."""
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        raise Refused(f"{folder} exists and is not Waymark's folder.") from None
    try:
        if os.fstat(opened).st_uid not in (identity.uid, os.geteuid()):
            raise Refused(f"{folder} exists and is not Waymark's folder.")
        os.fchmod(opened, 0o700)
        if identity.drops:
            os.fchown(opened, identity.uid, identity.gid)
    finally:
        os.close(opened)
    return folder


def socket_folder(data: Path, identity: Identity) -> Path:
    """A 0700 folder for sockets: in the data, or a short one under /tmp where a socket's address could not hold that.

    A socket's path is short by the system's rule, and addresses and settings give some characters a meaning.
    """
    inside = data / "run"
    if len(str(inside)) <= LONGEST_SOCKET - len("/.s.PGSQL.5432") and PLAIN.fullmatch(str(inside)):
        return private_folder(inside, identity)
    short = Path("/tmp") / f"waymark-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"  # noqa: S108
    return private_folder(short, identity)


def log_file(data: Path, name: str) -> int:
    """Open a log for appending, readable by us alone; a server writes to it through the descriptor it is given."""
    folder = data / "logs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
