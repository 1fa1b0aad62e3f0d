"""The pages of the recommendations of a case: what each says, what it lacks, what became of it, and its versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.service import Case
from app.procedure import recommendations as procedure
from app.recommendations import forms, reading, service
from app.recommendations.forms import OverForm
from app.recommendations.reading import ActionView, RecommendationView
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.forms import WordedForm
from app.serious_incidents.pages import form_key, fresh, not_now, onwards, seen, step_page
from app.web.text_rules import number_named
from tenants.registry import agencies

bp = Blueprint(
    "recommendations",
    __name__,
    url_prefix="/<slug>/cases/<reference>/recommendations",
    template_folder="templates",
)
BOTH = ["GET", "POST"]
COLOURS = {
    procedure.PROPOSED: "blue",
    procedure.ACCEPTED: "green",
    procedure.RETURNED: "orange",
    procedure.WITHDRAWN: "grey",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The recommendation of the address, and its case, both of which this person may see."""

    case: Case
    told: RecommendationView

    def action(self, number: str) -> ActionView:
        """The action of the address; else the 404 of a wrong address."""
        return next((one for one in self.told.actions if str(one.number) == number), None) or refuse()


def subject(reference: str, number: str, page: str = "") -> Subject:
    """The recommendation of the address, the view recorded first; else the 404 of a wrong address."""
    case = seen(reference, f"recommendations: {page or 'one'}")
    told = reading.one_of(case.id, number_named(number, 6))
    return Subject(case, told) if told is not None else refuse()


def step(
    template: str, found: Case | Subject, form: WordedForm, verb: Callable[[], object], back: Callable[[], str],
    done: str, version: Callable[[], int] | None = None, **more: Any,
) -> ResponseReturnValue:  # fmt: skip
    """The page of one step: its form, with what was wrong; or where it leads, with what was done.

    Where somebody changed the same thing meanwhile, the form is shown once more as it was typed, beside what is there,
    and can be sent over it: `version` is what is there now.
    """
    mark = ("over", lambda: str(version())) if version is not None and isinstance(form, OverForm) else None
    case, told = (found.case, found.told) if isinstance(found, Subject) else (found, None)
    return step_page(
        template, case, form, None, verb, done, back=lambda _case, message: onwards(back(), message), mark=mark,
        folder="recommendations", told=told, **more,
    )  # fmt: skip


@bp.get("")
@requires(Permission.RECOMMENDATIONS_VIEW)
def index(reference: str) -> ResponseReturnValue:
    """The recommendations of a case, each with how its actions stand (B2-21)."""
    case = seen(reference, "recommendations")
    rows = [
        (one, procedure.standing([action.due for action in one.actions], g.today))
        for one in reading.of_case(case.id)
    ]
    return render_template(
        "recommendations/index.html",
        case=case,
        rows=rows,
        states=procedure.STATES,
        colours=COLOURS,
    )


@bp.route("/new", methods=BOTH)
@requires(Permission.RECOMMENDATION_MANAGE)
def new(reference: str) -> ResponseReturnValue:
    """Write down a recommendation."""
    case, form = seen(reference, "recommendations: new"), forms.RecommendationForm()
    key = form_key(form)
    form.offer(agencies())
    made: list[int] = []

    def verb() -> None:
        made.append(service.make(case.id, form.typed(key), actor=current_actor(), now=g.now).number)

    return step(
        "write", case, form, verb,
        lambda: url_for("recommendations.one", reference=case.reference, number=made[-1]),
        "The recommendation has been written down.",
    )  # fmt: skip


@bp.get("/<number>")
@requires(Permission.RECOMMENDATIONS_VIEW)
def one(reference: str, number: str) -> ResponseReturnValue:
    """A recommendation: what it says, what it lacks, its actions, and every version of it."""
    found = subject(reference, number)
    return render_template(
        "recommendations/one.html", case=found.case, told=found.told, colours=COLOURS, states=procedure.STATES,
        versions=reading.versions_of(found.case.id, found.told.number), next=procedure.NEXT[found.told.state],
        takes_actions=procedure.takes_actions(found.told.state), parts=procedure.PARTS,
        overdue=lambda action: procedure.overdue(action.due, g.today), action_states=procedure.ACTION_STATES,
    )  # fmt: skip


@bp.route("/<number>/change", methods=BOTH)
@requires(Permission.RECOMMENDATION_MANAGE)
def change(reference: str, number: str) -> ResponseReturnValue:
    """Change what a recommendation says: a further version, with the reason."""
    found, form = subject(reference, number, "change"), forms.ChangeForm()
    if (closed := closed_page(found)) is not None:
        return closed
    key = form_key(form)
    form.offer(agencies())
    if request.method == "GET":
        fresh(form, over=str(found.told.version))
        form.show_again(found.told)
    return step(
        "write", found, form,
        lambda: service.change(
            found.case.id, found.told.number, form.typed(key), form.reason.cleaned, form.seen(), actor=current_actor(),
            now=g.now,
        ),
        lambda: page_of(found), "The recommendation has been changed.", lambda: found.told.version,
    )  # fmt: skip


@bp.route("/<number>/state", methods=BOTH)
@requires(Permission.RECOMMENDATION_MANAGE)
def state(reference: str, number: str) -> ResponseReturnValue:
    """Record that the group accepted, returned or withdrew a recommendation."""
    found, form = subject(reference, number, "state"), forms.StateForm()
    if (closed := closed_page(found)) is not None:
        return closed
    key = form_key(form)
    form.offer(found.told.state)
    if request.method == "GET":
        fresh(form, over=str(found.told.version))
    return step(
        "state", found, form,
        lambda: service.set_state(
            found.case.id, found.told.number, form.state.data or "", form.reason.cleaned, form.seen(), key,
            actor=current_actor(), now=g.now,
        ),
        lambda: page_of(found), "What became of the recommendation has been recorded.",
        lambda: found.told.version, states=procedure.STATES,
    )  # fmt: skip


def page_of(found: Subject) -> str:
    """The page of a recommendation."""
    return url_for("recommendations.one", reference=found.case.reference, number=found.told.number)


def closed_page(found: Subject, reason: OutOfTurn | None = None) -> ResponseReturnValue | None:
    """The plain page that stands for a form which could only be refused; None where the form can be shown, and for one
    that was sent: its step tells why."""
    reason = reason or (service.CLOSED if found.told.state == procedure.WITHDRAWN else None)
    return not_now(found.case, reason) if reason is not None and request.method == "GET" else None
