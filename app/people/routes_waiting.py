"""What waits for a second person, and deciding it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.people import queries
from app.people.forms import DecideForm, put
from app.people.proposals import decide
from app.people.queries import InvitationShown, ProposalShown
from app.people.routes import acting, page
from app.people.rules import State, checker_fault, decider_fault
from app.serious_incidents.pages import fresh
from tenants.db import db

waiting = Blueprint("waiting", __name__, url_prefix="/<slug>/people", template_folder="templates")


@waiting.get("/waiting")
@requires(Permission.MEMBERSHIP_APPROVE)
def index() -> ResponseReturnValue:
    """What waits for a second person: proposals, and passkeys whose holder must be checked."""
    checks = [one for one in queries.invitations(g.now) if one.state is State.WAITING]
    found = queries.proposals()
    return render_template(
        "people/waiting.html", checks=checks, open=[one for one in found if one.row.state == "open"],
        decided=[one for one in found if one.row.state != "open"], may_not=_may_not,
        may_not_check=_may_not_check,
    )  # fmt: skip


@waiting.route("/proposals/<uuid:proposal_id>", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_APPROVE)
def proposal(proposal_id: UUID) -> ResponseReturnValue:
    """Approve or refuse a proposal, with the reason."""
    shown = queries.proposal(proposal_id) or refuse()
    form = DecideForm()
    fresh(form)
    may_not = _may_not(shown) if shown.row.state == "open" else ""
    wanted = request.form.get("do")
    if form.validate_on_submit() and wanted not in ("approve", "refuse"):
        put(form, [("reason", "Press Approve or Refuse: nothing was decided")])
    elif form.validate_on_submit():
        who = acting(Permission.MEMBERSHIP_APPROVE)
        decided = decide(proposal_id, wanted == "approve", form.reason.cleaned, who, g.now)
        if not decided.problem and not decided.faults:
            db.session.commit()
            flash("Approved." if wanted == "approve" else "Refused.", "success")
            return redirect(url_for("waiting.index"), 303)
        db.session.rollback()
        if decided.problem:
            back = url_for("waiting.index")
            return render_template("people/not_now.html", problem=decided.problem, back=back), 409
        put(form, list(decided.faults))
    return page("people/proposal.html", form, shown=shown, may_not=may_not)


def _may_not(shown: ProposalShown) -> str:
    """Why the person of this request may not decide it."""
    decider = current_actor().person_id
    assert decider is not None
    return decider_fault(decider, shown.row.proposed_by, shown.row.person_id) or ""


def _may_not_check(shown: InvitationShown) -> str:
    """Why the person of this request may not say whose passkey it is."""
    checker, concerned = current_actor().person_id, shown.row.accepted_person_id
    assert checker is not None
    assert concerned is not None
    return checker_fault(checker, shown.row.invited_by, concerned) or ""
