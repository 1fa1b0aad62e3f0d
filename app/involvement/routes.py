"""The partnership's pages of a case's scoping: the board, asking, chasing, withdrawing, and reading returns."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case
from app.involvement import agencies, downloads, queries, service, turns
from app.involvement.checking import return_of, shown
from app.involvement.forms import AddForm, OpenForm, WithdrawForm, outside_of, outside_typed
from app.involvement.models import InvolvementRequest
from app.involvement.rules import questions_of
from app.procedure.involvement import DISCUSSION, PURPOSES, RAPID_REVIEW, discussion_chosen
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from app.serious_incidents.forms import StepForm
from app.serious_incidents.pages import form_key, not_now, seen, show, take_step
from tenants.db import db

bp = Blueprint(
    "involvement", __name__, url_prefix="/<slug>/cases/<reference>/involvement", template_folder="templates"
)
FOLDER = "involvement"


def requested(case: Case, request_id: UUID) -> InvolvementRequest:
    """A request of the case; the 404 of a wrong address for no such."""
    return queries.request_of(case.id, request_id) or refuse()


def done(case: Case, message: str, page: str = "board") -> ResponseReturnValue:
    """Back to the board, or to another page of the scoping, with what was done said at the top."""
    flash(message, "success")
    return redirect(url_for(f"involvement.{page}", reference=case.reference), 303)


@bp.get("/")
@requires(Permission.INVOLVEMENT_OVERSEE)
def board(reference: str) -> ResponseReturnValue:
    """Who was asked, has begun, has returned, is late, and was chased."""
    case = seen(reference, "involvement")
    told = history_of(case.id)
    purpose = service.purpose_now(case.id)
    parts = [(one, queries.scoping_of(case.id, one), queries.requests_of(case.id, one, g.today))
             for one in (RAPID_REVIEW, DISCUSSION)]  # fmt: skip
    return render_template(
        "involvement/board.html", case=case, now_for=purpose, words=PURPOSES,
        parts=[(one, scoping, rows, turns.not_asked(one) if one != purpose else "")
               for one, scoping, rows in parts if scoping is not None],
        chosen=discussion_chosen(told), reached=agencies.with_people(g.today), key=uuid4,
        direction=queries.direction_of(case.id),
        may_ask=purpose is not None and queries.scoping_of(case.id, purpose) is None,
    )  # fmt: skip


@bp.route("/open", methods=["GET", "POST"])
@requires(Permission.INVOLVEMENT_RUN)
def open_scoping(reference: str) -> ResponseReturnValue:
    """Ask agencies, those with members on the group selected, and organisations outside."""
    case = seen(reference, "involvement: ask agencies")
    purpose = service.purpose_now(case.id) or RAPID_REVIEW
    reason = _why_not_open(case.id, purpose)
    if reason is not None and request.method == "GET":
        return not_now(case, reason)
    form, outside, wrong, problem = OpenForm(), [], list[Fault](), None
    key = form_key(form)
    form.offer(*agencies.offered(g.today))
    if request.method == "GET":
        _fill(form, case, purpose)
    else:
        outside = outside_typed()

    def verb() -> None:
        wanted, fault = questions_of(form.questions.cleaned)
        extra = [Fault("questions", fault)] if fault else []
        try:
            service.open_scoping(
                case.id, form.purpose.data or "", form.due_on.data, wanted, form.chosen(), outside_of(outside),
                actor=current_actor(), now=g.now, key=key, title=form.title.cleaned,
            )  # fmt: skip
        except Incomplete as incomplete:
            wrong.extend(one for one in incomplete.faults if one.field not in form)
            raise Incomplete(
                [*(one for one in incomplete.faults if one.field in form), *extra]
            ) from incomplete
        if extra:
            raise Incomplete(extra)

    if form.is_submitted() and request.form.get("go") != "add":
        problem = take_step(form, verb)
        if problem is None:
            return done(case, "The agencies have been asked.")
    return show("open", case, form, problem, FOLDER, purpose=PURPOSES.get(form.purpose.data or "", ""),
                outside=[*outside, dict.fromkeys(("name", "contact", "email"), "")], wrong=wrong,
                faults={one.field: one.message for one in reversed(wrong)})  # fmt: skip


def _why_not_open(case_id: UUID, purpose: str) -> OutOfTurn | None:
    """Why agencies cannot be asked now, or None."""
    try:
        turns.refuse_unless_asked(case_id, purpose)
    except OutOfTurn as reason:
        return reason
    if queries.scoping_of(case_id, purpose) is not None:
        return OutOfTurn("Agencies have been asked already", "Others can be added one by one.")
    if purpose == DISCUSSION and queries.direction_of(case_id) is None:
        return OutOfTurn("Not yet", service.DIRECTED_FIRST)
    return None


def _fill(form: OpenForm, case: Case, purpose: str) -> None:
    """What the form begins with: the plan's date, or the chair's."""
    form.purpose.data, form.title.data = purpose, case.title
    directed = queries.direction_of(case.id) if purpose == DISCUSSION else None
    due_on = directed.due_on if directed else planned(case.id)
    if due_on is not None and due_on >= g.today:
        form.due_on.show(due_on)


def planned(case_id: UUID) -> date | None:
    """The date for returns in the rapid review's plan, where there is one."""
    from app.rapid_reviews.queries import plan_of

    plan = plan_of(case_id)
    found: date | None = plan.returns_on if plan is not None else None
    return found


