"""Provisioning partnerships from the command line, with the event that says so."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands."""
    from app.partnerships.cli import partnerships_group

    app.cli.add_command(partnerships_group)
