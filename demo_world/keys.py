"""Signing keys of the demonstration's issuers: one per organisation, kept on disk over restarts."""

from __future__ import annotations

import json
import os
from pathlib import Path

from joserfc.jwk import ECKey, KeyParameters

ALGORITHM = "ES256"


def signing_key(folder: Path, slug: str) -> ECKey:
    """The issuer's key, made on first use and readable by its owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{slug}.json"
    if path.exists():
        return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    use: KeyParameters = {"use": "sig", "alg": ALGORITHM}
    key = ECKey.generate_key("P-256", parameters=use, private=True, auto_kid=True)
    write_privately(path, json.dumps(key.as_dict(private=True)).encode())
    return key


def write_privately(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, and that only its owner reads (0600)."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
