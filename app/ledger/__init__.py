"""The ledger: events, their chain, its verification and anchors, and the log of who looked."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Install the guard against unrecorded writes, and the commands."""
    from app.ledger import guard  # noqa: F401  (its listeners are installed by being imported)
    from app.ledger.cli import ledger_group

    app.cli.add_command(ledger_group)
