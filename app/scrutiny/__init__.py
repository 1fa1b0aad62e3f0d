"""Scrutiny: the Independent Scrutineer's read-only view of every case, observations, the audit and its export."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add this room's pages and commands."""
