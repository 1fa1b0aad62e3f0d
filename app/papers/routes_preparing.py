"""The pages on which a member prepares for the meeting, and on which all read what each of them brings."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.service import Case, lock
from app.papers import queries
from app.papers.forms import PreparationForm
from app.papers.models import PaperPack
from app.papers.pages import gone, oversees, reading
from app.papers.preparing import OVER, Stale, confirm_preparation, preparing_as, save_notes, typed_notes
from app.papers.recipients import received_as, recipients_of
from app.papers.routes import papers
from app.procedure.papers import NOTES
from app.serious_incidents.pages import Problem, key_of, not_now, show, take_step
from app.web.filters import clock_time
from tenants.db import db

Differences = list[tuple[str, str, str]]


def _to_prepare(reference: str) -> tuple[Case, PaperPack]:
    """The case and the pack that this person prepares for; else the 404 of a wrong address."""
    case = reading(reference, "preparation")
    preparing_as(current_actor())
    return case, queries.pack_of(case.id) or refuse()


@papers.route("/preparation", methods=["GET", "POST"])
@requires(Permission.PREPARATION_CONFIRM)
def preparation(reference: str) -> ResponseReturnValue:
    """What one brings to the meeting: saved as one writes, then confirmed (B2-10)."""
    case, pack = _to_prepare(reference)
    form = PreparationForm()
    if request.method == "GET":
        if not queries.may_prepare(pack, g.now):
            return not_now(case, OVER)
        _fill(form, pack)
        return _page(case, pack, form, None)
    problem: Problem | None = None
    stale: Stale | None = None
    try:
        problem = take_step(form, lambda: _keep(case, pack, form), form.in_words())
    except Stale as changed:
        db.session.rollback()
        stale, form.version.data = changed, str(changed.version)
    if problem is None and stale is None:
        confirmed = request.form.get("go") == "confirm"
        flash(
            "Your preparation is confirmed." if confirmed else "Your notes are saved, for you only.",
            "success",
        )
        return redirect(url_for("papers.index", reference=case.reference), 303)
    if problem is not None and problem.again:
        form.pack.data = (queries.pack_of(case.id) or pack).code
    return _page(case, queries.pack_of(case.id) or pack, form, problem, stale)


def _keep(case: Case, pack: PaperPack, form: PreparationForm) -> None:
    """Keep the notes; and confirm them where that was asked."""
    lock(case.id)
    if not queries.may_prepare(pack, g.now):
        raise OVER
    if request.form.get("go") == "confirm":
        confirm_preparation(case.id, form.typed(key_of(form)), actor=current_actor(), now=g.now)
    _save(pack, form)


def _save(pack: PaperPack, form: PreparationForm) -> object:
    return save_notes(
        pack, _person(), typed_notes(form.notes()), version=form.version_seen(), form=form.named(), now=g.now
    )


def _person() -> UUID:
    person = current_actor().person_id
    assert person is not None  # somebody is signed in
    return person


@papers.post("/preparation/autosave")
@requires(Permission.PREPARATION_CONFIRM)
def autosave(reference: str) -> ResponseReturnValue:
    """Keep what is being written; answers with when it was saved."""
    case, pack = _to_prepare(reference)
    form = PreparationForm()
    if not form.validate():
        wrong = next((field.errors[0] for field in form if field.errors), "the form was spoilt")
        return jsonify(saved=False, message=f"{wrong}."), 400
    lock(case.id)
    if not queries.may_prepare(pack, g.now):
        return jsonify(saved=False, message="the meeting has begun."), 409
    try:
        draft = save_notes(
            pack,
            _person(),
            typed_notes(form.notes()),
            version=form.version_seen(),
            form=form.named(),
            now=g.now,
        )
    except Stale:
        db.session.rollback()
        message = "your notes were changed on another page. Save them to see the difference."
        return jsonify(saved=False, message=message), 409
    saved_at, version = clock_time(draft.saved_at), draft.version
    db.session.commit()
    return jsonify(saved=True, saved_at=saved_at, version=version)


def _fill(form: PreparationForm, pack: PaperPack) -> None:
    """Show what is written so far; else what was confirmed last for this pack, or for the one before it."""
    form.submission_key.data, form.form_id.data = str(uuid4()), str(uuid4())
    form.pack.data = pack.code
    draft = queries.draft_of(pack, _person())
    form.version.data = str(draft.version if draft else 0)
    before = draft.content if draft else _before(pack)
    for name in NOTES:
        form[name].data = before.get(name, "")


def _before(pack: PaperPack) -> dict[str, str]:
    for one in queries.packs_of(pack.case_id):
        versions = queries.preparation_versions(one, _person()) if one.number <= pack.number else ()
        if versions and one.purpose == pack.purpose:
            return {name: getattr(versions[0], name) for name in NOTES}
    return {}


def _page(
    case: Case, pack: PaperPack, form: PreparationForm, problem: Problem | None, stale: Stale | None = None
) -> ResponseReturnValue:
    differences: Differences = []
    if stale is not None:
        typed = typed_notes(form.notes())
        pairs = [(NOTES[name], stale.saved.get(name, ""), typed[name]) for name in NOTES]
        differences = [pair for pair in pairs if pair[1] != pair[2]]
    problem = Problem(409) if stale else problem
    return show(
        "preparation", case, form, problem, "papers", pack=pack, meeting=queries.meeting_for(pack),
        versions=queries.preparation_versions(pack, _person()), conflict=differences if stale else None,
        supplements=queries.supplements_of(pack), fields=[form[name] for name in NOTES],
    )  # fmt: skip


@papers.get("/preparations")
@requires(Permission.PAPERS_READ)
def preparations(reference: str) -> ResponseReturnValue:
    """What members bring to the meeting, and who has not said yet."""
    case = reading(reference, "what members bring")
    pack = queries.pack_of(case.id)
    found = queries.preparations_for(pack) if pack else []
    done = {one.person_id for one in found}
    waiting = [one for one in recipients_of(case.id, g.now) if one.prepares and one.person_id not in done]
    earlier = {
        one.person_id: queries.preparation_versions(pack, one.person_id)[1:] for one in found if one.number > 1 and pack
    }  # fmt: skip
    actor = current_actor()
    return render_template(
        "papers/preparations.html", case=case, pack=pack, found=found, waiting=waiting, names=NOTES, earlier=earlier,
        meeting=queries.meeting_for(pack) if pack else None, gone=gone(case.id, pack), oversees=oversees(actor),
        may_add=pack is not None and queries.may_prepare(pack, g.now) and bool(received_as(actor))
        and actor.may(Permission.PREPARATION_CONFIRM),
    )  # fmt: skip
