"""The pages of the preparation pack: its sections, one section, printing, downloading and declaring it complete."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.service import Case
from app.preparation import service
from app.preparation.document import as_document, in_words
from app.preparation.forms import PREFIX, fill, form_of
from app.preparation.models import PreparationPack
from app.procedure.preparation import (
    CHILD,
    Answers,
    child_keys,
    missing,
    next_child,
    progress_of,
    sections,
    title_of,
)
from app.serious_incidents import progress
from app.serious_incidents.forms import StepForm
from app.serious_incidents.pages import fresh, seen
from app.web.filters import london_datetime
from tenants.db import db

bp = Blueprint(
    "preparation", __name__, url_prefix="/<slug>/cases/<reference>/pack", template_folder="templates"
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Row:
    """A section in the list."""

    key: str
    title: str
    state: str


@bp.get("/")
@requires(Permission.PACK_EDIT)
def index(reference: str) -> ResponseReturnValue:
    """The sections in the order of the national form, with how far each has come."""
    case = seen(reference, "pack")
    return _index(case, 200)


@bp.route("/sections/<part>", methods=["GET", "POST"])
@requires(Permission.PACK_EDIT)
def section(reference: str, part: str) -> ResponseReturnValue:
    """One section: saved as it stands, complete or not (N-10)."""
    case = seen(reference, "pack-section")
    answers, prefilled = service.answers_of(case.id)
    found = dict(sections(answers)).get(part) or refuse()
    form = form_of(found, prefilled.get(part, []))()
    fresh(form)
    stale: service.Stale | None = None
    if request.method == "GET":
        fill(form, answers.get(part, {}), _version(case.id, part))
    elif form.validate_on_submit():
        try:
            service.save(
                case.id, part, form.typed(), version=form.version_seen(), actor=current_actor(), now=g.now
            )
            db.session.commit()
            return redirect(_after(case.reference, part, answers), 303)
        except service.Stale as changed:
            db.session.rollback()
            stale = changed
            form.version.data = str(_version(case.id, part))
    before = stale.saved if stale else {}
    saved = [(asked.label, in_words(asked, before.get(asked.name, ""))) for asked in found.questions]
    errors = [(field.id, field.errors[0]) for field in form if field.errors]
    page = render_template(
        "preparation/section.html", case=case, form=form, title=title_of(part, found, answers), part=part,
        errors=errors, stale=stale, saved=saved, child=found is CHILD and len(child_keys(answers)) > 1,
        fields=[form[PREFIX + asked.name] for asked in found.questions], remove=StepForm(),
    )  # fmt: skip
    return page, 409 if stale else (400 if errors else 200)


@bp.post("/children")
@requires(Permission.PACK_EDIT)
def add_child(reference: str) -> ResponseReturnValue:
    """Add a child of the same incident, four at most."""
    case = seen(reference, "pack")
    form = StepForm()
    key = None
    if form.validate_on_submit():
        key = service.add_child(case.id, actor=current_actor(), now=g.now)
        db.session.commit()
    if key is None:
        return redirect(url_for("preparation.index", reference=reference), 303)
    return redirect(url_for("preparation.section", reference=reference, part=key), 303)


@bp.post("/sections/<part>/remove")
@requires(Permission.PACK_EDIT)
def remove_child(reference: str, part: str) -> ResponseReturnValue:
    """Take a child out of the pack."""
    case = seen(reference, "pack")
    if StepForm().validate_on_submit():
        service.remove_child(case.id, part, actor=current_actor(), now=g.now)
        db.session.commit()
    return redirect(url_for("preparation.index", reference=reference), 303)


@bp.post("/complete")
@requires(Permission.PACK_EDIT)
def complete(reference: str) -> ResponseReturnValue:
    """Declare the pack complete; what is missing is listed instead where something is."""
    case = seen(reference, "pack")
    if StepForm().validate_on_submit():
        try:
            service.complete(case.id, actor=current_actor(), now=g.now)
            db.session.commit()
            flash(
                "The preparation is complete. Enter the reference when the notification has been sent.",
                "success",
            )
        except service.NotComplete:
            db.session.rollback()
            return _index(case, 400)
    return redirect(url_for("preparation.index", reference=reference), 303)


@bp.get("/print")
@requires(Permission.PACK_EDIT)
def whole(reference: str) -> ResponseReturnValue:
    """Every answer on one page, to read or print."""
    case = seen(reference, "pack-print")
    pack, answers = service.pack_of(case.id), service.answers_of(case.id)[0]
    told = [
        (title_of(key, one, answers), [(asked.label, in_words(asked, answers.get(key, {}).get(asked.name, "")))
                                       for asked in one.questions])
        for key, one in sections(answers)
    ]  # fmt: skip
    sent = progress.load(case.id).notification
    return render_template(
        "preparation/print.html", case=case, told=told, state=_state(pack), notification=sent
    )


@bp.get("/download")
@requires(Permission.PACK_EDIT)
def download(reference: str) -> ResponseReturnValue:
    """Every answer as a Word document."""
    case = seen(reference, "pack-download")
    answers = service.answers_of(case.id)[0]
    answer = make_response(as_document(case, answers, _state(service.pack_of(case.id))))
    answer.headers["Content-Type"] = WORD
    answer.headers["Content-Disposition"] = f'attachment; filename="{case.reference}-preparation.docx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _index(case: Case, status: int) -> ResponseReturnValue:
    pack, answers = service.pack_of(case.id), service.answers_of(case.id)[0]
    rows = [
        Row(key, title_of(key, one, answers), progress_of(key, one, answers))
        for key, one in sections(answers)
    ]
    open_now = missing(answers)
    titles = {row.key: row.title for row in rows}
    page = render_template(
        "preparation/index.html", case=case, pack=pack, rows=rows, missing=open_now, titles=titles,
        may_add=next_child(answers) is not None, form=StepForm(), notification=progress.load(case.id).notification,
        refused=status == 400, state=_state(pack), anchor=PREFIX,
    )  # fmt: skip
    return page, status


def _after(reference: str, part: str, answers: Answers) -> str:
    if request.form.get("then") != "next":
        return url_for("preparation.index", reference=reference)
    keys = [key for key, _section in sections(answers)]
    place = keys.index(part) + 1
    if place >= len(keys):
        return url_for("preparation.index", reference=reference)
    return url_for("preparation.section", reference=reference, part=keys[place])


def _version(case_id: UUID, part: str) -> int:
    pack = service.pack_of(case_id)
    return pack.versions.get(part, 0) if pack else 0


def _state(pack: PreparationPack | None) -> str:
    if pack is None:
        return "Not begun."
    if pack.completed_at is not None:
        return f"Complete, declared by {pack.completed_by}, {london_datetime(pack.completed_at)}."
    return f"Not complete. Last saved by {pack.saved_by}, {london_datetime(pack.saved_at)}."
