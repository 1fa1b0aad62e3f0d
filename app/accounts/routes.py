"""Signing in at one's own organisation, and signing out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import public
from app.accounts import ceremony, identity_queries, session_rules
from app.accounts.oidc import SignInClient
from app.accounts.oidc_types import Identity, Provider, ProviderUnreachable, Refusal, SignInRefused
from app.accounts.queries import partnerships_of

log = logging.getLogger("waymark.sign_in")
accounts = Blueprint("accounts", __name__, template_folder="templates")
accounts.after_request(session_rules.no_store)
LONGEST_NEXT = 2000
Binder = Callable[[str, Identity], ResponseReturnValue]
UNKNOWN = (Refusal.UNKNOWN_PERSON, Refusal.NO_MEMBERSHIP)


def own_path(text: str) -> str:
    """The path where it is one of our own pages, else the home page. Nothing leads to another site."""
    parts = urlsplit(text) if len(text) <= LONGEST_NEXT and "[" not in text and "]" not in text else None
    safe = (
        parts is not None
        and not parts.scheme
        and not parts.netloc
        and text.startswith("/")
        and not text.startswith("//")
        and "\\" not in text
        and text.isprintable()
        and " " not in text
        and not text.startswith(("/sign-in", "/sign-out"))
    )
    return text if safe else "/"


@accounts.get("/sign-in")
@public("nobody is signed in yet")
def sign_in() -> ResponseReturnValue:
    """Choose one's organisation; with `again`, also somebody who is signed in and whose ten hours are nearly over."""
    wanted = own_path(request.args.get("next", ""))
    if current_user.is_authenticated and "again" not in request.args:
        return redirect(wanted)
    passkeys = ceremony.site_of(current_app.config["WAYMARK"].base_url) is not None
    return render_template(
        "accounts/sign_in.html", choices=identity_queries.choices(), next=wanted, passkeys=passkeys
    )


@accounts.post("/sign-in/<organisation>")
@public("nobody is signed in yet")
def begin(organisation: str) -> ResponseReturnValue:
    """Go to the organisation's own sign-in.

    Answers with a page that goes on by itself: a redirect after a form would be stopped by the page's own
    policy on where forms may lead.
    """
    provider = identity_queries.provider_of(organisation) or abort(404)
    return go_away(provider, own_path(request.form.get("next", "")))


def go_away(provider: Provider, wanted: str, invitation: str = "") -> ResponseReturnValue:
    """Begin a sign-in at a provider, which may accept an invitation, and send the browser there."""
    try:
        address, pending = _client().begin(provider, _callback_address(provider), wanted)
    except ProviderUnreachable as fault:
        return _unreachable(provider, fault)
    session_rules.keep_pending(replace(pending, invitation=invitation))
    page = render_template("accounts/away.html", address=address, organisation=provider.organisation_name)
    return page, {"Refresh": f"0; url={address}"}


@accounts.get("/sign-in/callback")
@public("nobody is signed in yet")
def callback() -> ResponseReturnValue:
    """Back from a provider that names itself in its answer."""
    return _come_back()


@accounts.get("/sign-in/callback/<organisation>")
@public("nobody is signed in yet")
def callback_of(organisation: str) -> ResponseReturnValue:
    """Back from a provider that does not name itself: its own address here stands in for that."""
    return _come_back()


@accounts.post("/sign-out")
@public("whoever wants to sign out may, signed in or not")
def sign_out() -> ResponseReturnValue:
    """End the session here, and offer to end it at the organisation too."""
    provider = (
        identity_queries.provider_by_id(current_user.provider_id) if current_user.is_authenticated else None
    )
    session_rules.end_session()
    back_to = current_app.config["WAYMARK"].base_url + "/sign-in"
    ending = _client().sign_out_address(provider, back_to) if provider else None
    return render_template("accounts/signed_out.html", ending=ending, provider=provider)


def _come_back() -> ResponseReturnValue:
    pending = session_rules.take_pending(request.args.get("state", ""))
    provider = identity_queries.provider_by_id(UUID(pending.provider_id)) if pending else None
    identity: Identity | None = None
    try:
        if pending is None:
            raise SignInRefused(Refusal.NOT_STARTED_HERE)
        if provider is None:
            raise SignInRefused(Refusal.PROVIDER_CHANGED)
        if pending.redirect_uri != current_app.config["WAYMARK"].base_url + request.path:
            raise SignInRefused(Refusal.OTHER_CALLBACK)
        identity = _client().finish(provider, pending, request.args.to_dict(flat=False))
        if pending.invitation:
            return _binder()(pending.invitation, identity)
        person = _known(identity)
    except ProviderUnreachable as fault:
        return _unreachable(provider, fault)
    except SignInRefused as refusal:
        return _refused(refusal, identity, provider)
    session_rules.begin_session(person.person_id)
    log.info("signed in", extra={"person": str(person.person_id), "provider": str(person.provider_id)})
    return redirect(own_path(pending.next))


def _known(identity: Identity) -> identity_queries.SignedInPerson:
    person = identity_queries.person_identified(identity)
    if person is None:
        raise SignInRefused(Refusal.UNKNOWN_PERSON)
    if not partnerships_of(person.person_id, g.today):
        raise SignInRefused(Refusal.NO_MEMBERSHIP)
    return person


def _refused(
    refusal: SignInRefused, identity: Identity | None, provider: Provider | None
) -> ResponseReturnValue:
    log.warning("sign-in refused: %s", refusal, extra={"provider": str(provider.id) if provider else None})
    if refusal.reason in UNKNOWN and identity and provider:
        # One page for both, so that it tells nobody who is known
        return render_template("accounts/unknown.html", identity=identity, provider=provider), 403
    return render_template("accounts/not_signed_in.html", cancelled=_cancelled(refusal)), 400


def _cancelled(refusal: SignInRefused) -> bool:
    return refusal.reason is Refusal.PROVIDER_REFUSED and request.args.get("error") == "access_denied"


def _unreachable(provider: Provider | None, fault: ProviderUnreachable) -> ResponseReturnValue:
    log.error("provider unreachable: %s", fault, extra={"provider": str(provider.id) if provider else None})
    name = provider.organisation_name if provider else ""
    return render_template("accounts/unreachable.html", organisation=name), 503


def _binder() -> Binder:
    """What accepts an invitation for whoever has signed in; the room of people gives it."""
    binder: Binder = current_app.extensions["waymark_binder"]
    return binder


def _client() -> SignInClient:
    client = current_app.extensions["waymark_sign_in"]
    assert isinstance(client, SignInClient)
    return client


def _callback_address(provider: Provider) -> str:
    address = f"{current_app.config['WAYMARK'].base_url}/sign-in/callback"
    return address if provider.sends_issuer else f"{address}/{provider.organisation_slug}"
