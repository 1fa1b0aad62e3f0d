"""Static files by their digest, so that a browser may keep them for a year and still see the newest."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

YEAR = 365 * 24 * 3600


@lru_cache(maxsize=256)
def _digest(folder: str, filename: str) -> str:
    """Read once in the life of a process: static files are part of the release."""
    return hashlib.sha256((Path(folder) / filename).read_bytes()).hexdigest()[:12]


def asset(filename: str) -> str:
    """The address of a static file, with its digest. Raises FileNotFoundError where there is no such file."""
    return url_for("static", filename=filename, v=_digest(str(current_app.static_folder), filename))


def keep_static(response: Response) -> Response:
    """What is addressed by its digest never changes."""
    if request.endpoint == "static" and request.args.get("v") and response.status_code in (200, 304):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def register(app: Flask) -> None:
    """Install both."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(keep_static)
