"""The outbox: messages and work as rows, swept to a queue, done exactly once (mail at least once)."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands; delivery registers its handlers by being imported."""
    from app.outbox import delivery  # noqa: F401
    from app.outbox.cli import outbox_group

    app.cli.add_command(outbox_group)