@bp.route("/add", methods=["GET", "POST"])
@requires(Permission.INVOLVEMENT_RUN)
def add(reference: str) -> ResponseReturnValue:
    """Ask one more."""
    case = seen(reference, "involvement: ask one more")
    purpose = service.purpose_now(case.id) or RAPID_REVIEW
    scoping = queries.scoping_of(case.id, purpose)
    if scoping is None and request.method == "GET":
        return not_now(case, _why_not_open(case.id, purpose) or OutOfTurn("Not yet", service.ASK_FIRST))
    form, problem = AddForm(), None
    key = form_key(form)
    form.offer(agencies.may_be_asked(case.id, purpose))
    if request.method == "GET" and scoping is not None and scoping.due_on >= g.today:
        form.due_on.show(scoping.due_on)

    def verb() -> None:
        service.add_request(case.id, purpose, form.agency_id(), form.outside(), form.due_on.data,
                            actor=current_actor(), now=g.now, key=key)  # fmt: skip

    if form.is_submitted():
        problem = take_step(form, verb)
        if problem is None:
            return done(case, "They have been asked.")
    return show("add", case, form, problem, FOLDER)


@bp.get("/<uuid:request_id>")
@requires(Permission.INVOLVEMENT_OVERSEE)
def one(reference: str, request_id: UUID) -> ResponseReturnValue:
    """One request: who was asked, when they were chased, and what they returned."""
    case = seen(reference, "involvement: one agency")
    row = requested(case, request_id)
    return render_template(
        "involvement/one.html", case=case, row=row, view=queries.views_of([row], g.today)[0],
        chasings=queries.chasings_of(row), returns=queries.returns_to(row), key=uuid4, **shown(),
    )  # fmt: skip


@bp.post("/<uuid:request_id>/chase")
@requires(Permission.INVOLVEMENT_RUN)
def chase(reference: str, request_id: UUID) -> ResponseReturnValue:
    """Chase an agency now."""
    case = seen(reference, "involvement: chase")
    row, form = requested(case, request_id), StepForm()
    name, key = row.agency_name, form_key(form)
    try:
        service.chase(case.id, row.id, actor=current_actor(), now=g.now, key=key)
        db.session.commit()
    except OutOfTurn as reason:
        db.session.rollback()
        return not_now(case, reason)
    return done(case, f"{name} has been reminded.")


@bp.route("/<uuid:request_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.INVOLVEMENT_RUN)
def withdraw(reference: str, request_id: UUID) -> ResponseReturnValue:
    """Withdraw a request, with the reason."""
    case = seen(reference, "involvement: withdraw")
    row, form, problem = requested(case, request_id), WithdrawForm(), None
    key, name = form_key(form), row.agency_name
    if row.withdrawn_at is not None and request.method == "GET":
        return not_now(case, OutOfTurn("This request was withdrawn", f"{row.withdrawn_reason}"))

    def verb() -> None:
        service.withdraw(case.id, row.id, form.reason.cleaned, actor=current_actor(), now=g.now, key=key)

    if form.is_submitted():
        problem = take_step(form, verb)
        if problem is None:
            return done(case, f"The request to {name} is withdrawn.")
    return show("withdraw", case, form, problem, FOLDER, row=row)


@bp.get("/<uuid:request_id>/returns/<number>")
@requires(Permission.INVOLVEMENT_OVERSEE)
def returned(reference: str, request_id: UUID, number: str) -> ResponseReturnValue:
    """What an agency returned."""
    case = seen(reference, "involvement: a return")
    row = requested(case, request_id)
    found = return_of(queries.returns_to(row), number)
    return render_template("involvement/return.html", case=case, row=row, one=found, **shown())


@bp.get("/<uuid:request_id>/files/<uuid:file_id>")
@requires(Permission.INVOLVEMENT_OVERSEE)
def file(reference: str, request_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """A file that went with a return."""
    case = seen(reference, "involvement: a file")
    row = requested(case, request_id)
    files = [file for one in queries.returns_to(row) for file in one.files]
    return downloads.download(next((one for one in files if one.id == file_id), None) or refuse())
