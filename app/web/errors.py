"""Errors as pages: calm, plain, the same for what is absent and for what may not be seen."""

from __future__ import annotations

import logging

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from app.access.guard import DECLARED
from app.web.text_rules import REPLACEMENT, displayable
from app.web.typed import carried_files, carried_here, form_address, typed_here
from tenants.db import db

log = logging.getLogger("waymark.errors")
PAGES = {400, 404, 405, 413, 429, 500, 503}
AWAY = (OperationalError, InterfaceError, NoConnectionFree, RedisError)


def as_page(error: HTTPException) -> ResponseReturnValue:
    """An HTTP error as a page. One without a page of its own is a request that was not understood."""
    code = error.code or 500
    if code < 400 and error.response is not None:
        return error.response
    # A fault while the session was being opened comes here wrapped, whatever it was.
    cause = getattr(error, "original_exception", None)
    if cause is not None:
        return unavailable(cause) if isinstance(cause, AWAY) else unexpected(cause)
    shown = code if code in PAGES else (400 if code < 500 else 500)
    if shown == 404:
        _forget_partnership()
    methods = getattr(error, "valid_methods", None)
    return _page(f"errors/{shown}.html", code, {"Allow": ", ".join(methods)} if methods else {})


def stale_form(_error: CSRFError) -> ResponseReturnValue:
    """The form's token is not this session's: nothing was done, and what was typed is given back.

    Where its session has ended altogether and nobody is signed in, the page says that.
    """
    try:
        if _asks_to_sign_in() and not current_user.is_authenticated:
            return _page("errors/signed_out.html", 401)
    except AWAY as error:
        return unavailable(error)
    return _page("errors/stale_form.html", 400)


def _asks_to_sign_in() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return hasattr(view, DECLARED)


def unavailable(error: Exception) -> ResponseReturnValue:
    """The database or Redis cannot be reached."""
    log.error("database or Redis away: %s", type(error).__name__)
    return _bare("errors/503.html"), 503, {"Retry-After": "10"}


def unexpected(error: Exception) -> ResponseReturnValue:
    """A fault of ours: logged without content, rolled back, and said plainly."""
    # The text of a database's error holds the values that were written.
    traced = not isinstance(error, DBAPIError)
    log.error("unexpected %s at %s", type(error).__name__, request.endpoint, exc_info=traced)
    try:
        db.session.rollback()
    except SQLAlchemyError:
        log.error("the rollback failed too")
    return _bare("errors/500.html"), 500


def refuse_unreadable() -> ResponseReturnValue | None:
    """An address with characters that nothing here has is a wrong address."""
    if displayable(request.full_path) != request.full_path or REPLACEMENT in request.full_path:
        return _page("errors/404.html", 404)
    return None


def _page(template: str, code: int, headers: dict[str, str] | None = None) -> ResponseReturnValue:
    """An error's page with the usual header, which asks who is signed in; where that cannot be known, 503."""
    try:
        return render_template(template), code, headers or {}
    except AWAY as error:
        return unavailable(error)


def _bare(template: str) -> str:
    """A page that needs neither session nor database: it says nothing of who asks."""
    return current_app.jinja_env.get_template(template).render()


def _forget_partnership() -> None:
    """A page that does not exist looks the same wherever it was asked for and whoever asks."""
    g.pop("partnership", None)
    g.pop("actor", None)


def register(app: Flask) -> None:
    """Install the handlers."""
    app.before_request(refuse_unreadable)
    app.register_error_handler(HTTPException, as_page)
    app.register_error_handler(CSRFError, stale_form)
    for kind in AWAY:
        app.register_error_handler(kind, unavailable)
    app.jinja_env.globals.update(
        typed_here=typed_here,
        form_address=form_address,
        carried_here=carried_here,
        carried_files=carried_files,
    )
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, unexpected)
