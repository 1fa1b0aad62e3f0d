"""Signing in with a passkey, and the page of one's own passkeys."""

from __future__ import annotations

import logging
from uuid import UUID

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.actor import Acting
from app.access.guard import public, refuse, sign_in_first
from app.accounts import ceremony, own_passkeys, session_rules
from app.accounts.ceremony import PasskeyRefused
from app.accounts.own_passkeys import CAPACITY, NoPartnership
from app.accounts.passkeys import LastPasskey, passkeys_of, use_passkey
from app.accounts.queries import partnerships_of
from app.accounts.routes import own_path
from app.web.text_rules import normalised, text_fault
from tenants.db import db

log = logging.getLogger("waymark.sign_in")
passkeys = Blueprint("passkeys", __name__, template_folder="templates")
passkeys.after_request(session_rules.no_store)
LONGEST_LABEL = 60
OWN = "a signed-in person's own passkeys; whoever has none is refused in the view"


@passkeys.post("/sign-in/passkey/options")
@public("nobody is signed in yet")
def options() -> ResponseReturnValue:
    """What a browser is asked, to sign somebody in."""
    try:
        return ceremony.ask_to_use("sign-in")
    except PasskeyRefused as refusal:
        return _no(refusal)


@passkeys.post("/sign-in/passkey")
@public("nobody is signed in yet")
def sign_in() -> ResponseReturnValue:
    """Sign in whoever has used their passkey."""
    try:
        challenge = ceremony.take("sign-in")
        used = use_passkey(ceremony.shown(request.form.get("credential", "")), challenge, g.now)
    except PasskeyRefused as refusal:
        db.session.rollback()
        log.warning("sign-in by passkey refused: %s", refusal)
        return render_template("accounts/passkey_refused.html"), 403
    db.session.commit()
    session_rules.begin_passkey_session(used.person_id, used.passkey_id)
    log.info("signed in", extra={"person": str(used.person_id), "passkey": str(used.passkey_id)})
    if not partnerships_of(used.person_id, g.today):
        return redirect(url_for("invitations.waiting"), 303)
    return redirect(own_path(request.form.get("next", "")), 303)


@passkeys.get("/account/passkeys")
@public(OWN)
def index() -> ResponseReturnValue:
    """One's own passkeys."""
    return _not_theirs() or _page()


@passkeys.post("/account/passkeys/options")
@public(OWN)
def options_to_add() -> ResponseReturnValue:
    """What a browser is asked, to make a further passkey."""
    if wrong := _not_theirs():
        return wrong
    known = tuple(one.credential_id for one in passkeys_of(current_user.person_id))
    try:
        return ceremony.ask_to_make("add", _about(), current_user.display_name, current_user.handle, known)
    except PasskeyRefused as refusal:
        return _no(refusal)


@passkeys.post("/account/passkeys")
@public(OWN)
def add() -> ResponseReturnValue:
    """Add the passkey that the browser has made."""
    if wrong := _not_theirs():
        return wrong
    label = normalised(request.form.get("label", ""))
    fault = text_fault(label, LONGEST_LABEL, lines=False, label="The name")
    if fault or not label:
        return _page(fault or "Enter a name for the passkey, for example: Work laptop")
    try:
        credential = ceremony.made(request.form.get("credential", ""), "add", _about())
        own_passkeys.add(_app(), _acting(), credential, label, g.today, g.now)
    except PasskeyRefused as refusal:
        log.warning("passkey not added: %s", refusal)
        return _page("The passkey was not added. Try again.")
    except NoPartnership:
        return _page("You can add a passkey once a partnership has confirmed who you are.")
    flash("The passkey has been added.", "success")
    return redirect(url_for("passkeys.index"), 303)


@passkeys.post("/account/passkeys/<uuid:passkey_id>/remove")
@public(OWN)
def remove(passkey_id: UUID) -> ResponseReturnValue:
    """Remove one; the session that was begun with it ends."""
    if wrong := _not_theirs():
        return wrong
    try:
        removed = own_passkeys.remove(_app(), _acting(), passkey_id, g.today, g.now)
    except LastPasskey:
        return _page("This is your only passkey. Add another one before you remove it.")
    except NoPartnership:
        return _page("You can remove a passkey once a partnership has confirmed who you are.")
    flash("The passkey has been removed." if removed else "That passkey had been removed already.", "success")
    return redirect(url_for("passkeys.index"), 303)


def _not_theirs() -> ResponseReturnValue | None:
    """The answer to whoever is not signed in, or signs in with an organisation and so has no passkeys."""
    if not current_user.is_authenticated:
        return sign_in_first()
    return None if current_user.by_passkey else refuse()


def _page(fault: str = "") -> ResponseReturnValue:
    held = passkeys_of(current_user.person_id)
    typed = request.form.get("label", "")
    page = render_template("accounts/passkeys.html", passkeys=held, fault=fault, typed=typed)
    return page, 400 if fault else 200


def _no(refusal: PasskeyRefused) -> ResponseReturnValue:
    log.warning("passkey not asked for: %s", refusal)
    return {"message": "Passkeys cannot be used here."}, 400


def _about() -> str:
    return str(current_user.person_id)


def _acting() -> Acting:
    return Acting(current_user.person_id, current_user.display_name, CAPACITY)


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]
