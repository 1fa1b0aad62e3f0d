"""The rows that stand for what was done before a case was entered in Waymark; the caller records the events.

Nothing is invented: what Waymark would have asked and nobody knows now stands as not known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.access.actor import Acting
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party
from app.procedure.history import History
from app.procedure.positions import position
from app.serious_incidents import words
from app.serious_incidents.answers import NOT_KNOWN
from app.serious_incidents.models import (
    DecisionEntry,
    DecisionStep,
    InitialView,
    NotificationDecision,
    PartnerMeeting,
    PartnerPosition,
    SeriousIncidentNotification,
)
from tenants.db import db

BEFORE = "Before the case was entered in Waymark"
NOT_RECORDED = "Not recorded before the case was entered"
LATE = "Sent before the case was entered in Waymark"
SILENT = "No response before the clock ended"
ANSWERS = {
    EventKind.RESPONSE_GIVEN: "before",
    EventKind.RESPONSE_LATE: "before",
    EventKind.POSITION_TAKEN: "meeting",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What is known of a decision that was made before. None and empty are not known."""

    outcome: str
    rationale: str
    by: str
    maker: str
    scrutineer: bool | None
    abuse: str | None
    limb_a: bool | None
    limb_b: bool | None
    harm: str


@dataclass(frozen=True, slots=True)
class SentBefore:
    """A notification that was sent before, or elsewhere. `late` says that it was after the statutory clock."""

    reference: str
    by: str
    late: bool = False
    missed_reason: str = ""
    missed_reported_to: str = ""
    channel: str = "other"


def keep_step(case_id: UUID, step: str, acting: Acting, at: datetime, party: Party | None = None) -> None:
    """A step that was taken before."""
    db.session.add(
        DecisionStep(case_id=case_id, step=step, party=party.value if party else "", done_at=at,
                     person_id=acting.person_id, person_name=acting.name, capacity=acting.capacity, detail=BEFORE,
                     submission_key=uuid4())
    )  # fmt: skip


def keep_view(case_id: UUID, party: Party, outcome: str, rationale: str, by: str, at: datetime) -> None:
    """An initial view that was given before, by somebody who may never have used Waymark."""
    db.session.add(
        InitialView(case_id=case_id, party=party.value, outcome=outcome, rationale=rationale, person_id=None,
                    person_name=by, capacity=words.party_name(party), given_at=at, submission_key=uuid4())
    )  # fmt: skip


def keep_positions(
    case_id: UUID, told: History, by: dict[Party, str], acting: Acting, now: datetime, rationale: str
) -> None:
    """The partners' answers, silences and positions taken, each marked as the history judges it: in force, replaced,
    or late (clocks 8)."""
    for party in SAFEGUARDING_PARTNERS:
        held = position(told, party)
        for event in told.events:
            if event.party is not party:
                continue
            in_force = held is not None and event.happened_at == held.happened_at
            late = event.kind is EventKind.RESPONSE_LATE and not in_force
            if event.kind in ANSWERS:
                row = _answered(event, by.get(party, ""), acting, rationale)
            elif event.kind is EventKind.RESPONSE_DEEMED:
                row = {"kind": "deemed", "person_name": "", "capacity": SILENT}
            else:
                continue
            db.session.add(
                PartnerPosition(**row, case_id=case_id, party=party.value, outcome=event.outcome,
                                happened_at=event.happened_at, recorded_at=now, late=late,
                                replaced_at=None if in_force or late else now)
            )  # fmt: skip


def _answered(event: Event, by: str, acting: Acting, rationale: str) -> dict[str, Any]:
    assert event.party is not None
    return {
        "kind": "given", "rationale": rationale, "person_name": by, "capacity": words.party_name(event.party),
        "source": ANSWERS[event.kind], "recorded_by_name": words.by(acting.name, acting.capacity),
        "submission_key": uuid4(),
    }  # fmt: skip


def keep_meeting(
    case_id: UUID, kind: str, notes: str, scrutineer: bool | None, acting: Acting, at: datetime, now: datetime
) -> None:
    """A meeting that was held before; who came is not known."""
    db.session.add(
        PartnerMeeting(
            case_id=case_id, kind=kind, how=BEFORE, arranged_for=at, arranged_at=at, arranged_by=acting.name,
            arranged_capacity=acting.capacity, held_at=at, recorded_at=now, notes=notes or NOT_RECORDED,
            recorded_by=acting.name, recorded_capacity=acting.capacity, attendance=[],
            scrutineer_present=scrutineer, arranging_key=uuid4(), recording_key=uuid4(),
        )
    )  # fmt: skip


