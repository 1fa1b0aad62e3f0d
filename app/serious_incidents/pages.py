"""What the room's pages share: the case of the address, taking a step, and showing why it was not taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.exc import DBAPIError

from app.access.current import current_actor
from app.access.guard import refuse
from app.access.permissions import Permission
from app.cases.queries import visible_case
from app.cases.service import Case, StaleCase
from app.ledger import read_log
from app.serious_incidents.errors import AlreadyDone, ChangedMeanwhile, Incomplete, OutOfTurn
from app.serious_incidents.fields import errors_of
from app.serious_incidents.forms import WordedForm
from app.serious_incidents.queries import decision_overview
from app.serious_incidents.reaching import opened
from tenants.db import db

Back = Callable[[Case, str], ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Difference:
    """One question with what this person typed, and what somebody else recorded."""

    question: str
    typed: str
    recorded: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.typed != self.recorded


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a step was not taken. `again` says that the form may be sent once more as it stands; where it
    cannot be, what was typed stands in `differences` (beside what somebody else recorded) or in `typed`
    (alone)."""

    status: int
    heading: str = ""
    message: str = ""
    again: bool = False
    differences: list[Difference] = field(default_factory=list)
    typed: list[Difference] = field(default_factory=list)


def seen(reference: str, page: str) -> Case:
    """The case where this person may see it, the view recorded first; else the 404 of a wrong address."""
    actor = current_actor()
    found = visible_case(reference, actor)
    if found is None:
        refuse()
    read_log.viewed(found.id, actor.acting_as(actor.holding(Permission.CASE_VIEW)), page, g.now)
    opened(found.id, actor, g.now)
    return found


def take_step(
    form: FlaskForm, verb: Callable[[], object], typed: Mapping[str, str] | None = None
) -> Problem | None:
    """Take a step and commit it. What cannot be done is returned as a Problem, with nothing changed.

    `typed` holds the answers in words under their fields' names, to set beside what somebody else recorded.
    Where the form itself is at fault, what the rules find is told with it, and nothing is done.
    """
    if not form.validate():
        _tell_also(form, verb)
        return Problem(400)
    try:
        verb()
        db.session.commit()
    except Incomplete as error:
        db.session.rollback()
        _beside(form, error)
        return Problem(400)
    except AlreadyDone as error:
        db.session.rollback()
        return Problem(409, error.heading, error.message, differences=_differences(form, error, typed or {}))
    except OutOfTurn as error:
        db.session.rollback()
        return Problem(409, error.heading, error.message, typed=_typed(form, typed or {}))
    except (ChangedMeanwhile, StaleCase):
        db.session.rollback()
        return Problem(
            409,
            "This case changed while you were writing",
            "Nothing has been recorded, and what you typed is below. Read what changed, then send it again.",
            again=True,
        )
    return None


def _tell_also(form: FlaskForm, verb: Callable[[], object]) -> None:
    """What the rules find in a form that is at fault anyway. The step is tried and undone, never committed; a text
    that no database takes ends the trial."""
    try:
        verb()
        db.session.flush()
    except Incomplete as error:
        _beside(form, Incomplete([one for one in error.faults if not form[one.field].errors]))
    except (OutOfTurn, ChangedMeanwhile, StaleCase, DBAPIError, ValueError):
        pass
    finally:
        db.session.rollback()


def _beside(form: FlaskForm, error: Incomplete) -> None:
    """Each fault beside its field."""
    for fault in error.faults:
        form[fault.field].errors = [*form[fault.field].errors, fault.message]


def _differences(form: FlaskForm, error: AlreadyDone, typed: Mapping[str, str]) -> list[Difference]:
    recorded = error.recorded.answers
    return [
        Difference(form[name].label.text, typed.get(name, ""), recorded.get(name, ""))
        for name in recorded
        if name in form and (typed.get(name) or recorded[name])
    ]


def _typed(form: FlaskForm, typed: Mapping[str, str]) -> list[Difference]:
    return [Difference(form[name].label.text, text, "") for name, text in typed.items() if text]


def show(
    template: str,
    case: Case,
    form: FlaskForm,
    problem: Problem | None,
    folder: str = "serious_incidents",
    **more: Any,
) -> ResponseReturnValue:
    """A page of a room, with the form as typed. A form shown again for another try carries fresh marks."""
    overview = decision_overview(case.id, now=g.now)
    status = problem.status if problem else (400 if form.errors else 200)
    page = render_template(
        f"{folder}/{template}.html",
        case=case,
        form=form,
        problem=problem,
        decision=overview,
        errors=errors_of(form),
        **more,
    )
    return page, status


def step_page(
    template: str,
    case: Case,
    form: WordedForm,
    reason: OutOfTurn | None,
    verb: Callable[[], object],
    done: str,
    back: Back | None = None,
    mark: tuple[str, Callable[[], str]] | None = None,
    **more: Any,
) -> ResponseReturnValue:
    """The page of one step: why it cannot be taken now; its form, with what was wrong; or, where it was taken, the
    case with what was done.

    `back` leads to another page than the case. `mark` names the field that says beside what the form is shown, and
    gives what stands now: so a form that is shown once more can be sent over it.
    """
    if reason is not None and request.method == "GET":
        return not_now(case, reason)
    problem = None
    if form.is_submitted():
        problem = take_step(form, verb, form.in_words())
        if problem is None:
            return (back or to_case)(case, done)
        if mark is not None and (problem.again or problem.differences):
            form[mark[0]].data = mark[1]()
    return show(template, case, form, problem, **more)


def not_now(case: Case, reason: OutOfTurn) -> ResponseReturnValue:
    """A plain page where a step cannot be taken now: who has done it and when, or what must come first."""
    page = render_template(
        "serious_incidents/not_now.html",
        case=case,
        reason=reason,
        decision=decision_overview(case.id, now=g.now),
    )
    return page, 409


def to_case(case: Case, message: str) -> ResponseReturnValue:
    """Back to the case, with what was done said at the top."""
    return onwards(url_for("cases.case", reference=case.reference), message)


def onwards(address: str, message: str) -> ResponseReturnValue:
    """On to a page, with what was done said at its top."""
    flash(message, "success")
    return redirect(address, 303)


def key_of(form: FlaskForm) -> UUID:
    """The key under which this form was shown; the same form sent twice carries the same one.

    A form whose key was spoilt on the way gets a new one: the step itself can still be taken only once.
    """
    try:
        return UUID(form.submission_key.data or "")
    except ValueError:
        form.submission_key.data = str(uuid4())
        return UUID(form.submission_key.data)


def form_key(form: FlaskForm) -> UUID:
    """The key of a form, which it is given when it is first shown."""
    fresh(form)
    return key_of(form)


def fresh(form: FlaskForm, **marks: str) -> None:
    """Give a form its key when it is first shown, and the marks of what it was shown beside."""
    if request.method == "GET":
        form.submission_key.data = str(uuid4())
    for name, value in marks.items():
        form[name].data = value
