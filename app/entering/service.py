"""Entering a case that was already under way: every step it has taken is told with its own past day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.access.actor import SYSTEM, Acting
from app.cases.service import (
    Began,
    Case,
    ChildFacts,
    Opening,
    Where,
    decided,
    mark_to_be_notified,
    open_cases,
)
from app.entering.desk import Desk
from app.entering.looking import Looked
from app.entering.models import EnteredCase
from app.entering.rows import SAID_BEFORE, decision_of, keep_rows
from app.entering.under_way import own_key
from app.ledger.service import record
from app.procedure.clocks import day_only
from app.procedure.difference_duties import unresolved
from app.procedure.entered_events import history_of, would_be
from app.procedure.entering import CHAIR, OUTSIDE, Child, UnderWay
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind
from app.procedure.obligation import Obligation
from app.procedure.obligations import obligations
from app.procedure.positions import ANSWERS
from app.serious_incidents.entered import in_words
from app.serious_incidents.words import party_name
from tenants.db import db

K = EventKind
RECKONED = (K.RESPONSE_DEEMED, K.SILENCE_NOT_DEEMED)


@dataclass(frozen=True, slots=True)
class Entered:
    """A case that was entered, and what it owes or owed."""

    case: Case
    own_reference: str
    owed: list[Obligation]


@dataclass(frozen=True, slots=True)
class From:
    """From which form, or from which spreadsheet, a case is entered."""

    submission_key: UUID | None = None
    import_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ToEnter:
    """A case that was looked at and is sound, with the row that told it."""

    case: UnderWay
    row: Mapping[str, Any]


def enter_cases(
    wanted: Sequence[ToEnter], acting: Acting, now: datetime, at: Desk, source: From
) -> list[Entered]:
    """Enter cases at their stages; the caller commits."""
    opened = open_cases([_opening(one.case, at) for one in wanted], now)
    return [_enter(case, one, acting, now, at, source) for case, one in zip(opened, wanted, strict=True)]


def _opening(under_way: UnderWay, at: Desk) -> Opening:
    assert under_way.referred_on is not None
    began = Began(day_only(under_way.referred_on), at.edition_on(under_way.referred_on).number)
    return Opening(
        title=under_way.title, source="entered", agency_id=at.agencies[under_way.agency].id,
        children=children_facts(under_way.children), where=where_of(under_way), began=began,
    )  # fmt: skip


def _enter(case: Case, wanted: ToEnter, acting: Acting, now: datetime, at: Desk, source: From) -> Entered:
    under_way, row = wanted.case, wanted.row
    key = own_key(under_way.own_reference)
    same = select(func.count()).select_from(EnteredCase).where(EnteredCase.own_key == key)
    counting = at.counting(under_way.referred_on)
    db.session.add(
        EnteredCase(case_id=case.id, own_reference=under_way.own_reference, own_key=key,
                    apart=(db.session.scalar(same) or 0) if key else 0,
                    row=dict(row), entered_at=now, entered_by=acting.name, import_id=source.import_id,
                    submission_key=source.submission_key)
    )  # fmt: skip
    events = would_be(under_way, now, counting)
    for event in events:
        # What the end of a clock made of a silence is Waymark's reckoning, and nobody's word.
        _tell(case, event, _payload(event, under_way, row), SYSTEM if event.kind in RECKONED else acting)
    told = history_of(events, counting)
    keep_rows(case.id, under_way, told, acting, now)
    if under_way.decision.outcome:
        decided(case, under_way.decision.outcome)
    if under_way.to_notify_on is not None:
        mark_to_be_notified(case)
    case.escalated = under_way.maker == CHAIR or under_way.chair_meeting.on is not None or unresolved(told)
    return Entered(case, under_way.own_reference, obligations(events, counting.calendars, counting.settings))


def enter_from_form(looked: Looked, acting: Acting, now: datetime, at: Desk, key: UUID) -> Entered:
    """Enter the one case of a form, which was looked at and is sound; the caller commits."""
    return enter_cases([ToEnter(looked.case, looked.raw)], acting, now, at, From(submission_key=key))[0]


def entered_by_form(key: UUID) -> Case | None:
    """The case that this very form has entered before, or None."""
    query = select(Case).join(EnteredCase, EnteredCase.case_id == Case.id)
    return db.session.scalar(query.where(EnteredCase.submission_key == key))


def children_facts(children: tuple[Child, ...]) -> list[ChildFacts]:
    """The children as a case keeps them; one who is not named stands for those of whom nothing is known."""
    return [
        ChildFacts("subject", child.name or None, child.born_on, "known" if child.born_on else "unknown")
        for child in children or (Child(),)
    ]


def where_of(under_way: UnderWay) -> Where:
    """The day and the areas of the incident as the case keeps them."""
    incident = under_way.areas.incident
    return Where(under_way.incident_on, None if incident == OUTSIDE else incident, under_way.areas.home)


def _tell(case: Case, event: Event, payload: dict[str, Any], acting: Acting) -> None:
    record(
        event.kind, case_id=case.id, acting=acting, happened_at=event.happened_at, now=event.recorded_at,
        stage=event.stage, party=event.party, outcome=event.outcome, facts=dict(event.facts), payload=payload,
    )  # fmt: skip


def _payload(event: Event, case: UnderWay, row: Mapping[str, Any]) -> dict[str, Any]:
    """What an event says, beside its envelope."""
    if event.kind is K.CASE_ENTERED:
        return {"row": dict(row)}
    if event.kind is K.REFERRAL_SUBMITTED:
        told = [["What happened", case.summary]]
        day = case.incident_on.isoformat() if case.incident_on else None
        return {"record": [["Entered from the partnership's own records", told]],
                "answers": {"incident": {"happened_on": day, "narrative": case.summary}}}  # fmt: skip
    if event.kind is K.DECISION_RECORDED:
        return {**in_words(decision_of(case)), "by_then": case.decision.by}
    if event.kind is K.INITIAL_VIEW_GIVEN and event.party is not None:
        return {"by_then": case.views[event.party].by, "rationale": SAID_BEFORE}
    if event.party in SAFEGUARDING_PARTNERS and event.kind in (*ANSWERS, K.POSITION_TAKEN):
        return {"answered_by": case.response(event.party).by, "in_capacity": party_name(event.party)}
    said = {
        K.NOTIFIED_AGAINST_DECISION: {"words": case.override_reason, "by_then": case.override.by},
        K.OUTCOME_CHOSEN: {"words": case.afterwards_reason, "by_then": case.afterwards.by},
        K.SHORT_MEETING_HELD: {"notes": case.short_meeting.notes},
        K.EXCEPTIONAL_MEETING_HELD: {"notes": case.chair_meeting.notes},
        K.NOTIFICATION_SENT: {"panel_reference": case.panel_reference, "submitted_by": case.notified_by},
    }
    return said.get(event.kind, {})
