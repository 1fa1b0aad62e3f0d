"""What a page knows of when its session ends, so that it can warn in time and lose no typing."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from uuid import UUID

from flask import current_app, session
from flask_login import current_user

from app.accounts import session_rules
from app.accounts.session_rules import Ends


def seconds_left() -> Ends:
    """In how many seconds the session of this request ends."""
    return session_rules.ends_of(session, session_rules.real_now())


def mark_of(person_id: UUID) -> str:
    """Tells whether two pages are the same person's, and nothing else of them."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"waymark page of " + person_id.bytes, hashlib.sha256).hexdigest()[:32]


def for_pages() -> dict[str, Any]:
    """For every template: `time_out` where somebody is signed in, else None."""
    if not current_user or not current_user.is_authenticated or session_rules.PERSON not in session:
        return {"time_out": None}
    left = seconds_left()
    return {
        "time_out": {"idle": left.idle, "absolute": left.absolute, "mark": mark_of(current_user.person_id)}
    }
