"""One-time links and the six digits of a check of identity. Both are computed when they are needed and kept nowhere.

Each comes from SECRET_KEY and a random value in the invitation's row: whoever reads the database has neither, and a new
random value makes the old link worthless.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from flask import current_app

LINK, CODE = b"waymark invitations", b"waymark checks of identity"


def new_nonce() -> bytes:
    """The random value that makes a link one of its own."""
    return secrets.token_bytes(24)


def token_of(partnership_id: UUID, key: UUID, nonce: bytes) -> str:
    """The token of an invitation's link. `key` is the invitation's submission key, which it has before it is stored."""
    return base64.urlsafe_b64encode(_keyed(LINK, partnership_id, key, nonce)).decode().rstrip("=")


def hash_of(token: str) -> bytes:
    """What is stored of a token, to find its invitation by."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def code_of(partnership_id: UUID, invitation_id: UUID, nonce: bytes, passkey_id: UUID) -> str:
    """The six digits that the holder of this passkey is shown: for another passkey they are others."""
    mark = _keyed(CODE, partnership_id, invitation_id, nonce + passkey_id.bytes)
    return f"{int.from_bytes(mark[:8]) % 1_000_000:06}"


def same_code(typed: str, code: str) -> bool:
    """Whether the digits typed are the code; blanks between them are no difference."""
    digits = "".join(typed.split())
    return hmac.compare_digest(digits.encode("utf-8", "replace"), code.encode())


def _keyed(what: bytes, partnership_id: UUID, about: UUID, more: bytes) -> bytes:
    secret = current_app.config["WAYMARK"].secret_key.encode()
    key = hashlib.sha256(what + b"\0" + secret).digest()
    return hmac.new(key, partnership_id.bytes + about.bytes + more, hashlib.sha256).digest()
