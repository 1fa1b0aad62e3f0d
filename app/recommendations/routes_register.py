"""The register of the partnership's recommendations, and what an agency owes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import acting_for, current_actor
from app.access.guard import requires
from app.access.permissions import Permission
from app.ledger import read_log
from app.procedure import recommendations as procedure
from app.recommendations.owed import PAGE, DayKey, Filters, owed_by_agency, page_of
from app.recommendations.routes import COLOURS
from app.web.paging import key_asked, key_text
from tenants.registry import agencies

register_bp = Blueprint(
    "recommendation_register", __name__, url_prefix="/<slug>", template_folder="templates"
)


@register_bp.get("/recommendations")
@requires(Permission.RECOMMENDATIONS_VIEW)
def index() -> ResponseReturnValue:
    """Every recommendation of the cases that this person may see, newest first, narrowed as they choose."""
    filters = _filters()
    found = page_of(current_actor(), filters, key_asked(), g.today)
    rows, older = found[:PAGE], None
    _viewed([one.case_id for one in rows], Permission.RECOMMENDATIONS_VIEW, "recommendations: register")
    if len(found) > PAGE:
        last = rows[-1]
        assert last.told.made_at is not None
        older = url_for(
            "recommendation_register.index", state=filters.state or None, agency=filters.agency,
            overdue="yes" if filters.overdue else None, after=key_text(last.told.made_at, last.id),
        )  # fmt: skip
    return render_template(
        "recommendations/register.html", rows=rows, older=older, filters=filters, states=procedure.STATES,
        agencies=agencies(), colours=COLOURS,
    )  # fmt: skip


@register_bp.get("/actions")
@requires(Permission.ACTION_UPDATE)
def actions() -> ResponseReturnValue:
    """What this person's agency owes, soonest due first."""
    actor, show = current_actor(), request.args.get("show", "")
    if show not in ("", "done"):
        abort(404)
    found = owed_by_agency(actor, g.today, done=show == "done", before=_day_key())
    rows, later = found[:PAGE], None
    _viewed([one.case_id for one in rows], Permission.ACTION_UPDATE, "recommendations: our agency's actions")
    if len(found) > PAGE:
        after = f"{rows[-1].action.due_on.isoformat()}~{rows[-1].id}"
        later = url_for("recommendation_register.actions", show=show or None, after=after)
    names = {held.agency_name for held in actor.holding(Permission.ACTION_UPDATE) if held.agency_name}
    return render_template(
        "recommendations/owed.html", rows=rows, later=later, show=show, own=sorted(names),
        action_states=procedure.ACTION_STATES,
    )  # fmt: skip


def _viewed(case_ids: Iterable[UUID], permission: Permission, page: str) -> None:
    """Each case of which the page tells something was looked at: recorded before it is shown."""
    for case_id in dict.fromkeys(case_ids):
        read_log.viewed(case_id, acting_for(permission), page, g.now)


def _filters() -> Filters:
    """What was chosen. What is none of the choices is a wrong address."""
    state, agency, overdue = (request.args.get(name, "") for name in ("state", "agency", "overdue"))
    if (state and state not in procedure.STATES) or overdue not in ("", "yes"):
        abort(404)
    known = {str(one.id): one.id for one in agencies()}
    if agency and agency not in known:
        abort(404)
    return Filters(state, known.get(agency), overdue == "yes")


def _day_key() -> DayKey | None:
    """The key of the last row of the page before, from the address. A key that is none is a wrong address."""
    typed = request.args.get("after")
    if typed is None:
        return None
    day, _, identifier = typed.partition("~")
    try:
        return date.fromisoformat(day), UUID(identifier)
    except ValueError:
        abort(404)
