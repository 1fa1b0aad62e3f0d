"""The pages of conflicts and seals of a case: those there are, declaring one, sealing, lifting and answering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.own_names import name_of
from app.access.permissions import Permission
from app.cases.service import Case
from app.conflicts import queries, service
from app.conflicts.forms import AnswerForm, DeclareForm, LiftForm, SealForm, SureForm
from app.conflicts.rules import KINDS_SHORT, Faults
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.serious_incidents.forms import KeyedForm
from app.serious_incidents.pages import fresh, key_of, seen
from tenants.db import db

bp = Blueprint(
    "conflicts", __name__, url_prefix="/<slug>/cases/<reference>/conflicts", template_folder="templates"
)
BOTH = ["GET", "POST"]
BY_DEPUTY = {*SAFEGUARDING_PARTNERS, Party.SERVICE_DIRECTOR}


@bp.get("/")
@requires(Permission.CONFLICT_DECLARE)
def index(reference: str) -> ResponseReturnValue:
    """Seals and declarations for those who may know of them; for everybody else what they declared themselves."""
    case, actor = seen(reference, "conflicts"), current_actor()
    found = queries.known(case.id, actor)
    elsewhere = queries.still_open(case.id, actor) if actor.may(Permission.CASE_SEAL) else []
    return render_template(
        "conflicts/index.html", case=case, found=found, kinds=KINDS_SHORT, elsewhere=elsewhere, own=actor.person_id
    )  # fmt: skip


@bp.route("/declare", methods=BOTH)
@requires(Permission.CONFLICT_DECLARE)
def declare(reference: str) -> ResponseReturnValue:
    """Declare a conflict of one's own; whoever asks for it is sealed out at once."""
    case, form = seen(reference, "declare-conflict"), DeclareForm()
    fresh(form)
    if form.validate_on_submit():
        if form.at_once.data not in ("yes", "no"):
            form.at_once.errors = ["Select whether you want to be sealed out at once"]
        else:
            typed = form.typed(key_of(form))
            if _done(form, lambda: service.declare(case.id, typed, actor=current_actor(), now=g.now)):
                return _declared(reference, typed.at_once)
    return _show("declare", case, form, found=queries.known(case.id, current_actor()))


def _declared(reference: str, at_once: bool) -> ResponseReturnValue:
    if at_once:
        flash("Your declaration has been recorded. You have been sealed out of the case.", "success")
        return redirect(url_for("cases.tasks"), 303)
    flash("Your declaration has been recorded, and those who answer it have been told.", "success")
    return redirect(url_for("conflicts.index", reference=reference), 303)


@bp.route("/seal", methods=BOTH)
@requires(Permission.CASE_SEAL)
def seal(reference: str) -> ResponseReturnValue:
    """Seal somebody out of the case."""
    case, form, actor = seen(reference, "seal"), SealForm(), current_actor()
    fresh(form)
    sealed = {row.person_id for row in queries.known(case.id, actor).standing}
    members = queries.everybody(g.today)
    form.offer(one for one in members.values() if one.person_id not in {*sealed, actor.person_id})
    left: list[Party] = []
    if form.validate_on_submit():
        typed = form.typed(key_of(form))
        try:
            if _done(form, lambda: service.seal(case.id, typed, actor=actor, now=g.now)):
                flash("They are sealed out of this case. It no longer exists for them.", "success")
                return redirect(url_for("conflicts.index", reference=reference), 303)
        except service.LeavesNobody as warning:
            left = _warned(form, warning, typed.person)
    return _show("seal", case, form, left=_in_words(left))


@bp.route("/seals/<uuid:seal_id>/lift", methods=BOTH)
@requires(Permission.CASE_SEAL)
def lift(reference: str, seal_id: UUID) -> ResponseReturnValue:
    """Lift a seal."""
    case, form, actor = seen(reference, "lift-seal"), LiftForm(), current_actor()
    fresh(form)
    row = queries.seal_of(case.id, seal_id) or refuse()
    if form.validate_on_submit():
        try:
            key = key_of(form)
            reason = form.reason.cleaned
            if _done(
                form,
                lambda: service.lift(case.id, seal_id, reason=reason, key=key, actor=actor, now=g.now),
            ):
                flash("The seal has been lifted.", "success")
                return redirect(url_for("conflicts.index", reference=reference), 303)
        except service.AnsweredBefore:
            db.session.rollback()
            return _before(case, "This seal has been lifted already")
    if row.lifted_at is not None:
        return _before(case, "This seal has been lifted already")
    name = queries.known(case.id, actor).names.get(row.person_id, "A former member")
    return _show("lift", case, form, row=row, name=name)


@bp.route("/declarations/<uuid:declaration_id>/answer", methods=BOTH)
@requires(Permission.CASE_SEAL)
def answer(reference: str, declaration_id: UUID) -> ResponseReturnValue:
    """Answer a declaration: seal out who made it, or keep their access with a reason."""
    case, form, actor = seen(reference, "answer-conflict"), AnswerForm(), current_actor()
    fresh(form)
    row = queries.declaration_of(case.id, declaration_id) or refuse()
    left: list[Party] = []
    if form.validate_on_submit():
        typed = form.typed(key_of(form))
        try:
            if _done(form, lambda: service.answer(case.id, declaration_id, typed, actor=actor, now=g.now)):
                flash("The declaration has been answered.", "success")
                return redirect(url_for("conflicts.index", reference=reference), 303)
        except service.LeavesNobody as warning:
            left = _warned(form, warning, row.person_id)
        except service.AnsweredBefore:
            db.session.rollback()
            return _before(case, "This declaration has been answered already")
    if row.answer is not None:
        return _before(case, "This declaration has been answered already")
    return _show("answer", case, form, row=row, kinds=KINDS_SHORT, left=_in_words(left))


def _done(form: KeyedForm, verb: Callable[[], Faults]) -> bool:
    """Take a step and commit it; what is wrong stands beside its field, with nothing changed."""
    faults = verb()
    if not faults:
        db.session.commit()
        return True
    db.session.rollback()
    for name, message in faults:
        form[name].errors = [*form[name].errors, message]
    return False


def _warned(form: SureForm, warning: service.LeavesNobody, person: UUID | None) -> list[Party]:
    """Nothing was done; the form comes back with a warning, and sent again for the same person it is done."""
    db.session.rollback()
    form.sure.data = str(person or "")
    return warning.parties


def _in_words(left: list[Party]) -> list[dict[str, Any]]:
    """The parties that would have nobody, and what can be done for each."""
    return [{"name": name_of(party), "deputy": party in BY_DEPUTY} for party in left]


def _show(template: str, case: Case, form: KeyedForm, **more: Any) -> ResponseReturnValue:
    errors = [(field.id, field.errors[0]) for field in form if field.errors]
    page = render_template(f"conflicts/{template}.html", case=case, form=form, errors=errors, **more)
    return page, 400 if errors else (409 if more.get("left") else 200)


def _before(case: Case, heading: str) -> ResponseReturnValue:
    return render_template("conflicts/before.html", case=case, heading=heading), 409
