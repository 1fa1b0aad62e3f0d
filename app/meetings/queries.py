"""Reading the group's meetings. What is about a case is given only to those who may see that case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from app.access.actor import Actor
from app.cases.models import Case
from app.cases.queries import visible
from app.meetings.models import (
    CANCELLED,
    HELD,
    OPEN,
    PLANNED,
    LigAgreement,
    LigAttendance,
    LigDecision,
    LigItem,
    LigMeeting,
    LigMeetingMove,
    LigMinutes,
    LigStandingItems,
)
from app.procedure.quorum import Presence, Quorum, Spell, quorum, spells
from app.web.paging import Key, older_than
from tenants.db import db

PAGE = 25
Row = TypeVar("Row", LigMinutes, LigDecision)
# What a partnership begins with until it writes its own; the third is Appendix A, step 17.
DEFAULTS = (
    "Welcome, apologies and conflicts of interest",
    "Minutes of the last meeting",
    "Reviews under way, against their timescales",
    "Recommendations and actions",
    "Any other business",
)


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as somebody sees it: `number` counts the items that they see. `reference` and `case_title` are of its
    case, where it is about one."""

    row: LigItem
    number: int
    reference: str | None = None
    case_title: str = ""

    @property
    def id(self) -> UUID:
        """The item's identifier."""
        return self.row.id

    @property
    def case_id(self) -> UUID | None:
        """The case that it is about."""
        return self.row.case_id

    @property
    def title(self) -> str:
        """What it is called on the agenda."""
        return self.row.title


def meeting_of(meeting_id: UUID, *, lock: bool = False) -> LigMeeting | None:
    """A meeting, or None; locked until the transaction ends where asked."""
    query = select(LigMeeting).where(LigMeeting.id == meeting_id)
    if lock:
        query = query.with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def made_by(key: UUID) -> LigMeeting | None:
    """The meeting that a form has arranged already."""
    return db.session.scalar(select(LigMeeting).where(LigMeeting.submission_key == key))


def coming(now: datetime, most: int = 50) -> list[LigMeeting]:
    """The meetings that are open, or planned and not yet over, the next first; none that was cancelled."""
    query = select(LigMeeting).where(LigMeeting.state.in_((PLANNED, OPEN)), _not_over(now))
    return list(db.session.scalars(query.order_by(LigMeeting.starts_at, LigMeeting.id).limit(most)))


def page_of_coming(now: datetime, after: Key | None, most: int = PAGE) -> list[LigMeeting]:
    """A page of what is to come, the next first and those that were cancelled among them, by key."""
    query = select(LigMeeting).where(_not_over(now), LigMeeting.state != HELD)
    if after is not None:
        query = query.where(
            or_(
                LigMeeting.starts_at > after[0],
                and_(LigMeeting.starts_at == after[0], LigMeeting.id > after[1]),
            )
        )
    return list(db.session.scalars(query.order_by(LigMeeting.starts_at, LigMeeting.id).limit(most)))


def page_of_past(now: datetime, before: Key | None, most: int = PAGE) -> list[LigMeeting]:
    """A page of what is over, the latest first, by key."""
    query = select(LigMeeting).where(or_(LigMeeting.state == HELD, ~_not_over(now)))
    if before is not None:
        query = query.where(older_than(before, LigMeeting.starts_at, LigMeeting.id))
    return list(
        db.session.scalars(query.order_by(LigMeeting.starts_at.desc(), LigMeeting.id.desc()).limit(most))
    )


def _not_over(now: datetime) -> ColumnElement[bool]:
    ends = LigMeeting.starts_at + func.make_interval(0, 0, 0, 0, 0, LigMeeting.minutes_long)
    return or_(LigMeeting.state == OPEN, ends > now)


def meetings_about(case_id: UUID) -> list[LigMeeting]:
    """The meetings with a case on their agenda, by when they begin; none that was cancelled."""
    query = (
        select(LigMeeting)
        .join(LigItem, LigItem.meeting_id == LigMeeting.id)
        .where(LigItem.case_id == case_id, LigItem.removed_at.is_(None), LigMeeting.state != CANCELLED)
        .order_by(LigMeeting.starts_at, LigMeeting.id)
    )
    return list(db.session.scalars(query))


def at_the_same_moment(starts_at: datetime, but: UUID | None = None) -> LigMeeting | None:
    """A meeting that begins at that very moment and was not cancelled."""
    query = select(LigMeeting).where(
        LigMeeting.starts_at == starts_at,
        LigMeeting.state != CANCELLED,
        LigMeeting.id != but if but else true(),
    )
    return db.session.scalar(query.limit(1))


def later_meetings(row: LigMeeting, most: int = 12) -> list[LigMeeting]:
    """The meetings after this one that were opened, at which its minutes may have been agreed, the next first."""
    query = select(LigMeeting).where(
        LigMeeting.starts_at > row.starts_at, LigMeeting.state.in_((OPEN, HELD)), LigMeeting.id != row.id
    )
    return list(db.session.scalars(query.order_by(LigMeeting.starts_at, LigMeeting.id).limit(most)))


def moves_of(meeting_id: UUID) -> list[LigMeetingMove]:
    """Where and when the meeting was to be before each move, the latest move first."""
    query = select(LigMeetingMove).where(LigMeetingMove.meeting_id == meeting_id)
    return list(db.session.scalars(query.order_by(LigMeetingMove.number.desc())))


