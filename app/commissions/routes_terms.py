"""The partnership's pages of the terms of reference and the timetable: numbered versions, each kept."""

from __future__ import annotations

from datetime import date

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from app.access.current import acting_for
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.calendars import calendars
from app.commissions import presenting, queries
from app.commissions.forms import TermsForm, TimetableForm, field_of, sent
from app.commissions.models import CommissionTerms
from app.commissions.routes import commissions, done, not_now, show, step, subject
from app.commissions.rules import HEADINGS, Compared, compare
from app.commissions.terms import release_terms, set_timetable
from app.procedure.commissions import Milestone, day_hint
from app.serious_incidents.fields import errors_of
from app.serious_incidents.pages import fresh, key_of
from app.web.text_rules import number_named


@commissions.route("/<commission>/terms/write", methods=["GET", "POST"])
@requires(Permission.COMMISSION_MANAGE)
def write_terms(reference: str, commission: str) -> ResponseReturnValue:
    """Write the next version: looked at beside the one in force first, then released."""
    found, form = subject(reference, commission, "write terms of reference"), TermsForm()
    if (closed := not_now(found)) is not None:
        return closed
    versions, problem = queries.terms_of(found.row), ""
    newest = versions[0] if versions else None
    if request.method == "GET":
        fresh(form, over=str(newest.number if newest else 0))
        for name in HEADINGS if newest else ():
            form[name].data = getattr(newest, name)
    told: list[Compared] = []
    if form.is_submitted():
        if sent("do") != "release":
            form.validate()
        else:
            by, key = acting_for(Permission.COMMISSION_MANAGE), key_of(form)
            failed = step(form, lambda: release_terms(
                found.case.id, commission, form.texts(), over=form.seen(), key=key, acting=by, now=g.now
            ))  # fmt: skip
            if failed is None:
                return done(found, "The terms of reference are released.")
            problem, versions = failed, queries.terms_of(found.row)
            newest = versions[0] if versions else None
            form.over.data = str(newest.number if newest else 0) if problem else form.over.data
        told = compare(said(newest), form.texts()) if not errors_of(form) else []
    return show("write_terms", found, form, problem, newest=newest, told=told)


@commissions.get("/<commission>/terms/<version>")
@requires(Permission.COMMISSION_OVERSEE)
def terms(reference: str, commission: str, version: str) -> ResponseReturnValue:
    """One version of the terms of reference, and what differs from the one before it."""
    found = subject(reference, commission, f"terms of reference, version {version[:9]}")
    one, before, versions = version_and_before(queries.terms_of(found.row), version)
    return render_template(
        "commissions/terms.html", case=found.case, row=found.row, title=found.title, one=one, before=before,
        versions=versions, headings=HEADINGS, told=compare(said(before), said(one)) if before else [],
    )  # fmt: skip


@commissions.route("/<commission>/timetable", methods=["GET", "POST"])
@requires(Permission.COMMISSION_MANAGE)
def timetable(reference: str, commission: str) -> ResponseReturnValue:
    """Set the timetable, or change it with a reason."""
    found, form, problem = subject(reference, commission, "timetable"), TimetableForm(), ""
    if (closed := not_now(found)) is not None:
        return closed
    newest = next(iter(queries.timetables_of(found.row)), None)
    if request.method == "GET":
        fresh(form, over=str(newest.number if newest else 0))
        for name, text in newest.days.items() if newest else ():
            form[field_of(name)].show(date.fromisoformat(text))
    if form.is_submitted():
        by, key = acting_for(Permission.COMMISSION_MANAGE), key_of(form)
        failed = step(form, lambda: set_timetable(
            found.case.id, commission, form.days(), form.reason.cleaned, over=form.seen(), key=key, acting=by,
            now=g.now, unread=form.unread(),
        ))  # fmt: skip
        if failed is None:
            return done(found, "The timetable is set.")
        problem, newest = failed, next(iter(queries.timetables_of(found.row)), None)
        form.over.data = str(newest.number if newest else 0) if problem else form.over.data
    calendar = calendars().all()[0]
    hints = {
        field_of(milestone): day_hint(day, g.today, calendar)
        for milestone in Milestone
        if (day := form[field_of(milestone)].data or _stored(newest, milestone)) is not None
    }
    fields = [field_of(milestone) for milestone in Milestone]
    kept = presenting.milestones(newest) if newest else []
    return show("timetable", found, form, problem, newest=newest, hints=hints, fields=fields, kept=kept)


def _stored(newest: queries.CommissionTimetable | None, milestone: Milestone) -> date | None:
    text = newest.days.get(milestone.value) if newest and request.method == "GET" else None
    return date.fromisoformat(text) if text else None


def said(one: CommissionTerms | None) -> dict[str, str]:
    """The texts of a version by heading; nothing where there is none."""
    return {name: getattr(one, name) if one else "" for name in HEADINGS}


def version_and_before(
    versions: list[CommissionTerms], number: str
) -> tuple[CommissionTerms, CommissionTerms | None, list[CommissionTerms]]:
    """The version of that number and the one before it, of those given; the 404 of a wrong address for no such."""
    wanted = number_named(number)
    found = {one.number: one for one in versions}
    return found.get(wanted) or refuse(), found.get(wanted - 1), versions
