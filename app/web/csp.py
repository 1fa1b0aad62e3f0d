"""Headers of every answer: nothing comes from elsewhere, nothing inline runs, nothing private is cached."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g, request

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# What a browser may show of what this server sends; everything else is kept as a file and never opened here.
SHOWN = {"text/html", "application/json", "text/plain"}


def nonce() -> str:
    """The nonce of this answer's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def headers(response: Response) -> Response:
    """Set the headers."""
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce())
    response.headers.update(ALWAYS)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if response.status_code >= 400 or request.endpoint not in ("static", "theme.colours"):
        response.headers["Cache-Control"] = "no-store"
        if response.mimetype not in SHOWN:
            response.headers.setdefault("Content-Disposition", "attachment")
    return response


def register(app: Flask) -> None:
    """Install the headers."""
    app.after_request(headers)
    app.jinja_env.globals["csp_nonce"] = nonce
