"""The pages for cases already under way, and for notifications that came first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.access.current import acting_for, current_actor
from app.access.guard import requires
from app.access.permissions import Permission
from app.cases.service import Case
from app.entering import asking, requests, service
from app.entering.desk import Desk, desk
from app.entering.forms import CameFirstForm, EnterForm, choose, enter_form
from app.entering.looking import TAKEN, Fault, Looked, look_at
from app.entering.telling import tell_owners
from app.serious_incidents.fields import errors_of
from app.serious_incidents.forms import KeyedForm
from app.serious_incidents.pages import fresh, key_of
from tenants.db import db

Made = tuple[Case | None, list[Fault]]

bp = Blueprint("entering", __name__, url_prefix="/<slug>/enter", template_folder="templates")


@bp.get("/")
@requires(Permission.CASE_ENTER)
def index() -> ResponseReturnValue:
    """How a case can be brought in that did not begin with a referral in Waymark."""
    return render_template("entering/index.html")


@bp.route("/case", methods=["GET", "POST"])
@requires(Permission.CASE_ENTER)
def case() -> ResponseReturnValue:
    """Enter one case that is under way, at its stage."""
    at = desk(current_actor().person_id)
    form = enter_form(at)
    fresh(form)
    warnings: list[str] = []
    if form.validate_on_submit():
        looked = look_at(form.raw(), at, g.now)
        warnings = looked.warnings
        made, faults = _once(
            form, lambda: _enter(form, looked, at), service.entered_by_form, taken=[("own_reference", TAKEN)]
        )
        if made is not None:
            flash("The case has been entered at its stage.", "success")
            return redirect(url_for("cases.case", reference=made.reference), 303)
        show_faults(form, faults)
        if warnings and not faults:
            form.anyway.errors = [f"{'. '.join(warnings)}. Open that case, or confirm that this is another"]
    errors = errors_of(form)
    page = render_template(
        "entering/case.html", form=form, errors=errors, columns=at.columns, warned=bool(warnings)
    )
    return page, 400 if errors else 200


@bp.route("/notification-first", methods=["GET", "POST"])
@requires(Permission.REFERRAL_REQUEST)
def notification_first() -> ResponseReturnValue:
    """Open the case of a notification that came before a referral, and ask for the referral form (A-09)."""
    form = CameFirstForm()
    form.offer(desk(current_actor().person_id))
    choose(form.agency, asking.choices(g.now))
    fresh(form)
    if form.validate_on_submit():
        made, faults = _once(form, lambda: _open(form), requests.opened_by)
        if made is not None:
            flash("The case has been opened, and the referral form is waited for.", "success")
            return redirect(url_for("cases.case", reference=made.reference), 303)
        show_faults(form, [("heading" if name == "title" else name, message) for name, message in faults])
    errors = errors_of(form)
    page = render_template("entering/notification_first.html", form=form, errors=errors)
    return page, 400 if errors else 200


def _enter(form: EnterForm, looked: Looked, at: Desk) -> Made:
    if looked.faults or (looked.warnings and not form.anyway.data):
        return None, looked.faults
    acting, key = acting_for(Permission.CASE_ENTER), key_of(form)
    made = service.enter_from_form(looked, acting, g.now, at, key)
    tell_owners([made], str(key), acting, g.now)
    return made.case, []


def _open(form: CameFirstForm) -> Made:
    children, wrong = form.given()
    if wrong:
        return None, wrong
    typed = form.typed(children, key_of(form))
    return requests.open_from_notification(typed, actor=current_actor(), now=g.now)


def _once(
    form: KeyedForm,
    make: Callable[[], Made],
    made_before: Callable[[UUID], Case | None],
    taken: Sequence[Fault] = (),
) -> Made:
    """Make a case of a form and commit it; or what is wrong, with nothing changed. Where the same form, sent a moment
    before, has made its case, that is the answer, whatever stands in this one's way. `taken` is what is wrong where
    another form was there first; without it that is nobody's fault, and raises."""
    lost: IntegrityError | None = None
    try:
        made, faults = make()
        if made is not None:
            db.session.commit()
            return made, []
    except IntegrityError as error:
        lost, faults = error, list(taken)
    db.session.rollback()
    before = made_before(key_of(form))
    if before is None and lost is not None and not taken:
        raise lost
    return before, [] if before else faults


def show_faults(form: Any, faults: list[tuple[str, str]]) -> None:
    """Set each message beside its field."""
    for name, message in faults:
        form[name].errors = [*form[name].errors, message]
