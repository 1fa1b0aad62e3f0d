"""Errors as pages: calm, plain, the same for what is absent and for what may not be seen."""

from __future__ import annotations

import logging

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from tenants.db import db

log = logging.getLogger("waymark.errors")
PAGES = {400, 404, 405, 413, 429, 500, 503}


def as_page(error: HTTPException) -> ResponseReturnValue:
    """An HTTP error as a page. Whatever is not known here is shown as a plain request that was not understood."""
    code = error.code or 500
    if code < 400 and error.response is not None:
        return error.response
    shown = code if code in PAGES else (400 if code < 500 else 500)
    if shown == 404:
        _forget_partnership()
    answer = render_template(f"errors/{shown}.html")
    return answer, code, {"Allow": ", ".join(error.valid_methods)} if getattr(error, "valid_methods", None) else {}


def stale_form(_error: CSRFError) -> ResponseReturnValue:
    """The form's token is not this session's: nothing was done, and the browser still holds what was typed."""
    return render_template("errors/stale_form.html"), 400


def unavailable(error: OperationalError) -> ResponseReturnValue:
    """The database cannot be reached."""
    log.error("database away: %s", type(error).__name__)
    return render_template("errors/503.html"), 503, {"Retry-After": "10"}


def unexpected(error: Exception) -> ResponseReturnValue:
    """A fault of ours: logged without content, rolled back, and said plainly."""
    log.error("unexpected %s at %s", type(error).__name__, request.endpoint, exc_info=not isinstance(error, DBAPIError))
    db.session.rollback()
    return render_template("errors/500.html"), 500


def refuse_unreadable() -> ResponseReturnValue | None:
    """An address with characters that nothing here has is a wrong address."""
    text = request.full_path
    if "\x00" in text or any(0xD800 <= ord(character) <= 0xDFFF or character == "\ufffd" for character in text):
        return render_template("errors/404.html"), 404
    return None


def _forget_partnership() -> None:
    """A page that does not exist looks the same wherever it was asked for and whoever asks."""
    g.pop("partnership", None)
    g.pop("actor", None)


def register(app: Flask) -> None:
    """Install the handlers."""
    app.before_request(refuse_unreadable)
    app.register_error_handler(HTTPException, as_page)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(OperationalError, unavailable)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, unexpected)
