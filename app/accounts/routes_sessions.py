"""One's own sessions, staying signed in, and when this session ends."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from app.access.guard import public, sign_in_first
from app.accounts import own_sessions, session_rules
from app.accounts.time_out import mark_of, seconds_left

own = Blueprint("own_sessions", __name__, url_prefix="/account", template_folder="templates")
own.after_request(session_rules.no_store)
MINE = "whoever is signed in sees and ends their own sessions, and nobody else's"


@own.get("/sessions")
@public(MINE)
def index() -> ResponseReturnValue:
    """Where I am signed in."""
    if not current_user.is_authenticated:
        return sign_in_first()
    # This one belongs in the list also where Redis has just lost it
    session_rules.use_session(session_rules.real_now())
    return render_template("accounts/sessions.html", sessions=own_sessions.own_sessions(current_user))


@own.post("/sessions/<uuid:handle>/end")
@public(MINE)
def end(handle: UUID) -> ResponseReturnValue:
    """End one of my sessions."""
    if not current_user.is_authenticated:
        return sign_in_first()
    if str(handle) == session.get(session_rules.HANDLE):
        session_rules.end_session()
        return redirect(url_for("accounts.sign_in"), 303)
    ended = own_sessions.end_one(current_user, str(handle))
    flash("That session has been ended." if ended else "That session had ended already.", "success")
    return redirect(url_for("own_sessions.index"), 303)


@own.post("/sessions/everywhere")
@public(MINE)
def everywhere() -> ResponseReturnValue:
    """Sign out everywhere else, or here too."""
    if not current_user.is_authenticated:
        return sign_in_first()
    keep = request.form.get("here") != "too"
    own_sessions.sign_out_everywhere(current_user.person_id, session_rules.real_now(), keep_this=keep)
    if not keep:
        return render_template("accounts/signed_out.html", ending=None, provider=None, everywhere=True)
    flash("You are signed out everywhere else.", "success")
    return redirect(url_for("own_sessions.index"), 303)


@own.get("/session")
@public("says of whoever asks whether they are signed in and until when; asking does not prolong it")
def ends() -> ResponseReturnValue:
    """For the page's own warning: whether this session still runs, whose it is, and the token of its forms."""
    return _told()


@own.post("/session/stay")
@public(MINE)
def stay() -> ResponseReturnValue:
    """Stay signed in: the half hour without a request begins anew. The ten hours do not."""
    if current_user.is_authenticated:
        session_rules.use_session(session_rules.real_now())
    return _told()


def _told() -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return jsonify(signed_in=False)
    left = seconds_left()
    return jsonify(
        signed_in=True, mark=mark_of(current_user.person_id), idle=left.idle, absolute=left.absolute,
        token=generate_csrf(),
    )  # fmt: skip
