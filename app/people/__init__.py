"""People of a partnership as its administrators see them: memberships, invitations, passkeys. No case content."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add this room's pages and commands."""
