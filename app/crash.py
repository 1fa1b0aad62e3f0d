"""Named points at which a test may kill the process, to show that nothing is lost there. Off elsewhere."""

from __future__ import annotations

import os

CRASHED = 137


def crash(point: str) -> None:
    """End the process at once where WAYMARK_CRASH names this point, in test mode only."""
    if os.environ.get("WAYMARK_MODE") == "test" and os.environ.get("WAYMARK_CRASH") == point:
        os._exit(CRASHED)
