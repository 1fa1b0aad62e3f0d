"""The partnership's pages of the commissions of a case: giving one, what became of it, its end, a removal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.access.current import acting_for, current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.service import Case
from app.commissions import presenting, queries, service
from app.commissions.forms import EndForm, GiveForm, RemoveForm, tell
from app.commissions.models import Commission
from app.commissions.rules import TITLES, Faults
from app.serious_incidents.fields import errors_of
from app.serious_incidents.forms import KeyedForm
from app.serious_incidents.pages import fresh, key_of, seen
from tenants.db import db

commissions = Blueprint(
    "commissions", __name__, url_prefix="/<slug>/cases/<reference>/commissions", template_folder="templates"
)
REMOVED = "They have been removed, and nothing of this commission changes any more."
CHANGED = (
    "Somebody changed this while you were writing. Nothing has been recorded, and what you typed is below."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The commission of the address, and its case, both of which this person may see."""

    case: Case
    row: Commission

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{TITLES[self.row.kind]} {self.row.reference}"


def subject(reference: str, commission: str, page: str = "") -> Subject:
    """The case and the commission of the address, the view recorded first; else the 404 of a wrong address."""
    case = seen(reference, f"commissions: {page or 'one'}")
    row = queries.commission_of(case.id, commission)
    return Subject(case, row) if row is not None else refuse()


def not_now(found: Subject, reason: str = "") -> ResponseReturnValue | None:
    """The plain page that stands for a form which could only be refused: the commissioned person was removed, or for
    the reason given. None where the form can be shown, and for a form that was sent: its step tells why."""
    reason = REMOVED if found.row.removed_at is not None else reason
    if not reason or request.method == "POST":
        return None
    page = render_template(
        "commissions/not_now.html", case=found.case, row=found.row, title=found.title, reason=reason
    )
    return page, 409


def step(form: KeyedForm, verb: Callable[[], Faults]) -> str | None:
    """Take a step and commit it. Returns None where it was taken; else what stands above the form ('' where the
    faults stand beside the fields), with nothing changed.

    Where the form itself is at fault, what the rules find in its other fields is told with it: the step is tried and
    undone, and a text that no database takes ends the trial.
    """
    sound, faults = form.validate(), []
    try:
        faults = verb()
        if sound and not faults:
            db.session.commit()
            return None
    except service.Removed:
        db.session.rollback()
        return REMOVED
    except (service.ChangedMeanwhile, IntegrityError):
        db.session.rollback()
        return CHANGED
    except (DBAPIError, ValueError):
        if sound:
            raise
    db.session.rollback()
    tell(form, faults)
    return ""


def show(template: str, found: Subject, form: KeyedForm, problem: str, **more: Any) -> ResponseReturnValue:
    """A form's page, with what was typed."""
    errors = errors_of(form)
    page = render_template(
        f"commissions/{template}.html", case=found.case, row=found.row, title=found.title, form=form, errors=errors,
        problem=problem, **more,
    )  # fmt: skip
    return page, 409 if problem else 400 if errors else 200


def done(found: Subject, message: str, page: str = "one", **more: Any) -> ResponseReturnValue:
    """Back to the commission, or to another page of it, with what was done said at the top."""
    flash(message, "success")
    address = url_for(
        f"commissions.{page}", reference=found.case.reference, commission=found.row.reference, **more
    )
    return redirect(address, 303)


@commissions.get("/")
@requires(Permission.COMMISSION_OVERSEE)
def index(reference: str) -> ResponseReturnValue:
    """Who is, was or will be commissioned for this case."""
    case = seen(reference, "commissions")
    sealed = queries.sealed_known_to(current_actor(), case.id)
    rows = presenting.listed(queries.commissions_of(case.id), g.today, sealed)
    return render_template("commissions/index.html", case=case, rows=rows)


