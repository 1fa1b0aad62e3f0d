"""The pages of a rapid review as a whole: where it stands, and its plan."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Condition, Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case
from app.procedure.events import EventKind
from app.procedure.rapid_review_duties import milestones
from app.rapid_reviews import overview, planning
from app.rapid_reviews.plan_forms import PlanForm
from app.rapid_reviews.plan_queries import plan_of, plans_of
from app.serious_incidents.pages import form_key, not_now, onwards, seen, show, take_step
from app.serious_incidents.progress import load

bp = Blueprint(
    "rapid_reviews",
    __name__,
    url_prefix="/<slug>/cases/<reference>/rapid-review",
    template_folder="templates",
)


@bp.get("")
@requires(Permission.REVIEW_VIEW)
def index(reference: str) -> ResponseReturnValue:
    """Where the rapid review of a case stands, step by step."""
    case = seen(reference, "rapid-review")
    refuse_beyond(case)
    told = history_of(case.id)
    return render_template(
        "rapid_reviews/index.html", case=case, steps=overview.steps(told, current_actor()),
        milestones=milestones(told), plan=plan_of(case.id), due_on=planning.statutory_day(told),
        withdrawn=told.notified is None, ground=told.last(EventKind.REVIEW_GROUND_RECORDED),
    )  # fmt: skip


@bp.route("/plan", methods=["GET", "POST"])
@requires(Permission.REVIEW_RUN)
def plan(reference: str) -> ResponseReturnValue:
    """Set the plan: the meeting, and the days counted back from the fifteenth working day (B2-03)."""
    case = seen(reference, "rapid-review plan")
    told = history_of(case.id)
    reason = planning.why_not(told)
    if reason is not None:
        return not_now(case, reason)
    proposed = planning.proposal(told, g.now)
    assert proposed is not None
    best, coming = proposed
    form, before, problem = PlanForm(), plan_of(case.id), None
    form.offer(coming)
    key = form_key(form)
    if request.method == "GET":
        form.propose(best, before, _died(case))
    else:
        problem = take_step(
            form,
            lambda: planning.set_plan(case.id, form.typed(key), actor=current_actor(), now=g.now),
            form.in_words(),
        )
        if problem is None:
            return to_review(case, "The plan is set.")
    return show(
        "plan", case, form, problem, folder="rapid_reviews", proposed=best, before=before, plans=plans_of(case.id),
    )  # fmt: skip


def to_review(case: Case, message: str) -> ResponseReturnValue:
    """Back to where the review stands, with what was done said at the top."""
    return onwards(url_for("rapid_reviews.index", reference=case.reference), message)


def refuse_beyond(case: Case) -> None:
    """Refuse whoever sees the case for another reason than the review: an agency that only referred it, while it is not
    brought to the group, and the Partnership Chair where nothing was escalated."""
    conditions = current_actor().conditions(Permission.REVIEW_VIEW)
    wide = conditions & {Condition.ALWAYS, Condition.UNDER_DECISION, Condition.BROUGHT_TO_LIG}
    if not wide and not case.escalated:
        refuse()


def _died(case: Case) -> bool | None:
    """Whether the child died, as the decision on notification judged the harm; None where it does not say."""
    decisions = load(case.id).decisions
    return "death" in decisions[-1].harm_kinds if decisions else None
