"""The demonstration's clock: forward only, stopping where something falls due, and never in production."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import clock_source, create_app
from app.clock_source import ClockRefused
from app.demo import clock
from config import Mode
from tenants.db import db
from tests.support.servers import Servers


@pytest.fixture
def moving(app: Flask, servers: Servers) -> Iterator[Flask]:
    """The clock is set back afterwards by the database's superuser, which no product process is."""
    yield app
    with servers.embedded.postgres.connect(database="waymark") as connection:
        connection.execute("alter table demo_clock disable trigger demo_clock_forward")
        connection.execute("update demo_clock set offset_seconds = 0")
        connection.execute("alter table demo_clock enable trigger demo_clock_forward")


def test_it_goes_forward(moving: Flask) -> None:
    with moving.app_context():
        before = clock_source.now()
        clock_source.move_forward(timedelta(hours=5))
        assert clock_source.now() - before >= timedelta(hours=5)


@pytest.mark.parametrize("by", [timedelta(0), timedelta(hours=-1), timedelta(days=367)])
def test_it_never_goes_back_or_leaps(moving: Flask, by: timedelta) -> None:
    with moving.app_context(), pytest.raises(ClockRefused):
        clock_source.move_forward(by)


def test_the_database_refuses_to_turn_it_back(moving: Flask) -> None:
    with moving.app_context():
        clock_source.move_forward(timedelta(hours=1))
        with pytest.raises(DBAPIError):
            db.session.execute(text("update demo_clock set offset_seconds = 0"))


def test_production_neither_reads_nor_moves_it(moving: Flask, servers: Servers) -> None:
    with moving.app_context():
        clock_source.move_forward(timedelta(days=3))
    production = create_app(replace(servers.config, mode=Mode.PRODUCTION))
    with production.app_context():
        assert clock_source.now() - clock_source.real_now() < timedelta(minutes=1)
        with pytest.raises(ClockRefused):
            clock_source.move_forward(timedelta(hours=1))


def test_it_stops_where_something_falls_due(moving: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "waiting", lambda _app, _now: 0)
    with moving.app_context():
        now = clock_source.now()
        monkeypatch.setattr(clock, "next_due", lambda _app, _now: now + timedelta(hours=2))
        assert clock.advance(moving, timedelta(days=1), now)
        assert timedelta(hours=2) <= clock_source.now() - now < timedelta(hours=3)
        monkeypatch.setattr(clock, "next_due", lambda _app, _now: None)
        assert not clock.advance(moving, timedelta(days=1), now)


def test_it_waits_for_what_is_still_being_done(moving: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "waiting", lambda _app, _now: 1)
    answer = moving.test_client().post("/demo/clock", data={"step": "day"})
    assert answer.status_code == 422
    assert "still doing" in answer.get_data(as_text=True)


def test_an_unknown_step_is_told(moving: Flask) -> None:
    answer = moving.test_client().post("/demo/clock", data={"step": "backwards"})
    assert answer.status_code == 422
    assert "Select how far" in answer.get_data(as_text=True)
