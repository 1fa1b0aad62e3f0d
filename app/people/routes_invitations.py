"""The pages of invitations: inviting, sending again, withdrawing, and checking who made a passkey."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.accounts.people_queries import trusted_organisations
from app.people import invitations as service
from app.people import queries
from app.people.checking import NOT_WAITING, confirm
from app.people.forms import CheckForm, InviteForm, ReasonForm, SendForm, put
from app.people.memberships import Faults
from app.people.queries import InvitationShown
from app.people.routes import acting, page, sent
from app.people.rules import INVITATION_LIFE, State, checker_fault
from app.serious_incidents.pages import fresh, key_of
from app.web.filters import long_date
from tenants.db import db
from tenants.registry import agencies

inviting = Blueprint("inviting", __name__, url_prefix="/<slug>/people", template_folder="templates")


@inviting.route("/invite", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def invite() -> ResponseReturnValue:
    """Invite somebody, by an organisation that signs them in or by passkey."""
    form = InviteForm()
    fresh(form)
    form.offer(queries.role_choices(), {str(one.id): one.name for one in agencies()})
    form.offer_ways({str(one.id): one.name for one in trusted_organisations(g.today)})
    if request.method == "GET":
        form.starts_on.show(g.today)
    if form.validate_on_submit():
        typed = form.typed(key_of(form))
        if sent(form, lambda: service.invite(typed, acting(), g.now)):
            until = long_date(g.today + INVITATION_LIFE)
            flash(f"{typed.name} has been invited. The link works to the end of {until}.", "success")
            return redirect(url_for("inviting.index"), 303)
    return page("people/invite.html", form)


@inviting.get("/invitations")
@requires(Permission.PEOPLE_VIEW)
def index() -> ResponseReturnValue:
    """All invitations: those that wait for something first."""
    return render_template("people/invitations.html", shown=queries.invitations(g.now), State=State)


@inviting.get("/invitations/<uuid:invitation_id>")
@requires(Permission.PEOPLE_VIEW)
def one(invitation_id: UUID) -> ResponseReturnValue:
    """One invitation: how far it has come, and what can be done about it."""
    return _show(_found(invitation_id))


@inviting.post("/invitations/<uuid:invitation_id>/send")
@requires(Permission.PEOPLE_MANAGE)
def send(invitation_id: UUID) -> ResponseReturnValue:
    """Send the link again: a new one, the old one is worth nothing afterwards."""
    _found(invitation_id)
    form, problem = SendForm(), service.NOT_SENT
    if form.validate_on_submit():
        problem = service.send_again(invitation_id, form.times(), acting(), g.now)
        db.session.commit()
    if problem not in ("", service.NOT_SENT):
        back = url_for("inviting.one", invitation_id=invitation_id)
        where = "the invitation"
        return render_template("people/not_now.html", problem=problem, back=back, where=where), 409
    flash(problem or "A new link has been sent. The old one no longer works.", "success")
    return redirect(url_for("inviting.one", invitation_id=invitation_id), 303)


@inviting.route("/invitations/<uuid:invitation_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Withdraw an invitation; also where it is not the right person who made the passkey."""
    shown = _found(invitation_id)
    form = ReasonForm()
    fresh(form)
    done: list[bool] = []

    def work() -> Faults:
        faults, withdrawn = service.withdraw(invitation_id, form.reason.cleaned, acting(), g.now)
        done.append(withdrawn)
        return faults

    if form.validate_on_submit() and sent(form, work):
        told = (
            "The invitation has been withdrawn."
            if done[-1]
            else "It could be withdrawn no longer: look below."
        )
        flash(told, "success")
        return redirect(url_for("inviting.one", invitation_id=invitation_id), 303)
    return page("people/withdraw.html", form, shown=shown)


@inviting.route("/invitations/<uuid:invitation_id>/check", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_APPROVE)
def check(invitation_id: UUID) -> ResponseReturnValue:
    """Confirm, by another channel, that the passkey's holder is who was invited."""
    shown = _found(invitation_id)
    form = CheckForm()
    fresh(form)
    problem = _may_not_check(shown)
    if not problem and form.validate_on_submit():
        who = acting(Permission.MEMBERSHIP_APPROVE)
        checked = confirm(invitation_id, form.code.cleaned, form.how.cleaned, who, g.now)
        db.session.commit()
        if checked.confirmed:
            flash(
                f"{shown.row.name} is confirmed. The membership has begun, and they have been told.",
                "success",
            )
            return redirect(url_for("inviting.one", invitation_id=invitation_id), 303)
        problem = checked.problem
        put(form, list(checked.faults))
    if problem:
        return render_template("people/not_now.html", problem=problem, back=url_for("waiting.index")), 409
    return page("people/check.html", form, shown=shown)


def _may_not_check(shown: InvitationShown) -> str:
    row, person_id = shown.row, current_actor().person_id
    if shown.state is not State.WAITING or row.accepted_person_id is None or row.role is None:
        return NOT_WAITING
    assert person_id is not None
    return checker_fault(person_id, row.invited_by, row.accepted_person_id) or ""


def _found(invitation_id: UUID) -> InvitationShown:
    return queries.invitation(invitation_id, g.now) or refuse()


def _show(shown: InvitationShown) -> ResponseReturnValue:
    form = SendForm()
    form.seen.data = str(shown.row.sending)
    sendable = shown.row.state == State.OPEN.value and shown.row.purpose == "membership"
    dead = service.why_dead(shown.row, g.today) if sendable else ""
    return render_template(
        "people/invitation.html", shown=shown, form=form, State=State, may_not_check=_may_not_check(shown),
        sendable=sendable, dead=dead,
    )  # fmt: skip
