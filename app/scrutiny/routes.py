"""The pages of the Independent Scrutineer: every case, the audit of one, its export, and what was refused to them."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import declared, refuse, requires
from app.access.permissions import Permission
from app.access.words import says
from app.cases.queries import PAGE, visible_references
from app.scrutiny import export, overview
from app.scrutiny.audit import audit_of
from app.scrutiny.models import RefusedWrite
from app.scrutiny.refusals import MOST, refused
from app.serious_incidents.forms import StepForm
from app.serious_incidents.pages import seen
from app.web.paging import key_asked, key_text
from tenants.db import db

bp = Blueprint("scrutiny", __name__, url_prefix="/<slug>", template_folder="templates")


@bp.get("/scrutiny/")
@requires(Permission.AUDIT_VIEW)
def index() -> ResponseReturnValue:
    """Every case, newest first, a page at a time: decided how, answered by whom, kept in time or not."""
    chosen = request.args.get("show", "")
    if chosen and chosen not in overview.FILTERS:
        abort(404)
    found = list(overview.page(current_actor(), chosen, key_asked(), PAGE + 1, g.now))
    more = found[PAGE - 1] if len(found) > PAGE else None
    older = (
        url_for("scrutiny.index", show=chosen or None, after=key_text(more.opened_at, more.id))
        if more
        else None
    )
    rows = overview.rows(found[:PAGE], g.now)
    return render_template(
        "scrutiny/index.html", rows=rows, filters=overview.FILTERS, chosen=chosen, older=older,
    )  # fmt: skip


@bp.get("/scrutiny/<reference>")
@requires(Permission.AUDIT_VIEW)
def case(reference: str) -> ResponseReturnValue:
    """The audit of one case."""
    found = seen(reference, "audit")
    audit = audit_of(found, current_actor(), g.now)
    return render_template("scrutiny/case.html", case=found, audit=audit, form=StepForm())


@bp.post("/scrutiny/<reference>/export")
@requires(Permission.AUDIT_VIEW)
def download(reference: str) -> ResponseReturnValue:
    """The audit of one case as a file with its verification; that it was handed out is recorded."""
    actor = current_actor()
    found = seen(reference, "audit-export")
    try:
        made = export.make(found.reference, g.partnership, actor, g.now)
    except LookupError:
        refuse()
    export.exported(found, made, actor.acting_as(actor.holding(Permission.AUDIT_VIEW)), g.now)
    db.session.commit()
    answer = make_response(made.content)
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{found.reference}.zip"'
    return answer


@bp.get("/scrutiny/refused")
@requires(Permission.READ_LOG_VIEW)
def refused_writes() -> ResponseReturnValue:
    """What scrutineers tried to change and was refused, newest first."""
    found = list(refused(key_asked(), MOST + 1))
    more = found[MOST - 1] if len(found) > MOST else None
    older = url_for("scrutiny.refused_writes", after=key_text(more.refused_at, more.id)) if more else None
    rows = [(row, _what(row)) for row in found[:MOST]]
    shown = visible_references([row.reference for row, _what in rows], current_actor())
    return render_template("scrutiny/refused.html", rows=rows, shown=shown, older=older)


def _what(row: RefusedWrite) -> str:
    """What the permission lets people do that was needed, in words; the page's name where there is no such page any
    more."""
    if row.endpoint not in current_app.view_functions:
        return row.endpoint
    permission, _reason = declared(current_app._get_current_object(), row.endpoint)  # type: ignore[attr-defined]
    return says(permission) if permission else row.endpoint
