"""Puts the providers and the mail page together as one small web application."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from demo_world.authority import Client
from demo_world.mailbox import Mailbox
from demo_world.people import Organisation
from demo_world.provider import make_blueprint, make_issuers

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def make_app(organisations: dict[str, Organisation], base: str, data: Path, client: Client) -> Flask:
    """The web application: every organisation's provider under its slug, and the mail page at `/mail`."""
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    issuers = make_issuers(organisations, base.rstrip("/"), data / "keys", client)
    app.register_blueprint(_mail_pages(Mailbox(data / "mail")))
    app.register_blueprint(make_blueprint(issuers, client))
    app.after_request(_guarded)
    return app


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if not request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _mail_pages(mailbox: Mailbox) -> Blueprint:
    pages = Blueprint("mail", __name__, url_prefix="/mail")

    @pages.get("")
    def messages() -> ResponseReturnValue:
        wanted = request.args.get("to", "")[:200]
        found = mailbox.newest(wanted)
        return render_template("mail.html", messages=found, wanted=wanted, refused=mailbox.refused())

    @pages.post("/refused")
    def refused() -> ResponseReturnValue:
        # A page of another site may not change what this demonstration shows.
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            abort(403)
        change = mailbox.accept if request.form.get("again") else mailbox.refuse
        change(request.form.get("address", ""))
        return redirect("/mail", 303)

    @pages.get("/<name>")
    def message(name: str) -> ResponseReturnValue:
        return render_template("message.html", message=mailbox.one(name) or abort(404))

    return pages
