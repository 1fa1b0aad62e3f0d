"""What names a content or a file, so that a copy can be proved to be the one that was kept."""

from __future__ import annotations

import hashlib
import json


def digest_of(content: object) -> str:
    """Names a frozen content: the same content twice has the same name."""
    spelling = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(spelling.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_bytes(content: bytes) -> str:
    """What identifies a file: the SHA-256 of its bytes, as sixty-four signs."""
    return hashlib.sha256(content).hexdigest()
