"""Where the embedded data lives, and where its sockets are."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path

from embedded.identity import Identity, Refused

ROOT = Path(__file__).resolve().parents[1]
LONGEST_SOCKET = 90
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


def data_folder() -> Path:
    """The folder for the data: WAYMARK_DATA, else under /var/lib for root, else in the checkout."""
    chosen = os.environ.get("WAYMARK_DATA")
    if chosen:
        return Path(chosen).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/waymark") / f"{ROOT.name}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]}"
    return ROOT / ".waymark"


def prepare_data(folder: Path, identity: Identity) -> None:
    """Make the folder, 0700 and the servers' own. Raises Refused where they could not reach it, or it is not ours."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    except OSError as error:
        raise Refused(f"The data folder {folder} cannot be made: {error.strerror}.") from None
    owner = folder.stat().st_uid
    if owner not in (os.geteuid(), identity.uid):
        raise Refused(
            f"The data folder {folder} belongs to somebody else. Set WAYMARK_DATA to a folder of yours."
        )
    if owner != identity.uid and any(folder.iterdir()):
        raise Refused(
            f"The data folder {folder} is not empty and was not made by Waymark. Set WAYMARK_DATA to another."
        )
    for parent in folder.parents:
        if not identity.may_enter(parent):
            raise Refused(
                f"The unprivileged user that runs PostgreSQL cannot enter {parent}. Set WAYMARK_DATA to a folder "
                "that it can reach, such as one under /var/lib."
            )
    identity.own(folder)
    os.chmod(folder, 0o700)


def private_folder(folder: Path, identity: Identity) -> Path:
    """Make a folder that only the servers' user (and root) can enter. Raises Refused where it is somebody else's."""
    try:
        folder.mkdir(mode=0o700)
        identity.own(folder)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (identity.uid, os.geteuid()):
            raise Refused(f"{folder} exists and is not Waymark's folder.") from None
    os.chmod(folder, 0o700)
    identity.own(folder)
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
