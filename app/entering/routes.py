"""The pages for cases already under way, for notifications that came first, and for two referrals of one
incident."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.queries import visible_case
from app.cases.service import Case
from app.entering import linking, requests, service
from app.entering.columns import COLUMNS, Unreadable, empty_spreadsheet, read_file, under_way
from app.entering.forms import CameFirstForm, EnterForm, SameIncidentForm, UploadForm
from app.procedure.entering import stage_of
from app.referrals.queries import ways_to_refer
from app.referrals.service import start_for_case
from app.serious_incidents.fields import Day, Moment
from app.serious_incidents.forms import StepForm
from app.serious_incidents.pages import fresh, key_of, seen
from tenants.db import db

bp = Blueprint("entering", __name__, url_prefix="/<slug>/enter", template_folder="templates")
case_pages = Blueprint(
    "same_incident", __name__, url_prefix="/<slug>/cases/<reference>", template_folder="templates"
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LABELS = {column.name: column.label for column in COLUMNS}


@bp.get("/")
@requires(Permission.CASE_ENTER)
def index() -> ResponseReturnValue:
    """How a case can be brought in that did not begin with a referral in Waymark."""
    return render_template("entering/index.html")


@bp.route("/case", methods=["GET", "POST"])
@requires(Permission.CASE_ENTER)
def case() -> ResponseReturnValue:
    """Enter one case that is under way, at its stage."""
    form = EnterForm()
    fresh(form)
    if form.validate_on_submit():
        raw = form.raw()
        typed, faults = under_way(raw)
        if not faults:
            try:
                made = service.enter_case(typed, raw, _acting(), g.now)
                reference = made.reference
                db.session.commit()
                flash("The case has been entered at its stage.", "success")
                return redirect(url_for("cases.case", reference=reference), 303)
            except service.Faulty as wrong:
                db.session.rollback()
                faults = wrong.faults
            except IntegrityError:
                db.session.rollback()
                faults = [("own_reference", "A case of this reference has been entered already")]
        for name, message in faults:
            form[name].errors = [*form[name].errors, message]
    errors = _errors(form)
    page = render_template(
        "entering/case.html", form=form, errors=errors, columns=COLUMNS, agencies=service.agency_names()
    )
    return page, 400 if errors else 200


@bp.get("/spreadsheet/empty")
@requires(Permission.CASE_ENTER)
def empty() -> ResponseReturnValue:
    """An empty spreadsheet with the columns named."""
    answer = make_response(empty_spreadsheet(service.agency_names()))
    answer.headers["Content-Type"] = XLSX
    answer.headers["Content-Disposition"] = 'attachment; filename="cases-under-way.xlsx"'
    return answer


@bp.route("/spreadsheet", methods=["GET", "POST"])
@requires(Permission.CASE_ENTER)
def spreadsheet() -> ResponseReturnValue:
    """Enter cases from a spreadsheet: looked at first, then entered together or not at all."""
    form = UploadForm()
    fresh(form)
    problem, rows = "", []
    if form.validate_on_submit():
        try:
            rows = _rows(form)
        except Unreadable as fault:
            problem = str(fault)
        looked = [_looked_at(row) for row in rows]
        _mark_doubles(looked)
        if rows and request.form.get("do") == "enter" and not any(one["faults"] for one in looked):
            done = _enter_all(rows)
            if isinstance(done, int):
                flash(f"{done} {'case has' if done == 1 else 'cases have'} been entered.", "success")
                return redirect(url_for("cases.case_list"), 303)
            problem = done
        rows = looked
    sound = bool(rows) and not any(one["faults"] for one in rows)
    page = render_template(
        "entering/spreadsheet.html", form=form, problem=problem, rows=rows, sound=sound, labels=LABELS,
        kept=json.dumps([one["raw"] for one in rows]) if sound else "",
    )  # fmt: skip
    return page, 400 if problem or (rows and not sound) else 200


@bp.route("/notification-first", methods=["GET", "POST"])
@requires(Permission.REFERRAL_REQUEST)
def notification_first() -> ResponseReturnValue:
    """Open the case of a notification that came before a referral, and ask for the referral form (A-09)."""
    form = CameFirstForm()
    form.agency.choices = [
        SelectChoice("", "Select"),
        *(SelectChoice(*one) for one in service.agency_names().items()),
    ]
    fresh(form)
    if form.validate_on_submit():
        made, faults = requests.open_from_notification(
            form.typed(key_of(form)), actor=current_actor(), now=g.now
        )
        if made is not None:
            reference = made.reference
            db.session.commit()
            flash("The case has been opened, and the agency has been asked for the referral form.", "success")
            return redirect(url_for("cases.case", reference=reference), 303)
        db.session.rollback()
        for name, message in faults:
            field = form["heading" if name == "title" else name]
            field.errors = [*field.errors, message]
    errors = _errors(form)
    return render_template(
        "entering/notification_first.html", form=form, errors=errors
    ), 400 if errors else 200


@case_pages.route("/referral", methods=["GET", "POST"])
@requires(Permission.REFERRAL_SUBMIT)
def write_referral(reference: str) -> ResponseReturnValue:
    """Write the referral that was asked for; it is linked to this case when it is submitted (A-09)."""
    found, actor = seen(reference, "write-referral"), current_actor()
    asked = requests.waiting_for(actor, found.id) or refuse()
    form = StepForm()
    fresh(form)
    if form.validate_on_submit():
        way = (
            next((one for one in ways_to_refer(actor) if one.agency_id == asked.agency_id), None) or refuse()
        )
        draft = start_for_case(actor, way, found.id, key_of(form), g.now)
        draft_id = draft.id
        db.session.commit()
        return redirect(url_for("referrals.draft", draft_id=draft_id), 303)
    return render_template("entering/write_referral.html", case=found, form=form)


@case_pages.route("/same-incident", methods=["GET", "POST"])
@requires(Permission.REFERRAL_LINK)
def same_incident(reference: str) -> ResponseReturnValue:
    """Cases that may be of the same incident; one of them beside this one, to link or to refuse."""
    found = seen(reference, "same-incident")
    actor, form = current_actor(), SameIncidentForm()
    fresh(form)
    named = request.values.get("with", "").strip().upper()[:40]
    other = visible_case(named, actor) if named else None
    other = None if other is not None and other.id == found.id else other
    problem = "There is no such case here, or it is this one." if named and other is None else ""
    if other is not None and form.validate_on_submit():
        if form.verdict.data not in ("linked", "refused"):
            form.verdict.errors = ["Select whether the two are of the same incident"]
        if not form.reason.cleaned:
            form.reason.errors = ["Say how you know"]
        if not form.errors:
            acting = actor.acting_as(actor.holding(Permission.REFERRAL_LINK))
            same = form.verdict.data == "linked"
            done = linking.decide(
                found, other, same=same, reason=form.reason.cleaned, acting=acting, now=g.now
            )
            db.session.commit()
            flash(_said(done, same, named), "success")
            return redirect(url_for("cases.case", reference=reference), 303)
    errors = _errors(form)
    page = render_template(
        "entering/same_incident.html", case=found, other=other, form=form, errors=errors, problem=problem,
        likenesses=linking.likenesses(found, actor), verdicts=linking.verdicts(found.id, actor),
        sides=[_side(one) for one in (found, other) if one is not None],
    )  # fmt: skip
    return page, 400 if errors else (404 if problem else 200)


def _said(done: bool, same: bool, other: str) -> str:
    if not done:
        return f"It had been decided already whether this is the same incident as {other}."
    return (
        f"Linked with {other}. Each case keeps its record."
        if same
        else f"Recorded: not the same incident as {other}."
    )


def _side(one: Case) -> dict[str, Any]:
    known = linking.incident_of(one.id)
    return {"case": one, "incident": known}


def _acting() -> Any:
    actor = current_actor()
    return actor.acting_as(actor.holding(Permission.CASE_ENTER))


def _rows(form: UploadForm) -> list[dict[str, str]]:
    if request.form.get("do") == "enter":
        try:
            kept = json.loads(form.rows.data or "[]")
        except ValueError:
            kept = []
        sound = isinstance(kept, list) and all(isinstance(row, dict) for row in kept)
        if not sound or not kept or len(kept) > 300:
            raise Unreadable("The rows were lost on the way. Choose the file again.")
        return [{str(name): str(text) for name, text in row.items()} for row in kept]
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Unreadable("Choose a file.")
    return read_file(file.filename, file.stream.read(1_000_001))


def _looked_at(raw: dict[str, str]) -> dict[str, Any]:
    typed, faults = under_way(raw)
    faults = faults or service.faults_of(typed, g.now, current_actor().person_id)
    return {"raw": raw, "case": typed, "stage": stage_of(typed), "faults": faults}


def _mark_doubles(looked: list[dict[str, Any]]) -> None:
    met: set[str] = set()
    for one in looked:
        mine = one["case"].own_reference
        if mine and mine in met:
            one["faults"] = [*one["faults"], ("own_reference", "This reference stands twice in the file")]
        met.add(mine)


def _enter_all(rows: list[dict[str, str]]) -> int | str:
    try:
        for raw in rows:
            typed, _faults = under_way(raw)
            service.enter_case(typed, raw, _acting(), g.now)
        db.session.commit()
    except (service.Faulty, IntegrityError):
        db.session.rollback()
        return (
            "Somebody entered one of these cases meanwhile. Nothing has been entered; choose the file again."
        )
    return len(rows)


def _errors(form: Any) -> list[tuple[str, str]]:
    return [
        (f"{field.name}-day" if isinstance(field, Day | Moment) else field.id, field.errors[0])
        for field in form
        if field.errors
    ]
