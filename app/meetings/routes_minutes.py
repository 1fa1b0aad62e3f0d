"""What was minuted and decided, item by item; the minutes as a whole; their agreeing at a later meeting."""

from __future__ import annotations

from uuid import UUID

from flask import g, request
from flask.typing import ResponseReturnValue

from app.access.current import acting_for, current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.meetings import minutes, presenting, queries
from app.meetings.forms import show_moment
from app.meetings.forms_sitting import AgreeForm, DecisionForm, MinutesForm
from app.meetings.models import LigDecision, LigMeeting
from app.meetings.pages import done, not_now, note_views, page, show, step, the_item, the_meeting
from app.meetings.queries import ItemView
from app.meetings.routes import MANAGE, meetings, now_on_the_day
from app.meetings.words import in_words
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.pages import form_key, fresh, key_of


@meetings.get("/<uuid:meeting_id>/items/<uuid:item_id>")
@requires(Permission.MEETINGS_VIEW)
def item(meeting_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """An item: what was minuted, every version of it, and what was decided."""
    row, found = the_item(meeting_id, item_id, "item")
    decided = queries.decisions_of([found.id]).get(found.id, [])
    return page(
        "item", row, item=found, versions=queries.minutes_of([found.id]).get(found.id, []),
        decisions=presenting.decisions_shown(row, decided), fixed=minutes.not_to_minute(row),
    )  # fmt: skip


@meetings.get("/<uuid:meeting_id>/minutes")
@requires(Permission.MEETINGS_VIEW)
def whole(meeting_id: UUID) -> ResponseReturnValue:
    """The minutes of a meeting as one page, to be read or printed."""
    row = the_meeting(meeting_id)
    items = queries.items_of(row.id, current_actor())
    note_views(items, "minutes")
    ids = [one.id for one in items]
    decided = queries.decisions_of(ids)
    shown = {identifier: presenting.decisions_shown(row, rows) for identifier, rows in decided.items()}
    agreement = queries.agreement_of(row.id)
    return page(
        "minutes", row, items=items, minutes=queries.minutes_of(ids), decisions=shown,
        attendance=queries.attendance_of(row.id), quorum=presenting.standing_of(row, g.now), agreement=agreement,
        agreed_in=queries.meeting_of(agreement.at_meeting_id) if agreement else None,
        stands_for=presenting.stands_for, when_there=presenting.when_there, title_of=presenting.title_of,
    )  # fmt: skip


@meetings.route("/<uuid:meeting_id>/items/<uuid:item_id>/minutes", methods=["GET", "POST"])
@requires(MANAGE)
def write(meeting_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Write the minutes of an item. Where somebody else wrote meanwhile, both texts are shown and nothing is lost."""
    (row, found), form, problem = the_item(meeting_id, item_id, "write minutes"), MinutesForm(), None
    if (closed := not_now(row, minutes.not_to_minute(row))) is not None:
        return closed
    fresh(form)
    newest = _newest(found)
    if request.method == "GET":
        form.over.data, form.words.data = str(newest[0]), newest[1]
    if form.is_submitted():
        actor, by = current_actor(), acting_for(MANAGE)
        problem = step(form, lambda: minutes.write(
            row.id, found.id, form.words.cleaned, over=form.seen(), key=key_of(form), actor=actor, acting=by, now=g.now,
        ), in_words(form))  # fmt: skip
        if problem is None:
            return done(row, "The minutes of this item are kept.", "meetings.item", item_id=found.id)
    other = None
    if problem is not None and problem.again:
        other = next(iter(queries.minutes_of([found.id]).get(found.id, [])), None)
        form.over.data = str(other.number if other else 0)
    return show("write", row, form, problem, item=found, other=other)


def _newest(found: ItemView) -> tuple[int, str]:
    rows = queries.minutes_of([found.id]).get(found.id, [])
    return (rows[0].number, rows[0].words) if rows else (0, "")


@meetings.route("/<uuid:meeting_id>/items/<uuid:item_id>/decide", methods=["GET", "POST"])
@requires(MANAGE)
def decide(meeting_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Record a decision, or one that puts an earlier one right. Refused while the meeting is not quorate."""
    (row, found), form, problem = the_item(meeting_id, item_id, "record a decision"), DecisionForm(), None
    before = _replaced(found)
    reason = minutes.not_to_minute(row) or _never_quorate(row)
    if (closed := not_now(row, reason)) is not None:
        return closed
    key = form_key(form)
    if request.method == "GET":
        show_moment(form.decided_at, before.decided_at if before else now_on_the_day(row), row.starts_at)
        form.words.data = before.words if before else ""
    if form.is_submitted():
        actor, by = current_actor(), acting_for(MANAGE)
        typed = form.typed(key, before.number if before else None)
        problem = step(
            form, lambda: minutes.decide(row.id, found.id, typed, actor, by, g.now), in_words(form)
        )
        if problem is None:
            return done(row, "The decision is recorded.", "meetings.item", item_id=found.id)
    standing = presenting.standing_of(row, g.now)
    return show("decide", row, form, problem, item=found, before=before, quorum=standing)


def _replaced(found: ItemView) -> LigDecision | None:
    """The decision of the address that is put right; None for a new one."""
    asked = request.args.get("instead")
    if asked is None:
        return None
    rows = queries.decisions_of([found.id]).get(found.id, [])
    return next((one for one in rows if str(one.number) == asked), None) or refuse()


def _never_quorate(row: LigMeeting) -> OutOfTurn | None:
    if any(spell.quorum.quorate for spell in queries.quorum_course(row, g.now)):
        return None
    standing = presenting.standing_of(row, g.now)
    said = standing.sentence if standing else "Not quorate"
    return OutOfTurn(
        "This meeting is not quorate",
        f"{said}. Nothing can be decided until each of the three safeguarding partners is represented. Record who "
        "came first.",
    )


@meetings.route("/<uuid:meeting_id>/agree", methods=["GET", "POST"])
@requires(MANAGE)
def agree(meeting_id: UUID) -> ResponseReturnValue:
    """Record that the minutes were agreed at a later meeting."""
    row, form, problem = the_meeting(meeting_id), AgreeForm(), None
    if (closed := not_now(row, minutes.not_to_agree(row))) is not None:
        return closed
    key = form_key(form)
    later = queries.later_meetings(row)
    form.offer(later)
    if request.method == "GET" and later:
        form.at_meeting.data = str(later[0].id)
        show_moment(form.agreed_at, now_on_the_day(later[0]), later[0].starts_at)
    if form.is_submitted():
        by = acting_for(MANAGE)
        problem = step(form, lambda: minutes.agree(row.id, form.typed(key), by, g.now), in_words(form))
        if problem is None:
            return done(row, "The minutes are agreed.")
    return show("agree", row, form, problem)
