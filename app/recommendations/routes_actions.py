"""The pages of the actions under a recommendation: agreed, changed, and updated by the agency that does them."""

from __future__ import annotations

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.procedure import recommendations as procedure
from app.recommendations import actions, forms, reading
from app.recommendations.reading import ActionView
from app.recommendations.routes import BOTH, COLOURS, Subject, bp, closed_page, page_of, step, subject
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.pages import form_key, fresh
from tenants.registry import agencies

DONE = OutOfTurn("This action is done", "What was agreed of it stays as it was.")


@bp.route("/<number>/actions/new", methods=BOTH)
@requires(Permission.RECOMMENDATION_MANAGE)
def new_action(reference: str, number: str) -> ResponseReturnValue:
    """Agree an action under a recommendation."""
    found, form = subject(reference, number, "new action"), forms.NewActionForm()
    if not procedure.takes_actions(found.told.state):
        reason = OutOfTurn(
            "No action can be agreed now",
            "The recommendation was returned or withdrawn. Propose it again first.",
        )
        if (closed := closed_page(found, reason)) is not None:
            return closed
    key = form_key(form)
    form.offer(agencies())
    return step(
        "new_action", found, form,
        lambda: actions.agree(found.case.id, found.told.number, form.typed(key), actor=current_actor(), now=g.now),
        lambda: page_of(found), "The action has been agreed. Its agency has been told.",
    )  # fmt: skip


@bp.get("/<number>/actions/<action>")
@requires(Permission.RECOMMENDATIONS_VIEW)
def action(reference: str, number: str, action: str) -> ResponseReturnValue:
    """An action: what was agreed, where it stands, and everything that was written of it."""
    found = subject(reference, number, "action")
    one = found.action(action)
    return render_template(
        "recommendations/action.html", case=found.case, told=found.told, action=one, colours=COLOURS,
        overdue=procedure.overdue(one.due, g.today), days_over=procedure.days_over(one.due, g.today),
        mine=_may_update(one), action_states=procedure.ACTION_STATES,
        withdrawn=found.told.state == procedure.WITHDRAWN,
    )  # fmt: skip


@bp.route("/<number>/actions/<action>/change", methods=BOTH)
@requires(Permission.RECOMMENDATION_MANAGE)
def change_action(reference: str, number: str, action: str) -> ResponseReturnValue:
    """Change what was agreed of an action, with the reason."""
    found, form = subject(reference, number, "change action"), forms.ChangeActionForm()
    one = found.action(action)
    if (closed := closed_page(found, None if one.state == procedure.OPEN else DONE)) is not None:
        return closed
    key = form_key(form)
    if request.method == "GET":
        fresh(form, over=str(one.version))
        form.show_again(one)
    return step(
        "change_action", found, form,
        lambda: actions.change(
            found.case.id, found.told.number, one.number, form.typed(key), actor=current_actor(), now=g.now
        ),
        lambda: _page_of(found, one), "The action has been changed. Its agency has been told.", lambda: one.version,
        action=one,
    )  # fmt: skip


@bp.route("/<number>/actions/<action>/update", methods=BOTH)
@requires(Permission.ACTION_UPDATE)
def update_action(reference: str, number: str, action: str) -> ResponseReturnValue:
    """Write what has happened of an action of one's own agency; the Partnership Team does so for any (B2-21)."""
    found, form = subject(reference, number, "update action"), forms.UpdateForm()
    one = found.action(action)
    if not _may_update(one):
        refuse()
    if (closed := closed_page(found)) is not None:
        return closed
    key = form_key(form)
    if request.method == "GET":
        fresh(form, over=str(one.version))
    return step(
        "update_action", found, form,
        lambda: actions.update(
            found.case.id, found.told.number, one.number, form.typed(), form.seen(), key, actor=current_actor(),
            now=g.now,
        ),
        lambda: _page_of(found, one), "What you wrote has been added to the action.", lambda: one.version, action=one,
        action_states=procedure.ACTION_STATES,
    )  # fmt: skip


def _may_update(one: ActionView) -> bool:
    return reading.may_update(current_actor(), one.agency_id) is not None


def _page_of(found: Subject, one: ActionView) -> str:
    return url_for(
        "recommendations.action",
        reference=found.case.reference,
        number=found.told.number,
        action=one.number,
    )
