"""The pages of a spreadsheet of cases: chosen, looked at, entered."""

from __future__ import annotations

from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.access.current import acting_for, current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.entering import imports
from app.entering.columns import empty_spreadsheet
from app.entering.desk import desk
from app.entering.forms import UploadForm
from app.entering.looking import Looked
from app.entering.models import CaseImport
from app.entering.reading import MOST_BYTES, Unreadable, read_file
from app.entering.routes import bp
from app.serious_incidents.pages import fresh
from tenants.db import db

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GONE = "This spreadsheet is not kept any more. Choose it again; nothing has been entered from it."
MEANWHILE = "Somebody entered one of these cases meanwhile. Nothing has been entered; see below what is left."


@bp.get("/spreadsheet/empty")
@requires(Permission.CASE_ENTER)
def empty() -> ResponseReturnValue:
    """An empty spreadsheet with the columns named."""
    at = desk(current_actor().person_id)
    answer = make_response(empty_spreadsheet(at.columns, at.agency_names))
    answer.headers["Content-Type"] = XLSX
    answer.headers["Content-Disposition"] = 'attachment; filename="cases-under-way.xlsx"'
    return answer


@bp.route("/spreadsheet", methods=["GET", "POST"])
@requires(Permission.CASE_ENTER)
def spreadsheet() -> ResponseReturnValue:
    """Choose a spreadsheet, look at what would be entered of it, and enter it: all of it, or its sound rows."""
    form = UploadForm()
    fresh(form)
    chosen = request.args.get("upload", "")
    if form.validate_on_submit():
        return _enter(form, chosen) if chosen else _choose(form)
    if not chosen:
        return _page(form, None)
    kept = imports.find(chosen, current_actor().person_id)
    return _page(form, kept or refuse())


def _choose(form: UploadForm) -> ResponseReturnValue:
    file, person_id = request.files.get("file"), current_actor().person_id
    assert person_id is not None
    try:
        if file is None or not file.filename:
            raise Unreadable("Choose a file.")
        rows, note = read_file(
            file.filename, file.stream.read(MOST_BYTES + 1), desk(current_actor().person_id).columns
        )
    except Unreadable as fault:
        return _page(form, None, str(fault))
    kept = imports.keep(person_id, file.filename, note, rows, g.now)
    address = url_for("entering.spreadsheet", upload=kept.id)
    db.session.commit()
    return redirect(address, 303)


def _enter(form: UploadForm, chosen: str) -> ResponseReturnValue:
    person_id, problem = current_actor().person_id, ""
    kept = imports.find(chosen, person_id, lock=True)
    if kept is None:
        return _page(form, None, GONE)
    try:
        only_sound = request.form.get("do") == "enter-sound"
        wrong = imports.enter(
            kept,
            only_sound=only_sound,
            acting=acting_for(Permission.CASE_ENTER),
            now=g.now,
            at=desk(current_actor().person_id),
        )
        if wrong is None:
            number = len(kept.result)
            db.session.commit()
            flash(f"{number} {'case has' if number == 1 else 'cases have'} been entered.", "success")
            return redirect(url_for("entering.spreadsheet", upload=chosen), 303)
        problem = "Some rows cannot be entered. Nothing has been entered."
    except IntegrityError:
        problem = MEANWHILE
    db.session.rollback()
    return _page(form, imports.find(chosen, person_id), problem)


def _page(form: UploadForm, kept: CaseImport | None, problem: str = "") -> ResponseReturnValue:
    at, looked = desk(current_actor().person_id), list[Looked]()
    if kept is not None and kept.entered_at is None:
        looked = imports.look_again(kept, at, g.now)
    shown: dict[str, Any] = {
        "kept": kept, "rows": looked, "columns": at.columns, "sound": [one for one in looked if not one.faults],
        "labels": {column.name: column.label for column in at.columns}, "agencies": at.agency_names,
        "done": imports.done(kept) if kept is not None else [],
    }  # fmt: skip
    page = render_template("entering/spreadsheet.html", form=form, problem=problem, **shown)
    return page, 400 if problem else 200
