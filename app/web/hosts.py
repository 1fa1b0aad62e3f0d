"""The host that a request names: only Waymark's own is answered, so that no link is ever made for another's."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

from config import Config

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
DEFAULT_PORTS = {"https": 443, "http": 80}
# Nothing here says what this server is; the request may have been meant for another.
NOTHING = (
    '<!DOCTYPE html><html lang="en-GB"><head><title>Bad request</title></head>'
    "<body><h1>Bad request</h1></body></html>\n"
)


def is_ours(host: str, config: Config) -> bool:
    """Whether a Host header names this installation: the host and port of BASE_URL.

    On the demonstration's and the tests' own machine, also its loopback names with any port.
    """
    try:
        named, own = urlsplit(f"//{host}"), urlsplit(config.base_url)
        name, port = named.hostname or "", named.port
    except ValueError:
        return False
    plain = named.netloc == host and not named.username and named.password is None
    if not plain or not name or not host.isascii() or host != host.strip():
        return False
    if config.demonstrates and name in LOOPBACK:
        return True
    usual = DEFAULT_PORTS.get(own.scheme)
    return name == (own.hostname or "") and (port or usual) == (own.port or usual)


def refuse_other_hosts() -> ResponseReturnValue | None:
    """Before anything else of a request is looked at."""
    if is_ours(request.headers.get("Host", ""), current_app.config["WAYMARK"]):
        return None
    return NOTHING, 400, {"Content-Type": "text/html; charset=utf-8"}


def register(app: Flask) -> None:
    """Install the check as the first of all."""
    app.before_request_funcs.setdefault(None, []).insert(0, refuse_other_hosts)
