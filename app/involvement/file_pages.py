"""The files that go with a return: attached, taken out, and given back as downloads."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.access.guard import refuse
from app.involvement import drafts, queries
from app.involvement.desk import Desk
from app.involvement.downloads import download
from app.involvement.files import MOST_BYTES, NAMES, Refused, attachment
from app.involvement.forms import FileForm
from app.involvement.pages import closed_page
from app.serious_incidents.errors import Incomplete
from app.serious_incidents.pages import form_key
from tenants.db import db


def files_page(desk: Desk) -> ResponseReturnValue:
    """The files that go with the return: what is attached, and attaching one more."""
    closed = closed_page(desk)
    if closed is not None:
        return closed
    form = FileForm()
    key, problem = form_key(form), ""
    if form.is_submitted():
        chosen = request.files.get("file")
        try:
            if chosen is None or not chosen.filename:
                raise Refused("Choose a file")
            file = attachment(chosen.filename, chosen.stream.read(MOST_BYTES + 1))
            drafts.add_file(desk.row, desk.side, file, key=key, acting=desk.acting, now=g.now)
            db.session.commit()
            flash(f"{file.name} is attached.", "success")
            return redirect(desk.url("files"), 303)
        except Refused as refused:
            problem = str(refused)
        except Incomplete as incomplete:
            problem = incomplete.faults[0].message
        db.session.rollback()
    form.file.errors = [problem] if problem else []
    page = render_template(
        "involvement/files.html", desk=desk, form=form, files=queries.files_of(desk.row, desk.side), kinds=NAMES,
        errors=[("file", problem)] if problem else [],
    )  # fmt: skip
    return page, 400 if problem else 200


def remove_file(desk: Desk, file_id: UUID) -> ResponseReturnValue:
    """Take a file out again."""
    closed = closed_page(desk)
    if closed is not None:
        return closed
    drafts.remove_file(desk.row, desk.side, file_id, g.now)
    db.session.commit()
    flash("The file is taken out.", "success")
    return redirect(desk.url("files"), 303)


def own_file(desk: Desk, file_id: UUID) -> ResponseReturnValue:
    """A file that is attached here, or went with a return of this agency."""
    returned = [file for one in queries.returns_to(desk.row) for file in one.files]
    known = [*queries.files_of(desk.row, desk.side), *returned]
    return download(next((one for one in known if one.id == file_id), None) or refuse())