def keep_entry(
    case_id: UUID, kind: str, about: int, outcome: str, reason: str, by: str, at: datetime, now: datetime
) -> None:
    """What was recorded beside a decision before."""
    db.session.add(
        DecisionEntry(case_id=case_id, kind=kind, about=about, outcome=outcome, party="", words=reason, details={},
                      happened_at=at, recorded_at=now, person_id=None, person_name=by, capacity=BEFORE,
                      submission_key=uuid4())
    )  # fmt: skip


def positions_before(told: History, at: datetime, by: dict[Party, str]) -> list[dict[str, Any]]:
    """The three positions on which a decision of that instant rests."""
    before = told.until(at)
    found = []
    for party in SAFEGUARDING_PARTNERS:
        held = position(before, party)
        deemed = held is not None and held.kind != "given"
        kind = "none" if held is None else ("deemed" if deemed else "given")
        capacity = SILENT if deemed else ("Did not give a view" if held is None else words.party_name(party))
        found.append(
            {"party": party.value, "outcome": held.outcome if held else None, "kind": kind,
             "rationale": BEFORE if kind == "given" else None, "person": by.get(party, "") if kind == "given" else "",
             "person_id": None, "capacity": capacity, "happened_at": held.happened_at.isoformat() if held else None}
        )  # fmt: skip
    return found


def keep_decision(case_id: UUID, made: Decided, positions: list[dict[str, Any]], at: datetime) -> None:
    """A decision that was made before. Of the test only what is known stands here."""
    db.session.add(
        NotificationDecision(
            case_id=case_id, number=1, outcome=made.outcome, rationale=made.rationale, abuse=made.abuse,
            abuse_rationale=_reason(made.abuse), limb_a=made.limb_a, limb_a_rationale=_reason(made.limb_a),
            limb_b=made.limb_b, limb_b_rationale=_reason(made.limb_b), harm_kinds=[],
            harm_judgement=made.harm or NOT_KNOWN, guidance_considered=False, guidance_edition=NOT_KNOWN,
            positions=positions, maker=made.maker, scrutineer_present=made.scrutineer, person_id=None,
            person_name=made.by, capacity=BEFORE, decided_at=at, submission_key=uuid4(),
        )
    )  # fmt: skip


def keep_notification(case_id: UUID, at: datetime, sent: SentBefore, acting: Acting, now: datetime) -> None:
    """A notification that was sent before, or elsewhere. A late one says why, or that this was not recorded."""
    assert acting.person_id is not None
    db.session.add(
        SeriousIncidentNotification(
            case_id=case_id, submitted_at=at, channel=sent.channel,
            channel_detail=BEFORE if sent.channel == "other" else None, panel_reference=sent.reference.strip(),
            submitted_by=sent.by.strip(), recorded_late_reason=LATE,
            missed_reason=(sent.missed_reason.strip() or NOT_RECORDED) if sent.late else None,
            missed_reported_to=(sent.missed_reported_to.strip() or NOT_RECORDED) if sent.late else None,
            recorded_by=acting.person_id, recorded_by_name=acting.name, capacity=acting.capacity, recorded_at=now,
            submission_key=uuid4(),
        )
    )  # fmt: skip


def in_words(made: Decided) -> dict[str, str]:
    """What is known of a decision, under its fields' names, for the ledger."""
    limbs = {True: "Yes", False: "No", None: NOT_KNOWN}
    return {
        "abuse": words.ABUSE.get(made.abuse or "", NOT_KNOWN), "limb_a": limbs[made.limb_a],
        "limb_b": limbs[made.limb_b], "harm_judgement": made.harm or NOT_KNOWN, "guidance_considered": NOT_KNOWN,
        "outcome": words.OUTCOMES[made.outcome], "rationale": made.rationale,
    }  # fmt: skip


def _reason(answer: object) -> str:
    """Why a question was answered so is not known, unless the answer itself is not: that is said once."""
    return NOT_KNOWN if answer is not None else ""


def notified_as(references: Collection[str]) -> dict[str, list[UUID]]:
    """The cases whose notification stands under one of these references, by the reference's one spelling."""
    wanted = {panel_key(reference) for reference in references} - {""}
    if not wanted:
        return {}
    stands = func.lower(func.regexp_replace(SeriousIncidentNotification.panel_reference, r"[\s\-]+", "", "g"))
    rows = db.session.execute(
        select(stands, SeriousIncidentNotification.case_id).where(
            stands.in_(wanted), SeriousIncidentNotification.withdrawn_at.is_(None)
        )
    )
    found: dict[str, list[UUID]] = {}
    for key, case_id in rows:
        found.setdefault(key, []).append(case_id)
    return found


def panel_key(reference: str) -> str:
    """A notification's reference in the one spelling in which two are compared."""
    return re.sub(r"[\s\-]+", "", unicodedata.normalize("NFKC", reference)).lower()
