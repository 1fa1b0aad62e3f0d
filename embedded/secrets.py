"""Passwords and keys, made at the first start and kept in one file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets as randomness
from pathlib import Path

from embedded.identity import Refused

NAMES = (
    "postgres", "waymark_owner", "waymark_app", "waymark_relay", "waymark_backup", "redis", "secret_key",
    "oidc_client_secret",
)  # fmt: skip


def load_or_make(data: Path) -> dict[str, str]:
    """The secrets of this data folder; those that are missing are made. Written whole or not at all.

    Raises Refused where the file is gone or damaged and PostgreSQL's data, made with it, is there.
    """
    path = data / "secrets.json"
    if (data / "postgres.made").exists() and not path.exists():
        raise Refused(f"{path} is missing: without its passwords the data in {data} cannot be opened.")
    kept = _read(path) if path.exists() else {}
    missing = [name for name in NAMES if name not in kept]
    if missing:
        kept.update({name: randomness.token_urlsafe(36) for name in missing})
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    return kept


def _read(path: Path) -> dict[str, str]:
    path.chmod(0o600)  # whatever a copy or a restored backup made of it
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
    except ValueError:
        kept = None
    if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
        raise Refused(f"{path} is damaged: restore it from a backup.")
    return kept
