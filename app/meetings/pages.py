"""What the pages of meetings share: the meeting and item of the address, taking a step, and why it was not taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.access.current import current_actor
from app.access.guard import refuse
from app.access.own_names import group_name
from app.access.permissions import Permission
from app.ledger import read_log
from app.meetings.errors import NoSuchMeeting
from app.meetings.models import LigMeeting
from app.meetings.presenting import hours_of, state_of, title_of
from app.meetings.queries import ItemView, item_of, meeting_of
from app.procedure.lig_meetings import Faults
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from app.serious_incidents.fields import errors_of
from app.serious_incidents.pages import Problem, seen, take_step
from tenants.db import db

CHANGED = "Somebody changed this while you were writing"


def the_meeting(meeting_id: UUID) -> LigMeeting:
    """The meeting of the address, or the 404 of a wrong one."""
    return meeting_of(meeting_id) or refuse()


def the_item(meeting_id: UUID, item_id: UUID, page: str) -> tuple[LigMeeting, ItemView]:
    """The meeting and the item of the address, which this person may see; the view of its case recorded first."""
    row = the_meeting(meeting_id)
    item = item_of(meeting_id, item_id, current_actor()) or refuse()
    if item.reference is not None:
        seen(item.reference, f"meetings: {page}")
    return row, item


def note_views(items: list[ItemView], page: str) -> None:
    """Record a view of each case whose words a page shows."""
    actor = current_actor()
    for item in items:
        if item.case_id is not None:
            by = actor.acting_as(actor.holding(Permission.CASE_VIEW))
            read_log.viewed(item.case_id, by, f"meetings: {page}", g.now)


def step(
    form: FlaskForm, verb: Callable[[], Faults], typed: Mapping[str, str] | None = None
) -> Problem | None:
    """Take a step and commit it. What cannot be done is returned as a Problem, with nothing changed; where what it is
    about is gone, the answer is that of a wrong address."""

    def tried() -> None:
        faults = verb()
        if faults:
            raise Incomplete([Fault(field, message) for field, message in faults])

    try:
        problem = take_step(form, tried, typed)
    except NoSuchMeeting:
        db.session.rollback()
        refuse()
    return replace(problem, heading=CHANGED) if problem is not None and problem.again else problem


def show(
    template: str, row: LigMeeting, form: FlaskForm, problem: Problem | None, **more: Any
) -> ResponseReturnValue:
    """A form's page, with what was typed."""
    status = problem.status if problem else (400 if form.errors else 200)
    return page(template, row, form=form, problem=problem, errors=errors_of(form), **more), status


def page(template: str, row: LigMeeting | None, **more: Any) -> str:
    """A page of this room."""
    about: dict[str, Any] = {"group": group_name(), "row": row}
    if row is not None:
        about |= {"title": title_of(row), "hours": hours_of(row), "state": state_of(row, g.now)}
    return render_template(f"meetings/{template}.html", **about, **more)


def not_now(row: LigMeeting, reason: OutOfTurn | None) -> ResponseReturnValue | None:
    """The plain page that stands for a form which could only be refused. None where the form can be shown, and for a
    form that was sent: its step tells why, and shows what was typed."""
    if reason is None or request.method == "POST":
        return None
    return page("not_now", row, reason=reason), 409


def done(row: LigMeeting, message: str, endpoint: str = "meetings.one", **more: Any) -> ResponseReturnValue:
    """Back to the meeting, or to another page of it, with what was done said at the top."""
    flash(message, "success")
    return redirect(url_for(endpoint, meeting_id=row.id, **more), 303)
