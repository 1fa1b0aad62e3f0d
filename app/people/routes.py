"""The pages of a partnership's people: who holds what, giving, changing and ending memberships. No case content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from wtforms import HiddenField

from app.access.actor import Acting
from app.access.current import acting_for, current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.access.roles import Role
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
    is_held,
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
LET_IN = "You had a part in letting them in, so it waits for a second person. They have been told."
HELD = "They hold this already: nothing was changed."
FILTERS = {"now": "Now", "to-come": "To come", "ended": "Ended", "all": "All"}


@people.get("/")
@requires(Permission.PEOPLE_VIEW)
def index() -> ResponseReturnValue:
    """Everybody with a membership: now, to come or ended; by name, or the newest membership first."""
    asked = request.args.get("show", "now")
    chosen = asked if asked in FILTERS else "now"
    standing = None if chosen == "all" else Standing(chosen)
    shown, newest = queries.memberships(g.today, standing), request.args.get("order") == "newest"
    return render_template(
        "people/index.html", shown=queries.newest_first(shown) if newest else shown, filters=FILTERS,
        chosen=chosen, newest=newest,
    )  # fmt: skip


@people.get("/<uuid:person_id>")
@requires(Permission.PEOPLE_VIEW)
def person(person_id: UUID) -> ResponseReturnValue:
    """One person with their memberships here, who gave them, and what waits about them."""
    shown = _known(person_id)
    return render_template(
        "people/person.html", shown=shown, given_by=queries.given_by(person_id, shown),
        waiting=queries.waiting_about(person_id, g.now),
    )  # fmt: skip


@people.route("/<uuid:person_id>/memberships", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def further(person_id: UUID) -> ResponseReturnValue:
    """Give somebody who is known here a further membership. For oneself, or for the holder of a passkey whom one let
    in, it is only proposed."""
    shown = _known(person_id)
    own, let_in = _parts(person_id)
    form = MembershipForm()
    fresh(form)
    if let_in:
        form.ask_for_another()
    form.offer(queries.role_choices(), {str(one.id): one.name for one in agencies()})
    if request.method == "GET":
        form.starts_on.show(g.today)
    done: list[str] = []
    if form.validate_on_submit() and sent(form, lambda: _give(form, shown, done)):
        flash(done[-1], "success")
        return redirect(url_for("people.person", person_id=person_id), 303)
    return page("people/further.html", form, shown=shown, own=own, let_in=let_in)


@people.route("/memberships/<uuid:membership_id>/last-day", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def last_day(membership_id: UUID) -> ResponseReturnValue:
    """Change the last day of a membership. A later one is only proposed where giving the membership would be."""
    one = _membership(membership_id)
    form = LastDayForm()
    fresh(form)
    if request.method == "GET" and one.held.ends_on:
        form.ends_on.show(one.held.ends_on)
    waits = _is_proposal(one.held.person_id, one.held.role)
    proposes = waits and lengthens(one.held.ends_on, form.ends_on.data)
    if form.validate_on_submit() and sent(form, lambda: _change(form, membership_id, waits)):
        flash(_proposed(one.held.person_id) if proposes else "The last day has been changed.", "success")
        return redirect(url_for("people.person", person_id=one.held.person_id), 303)
    return page("people/last_day.html", form, one=one, waits=waits)


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
        return redirect(url_for("people.index") if _stays(one) else url_for("home.index"), 303)
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
    return acting_for(permission)


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
        faults = [(next(one.name for one in form if not isinstance(one, HiddenField)), str(fault))]
    db.session.rollback()
    put(form, faults)
    return False


def page(template: str, form: Any, **more: Any) -> ResponseReturnValue:
    """A page with its form as typed."""
    errors = errors_of(form)
    return render_template(template, form=form, errors=errors, **more), 400 if errors else 200


def _give(form: MembershipForm, shown: list[Shown], done: list[str]) -> Faults:
    """Give or propose what was typed; `done` is told what came of it."""
    wanted = wanted_of(form.chosen_role(), form.chosen_agency(), form.starts_on.data, form.ends_on.data)
    faults = faults_of(wanted, g.now)
    held = shown[0].held
    if not faults and not any(one.held.vouched for one in shown):
        faults = [("role", "Nobody vouches for them today: invite them again instead")]
    if faults or wanted.role is None or wanted.starts_on is None:
        return faults
    grant, person = Grant(wanted.role, wanted.agency, wanted.starts_on, wanted.ends_on), held.person_id
    known = db.session.get_one(Person, person)
    if is_held(known, grant, g.now):
        done.append(HELD)
        return []
    if _is_proposal(person, wanted.role.value):
        done.append(_proposed(person))
        return propose_membership(person, grant, form.reason.cleaned, acting(), key_of(form), g.now)
    done.append("The membership has been given.")
    try:
        give(known, grant, acting(), g.now)
    except AccountsError as fault:
        return [("role", str(fault))]
    return []


def _parts(person_id: UUID) -> tuple[bool, bool]:
    """Whether somebody is the person of this request; and whether they are the holder of a passkey whom that person had
    a part in letting in."""
    giver = current_actor().person_id
    return giver == person_id, giver != person_id and giver in queries.let_in_by(person_id)


def _is_proposal(person_id: UUID, role: str) -> bool:
    known = Role(role) if role in set(Role) else None
    return is_proposal(current_actor().person_id, person_id, known, queries.let_in_by(person_id))


def _proposed(person_id: UUID) -> str:
    return PROPOSED if current_actor().person_id == person_id else LET_IN


def _stays(ended: Shown) -> bool:
    """Whether the person of this request still reaches these pages once a membership has ended."""
    kept = current_actor().holding(Permission.PEOPLE_VIEW)
    return any(held.membership_id != ended.held.membership_id for held in kept)


def _change(form: LastDayForm, membership_id: UUID, waits: bool) -> Faults:
    membership, ends_on, reason = running(membership_id), form.ends_on.data, form.reason.cleaned
    if membership is None:
        return [("ends_on", "This membership has ended meanwhile")]
    if waits and lengthens(membership.ends_on, ends_on):
        return propose_extension(membership, ends_on, reason, acting(), key_of(form), g.now)
    return change_last_day(membership, ends_on, reason, acting(), g.now)


def _known(person_id: UUID) -> list[Shown]:
    """The memberships of somebody who has, had or will have one here; else the 404 of a wrong address."""
    return queries.memberships(g.today, person_id=person_id) or refuse()


def _membership(membership_id: UUID) -> Shown:
    found = [one for one in queries.memberships(g.today) if one.held.membership_id == membership_id]
    return found[0] if found else refuse()
