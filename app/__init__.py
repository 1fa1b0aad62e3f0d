"""Waymark: the application that people use. `create_app` assembles the rooms; nothing else happens here."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app import extensions
from app.web import hosts
from config import Config, from_environment

LARGEST_FORM = 2 * 1024 * 1024


def create_app(config: Config | None = None) -> Flask:
    """Make the application. Raises ConfigurationError, UndeclaredRoute.

    Where the environment gives no database (the pure commands: `flask clock`, `duties`, `access`), the application
    is made without checking secrets, and anything that needs them fails when it is used.
    """
    settings = config or from_environment()
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.config.from_mapping(
        WAYMARK=settings,
        SECRET_KEY=settings.secret_key or None,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_NAME=settings.cookie_name,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    extensions.register(app, settings)
    _addresses(app)
    _rooms(app, settings)
    hosts.register(app)
    return app


def create_checked_app() -> Flask:
    """The application that serves people: as `create_app`, but refuses to start on a missing or unsafe setting."""
    return create_app(from_environment().checked())


def _addresses(app: Flask) -> None:
    """Every page of a partnership is under its slug; views neither take it nor pass it on."""

    @app.url_value_preprocessor
    def take_slug(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.slug = values.pop("slug", None) if values else None

    @app.url_defaults
    def give_slug(endpoint: str, values: dict[str, Any]) -> None:
        slug = g.get("slug")
        if slug and "slug" not in values and app.url_map.is_endpoint_expecting(endpoint, "slug"):
            values["slug"] = slug

    @app.before_request
    def take_time() -> None:
        from app.clock_source import now
        from app.procedure.clocks import london_date

        if request.endpoint != "static":
            g.now = now()
            g.today = london_date(g.now)


def _rooms(app: Flask, settings: Config) -> None:
    from app import (
        access,
        accounts,
        cases,
        cli_guard,
        cli_procedure,
        commissions,
        conflicts,
        declined_reviews,
        demo,
        entering,
        involvement,
        ledger,
        meetings,
        outbox,
        papers,
        partnerships,
        people,
        preparation,
        rapid_reviews,
        recommendations,
        referrals,
        review_forms,
        scrutiny,
        serious_incidents,
        web,
    )
    from app.access import guard

    web.register(app)
    for room in (
        accounts,
        access,
        partnerships,
        cases,
        referrals,
        serious_incidents,
        preparation,
        entering,
        outbox,
        ledger,
        people,
        scrutiny,
        commissions,
        conflicts,
        meetings,
        involvement,
        papers,
        rapid_reviews,
        review_forms,
        declined_reviews,
        recommendations,
    ):
        room.register(app)
    cli_procedure.register(app)
    if settings.demonstrates:
        demo.register(app)
    cli_guard.register(app)
    guard.register(app)
    guard.check_all_routes_declared(app)
