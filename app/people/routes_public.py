"""Accepting an invitation. Public: the link is the key, and nothing is told to whoever has none that works."""

from __future__ import annotations

import logging
from uuid import UUID

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import public, sign_in_first
from app.accounts import ceremony, own_passkeys, session_rules
from app.accounts.ceremony import Credential, PasskeyRefused
from app.accounts.identity_queries import person_identified, provider_of_id
from app.accounts.oidc_types import Identity
from app.accounts.passkeys import Used
from app.accounts.queries import partnerships_of
from app.accounts.routes import go_away
from app.people import accepting, queries
from app.people.accepting import Accepted, Became, Unusable
from app.people.models import Invitation
from app.people.queries import role_name
from app.procedure.events import EventKind
from tenants.db import db
from tenants.registry import Agency, Partnership, partnership_by_slug
from tenants.scope import pin

log = logging.getLogger("waymark.sign_in")
invitations = Blueprint("invitations", __name__, template_folder="templates")
invitations.after_request(session_rules.no_store)
LINK = "whoever holds the one-time link is not signed in yet"


@invitations.get("/invitation/<slug>/<token>")
@public(LINK)
def show(token: str) -> ResponseReturnValue:
    """Who invites, to what, and the one button."""
    found = _open(token)
    return _page(found, token) if found else unusable()


@invitations.post("/invitation/<slug>/<token>")
@public(LINK)
def begin(token: str) -> ResponseReturnValue:
    """Go to the organisation that the invitation names; who comes back from there accepts it."""
    found = _open(token)
    provider = provider_of_id(found.organisation_id) if found and found.organisation_id else None
    if found is None or provider is None:
        return unusable()
    return go_away(provider, "/", f"{found.partnership_id}/{found.id}")


@invitations.post("/invitation/<slug>/<token>/options/<way>")
@public(LINK)
def options(token: str, way: str) -> ResponseReturnValue:
    """What a browser is asked, to make a passkey or to use one."""
    found = _open(token)
    if found is None or found.organisation_id is not None or way not in ("make", "use"):
        return unusable()
    try:
        if way == "use":
            return ceremony.ask_to_use("accept", str(found.id))
        return ceremony.ask_to_make("make", str(found.id), found.name, _handle(found))
    except PasskeyRefused as refusal:
        log.warning("passkey not asked for: %s", refusal)
        return {"message": "Passkeys cannot be used here."}, 400


@invitations.post("/invitation/<slug>/<token>/passkey/<way>")
@public(LINK)
def passkey(token: str, way: str) -> ResponseReturnValue:
    """Accept with the passkey that was made or used."""
    found = _open(token)
    if found is None or found.organisation_id is not None or way not in ("make", "use"):
        return unusable()
    try:
        used = _used(found, way, request.form.get("credential", ""))
    except Unusable:
        db.session.rollback()
        return unusable()
    except PasskeyRefused as refusal:
        db.session.rollback()
        log.warning("passkey refused: %s", refusal, extra={"invitation": str(found.id)})
        return _page(found, token, "That did not work, and nothing was changed. Try again.")
    session_rules.begin_passkey_session(used.person_id, used.passkey_id)
    log.info("signed in", extra={"person": str(used.person_id), "passkey": str(used.passkey_id)})
    return redirect("/" if found.purpose == "recovery" else url_for("invitations.waiting"), 303)


@invitations.get("/account/waiting")
@public("a signed-in person's own invitations that wait for a check; nobody else's")
def waiting() -> ResponseReturnValue:
    """The six digits that an invited person reads to whoever calls them."""
    if not current_user.is_authenticated:
        return sign_in_first()
    found = queries.waiting_for(_app(), current_user.person_id, g.now)
    places = partnerships_of(current_user.person_id, g.today)
    return render_template("people/my_waiting.html", waiting=found, places=places)


def bind(reference: str, identity: Identity) -> ResponseReturnValue:
    """Accept an invitation for whoever its organisation has just signed in."""
    partnership_id, _, invitation_id = reference.partition("/")
    pin(UUID(partnership_id))
    try:
        accepted = accepting.accept_signed_in(UUID(invitation_id), identity, g.now)
        db.session.commit()
    except Unusable:
        db.session.rollback()
        return unusable()
    return _signed_in(accepted, UUID(partnership_id), identity)


def unusable() -> ResponseReturnValue:
    """The one answer to a link that does not work, whatever the reason."""
    return render_template("people/unusable.html"), 404


def _signed_in(accepted: Accepted, partnership_id: UUID, identity: Identity) -> ResponseReturnValue:
    person = person_identified(identity)
    assert person is not None
    places = partnerships_of(person.person_id, g.today)
    if places:
        session_rules.begin_session(person.person_id)
        log.info("signed in", extra={"person": str(person.person_id), "provider": str(person.provider_id)})
    here = next((place for place in places if place.partnership_id == partnership_id), None)
    if accepted.became is Became.MEMBERSHIP and here is not None:
        return redirect(url_for("cases.tasks", slug=here.slug))
    name = db.session.get_one(Partnership, partnership_id).name
    return render_template("people/accepted.html", accepted=accepted, Became=Became, name=name)


def _used(found: Invitation, way: str, answer: str) -> Used:
    """What the passkey did. Commits. Raises Unusable, PasskeyRefused."""
    about = str(found.id)
    if way == "use":
        challenge = ceremony.take("accept", about)
        used = accepting.accept_with_passkey(found.id, ceremony.shown(answer), challenge, g.now)
        db.session.commit()
        return used
    credential = ceremony.made(answer, "make", about)
    if found.purpose == "membership":
        used = accepting.accept_with_new_passkey(found.id, credential, g.now)
        db.session.commit()
        return used
    return _recovered(found, credential)


def _recovered(found: Invitation, credential: Credential) -> Used:
    assert found.person_id is not None
    # Asked before: afterwards the memberships of other partnerships no longer count, and just those must be told.
    places = partnerships_of(found.person_id, g.today)
    used, acting, removed = accepting.recover(found.id, credential, g.now)
    db.session.commit()
    told = [(EventKind.PASSKEY_REMOVED, label) for label in removed]
    told.append((EventKind.PASSKEY_REGISTERED, "Passkey after recovery"))
    others = [place for place in places if place.partnership_id != found.partnership_id]
    own_passkeys.tell_others(_app(), acting, others, told, g.now)
    return used


def _open(token: str) -> Invitation | None:
    partnership = partnership_by_slug(g.slug)
    if partnership is None:
        return None
    pin(partnership.id)
    return accepting.open_invitation(token, g.now)


def _handle(found: Invitation) -> bytes | None:
    return accepting.handle_of(found.person_id) if found.person_id else None


def _page(found: Invitation, token: str, problem: str = "") -> ResponseReturnValue:
    provider = provider_of_id(found.organisation_id) if found.organisation_id else None
    agency = db.session.get(Agency, (found.partnership_id, found.agency_id)) if found.agency_id else None
    partnership = db.session.get_one(Partnership, found.partnership_id)
    page = render_template(
        "people/accept.html", invitation=found, token=token, problem=problem, host=partnership.name,
        organisation=provider.organisation_name if provider else "", role=role_name(found.role),
        agency=agency.name if agency else "",
    )  # fmt: skip
    return page, 400 if problem else 200


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]
