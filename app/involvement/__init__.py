"""Scoping: what agencies are asked about their involvement, and what they return."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

LARGEST_UPLOAD = 11 * 1024 * 1024  # a file of 10 MB, with the rest of its form
UPLOADS = {"own_involvement.files", "involvement.record_files"}


def register(app: Flask) -> None:
    """Add the room's pages, and the background work it does."""
    from app.involvement import chasing, routes_record  # noqa: F401  (its handlers are registered by being imported)
    from app.involvement.routes import bp
    from app.involvement.routes_outcome import outcome
    from app.involvement.routes_own import own

    app.url_value_preprocessor(_allow_a_file)
    app.register_blueprint(bp)
    app.register_blueprint(own)
    app.register_blueprint(outcome)


def _allow_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one form that carries a file be larger than others: said before anything reads the form."""
    if endpoint in UPLOADS and request.method == "POST":
        request.max_content_length = LARGEST_UPLOAD
