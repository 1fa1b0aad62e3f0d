"""The pages for cases already under way, and for notifications that came first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.access.current import current_actor
from app.access.guard import requires
from app.access.permissions import Permission
from app.cases.service import Case
from app.entering import asking, requests, service
from app.entering.desk import desk
from app.entering.forms import CameFirstForm, EnterForm, choose, enter_form
from app.entering.looking import TAKEN, look_at
from app.entering.telling import tell_owners
from app.serious_incidents.fields import Day, Moment
from app.serious_incidents.pages import fresh, key_of
from tenants.db import db

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
    at = desk()
    form = enter_form(at)
    fresh(form)
    warnings: list[str] = []
    if form.validate_on_submit():
        before = service.entered_by_form(key_of(form))
        if before is not None:
            return _to_case(before)
        looked = look_at(form.raw(), at, g.now)
        warnings = looked.warnings
        faults = looked.faults
        if not faults and (not warnings or form.anyway.data):
            made, faults = _enter(form)
            if made is not None:
                return _to_case(made)
        before = service.entered_by_form(key_of(form))
        if (
            before is not None
        ):  # the same form, sent a moment before, was entered while this one was looked at
            return _to_case(before)
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
    form.offer(desk())
    choose(form.agency, asking.choices(g.now))
    fresh(form)
    if form.validate_on_submit():
        made = _open(form)
        if made is not None:
            flash("The case has been opened, and the referral form is waited for.", "success")
            return redirect(url_for("cases.case", reference=made), 303)
    errors = errors_of(form)
    page = render_template("entering/notification_first.html", form=form, errors=errors)
    return page, 400 if errors else 200


def _enter(form: EnterForm) -> tuple[Case | None, list[tuple[str, str]]]:
    """The case that was entered, by this form now or by the same one sent a moment before; or what is wrong."""
    acting = acting_for(Permission.CASE_ENTER)
    try:
        made = service.enter_from_form(form.raw(), acting, g.now, key_of(form))
        tell_owners([made], str(key_of(form)), acting, g.now)
        db.session.commit()
        return made.case, []
    except service.Faulty as wrong:
        db.session.rollback()
        return None, wrong.faults
    except IntegrityError:
        db.session.rollback()
        before = service.entered_by_form(key_of(form))
        return before, [] if before else [("own_reference", TAKEN)]


def _open(form: CameFirstForm) -> str | None:
    """The reference of the case of a notification, opened by this form now or a moment before; or None, with what is
    wrong beside the fields."""
    children, wrong = form.given()
    actor, key = current_actor(), key_of(form)
    try:
        made, faults = (None, wrong)
        if not wrong:
            made, faults = requests.open_from_notification(form.typed(children, key), actor=actor, now=g.now)
        if made is not None:
            reference = made.reference
            db.session.commit()
            return reference
        db.session.rollback()
    except IntegrityError:
        db.session.rollback()
        before = requests.opened_by(key)
        if before is not None:
            return before.reference
        raise
    show_faults(form, [("heading" if name == "title" else name, message) for name, message in faults])
    return None


def _to_case(made: Case) -> ResponseReturnValue:
    flash("The case has been entered at its stage.", "success")
    return redirect(url_for("cases.case", reference=made.reference), 303)


def acting_for(permission: Permission) -> Any:
    """The person in the capacity that the permission asks for."""
    actor = current_actor()
    return actor.acting_as(actor.holding(permission))


def show_faults(form: Any, faults: list[tuple[str, str]]) -> None:
    """Set each message beside its field."""
    for name, message in faults:
        form[name].errors = [*form[name].errors, message]


def errors_of(form: Any) -> list[tuple[str, str]]:
    """The first fault of each field, with the part of the page that it leads to."""
    return [
        (f"{field.name}-day" if isinstance(field, Day | Moment) else field.id, field.errors[0])
        for field in form
        if field.errors
    ]
