"""The one source of time. Nothing else in the product asks the machine what time it is.

In the demonstration and in tests an offset is added that only goes forward, kept in one row; production never reads it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import text

from tenants.db import db


class ClockRefused(ValueError):
    """The clock may not be moved: in production, or backwards."""


def real_now() -> datetime:
    """The machine's own time, for leases and time-outs that no procedure counts. Aware, UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """What time it is for the procedure. Aware, UTC."""
    if not current_app.config["WAYMARK"].demonstrates:
        return real_now()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        seconds = connection.scalar(text("select offset_seconds from demo_clock"))
    return real_now() + timedelta(seconds=seconds or 0)


def move_forward(by: timedelta) -> None:
    """Move the demonstration's clock. Raises ClockRefused in production or where `by` is not positive."""
    if not current_app.config["WAYMARK"].demonstrates:
        raise ClockRefused("Only the demonstration's clock can be moved.")
    seconds = int(by.total_seconds())
    if seconds <= 0 or by > timedelta(days=366):
        raise ClockRefused("The demonstration's clock only goes forward, at most a year at a time.")
    with db.engine.begin() as connection:
        connection.execute(
            text("update demo_clock set offset_seconds = offset_seconds + :seconds"), {"seconds": seconds}
        )
