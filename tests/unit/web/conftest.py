"""The web room alone on a small application: neither PostgreSQL nor Redis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, abort, render_template_string
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

import app as product
from app import web
from config import Config, Mode

SECRET = "child-name-in-a-fault"
LONG_ADDRESS = "https://waymark.example"
FAULTS: dict[str, Callable[[], Exception]] = {
    "ours": lambda: RuntimeError(SECRET),
    "database": lambda: OperationalError(SECRET, {}, Exception(SECRET)),
}


@dataclass(frozen=True)
class Coloured:
    """As much of a partnership as its stylesheet needs."""

    slug: str
    colour: str


def small_app(base_url: str = "http://localhost", mode: Mode = Mode.PRODUCTION) -> Flask:
    """An application with the web room, a home page, and pages that fail in each way."""
    made = Flask(__name__, static_folder=str(Path(str(product.__file__)).parent / "static"))
    made.config.update(
        SECRET_KEY="for this test",
        WAYMARK=Config(mode=mode, base_url=base_url),
        SESSION_COOKIE_SECURE=base_url.startswith("https://"),
        SQLALCHEMY_DATABASE_URI="postgresql+psycopg://",
    )
    made.jinja_env.globals["may"] = lambda _permission: False
    product._addresses(made)
    web.register(made)

    @made.get("/", endpoint="home.index")
    def home() -> str:
        return render_template_string("{% extends 'base.html' %}{% block content %}home{% endblock %}")

    @made.get("/status/<int:code>")
    def status(code: int) -> str:
        abort(code, SECRET)

    @made.route("/fault/<kind>", methods=["GET", "POST"])
    def fault(kind: str) -> str:
        raise FAULTS[kind]()

    return made


@pytest.fixture
def small() -> Flask:
    return small_app()


@pytest.fixture
def client(small: Flask) -> FlaskClient:
    return small.test_client()
