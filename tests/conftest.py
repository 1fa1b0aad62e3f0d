"""Fixtures shared by all tests. The servers are real, one pair for each test process, made on first use."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

settings.register_profile(
    "waymark", deadline=None
)  # how long an example takes says nothing about what is right
settings.register_profile("soak", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "waymark"))

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.people import Someone
    from tests.support.places import Place
    from tests.support.servers import Servers


# What takes minutes is begun first, so that at the end no process waits for the other. Within, the order is random.
LONG = ("browser", "access", "attacks", "embedded", "commissions")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get(
        "WAYMARK_SAMPLE"
    ):  # script/test plays a part of what a browser plays, drawn by its seed
        left = left_out(items, random.Random(os.environ["WAYMARK_SEED"]))
        items[:] = [one for one in items if one not in left]
        config.hook.pytest_deselected(items=left)
    items.sort(key=lambda item: not set(LONG) & set(item.path.parts))


# The rooms of the rapid review. A browser plays the review as a whole in every run, and each room by itself, and half
# of their tests on the database, in script/soak only.
BESIDE = ("test_declined.py", "test_involvement.py", "test_papers.py")
ROOMS = (
    "declined_reviews",
    "involvement",
    "meetings",
    "papers",
    "rapid_reviews",
    "recommendations",
    "review_forms",
)


def left_out(items: list[pytest.Item], draw: random.Random) -> list[pytest.Item]:
    """What script/test leaves to script/soak: a part of what a browser plays, and half of the rooms' tests."""

    def by_name(found: Iterable[pytest.Item]) -> list[pytest.Item]:
        return sorted(found, key=lambda one: one.nodeid)

    contested = by_name(one for one in items if one.path.name == "test_contested.py")
    rooms = by_name(one for one in items if one.path.parent.name in ROOMS and "integration" in one.path.parts)
    aside = [one for one in items if one.path.name in BESIDE and one.path.parent.name == "browser"]
    return [
        *draw.sample(contested, len(contested) * 2 // 3),
        *draw.sample(rooms, len(rooms) // 2),
        *aside,
    ]


COUNTED = re.compile(r"^(leak probes|fuzzing|tamperings): |^\d+ .*(cells|forms|pages)\b")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much the long checks looked at, which they print, also where they pass."""
    lines = {
        line
        for report in terminalreporter.getreports("passed")
        for line in getattr(report, "capstdout", "").splitlines()
        if COUNTED.search(line)
    }
    if lines:
        terminalreporter.section("counted")
    for line in sorted(lines):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Redis, migrated, provisioned and with the invented people."""
    from tests.support.servers import running

    with running() as started:
        yield started


@pytest.fixture(scope="session")
def app(servers: Servers) -> Flask:
    """The application as production makes it, in test mode."""
    from app import create_app

    made = create_app(servers.config)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture(scope="session")
def csrf_app(servers: Servers) -> Flask:
    """The application with its forms' tokens checked."""
    from app import create_app

    return create_app(servers.config)


@pytest.fixture(scope="session")
def owner_of(servers: Servers) -> Flask:
    """An application that connects as the schema's owner, as provisioning does."""
    from app.partnerships.service import owner_app

    return owner_app(servers.config)


@pytest.fixture
def wight(app: Flask) -> Place:
    from tests.support.places import place

    return place(app, "isle-of-wight")


@pytest.fixture
def portsmouth(app: Flask) -> Place:
    from tests.support.places import place

    return place(app, "portsmouth")


@pytest.fixture
def hampshire(app: Flask) -> Place:
    from tests.support.places import place

    return place(app, "hampshire")


@pytest.fixture
def fresh(app: Flask, owner_of: Flask, tmp_path: Path) -> Place:
    """A partnership that no other test touches (it has no people)."""
    from tests.support.places import fresh_place

    return fresh_place(app, owner_of, tmp_path)


@pytest.fixture
def someone(wight: Place) -> Someone:
    from app.access.roles import Role
    from tests.support.people import find

    return find(wight, Role.PARTNERSHIP_TEAM)


@pytest.fixture
def client_as(app: Flask) -> Callable[[Someone | None], Any]:
    """A client signed in as somebody."""
    from tests.support.people import client_of

    return lambda somebody: client_of(app, somebody)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time for everything in this process."""
    from app import clock_source

    def move(instant: datetime) -> None:
        monkeypatch.setattr(clock_source, "real_now", lambda: instant)

    return move
