"""The pages of the referral that a case waits for: written by its agency, asked of another, or written for one."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.access.current import acting_for, current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.entering import asking, written
from app.entering.desk import desk
from app.entering.forms import AskForm, WrittenForm, choose
from app.entering.routes import show_faults
from app.entering.routes_linking import case_pages
from app.referrals.queries import ways_to_refer
from app.referrals.service import NotNow, start_for_case
from app.serious_incidents.fields import errors_of
from app.serious_incidents.forms import StepForm
from app.serious_incidents.pages import fresh, key_of, seen
from tenants.db import db


@case_pages.route("/referral", methods=["GET", "POST"])
@requires(Permission.REFERRAL_SUBMIT)
def write_referral(reference: str) -> ResponseReturnValue:
    """Write the referral that was asked for; it is linked to this case when it is submitted (A-09)."""
    found, actor = seen(reference, "write-referral"), current_actor()
    asked = asking.waiting_for(actor, found.id) or refuse()
    form, problem = StepForm(), ""
    fresh(form)
    if form.validate_on_submit():
        ways = (one for one in ways_to_refer(actor) if one.agency_id == asked.agency_id)
        way = next(ways, None) or refuse()
        try:
            draft_id = start_for_case(actor, way, found.id, key_of(form), g.now).id
            db.session.commit()
            return redirect(url_for("referrals.draft", draft_id=draft_id), 303)
        except NotNow as reason:
            db.session.rollback()
            problem = str(reason)
    page = render_template("entering/write_referral.html", case=found, form=form, problem=problem)
    return page, 409 if problem else 200


@case_pages.route("/ask-referral", methods=["GET", "POST"])
@requires(Permission.REFERRAL_REQUEST)
def ask_referral(reference: str) -> ResponseReturnValue:
    """Ask a further agency for the referral form of a notification that came first (A-09)."""
    found, form = seen(reference, "ask-referral"), AskForm()
    choose(form.agency, [one for one in asking.choices(g.now) if one[0] != asking.TEAM])
    fresh(form)
    if form.validate_on_submit():
        try:
            wrong = asking.ask_further(
                found.id, form.agency.data or "", actor=current_actor(), key=key_of(form), now=g.now
            )
            if wrong is None:
                db.session.commit()
                flash("The agency has been asked for the referral form.", "success")
                return redirect(url_for("cases.case", reference=reference), 303)
        except IntegrityError:
            wrong = "This agency has been asked already"
        db.session.rollback()
        form.agency.errors = [wrong]
    errors = errors_of(form)
    page = render_template(
        "entering/ask_referral.html", case=found, form=form, errors=errors, asked=asking.asked_of(found.id)
    )
    return page, 400 if errors else 200


@case_pages.route("/referral-for-agency", methods=["GET", "POST"])
@requires(Permission.REFERRAL_REQUEST)
def write_for_agency(reference: str) -> ResponseReturnValue:
    """Write the referral that a case waits for on an agency's behalf (A-09)."""
    found, form, at = seen(reference, "referral-for-agency"), WrittenForm(), desk(current_actor().person_id)
    form.offer(at)
    choose(form.agency, list(at.agency_names.items()))
    fresh(form)
    if form.is_submitted() and written.sent_before(found.id, key_of(form)):
        return redirect(url_for("cases.case", reference=reference), 303)
    reason = written.not_now(found.id)
    if reason is None and form.validate_on_submit():
        children, faults = form.given()
        typed = written.Written(
            form.agency.data or "", form.referred_by.cleaned, form.referred_on.data, form.summary.cleaned, children,
            form.where(), form.known_areas(), key_of(form),
        )  # fmt: skip
        acting = acting_for(Permission.REFERRAL_REQUEST)
        faults = faults or written.keep(found.id, typed, acting=acting, now=g.now)
        if not faults:
            db.session.commit()
            flash("The referral has been written and linked to this case.", "success")
            return redirect(url_for("cases.case", reference=reference), 303)
        db.session.rollback()
        show_faults(form, faults)
    errors = errors_of(form)
    page = render_template(
        "entering/write_for_agency.html", case=found, form=form, errors=errors, reason=reason
    )
    return page, 409 if reason else (400 if errors else 200)
