"""How often somebody may ask: sign-in and invitations by address, searches and saving as one types by person.

Kept by Flask-Limiter in Redis, in windows that move. Keys hold digests of an address or of a person's identifier,
and the name of a limit: no name, no reference, nothing of an address of a page. Where Redis cannot be reached nobody
is let through: sessions live there too, so nobody could be served anyway.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, current_app, request, session
from flask_limiter import ApplicationLimit, Limiter

from config import Config

View = TypeVar("View", bound=Callable[..., object])
LIMIT = "_waymark_limit"
SIGN_IN, INVITATION, SEARCH, AUTOSAVE = "sign-in", "invitation", "search", "autosave"
NAMES = (SIGN_IN, INVITATION, SEARCH, AUTOSAVE)
# Choosing one's organisation asks nothing of anybody and shows the same to all.
FREE = {"accounts.sign_in", "static"}
PERSON = "_user_id"


def limited(name: str) -> Callable[[View], View]:
    """Declare that a view falls under one of the limits, where its address does not already say so."""
    if name not in NAMES:
        raise ValueError(f"there is no limit '{name}'")

    def declare(view: View) -> View:
        setattr(view, LIMIT, name)
        return view

    return declare


def limit_of_request() -> str | None:
    """The limit that this request falls under, or None."""
    if request.endpoint is None or request.endpoint in FREE:
        return None
    declared = getattr(current_app.view_functions.get(request.endpoint), LIMIT, None)
    if declared is not None:
        return str(declared)
    if request.path.startswith("/invitation"):
        return INVITATION
    if request.path.startswith("/sign-in"):
        return SIGN_IN
    if request.path.endswith("/autosave"):
        return AUTOSAVE
    searches = request.method in ("GET", "HEAD") and request.query_string and "slug" in _arguments()
    return SEARCH if searches else None


def _arguments() -> set[str]:
    return set(request.url_rule.arguments) if request.url_rule else set()


def key_of_request() -> str:
    """Who is counted: the person signed in, or else the address; a digest that says neither."""
    by_person = limit_of_request() in (SEARCH, AUTOSAVE) and PERSON in session
    counted = f"person {session[PERSON]}" if by_person else f"address {request.remote_addr}"
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"waymark limits {counted}".encode(), hashlib.sha256).hexdigest()[:32]


def register(app: Flask, config: Config) -> None:
    """Install the limits that are configured. Without Redis (pure commands) there are none."""
    allowed = {name: str(getattr(config, f"limit_{name.replace('-', '_')}")) for name in NAMES}
    if not config.redis_url or not any(allowed.values()):
        return
    limiter = Limiter(
        key_of_request,
        application_limits=[_limit(name, often) for name, often in allowed.items() if often],
        strategy="moving-window",
        storage_uri=f"redis+{config.redis_url}" if config.redis_url.startswith("unix:") else config.redis_url,
        swallow_errors=False,
        headers_enabled=False,
    )
    limiter.init_app(app)
    app.extensions["waymark_limiter"] = limiter
    app.after_request(say_when)


def _limit(name: str, often: str) -> ApplicationLimit:
    return ApplicationLimit(limit_provider=often, scope=name, exempt_when=lambda: limit_of_request() != name)


def say_when(response: Response) -> Response:
    """Tell a program when it may ask again."""
    if response.status_code == 429:
        breached = current_app.extensions["waymark_limiter"].current_limit
        wait = breached.reset_at - time.time() if breached else 60
        response.headers["Retry-After"] = str(max(1, int(wait)))
    return response
