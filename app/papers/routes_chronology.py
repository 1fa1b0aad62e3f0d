"""The merged chronology of a case: what all agencies recorded, as a picture and as a table."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import requires
from app.access.permissions import Permission
from app.papers import queries
from app.papers.content import chronology_of
from app.papers.forms import NarrowForm
from app.papers.pages import oversees, reading
from app.papers.picture import picture
from app.procedure.chronology import narrow
from app.serious_incidents.fields import errors_of

chronology_pages = Blueprint(
    "chronology", __name__, url_prefix="/<slug>/cases/<reference>/chronology", template_folder="templates"
)


@chronology_pages.get("")
@requires(Permission.PAPERS_READ)
def page(reference: str) -> ResponseReturnValue:
    """Every agency's chronology in one order, narrowed by agency and by days."""
    case = reading(reference, "chronology")
    whole = chronology_of(case.id, _purpose(case.id))
    form = NarrowForm()
    form.offer(sorted({one.agency for one in whole}))
    sound = form.validate()
    shown = narrow(whole, form.chosen(), form.first.data, form.last.data) if sound else whole
    errors = errors_of(form)
    answer = render_template(
        "papers/chronology.html", case=case, form=form, errors=errors, entries=shown, whole=len(whole),
        drawn=picture(shown), narrowed=sound and bool(request.args), circulated=queries.is_circulated(case.id),
        oversees=oversees(current_actor()),
    )  # fmt: skip
    return answer, 200 if sound else 400


def _purpose(case_id: UUID) -> str:
    """For what the agencies' chronologies are shown: what the group meets about, once papers for that are circulated or
    for whoever reads returns before; else what papers were circulated for last."""
    purpose, packs = queries.purpose_now(case_id), queries.packs_of(case_id)
    if purpose is not None and (oversees(current_actor()) or any(one.purpose == purpose for one in packs)):
        return purpose
    return packs[0].purpose if packs else "rapid-review"
