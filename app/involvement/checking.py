"""Checking what was written, and returning it; and reading a return."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse
from app.involvement import queries, service
from app.involvement.desk import Desk
from app.involvement.forms import BehalfForm, ReturnForm
from app.involvement.models import AGENCY
from app.involvement.pages import anchor, closed_page, content_so_far, faults_so_far, number_of, whole_number
from app.involvement.queries import ReturnView
from app.involvement.rules import content_of, day_in_words
from app.procedure.involvement_form import ANSWERS, QUESTIONS
from app.serious_incidents.errors import ChangedMeanwhile
from app.serious_incidents.pages import Problem, form_key, take_step
from app.serious_incidents.rules import SOURCES


def check_page(desk: Desk) -> ResponseReturnValue:
    """Everything that was written, what is still missing, and the button that returns it."""
    closed = closed_page(desk)
    if closed is not None:
        return closed
    form: ReturnForm = ReturnForm() if desk.side == AGENCY else BehalfForm()
    key, content = form_key(form), content_of(content_so_far(desk), desk.scoping.questions)
    faults, problem, tried = faults_so_far(desk, g.today), None, form.is_submitted()

    def verb() -> None:
        if desk.draft is None or desk.draft.version != whole_number("over"):
            raise ChangedMeanwhile
        common: dict[str, Any] = {"now": g.now, "key": key, "changed": form.changed.cleaned}
        actor, behalf = current_actor(), form.behalf()
        if behalf is None:
            service.submit_return(desk.row.id, content, actor=actor, **common)
        else:
            service.record_return_for(desk.row.id, content, behalf, actor=actor, **common)

    if tried:
        problem = take_step(form, verb) if not faults else Problem(400)
        if problem is None:
            flash(
                "The return is recorded." if form.behalf() else "Your agency's return is submitted.",
                "success",
            )
            return redirect(desk.home, 303)
    form.over.data = str(desk.draft.version if desk.draft else 0)
    errors = [
        (desk.url("section", theme=part, _anchor=anchor(field)), message) for part, field, message in faults
    ]
    wrong = [(f"#{field.id}{'-day' if field.id == 'returned_at' else ''}", field.errors[0])
             for field in form if field.errors]  # fmt: skip
    page = render_template(
        "involvement/check.html", desk=desk, form=form, content=content, faults=errors, tried=tried, problem=problem,
        wrong=wrong, files=queries.files_of(desk.row, desk.side), earlier=queries.returns_to(desk.row), **shown(),
    )  # fmt: skip
    return page, problem.status if problem else 200


def shown() -> dict[str, object]:
    """What the pages need to show a return's content."""
    return {
        "sections_of_form": QUESTIONS,
        "answers_key": ANSWERS,
        "day_in_words": day_in_words,
        "sources": SOURCES,
    }


def return_of(returns: list[ReturnView], number: str) -> ReturnView:
    """The return of that number; the 404 of a wrong address for no such."""
    wanted = number_of(number)
    return next((one for one in returns if one.number == wanted), None) or refuse()