def standing_items() -> LigStandingItems | None:
    """The standing items as they are now; None while a partnership has written none of its own."""
    query = select(LigStandingItems).order_by(LigStandingItems.number.desc()).limit(1)
    return db.session.scalar(query.execution_options(populate_existing=True))


def standing_titles() -> list[str]:
    """What each new standing meeting begins with."""
    own = standing_items()
    return list(DEFAULTS) if own is None else list(own.items)


def items_of(meeting_id: UUID, actor: Actor) -> list[ItemView]:
    """The agenda as somebody sees it, numbered from one: about cases only what is about those they may see."""
    query = (
        select(LigItem, Case.reference, Case.title)
        .outerjoin(Case, Case.id == LigItem.case_id)
        .where(LigItem.meeting_id == meeting_id, LigItem.removed_at.is_(None), _may_see(actor))
        .order_by(LigItem.place, LigItem.id)
    )
    rows = db.session.execute(query.execution_options(populate_existing=True))
    return [
        ItemView(row, place, reference, title or "") for place, (row, reference, title) in enumerate(rows, 1)
    ]


def item_of(meeting_id: UUID, item_id: UUID, actor: Actor) -> ItemView | None:
    """One item of a meeting as somebody sees it, or None: absent and forbidden look alike."""
    return next((one for one in items_of(meeting_id, actor) if one.id == item_id), None)


def _may_see(actor: Actor) -> ColumnElement[bool]:
    return or_(LigItem.case_id.is_(None), visible(actor))


def all_items(meeting_id: UUID) -> list[LigItem]:
    """Every item of a meeting in order, whoever may see it: for rules, never for a page."""
    query = select(LigItem).where(LigItem.meeting_id == meeting_id, LigItem.removed_at.is_(None))
    return list(db.session.scalars(query.order_by(LigItem.place, LigItem.id)))


def cases_of(meeting_id: UUID) -> tuple[UUID, ...]:
    """The cases on the agenda of a meeting, whoever may see them: for listeners, never for a page."""
    return tuple(row.case_id for row in all_items(meeting_id) if row.case_id is not None)


def attendance_of(meeting_id: UUID) -> list[LigAttendance]:
    """Who came to a meeting and who sent apologies, in the order in which they came; nothing that was struck out."""
    query = (
        select(LigAttendance)
        .where(LigAttendance.meeting_id == meeting_id, LigAttendance.removed_at.is_(None))
        .order_by(LigAttendance.apologies, LigAttendance.came_at, LigAttendance.name, LigAttendance.id)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def struck_out(meeting_id: UUID) -> list[LigAttendance]:
    """The attendances that were recorded wrongly, the latest first."""
    query = select(LigAttendance).where(
        LigAttendance.meeting_id == meeting_id, LigAttendance.removed_at.is_not(None)
    )
    return list(db.session.scalars(query.order_by(LigAttendance.removed_at.desc(), LigAttendance.id)))


def presences_of(meeting_id: UUID) -> list[Presence]:
    """When everybody was there."""
    found = [one.presence for one in attendance_of(meeting_id)]
    return [one for one in found if one is not None]


def quorum_at(meeting_id: UUID, moment: datetime) -> Quorum:
    """Whether the meeting was quorate at a moment (B2-07)."""
    return quorum(presences_of(meeting_id), moment)


def quorum_course(row: LigMeeting, now: datetime) -> list[Spell]:
    """The meeting, from its opening until its end (or now), cut into the times of each quorum; none before it opens."""
    if row.opened_at is None:
        return []
    # Whoever came at this very moment counts: the course of an open meeting ends just after it.
    ends = row.closed_at or max(now, row.opened_at) + timedelta(microseconds=1)
    return spells(presences_of(row.id), row.opened_at, ends)


def minutes_of(item_ids: Sequence[UUID]) -> dict[UUID, list[LigMinutes]]:
    """The versions of the minutes of each item, the newest first."""
    query = select(LigMinutes).where(LigMinutes.item_id.in_(item_ids)).order_by(LigMinutes.number.desc())
    return _by_item(db.session.scalars(query))


def decisions_of(item_ids: Sequence[UUID]) -> dict[UUID, list[LigDecision]]:
    """The decisions on each item in order, those that were replaced among them."""
    query = select(LigDecision).where(LigDecision.item_id.in_(item_ids)).order_by(LigDecision.number)
    return _by_item(db.session.scalars(query))


def _by_item(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def agreement_of(meeting_id: UUID) -> LigAgreement | None:
    """That the minutes of a meeting were agreed, or None."""
    return db.session.scalar(select(LigAgreement).where(LigAgreement.meeting_id == meeting_id))


def agreed_at(meeting_id: UUID) -> list[LigAgreement]:
    """The minutes that were agreed at a meeting."""
    return list(db.session.scalars(select(LigAgreement).where(LigAgreement.at_meeting_id == meeting_id)))


def last_recorded(row: LigMeeting) -> datetime | None:
    """The latest moment of a meeting that something is recorded at: a decision, somebody who came or left."""
    moments = [moment for one in presences_of(row.id) for moment in (one.came_at, one.left_at) if moment]
    decided = select(func.max(LigDecision.decided_at)).join(LigItem, LigItem.id == LigDecision.item_id)
    latest = db.session.scalar(decided.where(LigItem.meeting_id == row.id))
    return max([*moments, *([latest] if latest else [])], default=None)
