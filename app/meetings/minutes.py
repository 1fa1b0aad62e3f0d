"""What was minuted and decided at a meeting of the group, item by item, and the agreeing of minutes. The caller
commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting, Actor
from app.ledger.service import record
from app.meetings.agenda import find
from app.meetings.errors import NoSuchMeeting
from app.meetings.models import (
    CANCELLED,
    HELD,
    LigAgreement,
    LigDecision,
    LigItem,
    LigMeeting,
    LigMinutes,
)
from app.meetings.presenting import nobody_for
from app.meetings.queries import agreement_of, decisions_of, meeting_of, minutes_of, quorum_at
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from app.procedure.lig_meetings import Faults, deciding_faults
from app.serious_incidents.errors import ChangedMeanwhile, OutOfTurn
from app.web.filters import clock_time, long_date
from tenants.db import db


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision as it was typed. One that puts an earlier one right names its number, and why."""

    words: str
    decided_at: datetime | None
    key: UUID
    replaces: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """At which later meeting the minutes were agreed, when, and what was said about them."""

    at_meeting: UUID | None
    agreed_at: datetime | None
    note: str
    key: UUID


def not_to_minute(row: LigMeeting) -> OutOfTurn | None:
    """Why nothing can be minuted or decided, or None where it can."""
    if row.state == CANCELLED:
        return OutOfTurn("This meeting was cancelled", "Nothing is minuted of it.")
    if row.opened_at is None:
        return OutOfTurn(
            "This meeting has not been opened", "Minutes and decisions are recorded once it has."
        )
    agreed = agreement_of(row.id)
    if agreed is not None:
        on = long_date(london_date(agreed.agreed_at))
        return OutOfTurn(
            "These minutes were agreed",
            f"That was on {on}, and they do not change any more. Minute a correction at a later meeting.",
        )
    return None


def write(
    meeting_id: UUID, item_id: UUID, words: str, *, over: int, key: UUID, actor: Actor, acting: Acting, now: datetime
) -> Faults:  # fmt: skip
    """Write the next version of an item's minutes. Returns what is wrong, with nothing changed; the same form sent
    twice writes once. Raises ChangedMeanwhile where version `over` is not the newest (two minute at once), so that
    both texts can be shown; NoSuchMeeting, OutOfTurn."""
    _row, item = _load(meeting_id, item_id, actor)
    before = minutes_of([item.id]).get(item.id, [])
    if any(one.submission_key == key for one in before) or (before and before[0].words == words.strip()):
        return []
    if (before[0].number if before else 0) != over:
        raise ChangedMeanwhile
    if not words.strip():
        return [("words", "Write what is minuted")]
    db.session.add(
        LigMinutes(item_id=item.id, number=over + 1, words=words.strip(), written_by=acting.name,
                   written_capacity=acting.capacity, written_at=now, submission_key=key)
    )  # fmt: skip
    db.session.flush()
    _tell_ledger(
        EventKind.LIG_MINUTES_WRITTEN, item, acting, now, now, {"number": over + 1}, words=words.strip()
    )
    return []


def decide(
    meeting_id: UUID, item_id: UUID, typed: NewDecision, actor: Actor, acting: Acting, now: datetime
) -> Faults:
    """Record what was decided on an item, which needs a quorum at the time when it was decided (Rapid Reviews).
    Returns what is wrong, with nothing changed; the same form sent twice records once. Raises NoSuchMeeting,
    OutOfTurn."""
    row, item = _load(meeting_id, item_id, actor)
    before = decisions_of([item.id]).get(item.id, [])
    if any(one.submission_key == typed.key for one in before):
        return []
    faults = [] if typed.words.strip() else [("words", "Write what was decided")]
    faults += deciding_faults(typed.decided_at, row.sitting, now) or quorum_faults(row, typed.decided_at)
    faults += _replacing_faults(typed, before)
    if faults or typed.decided_at is None:
        return faults
    number = len(before) + 1
    db.session.add(
        LigDecision(item_id=item.id, number=number, words=typed.words.strip(), decided_at=typed.decided_at,
                    replaces=typed.replaces, reason=typed.reason.strip() if typed.replaces else "",
                    recorded_by=acting.name, recorded_capacity=acting.capacity, recorded_at=now,
                    submission_key=typed.key)
    )  # fmt: skip
    db.session.flush()
    facts = {"number": number, "replaces": typed.replaces}
    _tell_ledger(EventKind.LIG_DECISION_RECORDED, item, acting, typed.decided_at, now, facts,
                 words=typed.words.strip(), reason=typed.reason.strip())  # fmt: skip
    return []