@commissions.route("/give", methods=["GET", "POST"])
@requires(Permission.COMMISSION_MANAGE)
def give(reference: str) -> ResponseReturnValue:
    """Commission a member for this case."""
    case, form, problem = seen(reference, "commissions: give"), GiveForm(), ""
    fresh(form)
    sealed = queries.sealed_known_to(current_actor(), case.id)
    form.offer(one for one in service.candidates(g.today) if one.person_id not in sealed)
    if request.method == "GET":
        form.first_day.show(g.today)
        form.contact.data = f"{current_actor().name}, Partnership Team"
    made: list[Commission] = []

    def verb() -> Faults:
        typed, by = form.typed(key_of(form)), acting_for(Permission.COMMISSION_MANAGE)
        row, faults = service.give(case.id, typed, by, g.now)
        made.extend([row] if row is not None else [])
        return faults

    if form.is_submitted():
        failed = step(form, verb)
        if failed is None:
            return done(Subject(case, made[0]), f"{made[0].person_name} is commissioned.")
        problem = failed
    errors = errors_of(form)
    page = render_template("commissions/give.html", case=case, form=form, errors=errors, problem=problem)
    return page, 409 if problem else 400 if errors else 200


@commissions.get("/<commission>")
@requires(Permission.COMMISSION_OVERSEE)
def one(reference: str, commission: str) -> ResponseReturnValue:
    """A commission: its days, terms of reference, timetable, papers and submitted versions, and who read what."""
    found = subject(reference, commission)
    row = found.row
    return render_template(
        "commissions/one.html", case=found.case, row=row, title=found.title,
        state=presenting.state(row, g.today, queries.sealed_known_to(current_actor(), found.case.id)),
        access=presenting.access_told(row, g.today), member=service.member_days(row, g.today) is not None,
        timetable=queries.timetable(row, g.today),
        timetables=queries.timetables_of(row), terms=queries.terms_of(row),
        papers=queries.papers_of(row, withdrawn=True), versions=queries.versions_of(row),
        comments=queries.comments_of(row), readings=presenting.readings(row), called=presenting.CALLED,
        milestones=presenting.milestones, headings=presenting.HEADINGS, after=presenting.after_the_end(row, g.today),
    )  # fmt: skip


@commissions.route("/<commission>/end", methods=["GET", "POST"])
@requires(Permission.COMMISSION_MANAGE)
def end(reference: str, commission: str) -> ResponseReturnValue:
    """Give the commission another last day."""
    found, form, problem = subject(reference, commission, "end"), EndForm(), ""
    if (closed := not_now(found, service.end_is_fixed(found.row, g.today))) is not None:
        return closed
    if request.method == "GET":
        fresh(form, over=str(found.row.version))
        form.last_day.show(found.row.last_day)
    if form.is_submitted():
        by = acting_for(Permission.COMMISSION_MANAGE)
        failed = step(form, lambda: service.change_end(
            found.case.id, commission, form.last_day.data, form.reason.cleaned, version=form.seen(), acting=by,
            now=g.now,
        ))  # fmt: skip
        if failed is None:
            return done(found, "The last day has changed.")
        problem, found = (
            failed,
            Subject(found.case, queries.commission_of(found.case.id, commission) or refuse()),
        )
        form.over.data = str(found.row.version) if problem else form.over.data
    return show("end", found, form, problem, after=presenting.after_the_end(found.row, g.today))


@commissions.route("/<commission>/remove", methods=["GET", "POST"])
@requires(Permission.COMMISSION_REMOVE)
def remove(reference: str, commission: str) -> ResponseReturnValue:
    """Remove the commissioned person: their next request is refused (B3-15)."""
    found, form, problem = subject(reference, commission, "remove"), RemoveForm(), ""
    if (closed := not_now(found)) is not None:
        return closed
    fresh(form)
    if form.is_submitted():
        by = acting_for(Permission.COMMISSION_REMOVE)
        failed = step(form, lambda: service.remove(found.case.id, commission, form.reason.cleaned, by, g.now))
        if failed is None:
            return done(found, f"{found.row.person_name} is removed, and has no access any more.")
        problem = failed
    return show("remove", found, form, problem)
