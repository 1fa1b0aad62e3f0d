"""The sign-in pages alone, with sessions in memory and one person: neither PostgreSQL nor Redis."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask, g
from flask_login import LoginManager, current_user
from jinja2 import ChoiceLoader, DictLoader
from redis import Redis

from app.accounts import session_rules
from app.accounts.identity_queries import SignedInPerson
from app.accounts.routes import accounts
from app.accounts.routes_passkeys import passkeys
from config import Config, Mode
from tests.unit.accounts.hostile import PROVIDER_ID

KNOWN = UUID("33333333-3333-4333-8333-333333333333")
BASE = "http://localhost"
PAGE = "{% block page_title %}{% endblock %}{% block content %}{% endblock %}"


class MemoryRedis(Redis):
    """The commands that sessions, their index and challenges use."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.tables: dict[str, dict[bytes, bytes]] = {}

    def hset(self, name: Any, key: Any = None, value: Any = None, **_more: Any) -> Any:
        self.tables.setdefault(name, {})[key.encode()] = value.encode()
        return 1

    def hgetall(self, name: Any) -> Any:
        return dict(self.tables.get(name, {}))

    def hdel(self, name: Any, *keys: Any) -> Any:
        return sum(self.tables.get(name, {}).pop(key.encode(), None) is not None for key in keys)

    def expire(self, name: Any, time: Any, **_more: Any) -> Any:
        return name in self.tables

    def get(self, name: Any) -> Any:
        return self.held.get(name)

    def set(
        self, name: Any, value: Any, ex: Any = None, xx: bool = False, nx: bool = False, **_more: Any
    ) -> Any:
        assert ex
        if (xx and name not in self.held) or (nx and name in self.held):
            return None
        self.held[name] = value
        return True

    def delete(self, *names: Any) -> Any:
        return sum(self.held.pop(name, None) is not None for name in names)


def person(person_id: UUID = KNOWN) -> SignedInPerson:
    """Somebody who is known."""
    return SignedInPerson(
        person_id, PROVIDER_ID, "Known Person", "Chair", "A Council", "chair@council.example"
    )


def small_app() -> Flask:
    """An application with the sign-in pages and one page that says who is signed in."""
    app = Flask(__name__)
    app.config.update(TESTING=True, SECRET_KEY="for this test", WAYMARK=Config(mode=Mode.TEST, base_url=BASE))
    app.jinja_loader = ChoiceLoader([DictLoader({"base.html": PAGE})])
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    app.extensions["redis"] = MemoryRedis()
    manager = LoginManager(app)
    manager.user_loader(lambda identifier: person() if identifier == str(KNOWN) else None)
    session_rules.install(app)
    app.register_blueprint(accounts)
    app.register_blueprint(passkeys)

    @app.before_request
    def take_day() -> None:
        g.today = date(2026, 11, 23)

    @app.get("/")
    def home() -> str:
        return current_user.display_name if current_user.is_authenticated else "nobody"

    return app
