"""The page on which two cases are compared, and linked, refused or decided anew."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.access.current import acting_for, current_actor
from app.access.guard import requires
from app.access.permissions import Permission
from app.cases.queries import visible_case
from app.cases.service import Case
from app.entering import likeness, linking
from app.entering.forms import UNLINK, VERDICTS, SameIncidentForm
from app.serious_incidents.fields import errors_of
from app.serious_incidents.pages import fresh, key_of, seen
from tenants.db import db

case_pages = Blueprint(
    "same_incident", __name__, url_prefix="/<slug>/cases/<reference>", template_folder="templates"
)
NONE_HERE = "There is no such case here, or it is this one."
CHANGED = "It was decided meanwhile, as shown. Yours has not been recorded; what you typed is below."


@case_pages.route("/same-incident", methods=["GET", "POST"])
@requires(Permission.REFERRAL_LINK)
def same_incident(reference: str) -> ResponseReturnValue:
    """Cases that may be of the same incident; one of them beside this one, to link or to refuse, or to decide anew."""
    found = seen(reference, "same-incident")
    form = SameIncidentForm()
    named = request.values.get("with", "").strip().upper()[:40]
    other = visible_case(named, current_actor()) if named else None
    other = None if other is not None and other.id == found.id else other
    problem = NONE_HERE if named and other is None else ""
    fresh(form)
    changed = False
    if other is not None and form.validate_on_submit() and _complete(form):
        said = _decide(form, found, other)
        if said:
            flash(said, "success")
            return redirect(url_for("cases.case", reference=reference), 303)
        changed = True
    return _page(form, found, other, problem, changed)


def _complete(form: SameIncidentForm) -> bool:
    if form.verdict.data not in VERDICTS:
        form.verdict.errors = ["Select whether the two are of the same incident"]
    if not form.reason.cleaned:
        form.reason.errors = ["Say how you know"]
    return not (form.verdict.errors or form.reason.errors)


def _decide(form: SameIncidentForm, found: Case, other: Case) -> str:
    """What was recorded, in words; nothing where somebody decided meanwhile."""
    same = form.verdict.data == "linked"
    said = linking.Verdict(same, form.reason.cleaned, form.seen.data or "", key_of(form))
    name = other.reference
    try:
        linking.decide(found, other, said, acting=acting_for(Permission.REFERRAL_LINK), now=g.now)
        db.session.commit()
    except (linking.DecidedMeanwhile, IntegrityError):
        db.session.rollback()
        return ""
    if same:
        return f"Linked with {name}. Each case keeps its record."
    return f"Recorded: not the same incident as {name}."


def _page(
    form: SameIncidentForm, found: Case, other: Case | None, problem: str, changed: bool
) -> ResponseReturnValue:
    stands = linking.standing(found.id, other.id, current_actor()) if other is not None else None
    if request.method == "GET" or changed:
        form.seen.data = str(stands.link_id) if stands else ""
    if stands:
        form.verdict.choices = [SelectChoice(*one) for one in UNLINK.items()]
    if changed:
        fresh_key(form)
    errors = errors_of(form)
    compared = (found, other) if other is not None else ()
    page = render_template(
        "entering/same_incident.html", case=found, other=other, form=form, errors=errors, problem=problem,
        likenesses=likeness.likenesses(found, current_actor()),
        verdicts=linking.verdicts(found.id, current_actor()), stands=stands,
        changed=CHANGED if changed else "",
        sides=[{"case": one, "incident": likeness.incident_of(one.id)} for one in compared],
    )  # fmt: skip
    return page, 409 if changed else (400 if errors else (404 if problem else 200))


def fresh_key(form: SameIncidentForm) -> None:
    """A new key for a form that is shown for another try."""
    form.submission_key.data = ""
    key_of(form)
