"""Moving the demonstration's clock so that nothing is jumped over: it stops where something falls due."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from flask import Flask

from app import clock_source
from app.outbox.sweeper import next_due, waiting

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


class StillWorking(Exception):
    """What has fallen due is still being done; moving on now would jump over it."""


def advance(app: Flask, by: timedelta, now: datetime) -> bool:
    """Move forward by a step, or to the first moment in it at which something falls due; True where it stopped there.

    Real time passes every moment; in one jump a reminder, a deputy and a silence would all happen at its end, and
    silence would not count because the deputy was contacted too late. Raises StillWorking, ClockRefused.
    """
    if waiting(app, now):
        raise StillWorking
    due = next_due(app, now)
    if due is None or due > now + by:
        clock_source.move_forward(by)
        return False
    clock_source.move_forward(timedelta(seconds=max(1, ceil((due - now).total_seconds()))))
    return True
