"""Named points at which a test may kill the process, to show that nothing is lost there. Off in production."""

from __future__ import annotations

import os

from flask import current_app

from config import Mode

CRASHED = 137


def crash(point: str) -> None:
    """End the process at once where WAYMARK_CRASH names this point, in test mode only."""
    if os.environ.get("WAYMARK_CRASH") == point and current_app.config["WAYMARK"].mode is Mode.TEST:
        os._exit(CRASHED)
