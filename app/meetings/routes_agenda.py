"""The agenda of a meeting, and the standing items."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import acting_for, current_actor
from app.access.guard import refuse, requires
from app.cases.queries import visible_case
from app.meetings import agenda, queries
from app.meetings.forms_sitting import (
    ItemForm,
    RemoveForm,
    StandingItemsForm,
    TitleForm,
)
from app.meetings.models import CANCELLED, HELD, LigMeeting
from app.meetings.pages import done, not_now, page, show, step, the_item, the_meeting
from app.meetings.routes import MANAGE, meetings
from app.meetings.words import in_words
from app.procedure.lig_meetings import Faults
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.fields import errors_of
from app.serious_incidents.forms import StepForm
from app.serious_incidents.pages import form_key, fresh, key_of


@meetings.route("/standing-items", methods=["GET", "POST"])
@requires(MANAGE)
def standing_items() -> ResponseReturnValue:
    """What each new standing meeting begins with."""
    form, problem, current = StandingItemsForm(), None, queries.standing_items()
    fresh(form)
    if request.method == "GET":
        form.over.data = str(current.number if current else 0)
        form.items.data = "\n".join(queries.standing_titles())
    if form.is_submitted():
        lines, by = form.items.cleaned.splitlines(), acting_for(MANAGE)
        problem = step(form, lambda: agenda.write_standing_items(
            lines, over=form.seen(), key=key_of(form), acting=by, now=g.now,
        ))  # fmt: skip
        if problem is None:
            flash(
                "The standing items are changed. Meetings that are arranged already keep theirs.", "success"
            )
            return redirect(url_for("meetings.index"), 303)
        current = queries.standing_items()
        form.over.data = str(current.number if current else 0) if problem.again else form.over.data
    again = problem is not None and problem.again
    shown = page(
        "standing_items",
        None,
        form=form,
        problem=problem,
        errors=errors_of(form),
        current=current,
        again=again,
    )
    return shown, problem.status if problem else 200


def _agenda_fixed(row: LigMeeting) -> OutOfTurn | None:
    if row.state not in (HELD, CANCELLED):
        return None
    was = "held" if row.state == HELD else "cancelled"
    return OutOfTurn(f"This meeting was {was}", "Its agenda does not change any more.")


@meetings.route("/<uuid:meeting_id>/agenda", methods=["GET", "POST"])
@requires(MANAGE)
def change_agenda(meeting_id: UUID) -> ResponseReturnValue:
    """Add to the agenda, and put it in order."""
    row, form, problem = the_meeting(meeting_id), ItemForm(), None
    if (closed := not_now(row, _agenda_fixed(row))) is not None:
        return closed
    key = form_key(form)
    if form.is_submitted():
        problem = step(form, lambda: _added(row, form, key), in_words(form))
        if problem is None:
            return done(row, "The item is on the agenda.", "meetings.change_agenda")
    items = queries.items_of(row.id, current_actor())
    return show("agenda", row, form, problem, items=items, order=StepForm())


def _added(row: LigMeeting, form: ItemForm, key: UUID) -> Faults:
    title, reference, by = form.title.cleaned, form.case.cleaned.upper(), acting_for(MANAGE)
    if not reference:
        return agenda.add_other(row.id, title, key, by, g.now)
    case = visible_case(reference, current_actor())
    faults: Faults = [] if title else [("title", "Enter what the item is")]
    if case is None:
        return [*faults, ("case", "There is no case of this reference that you can see")]
    if not faults:
        agenda.add_case(row.id, case.id, title, by, g.now)
    return faults


@meetings.post("/<uuid:meeting_id>/items/<uuid:item_id>/place")
@requires(MANAGE)
def place_item(meeting_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Move an item up or down."""
    row, item = the_item(meeting_id, item_id, "agenda")
    up, actor, by = request.form.get("do") == "up", current_actor(), acting_for(MANAGE)

    def verb() -> Faults:
        agenda.place(row.id, item.id, up, actor, by, g.now)
        return []

    problem = step(StepForm(), verb)
    if problem is None:
        return done(row, f"“{item.title}” is moved {'up' if up else 'down'}.", "meetings.change_agenda")
    form = ItemForm(formdata=None)
    form.submission_key.data = str(uuid4())
    return show("agenda", row, form, problem, items=queries.items_of(row.id, actor), order=StepForm())


@meetings.route("/<uuid:meeting_id>/items/<uuid:item_id>/remove", methods=["GET", "POST"])
@requires(MANAGE)
def remove_item(meeting_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Take an item off the agenda."""
    (row, item), form, problem = the_item(meeting_id, item_id, "agenda"), RemoveForm(), None
    if (closed := not_now(row, _agenda_fixed(row) or agenda.not_to_remove(item.row))) is not None:
        return closed
    fresh(form)
    if form.is_submitted():
        actor, by = current_actor(), acting_for(MANAGE)
        problem = step(form, lambda: agenda.remove(
            row.id, item.id, form.reason.cleaned, actor, by, g.now,
        ), in_words(form))  # fmt: skip
        if problem is None:
            return done(row, f"“{item.title}” is taken off the agenda.", "meetings.change_agenda")
    return show("remove", row, form, problem, item=item)


@meetings.route("/<uuid:meeting_id>/items/<uuid:item_id>/title", methods=["GET", "POST"])
@requires(MANAGE)
def title_item(meeting_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Give an item another title."""
    (row, item), form, problem = the_item(meeting_id, item_id, "agenda"), TitleForm(), None
    if (closed := not_now(row, _agenda_fixed(row))) is not None:
        return closed
    fresh(form)
    if request.method == "GET":
        form.over.data, form.title.data = str(item.row.version), item.title
    if form.is_submitted():
        actor, by = current_actor(), acting_for(MANAGE)
        problem = step(form, lambda: agenda.retitle(
            row.id, item.id, form.title.cleaned, form.seen(), actor, by, g.now,
        ), in_words(form))  # fmt: skip
        if problem is None:
            return done(row, "The item has another title.", "meetings.change_agenda")
        item = queries.item_of(row.id, item.id, actor) or refuse()
        form.over.data = str(item.row.version) if problem.again else form.over.data
    return show("title", row, form, problem, item=item)
