"""What a refused request carried, so that its page can give it back: nothing that somebody typed is lost.

The browser's own memory is not enough: pages here are never cached, and going back to one empties some of its
fields.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import HTTPException

from app.web.text_rules import displayable

# Hidden fields and the names of buttons: nobody typed them.
NOT_TYPED = {
    "csrf_token",
    "version",
    "form_id",
    "submission_key",
    "start_key",
    "party",
    "seen",
    "way",
    "over",
    "do",
    "here",
    "next",
    "go",
}


def typed_here() -> list[tuple[str, str]]:
    """The texts of this request's form: (field in words, text). Empty unless sent from a page of ours."""
    if request.method != "POST" or not _sent_from_here():
        return []
    try:
        sent = list(request.form.items(multi=True))
    except (HTTPException, OSError):
        return []
    typed = [(name, text) for name, text in sent if text.strip() and name not in NOT_TYPED]
    return [(in_words(name), displayable(text)) for name, text in typed]


def carried_here() -> list[tuple[str, str]]:
    """Everything that this request's form carried, hidden fields too, so that it can be sent once more.

    Empty unless sent by a form on a page of ours: a script's request is repeated by its script.
    """
    if request.method != "POST" or not _sent_from_here() or request.headers.get("X-Requested-With"):
        return []
    try:
        return [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    except (HTTPException, OSError):
        return []


def carried_files() -> bool:
    """Whether the form carried a file, which must be chosen anew."""
    try:
        return any(file.filename for file in request.files.values())
    except (HTTPException, OSError):
        return False


def form_address() -> str | None:
    """The page that the form was on, where the browser says so and it is one of ours."""
    return request.referrer if _sent_from_here() and _is_ours(request.referrer) else None


def in_words(name: str) -> str:
    """A field's name as a person can read it."""
    return displayable(name).replace("-", " ").replace("_", " ").strip().capitalize()[:100]


def _sent_from_here() -> bool:
    # Another site's form must not be able to put its own words on a page of ours.
    return _is_ours(request.headers.get("Origin") or request.referrer)


def _is_ours(address: str | None) -> bool:
    if not address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == request.host
