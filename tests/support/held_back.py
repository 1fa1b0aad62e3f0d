"""Work that other tests left behind is held back while one test does its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from sqlalchemy import text

from app.clock_source import real_now
from app.outbox.sweeper import relay_engine


@contextmanager
def others_held_back(app: Flask) -> Iterator[None]:
    """All work that is there now is leased for years, and is as before afterwards."""
    engine = relay_engine(app)
    later = real_now() + timedelta(days=9000)
    with engine.begin() as connection:
        others = connection.execute(
            text("select partnership_id, id, lease_until from job_intents where done_at is null")
        ).all()
        connection.execute(
            text("update job_intents set lease_until = :later where done_at is null"), {"later": later}
        )
    yield
    with engine.begin() as connection:
        for row in others:
            connection.execute(
                text("update job_intents set lease_until = :until where partnership_id = :p and id = :i"),
                {"until": row.lease_until, "p": row.partnership_id, "i": row.id},
            )
    engine.dispose()
