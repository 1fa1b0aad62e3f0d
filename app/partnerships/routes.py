"""The pages of a partnership's own procedure: the edition in force, former ones, and changing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.owners import NAMES
from app.access.permissions import Permission
from app.cases.queries import stages_by_edition
from app.partnerships.settings_forms import fill, offer, settings_form
from app.partnerships.settings_service import ChangedMeanwhile, adopt, changes
from app.procedure.catalogue import CATALOGUE
from app.procedure.events import EventKind
from app.procedure.obligation import ClockSettings
from app.procedure.own_procedure import BLOCKS, CLOSINGS, TRIGGERS
from app.serious_incidents.pages import fresh
from app.web.text_rules import whole_number
from tenants.registry import SettingsEdition, current_edition, editions

bp = Blueprint("settings", __name__, url_prefix="/<slug>/settings", template_folder="templates")


@bp.get("/")
@requires(Permission.SETTINGS_VIEW)
def index() -> ResponseReturnValue:
    """The edition in force, and of each duty whether it is statutory, guidance or local, and done here."""
    return _show(current_edition())


@bp.get("/editions/<number>")
@requires(Permission.SETTINGS_VIEW)
def one(number: str) -> ResponseReturnValue:
    """A former edition."""
    found = next((row for row in editions() if str(row.number) == number), None)
    return _show(found or refuse())


@bp.route("/change", methods=["GET", "POST"])
@requires(Permission.SETTINGS_CHANGE)
def change() -> ResponseReturnValue:
    """Change the partnership's own procedure: looked at first, then adopted as a new edition."""
    current = current_edition()
    form = settings_form(current.settings)()
    offer(form)
    fresh(form)
    problem, told = "", None
    if request.method == "GET":
        fill(form, current.settings, current.number)
    elif form.validate_on_submit():
        typed, sound = form.settings(current.settings)
        told = changes(current.settings, typed)
        wanted = request.form.get("do") == "adopt"
        if wanted and not form.reason.cleaned:
            form.reason.errors = ["Say why the settings change"]
            sound = False
        if sound and not told:
            problem = "Nothing has been changed."
        elif sound:
            problem = _faults(typed)
            if wanted and not problem:
                done = _adopt(form, typed)
                if isinstance(done, int):
                    flash(f"Edition {done} is adopted. Stages that have begun keep theirs.", "success")
                    return redirect(url_for("settings.index"), 303)
                problem = done
        told = told if sound and not problem else None
    errors = [(field.id, field.errors[0]) for field in form if field.errors]
    page = render_template(
        "partnerships/change.html", form=form, errors=errors, problem=problem, told=told, current=current,
        under=stages_by_edition(current_actor().person_id).get(current.number, 0),
    )  # fmt: skip
    return page, 400 if errors or problem else 200


def _faults(typed: dict[str, Any]) -> str:
    try:
        ClockSettings.of_edition(typed)
    except ValueError as fault:
        return str(fault)
    return ""


def _adopt(form: Any, typed: dict[str, Any]) -> int | str:
    actor = current_actor()
    try:
        return adopt(
            typed, over=whole_number(form.edition.data),
            reason=form.reason.cleaned, acting=actor.acting_as(actor.holding(Permission.SETTINGS_CHANGE)), now=g.now,
        )  # fmt: skip
    except ChangedMeanwhile:
        form.edition.data = str(current_edition().number)
        return "Somebody changed the settings while you were writing. Look at what differs now, then adopt it again."


def _show(row: SettingsEdition) -> ResponseReturnValue:
    clocks = ClockSettings.of_edition(row.settings)
    duties = [
        {"duty": duty, "here": "Left out here" if duty.id in clocks.own.omitted else ""}
        for duty in CATALOGUE.values()
    ]
    return render_template(
        "partnerships/settings.html", edition=row, editions=editions(), clocks=clocks, duties=duties,
        steps=clocks.own.steps, under=stages_by_edition(current_actor().person_id), triggers=TRIGGERS,
        closings=CLOSINGS, blocks=BLOCKS,
        done=EventKind.LOCAL_STEP_DONE, procedure_names={party.value: name for party, name in NAMES.items()},
        newest=current_edition().number,
    )  # fmt: skip
