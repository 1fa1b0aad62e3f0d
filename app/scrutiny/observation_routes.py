"""The pages of observations: adding one, reading them, and answering one."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.access.roles import Role
from app.cases.queries import obligations_of
from app.scrutiny import queries, service
from app.scrutiny.forms import AnswerForm, ObservationForm, PracticeForm
from app.scrutiny.queries import MOST, Observed
from app.scrutiny.routes import bp
from app.serious_incidents.pages import fresh, key_of, seen, show, take_step, to_case
from app.web.paging import key_asked, key_text

BOTH = ["GET", "POST"]


@bp.route("/cases/<reference>/observation", methods=BOTH)
@requires(Permission.OBSERVATION_ADD)
def observation(reference: str) -> ResponseReturnValue:
    """Add an observation on a case: on how it was decided (B1-11), or on something else in it."""
    case = seen(reference, "observation")
    form, problem = ObservationForm(), None
    fresh(form)
    if request.method == "GET":
        owed = any(row.duty == "B1-11" and row.open for row in obligations_of(case.id))
        form.about.data = "decision" if owed else None
        form.entry.data = request.args.get("entry", "")[:20]
    if form.validate_on_submit():
        typed = form.typed(key_of(form))
        problem = take_step(
            form, lambda: service.observe(case.id, typed, actor=current_actor(), now=g.now), form.in_words()
        )
        if problem is None:
            return to_case(case, "Your observation has been added.")
    return show("observe", case, form, problem, folder="scrutiny")


@bp.route("/scrutiny/observations/add", methods=BOTH)
@requires(Permission.OBSERVATION_ADD)
def observe_practice() -> ResponseReturnValue:
    """Add an observation on the partnership's practice, of no one case."""
    form = PracticeForm()
    fresh(form)
    if form.validate_on_submit():
        typed = form.typed(key_of(form))
        if take_step(form, lambda: service.observe_practice(typed, actor=current_actor(), now=g.now)) is None:
            flash("Your observation has been added.", "success")
            return redirect(url_for("scrutiny.observations"), 303)
    errors = [(field.id, field.errors[0]) for field in form if field.errors]
    return render_template("scrutiny/practice.html", form=form, errors=errors), 400 if errors else 200


@bp.get("/scrutiny/observations/")
@requires(Permission.OBSERVATIONS_VIEW)
def observations() -> ResponseReturnValue:
    """The observations that I may read, newest first, without their words where they are of a case."""
    found = queries.page_of_observations(current_actor(), key_asked())
    more = found[MOST - 1] if len(found) > MOST else None
    older = url_for("scrutiny.observations", after=key_text(more.at, more.id)) if more else None
    return render_template("scrutiny/observations.html", observations=found[:MOST], older=older)


@bp.get("/scrutiny/observations/<uuid:observation_id>")
@requires(Permission.OBSERVATIONS_VIEW)
def one(observation_id: UUID) -> ResponseReturnValue:
    """One observation with its answers."""
    found = _read(observation_id)
    return render_template("scrutiny/observation.html", one=found)


@bp.route("/scrutiny/observations/<uuid:observation_id>/answer", methods=BOTH)
@requires(Permission.OBSERVATION_ANSWER)
def answer(observation_id: UUID) -> ResponseReturnValue:
    """Answer an observation; a further answer stands beside the first."""
    found, form = _read(observation_id), AnswerForm()
    fresh(form)
    if form.validate_on_submit():
        key, row = key_of(form), queries.row_of(observation_id)
        said = form.words.cleaned
        if take_step(form, lambda: service.answer(row, said, key, actor=current_actor(), now=g.now)) is None:
            flash("Your answer has been added, and the Independent Scrutineer is told.", "success")
            return redirect(url_for("scrutiny.one", observation_id=observation_id), 303)
    errors = [(field.id, field.errors[0]) for field in form if field.errors]
    in_place = not current_actor().has(Role.LIG_CHAIR)
    page = render_template("scrutiny/answer.html", one=found, form=form, errors=errors, in_place=in_place)
    return page, 400 if errors else 200


def _read(observation_id: UUID) -> Observed:
    """The observation where this person may read it, the view of its case recorded first; else a wrong address."""
    found = queries.readable(observation_id, current_actor())
    if found is None:
        refuse()
    if found.reference:
        seen(found.reference, "observation")
    return found
