"""The group's calendar: its meetings, arranging and moving them, and their opening and end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import acting_for, current_actor
from app.access.guard import requires
from app.access.own_names import group_name
from app.access.permissions import Permission
from app.cases.calendars import calendars
from app.meetings import presenting, queries, service
from app.meetings.calendar_file import calendar_file
from app.meetings.forms import CancelForm, CloseForm, MoveForm, OpenForm, ScheduleForm, show_moment
from app.meetings.models import OPEN, LigMeeting
from app.meetings.pages import done, not_now, page, show, step, the_meeting
from app.meetings.telling import invited
from app.meetings.words import in_words
from app.procedure.clocks import NoSuchTime, london_date
from app.procedure.lig_meetings import MOST_MEETINGS, Faults, at_the_same_time, series
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.fields import errors_of
from app.serious_incidents.pages import form_key, fresh
from app.web.filters import weekday_date
from app.web.paging import key_asked, key_text
from tenants.registry import current_edition

meetings = Blueprint("meetings", __name__, url_prefix="/<slug>/meetings", template_folder="templates")
MANAGE = Permission.MEETINGS_MANAGE


@meetings.get("/")
@requires(Permission.MEETINGS_VIEW)
def index() -> ResponseReturnValue:
    """What is to come, or what is over, a page at a time."""
    past = request.args.get("when") == "past"
    read = queries.page_of_past if past else queries.page_of_coming
    found = read(g.now, key_asked(), queries.PAGE + 1)
    rows, more = found[: queries.PAGE], len(found) > queries.PAGE
    after = key_text(rows[-1].starts_at, rows[-1].id) if more else None
    shown = [
        (row, presenting.day_of(row), presenting.state_of(row, g.now), presenting.hours_of(row))
        for row in rows
    ]
    return page("index", None, rows=shown, past=past, after=after, kinds=presenting.KINDS)


@meetings.route("/schedule", methods=["GET", "POST"])
@requires(MANAGE)
def schedule() -> ResponseReturnValue:
    """Arrange a meeting, or a series of standing ones."""
    form, made, problem = ScheduleForm(), [], None
    key = form_key(form)
    if request.method == "GET":
        form.every.data = ""

    def verb() -> Faults:
        rows, faults = _scheduled(form, key)
        made.extend(rows)
        return faults

    if form.is_submitted():
        problem = step(form, verb)
        if problem is None:
            flash(_made(made), "success")
            one = len(made) == 1
            return redirect(
                url_for("meetings.one", meeting_id=made[0].id) if one else url_for("meetings.index"), 303
            )
    status = problem.status if problem else 200
    return page("schedule", None, form=form, problem=problem, errors=errors_of(form)), status


def _scheduled(form: ScheduleForm, key: UUID) -> tuple[list[LigMeeting], Faults]:
    typed, acting, every = form.typed(key), acting_for(MANAGE), form.repeats()
    if every is None:
        row, faults = service.schedule(typed, acting, g.now)
        return ([row] if row is not None else []), faults
    faults = [] if typed.kind == "standing" else [("kind", "Only standing meetings repeat")]
    if typed.held:
        faults.append(("held", "Meetings that were held already are recorded one by one"))
    if not 2 <= form.how_many() <= MOST_MEETINGS:
        faults.append(("many", f"Enter how many meetings there are, between 2 and {MOST_MEETINGS}"))
    if faults or typed.starts_at is None:
        return [], faults or [("starts_at", "Enter when the first meeting begins")]
    try:
        starts = at_the_same_time(
            typed.starts_at, series(london_date(typed.starts_at), every, form.how_many())
        )
    except NoSuchTime as error:
        return [], [("starts_at", f"One of the meetings would begin at a time that does not exist. {error}")]
    return service.schedule_series(typed, starts, acting, g.now)


def _made(rows: list[LigMeeting]) -> str:
    """What was arranged, and which of it falls on a day that is no working day."""
    calendar = calendars().all()[0]
    days = [london_date(row.starts_at) for row in rows]
    off = [weekday_date(day) for day in days if not calendar.is_working(day)]
    said = "The meeting is arranged." if len(rows) == 1 else f"{len(rows)} meetings are arranged."
    return f"{said} No working day: {', '.join(off)}." if off else said


@meetings.get("/<uuid:meeting_id>")
@requires(Permission.MEETINGS_VIEW)
def one(meeting_id: UUID) -> ResponseReturnValue:
    """A meeting: when and where, its quorum, agenda and attendance."""
    row = the_meeting(meeting_id)
    items = queries.items_of(row.id, current_actor())
    ids = [item.id for item in items]
    agreement = queries.agreement_of(row.id)
    return page(
        "one", row, items=items, minutes=queries.minutes_of(ids), decisions=queries.decisions_of(ids),
        attendance=queries.attendance_of(row.id), struck_out=queries.struck_out(row.id),
        moves=queries.moves_of(row.id), quorum=presenting.standing_of(row, g.now), agreement=agreement,
        agreed_in=queries.meeting_of(agreement.at_meeting_id) if agreement else None,
        stands_for=presenting.stands_for, when_there=presenting.when_there, title_of=presenting.title_of,
        kind=presenting.KINDS[row.kind], day=presenting.day_of(row),
    )  # fmt: skip


@meetings.get("/<uuid:meeting_id>/calendar.ics")
@requires(Permission.MEETINGS_VIEW)
def calendar(meeting_id: UUID) -> ResponseReturnValue:
    """The meeting as a calendar file."""
    row = the_meeting(meeting_id)
    moves = queries.moves_of(row.id)
    changed = row.cancelled_at or (moves[0].moved_at if moves else row.scheduled_at)
    content = calendar_file(
        row, changed, group=group_name(), organiser=str(current_edition().settings.get("team_address", "")),
        address=url_for("meetings.one", meeting_id=row.id, _external=True),
    )  # fmt: skip
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="meeting-{london_date(row.starts_at)}.ics"'
    return answer


@meetings.route("/<uuid:meeting_id>/move", methods=["GET", "POST"])
@requires(MANAGE)
def move(meeting_id: UUID) -> ResponseReturnValue:
    """Move the meeting to another time or place."""
    row, form, problem = the_meeting(meeting_id), MoveForm(), None
    if (closed := not_now(row, _why(row, "moved"))) is not None:
        return closed
    fresh(form)
    if request.method == "GET":
        form.over.data = str(row.version)
        form.show(row)
    if form.is_submitted():
        by = acting_for(MANAGE)
        problem = step(
            form, lambda: service.move(row.id, form.typed(), by, g.now, version=form.seen()), in_words(form)
        )
        if problem is None:
            return done(row, "The meeting is moved, and everybody who sits on the group is told.")
        row = the_meeting(meeting_id)
        form.over.data = str(row.version) if problem.again else form.over.data
    return show("move", row, form, problem, invited=len({one.person_id for one in invited(g.now)}))


@meetings.route("/<uuid:meeting_id>/cancel", methods=["GET", "POST"])
@requires(MANAGE)
def cancel(meeting_id: UUID) -> ResponseReturnValue:
    """Cancel the meeting."""
    row, form, problem = the_meeting(meeting_id), CancelForm(), None
    if (closed := not_now(row, _why(row, "cancelled"))) is not None:
        return closed
    fresh(form)
    if request.method == "GET":
        form.over.data = str(row.version)
    if form.is_submitted():
        by = acting_for(MANAGE)
        problem = step(
            form,
            lambda: service.cancel(row.id, form.reason.cleaned, by, g.now, version=form.seen()),
            in_words(form),
        )
        if problem is None:
            return done(row, "The meeting is cancelled, and everybody who sits on the group is told.")
        row = the_meeting(meeting_id)
        form.over.data = str(row.version) if problem.again else form.over.data
    return show("cancel", row, form, problem)


@meetings.route("/<uuid:meeting_id>/open", methods=["GET", "POST"])
@requires(MANAGE)
def open_(meeting_id: UUID) -> ResponseReturnValue:
    """Open the meeting."""
    row, form, problem = the_meeting(meeting_id), OpenForm(), None
    if (closed := not_now(row, _why(row, "opened"))) is not None:
        return closed
    fresh(form)
    if request.method == "GET":
        show_moment(form.opened_at, now_on_the_day(row), row.starts_at)
    if form.is_submitted():
        by = acting_for(MANAGE)
        problem = step(
            form, lambda: service.open_meeting(row.id, form.opened_at.data, by, g.now), in_words(form)
        )
        if problem is None:
            return done(row, "The meeting is open.")
        row = the_meeting(meeting_id)
    return show("open", row, form, problem)


@meetings.route("/<uuid:meeting_id>/close", methods=["GET", "POST"])
@requires(MANAGE)
def close(meeting_id: UUID) -> ResponseReturnValue:
    """Close the meeting."""
    row, form, problem = the_meeting(meeting_id), CloseForm(), None
    reason = (
        None
        if row.state == OPEN
        else OutOfTurn("This meeting is not open", "Only an open meeting is closed.")
    )
    if (closed := not_now(row, reason)) is not None:
        return closed
    fresh(form)
    if request.method == "GET":
        show_moment(form.closed_at, now_on_the_day(row), row.starts_at)
    if form.is_submitted():
        by = acting_for(MANAGE)
        problem = step(
            form, lambda: service.close_meeting(row.id, form.closed_at.data, by, g.now), in_words(form)
        )
        if problem is None:
            return done(row, "The meeting is closed. Minutes and decisions can still be recorded.")
        row = the_meeting(meeting_id)
    return show("close", row, form, problem, still=_still_there(row))


def _still_there(row: LigMeeting) -> list[str]:
    return [one.name for one in queries.attendance_of(row.id) if one.came_at and one.left_at is None]


def now_on_the_day(row: LigMeeting) -> datetime | None:
    """This moment, on the day of the meeting; on another day nothing is proposed."""
    now: datetime = g.now
    return now if london_date(now) == london_date(row.starts_at) else None


def _why(row: LigMeeting, what: str) -> OutOfTurn | None:
    try:
        service.only_planned(row, what)
    except OutOfTurn as reason:
        return reason
    return None
