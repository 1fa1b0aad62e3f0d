"""Who came to a meeting, who left, and who sent apologies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import g, request
from flask.typing import ResponseReturnValue

from app.access.current import acting_for
from app.access.guard import refuse, requires
from app.meetings import attendance, presenting, queries
from app.meetings.forms import show_moment
from app.meetings.forms_sitting import (
    AttendanceForm,
    ReasonForm,
    RegisterForm,
    TimesForm,
)
from app.meetings.models import CANCELLED, LigAttendance, LigMeeting
from app.meetings.pages import done, not_now, show, step, the_meeting
from app.meetings.routes import MANAGE, meetings, now_on_the_day
from app.meetings.words import in_words
from app.procedure.events import SAFEGUARDING_PARTNERS
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.pages import form_key, fresh


@meetings.route("/<uuid:meeting_id>/register", methods=["GET", "POST"])
@requires(MANAGE)
def register(meeting_id: UUID) -> ResponseReturnValue:
    """Record several who came at one time."""
    row, form, problem = the_meeting(meeting_id), RegisterForm(), None
    if (closed := not_now(row, _nobody_came(row))) is not None:
        return closed
    key = form_key(form)
    sent, recorded = form.is_submitted(), {one.person_id for one in queries.attendance_of(row.id)}
    form.offer([one for one in attendance.sitting(g.today) if sent or one.person_id not in recorded])
    if not sent:
        show_moment(form.came_at, _came(row), row.starts_at)
    else:
        by = acting_for(MANAGE)
        problem = step(
            form, lambda: attendance.attend_all(row.id, form.chosen(key), by, g.now), in_words(form)
        )
        if problem is None:
            return done(row, f"Recorded: {len(form.chosen(key))}. {_quorum_now(row)}".strip())
    return show("register", row, form, problem)


@meetings.route("/<uuid:meeting_id>/attendance", methods=["GET", "POST"])
@requires(MANAGE)
def attend(meeting_id: UUID) -> ResponseReturnValue:
    """Record that somebody came, or sent apologies."""
    row, form, problem = the_meeting(meeting_id), AttendanceForm(), None
    if (closed := not_now(row, _nobody_came(row))) is not None:
        return closed
    key = form_key(form)
    partners = {party.value: _first_upper(presenting.partner_name(party)) for party in SAFEGUARDING_PARTNERS}
    form.offer(attendance.members(g.today), partners)
    if request.method == "GET":
        form.there.data, form.party.data = "came", "own"
        show_moment(form.came_at, _came(row), row.starts_at)
    if form.is_submitted():
        by = acting_for(MANAGE)
        problem = step(form, lambda: attendance.attend(row.id, form.typed(key), by, g.now), in_words(form))
        if problem is None:
            return done(row, f"{form.typed(key).name}: recorded. {_quorum_now(row)}".strip())
    return show("attend", row, form, problem)


def _nobody_came(row: LigMeeting) -> OutOfTurn | None:
    return OutOfTurn("This meeting was cancelled", "Nobody came to it.") if row.state == CANCELLED else None


def _first_upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _came(row: LigMeeting) -> datetime | None:
    """When somebody who is recorded now probably came: with the opening, or now where the meeting is under way."""
    return row.opened_at if row.closed_at else now_on_the_day(row)


def _quorum_now(row: LigMeeting) -> str:
    standing = presenting.standing_of(the_meeting(row.id), g.now)
    return f"{standing.sentence}." if standing else ""


@meetings.route("/<uuid:meeting_id>/attendance/<uuid:attendance_id>", methods=["GET", "POST"])
@requires(MANAGE)
def times(meeting_id: UUID, attendance_id: UUID) -> ResponseReturnValue:
    """Record that somebody left, or put right when they came or left."""
    row, form, problem = the_meeting(meeting_id), TimesForm(), None
    one = _attended(row, attendance_id)
    fixed = (
        OutOfTurn("They sent apologies", "Strike that out, then record that they came.")
        if one.apologies
        else None
    )
    if (closed := not_now(row, fixed or _nobody_came(row))) is not None:
        return closed
    fresh(form)
    if request.method == "GET":
        form.over.data = str(one.version)
        show_moment(form.came_at, one.came_at)
        if one.left_at is not None or row.closed_at is None:
            show_moment(form.left_at, one.left_at or now_on_the_day(row))
    if form.is_submitted():
        by = acting_for(MANAGE)
        problem = step(form, lambda: attendance.change_times(
            row.id, one.id, form.came_at.data, form.left_at.data, version=form.seen(), acting=by, now=g.now,
        ), in_words(form))  # fmt: skip
        if problem is None:
            return done(row, f"{one.name}: recorded. {_quorum_now(row)}".strip())
        one = _attended(row, attendance_id)
        form.over.data = str(one.version) if problem.again else form.over.data
    return show("times", row, form, problem, one=one, when=presenting.when_there(one))


@meetings.route("/<uuid:meeting_id>/attendance/<uuid:attendance_id>/strike-out", methods=["GET", "POST"])
@requires(MANAGE)
def strike_out(meeting_id: UUID, attendance_id: UUID) -> ResponseReturnValue:
    """Strike out an attendance that was recorded wrongly."""
    row, form, problem = the_meeting(meeting_id), ReasonForm(), None
    one = _attended(row, attendance_id)
    fresh(form)
    if form.is_submitted():
        by = acting_for(MANAGE)
        problem = step(form, lambda: attendance.strike_out(row.id, one.id, form.reason.cleaned, by, g.now),
                       in_words(form))  # fmt: skip
        if problem is None:
            return done(row, f"{one.name} is struck out. {_quorum_now(row)}".strip())
    return show("strike_out", row, form, problem, one=one, when=presenting.when_there(one))


def _attended(row: LigMeeting, attendance_id: UUID) -> LigAttendance:
    return attendance.attendance_one(row.id, attendance_id) or refuse()
