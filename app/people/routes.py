"""The pages of a partnership's people: who holds what, giving, changing and ending memberships. No case content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.access.actor import Acting
from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.accounts.models import Person
from app.accounts.service import AccountsError
from app.people import queries
from app.people.forms import LastDayForm, MembershipForm, ReasonForm, RecoverForm, errors_of, put
from app.people.memberships import (
    Faults,
    Grant,
    change_last_day,
    end_now,
    faults_of,
    give,
    running,
    wanted_of,
)
from app.people.proposals import propose_extension, propose_membership, propose_recovery
from app.people.queries import Shown, Standing
from app.people.rules import is_proposal, lengthens
from app.serious_incidents.pages import fresh, key_of
from tenants.db import db
from tenants.registry import agencies

people = Blueprint("people", __name__, url_prefix="/<slug>/people", template_folder="templates")
PROPOSED = "This is for yourself, so it waits for a second person. They have been told."
FILTERS = {"now": "Now", "to-come": "To come", "ended": "Ended", "all": "All"}


@people.get("/")
@requires(Permission.PEOPLE_VIEW)
def index() -> ResponseReturnValue:
    """Everybody with a membership: now, to come or ended."""
    asked = request.args.get("show", "now")
    chosen = asked if asked in FILTERS else "now"
    standing = None if chosen == "all" else Standing(chosen)
    shown = queries.memberships(g.today, standing)
    return render_template("people/index.html", shown=shown, filters=FILTERS, chosen=chosen)


@people.get("/<uuid:person_id>")
@requires(Permission.PEOPLE_VIEW)
def person(person_id: UUID) -> ResponseReturnValue:
    """One person with their memberships here."""
    return render_template("people/person.html", shown=_known(person_id))


@people.route("/<uuid:person_id>/memberships", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def further(person_id: UUID) -> ResponseReturnValue:
    """Give somebody who is known here a further membership. For oneself it is only proposed."""
    shown = _known(person_id)
    own = is_proposal(current_actor().person_id, person_id)
    form = MembershipForm()
    fresh(form)
    form.offer(queries.role_choices(), {str(one.id): one.name for one in agencies()})
    if request.method == "GET":
        form.starts_on.show(g.today)
    if form.validate_on_submit() and sent(form, lambda: _give(form, shown, own)):
        flash(PROPOSED if own else "The membership has been given.", "success")
        return redirect(url_for("people.person", person_id=person_id), 303)
    return page("people/further.html", form, shown=shown, own=own)


@people.route("/memberships/<uuid:membership_id>/last-day", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def last_day(membership_id: UUID) -> ResponseReturnValue:
    """Change the last day of a membership. A later one for oneself is only proposed."""
    one = _membership(membership_id)
    form = LastDayForm()
    fresh(form)
    if request.method == "GET" and one.held.ends_on:
        form.ends_on.show(one.held.ends_on)
    own = is_proposal(current_actor().person_id, one.held.person_id)
    proposes = own and lengthens(one.held.ends_on, form.ends_on.data)
    if form.validate_on_submit() and sent(form, lambda: _change(form, membership_id, own)):
        flash(PROPOSED if proposes else "The last day has been changed.", "success")
        return redirect(url_for("people.person", person_id=one.held.person_id), 303)
    return page("people/last_day.html", form, one=one, own=own)


@people.route("/memberships/<uuid:membership_id>/end", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def end(membership_id: UUID) -> ResponseReturnValue:
    """End a membership now, with a reason: the person's next request is refused."""
    one = _membership(membership_id)
    form = ReasonForm()
    fresh(form)
    ended: list[bool] = []

    def work() -> Faults:
        faults, was_running = end_now(membership_id, form.reason.cleaned, acting(), g.now)
        ended.append(was_running)
        return faults

    if form.validate_on_submit() and sent(form, work):
        done = "The membership has ended." if ended[-1] else "The membership had ended already."
        flash(done, "success")
        return redirect(url_for("people.index"), 303)
    return page("people/end.html", form, one=one)


@people.route("/<uuid:person_id>/recovery", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def recovery(person_id: UUID) -> ResponseReturnValue:
    """Propose a new passkey for somebody who lost theirs and who belongs here today."""
    shown = _known(person_id)
    current = [one for one in shown if one.standing is Standing.NOW and one.held.vouched]
    if not shown[0].held.by_passkey or not current:
        return render_template("people/no_recovery.html", shown=shown), 409
    form = RecoverForm()
    fresh(form)
    if request.method == "GET":
        form.email.data = shown[0].held.email

    def work() -> Faults:
        typed = (form.email.cleaned, form.reason.cleaned)
        return propose_recovery(person_id, *typed, acting(), key_of(form), g.now)

    if form.validate_on_submit() and sent(form, work):
        flash("The new passkey waits for a second person. They have been told.", "success")
        return redirect(url_for("people.person", person_id=person_id), 303)
    return page("people/recovery.html", form, shown=shown)


def acting(permission: Permission = Permission.PEOPLE_MANAGE) -> Acting:
    """Who acts, in the capacity that lets them."""
    actor = current_actor()
    return actor.acting_as(actor.holding(permission))


def sent(form: Any, work: Callable[[], Faults]) -> bool:
    """Do what a form asks and commit it; its faults are put beside its fields. The same form sent twice, even at once,
    is one act: the second one finds its key taken."""
    try:
        faults = work()
        if not faults:
            db.session.commit()
            return True
    except IntegrityError as fault:
        db.session.rollback()
        if "_submission" in str(fault.orig):
            return True
        raise
    except AccountsError as fault:
        faults = [(next(iter(form._fields)), str(fault))]
    db.session.rollback()
    put(form, faults)
    return False


def page(template: str, form: Any, **more: Any) -> ResponseReturnValue:
    """A page with its form as typed."""
    errors = errors_of(form)
    return render_template(template, form=form, errors=errors, **more), 400 if errors else 200


def _give(form: MembershipForm, shown: list[Shown], own: bool) -> Faults:
    wanted = wanted_of(form.chosen_role(), form.chosen_agency(), form.starts_on.data, form.ends_on.data)
    faults = faults_of(wanted, g.now)
    held = shown[0].held
    if not faults and not any(one.held.vouched for one in shown):
        faults = [("role", "Nobody vouches for them today: invite them again instead")]
    if faults or wanted.role is None or wanted.starts_on is None:
        return faults
    grant = Grant(wanted.role, wanted.agency, wanted.starts_on, wanted.ends_on)
    if own:
        return propose_membership(held.person_id, grant, form.reason.cleaned, acting(), key_of(form), g.now)
    give(db.session.get_one(Person, held.person_id), grant, acting(), g.now)
    return []


def _change(form: LastDayForm, membership_id: UUID, own: bool) -> Faults:
    membership, ends_on, reason = running(membership_id), form.ends_on.data, form.reason.cleaned
    if membership is None:
        return [("ends_on", "This membership has ended meanwhile")]
    if own and lengthens(membership.ends_on, ends_on):
        return propose_extension(membership, ends_on, reason, acting(), key_of(form), g.now)
    return change_last_day(membership, ends_on, reason, acting(), g.now)


def _known(person_id: UUID) -> list[Shown]:
    """The memberships of somebody who has, had or will have one here; else the 404 of a wrong address."""
    return queries.memberships(g.today, person_id=person_id) or refuse()


def _membership(membership_id: UUID) -> Shown:
    found = [one for one in queries.memberships(g.today) if one.held.membership_id == membership_id]
    return found[0] if found else refuse()