def quorum_faults(row: LigMeeting, moment: datetime | None, field: str = "decided_at") -> Faults:
    """Why nothing could be decided at a moment: the meeting was not quorate then."""
    if moment is None:
        return []
    stood = quorum_at(row.id, moment)
    if stood.quorate:
        return []
    return [(field, f"The meeting was not quorate at {clock_time(moment)}: {nobody_for(stood.missing)}")]


def _replacing_faults(typed: NewDecision, before: list[LigDecision]) -> Faults:
    if typed.replaces is None:
        return []
    if typed.replaces not in {one.number for one in before}:
        return [("reason", "There is no such decision to be put right")]
    if any(one.replaces == typed.replaces for one in before):
        return [("reason", "That decision was put right already. Put right the one that stands now")]
    return [] if typed.reason.strip() else [("reason", "Say why the decision is put right")]


def agree(meeting_id: UUID, typed: Agreed, acting: Acting, now: datetime) -> Faults:
    """Record that the minutes of a meeting were agreed at a later one, which was quorate then. Returns what is wrong,
    with nothing changed; the same form sent twice records once. Raises NoSuchMeeting, OutOfTurn."""
    row = _meeting(meeting_id)
    known = agreement_of(row.id)
    if known is not None and known.submission_key == typed.key:
        return []
    if known is not None:
        raise OutOfTurn("These minutes were agreed already", "They do not change any more.")
    if row.state != HELD:
        raise OutOfTurn("This meeting has not ended", "Its minutes are agreed at a later meeting.")
    later = meeting_of(typed.at_meeting) if typed.at_meeting else None
    if later is None or later.opened_at is None or later.starts_at <= row.starts_at:
        return [("at_meeting", "Select the later meeting at which they were agreed")]
    faults = deciding_faults(typed.agreed_at, later.sitting, now) or quorum_faults(later, typed.agreed_at)
    if faults or typed.agreed_at is None:
        return [("agreed_at", message) for _field, message in faults]
    db.session.add(
        LigAgreement(meeting_id=row.id, at_meeting_id=later.id, agreed_at=typed.agreed_at, note=typed.note.strip(),
                     recorded_by=acting.name, recorded_capacity=acting.capacity, recorded_at=now,
                     submission_key=typed.key)
    )  # fmt: skip
    db.session.flush()
    record(EventKind.LIG_MINUTES_AGREED, case_id=None, acting=acting, happened_at=typed.agreed_at, now=now,
           facts={"meeting": str(row.id), "at": str(later.id)}, payload={"note": typed.note.strip()})  # fmt: skip
    return []


def not_to_agree(row: LigMeeting) -> OutOfTurn | None:
    """Why the minutes cannot be agreed now, or None where they can."""
    if agreement_of(row.id) is not None:
        return OutOfTurn("These minutes were agreed already", "They do not change any more.")
    if row.state != HELD:
        return OutOfTurn("This meeting has not ended", "Its minutes are agreed at a later meeting.")
    if not db.session.scalar(
        select(LigMeeting.id)
        .where(LigMeeting.starts_at > row.starts_at, LigMeeting.opened_at.is_not(None))
        .limit(1)
    ):
        return OutOfTurn("No later meeting has been opened yet", "Minutes are agreed at a later meeting.")
    return None


def _meeting(meeting_id: UUID) -> LigMeeting:
    row = meeting_of(meeting_id, lock=True)
    if row is None:
        raise NoSuchMeeting(str(meeting_id))
    return row


def _load(meeting_id: UUID, item_id: UUID, actor: Actor) -> tuple[LigMeeting, LigItem]:
    """The item, and its meeting, locked after the case that it is about. Raises NoSuchMeeting, OutOfTurn."""
    item = find(meeting_id, item_id, actor)
    row = _meeting(meeting_id)
    reason = not_to_minute(row)
    if reason is not None:
        raise reason
    return row, item


def _tell_ledger(
    kind: EventKind, item: LigItem, acting: Acting, at: datetime, now: datetime, facts: dict[str, Any], **words: str
) -> None:  # fmt: skip
    """In the history of its case where it is about one, so that its words are where that case's words are."""
    record(
        kind, case_id=item.case_id, acting=acting, happened_at=at, now=now,
        facts={"meeting": str(item.meeting_id), "item": str(item.id), **facts}, payload=dict(words),
    )  # fmt: skip
