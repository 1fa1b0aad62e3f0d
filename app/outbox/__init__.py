"""The outbox: messages, due work, the sweeper that hands it over and the worker that does it."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Register delivery, and the commands."""
    from app.outbox import delivery  # noqa: F401  (its handler is registered by being imported)
    from app.outbox.cli import outbox_group

    app.cli.add_command(outbox_group)
