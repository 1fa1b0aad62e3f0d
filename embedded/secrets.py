"""Passwords and keys, made at the first start and kept in one file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets as randomness
from pathlib import Path

NAMES = (
    "postgres", "waymark_owner", "waymark_app", "waymark_relay", "waymark_backup", "redis", "secret_key",
    "oidc_client_secret",
)  # fmt: skip


def load_or_make(data: Path) -> dict[str, str]:
    """The secrets of this data folder; those that are missing are made. Written whole or not at all."""
    path = data / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text(encoding="ascii")) if path.exists() else {}
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
