"""Commissions of reviewers and event leads: what each was asked to do, and what was released to them."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add this room's pages and commands."""
