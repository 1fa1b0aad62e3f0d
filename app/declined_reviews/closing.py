"""How a decision not to hold a rapid review ends: the Panel is notified of it, or its ground is withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.service import changed, lock
from app.declined_reviews import telling
from app.declined_reviews.models import DeclinedReviewNotice, DeclinedReviewWithdrawal
from app.declined_reviews.queries import CHANNELS, rows_of
from app.declined_reviews.service import TOLD, happened, in_turn
from app.procedure import declined_reviews as procedure
from app.procedure.events import EventKind, Stage
from app.procedure.marks import duty
from app.serious_incidents import progress, words
from app.serious_incidents.errors import AlreadyDone, Fault, Incomplete, OutOfTurn, Recorded
from app.serious_incidents.models import DecisionEntry
from app.serious_incidents.progress import Progress
from tenants.db import db


@dataclass(frozen=True, slots=True)
class Sent:
    """The notice to the Panel as it was typed."""

    notice: procedure.Notice
    panel_reference: str
    sent_by: str
    key: UUID


@duty("B2-02", "N-05")
def tell_panel(case_id: UUID, typed: Sent, *, actor: Actor, now: datetime) -> None:
    """Record that the Panel was notified of the decision and its rationale, once every partner agrees and the oversight
    is recorded; that ends the duty. Raises Incomplete, OutOfTurn, AlreadyDone."""
    case, state = lock(case_id), progress.load(case_id)
    found = in_turn(case, state, told_matters=False)
    before = notice_of(found.ground, case_id)
    if before is not None:
        if before.submission_key == typed.key:
            return
        raise _noticed(before)
    reason = why_not_yet(state)
    if reason is not None:
        raise reason
    faults = [Fault(*one) for one in procedure.notice_faults(typed.notice, state.told, now)]
    if not typed.sent_by.strip():
        faults.append(Fault("sent_by", "Enter who notified the Panel"))
    sent_at = typed.notice.sent_at
    if faults or sent_at is None:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    missed = procedure.missed(sent_at, state.told)
    db.session.add(
        DeclinedReviewNotice(
            case_id=case_id, ground_id=found.ground.id, sent_at=sent_at, channel=typed.notice.channel,
            detail=typed.notice.detail.strip() if typed.notice.channel == "other" else "",
            address=typed.notice.to.strip(), panel_reference=typed.panel_reference.strip(),
            sent_by=typed.sent_by.strip(), missed_reason=typed.notice.missed_reason.strip() if missed else None,
            missed_reported_to=typed.notice.missed_reported_to.strip() if missed else None,
            recorded_by=acting.name, recorded_capacity=acting.capacity, recorded_at=now, submission_key=typed.key,
        )
    )  # fmt: skip
    happened(
        EventKind.PANEL_TOLD_OF_NO_REVIEW, case_id, acting, now, at=sent_at, party=None, outcome=None,
        facts={"channel": typed.notice.channel, "missed": missed},
        payload={"to": typed.notice.to.strip(), "reference": typed.panel_reference.strip(),
                 "sent_by": typed.sent_by.strip(), "missed_reason": typed.notice.missed_reason.strip()},
    )  # fmt: skip
    telling.panel_told(case, str(typed.key), now)
    changed(case)


@duty("N-05")
def withdraw(case_id: UUID, reason: str, key: UUID, *, actor: Actor, now: datetime) -> None:
    """Withdraw the ground: its entry is superseded, both remain, and the rapid review is owed again. Raises Incomplete,
    OutOfTurn. The same form sent twice withdraws once."""
    case, state = lock(case_id), progress.load(case_id)
    if any(row.submission_key == key for row in rows_of(DeclinedReviewWithdrawal, case_id)):
        return
    found = in_turn(case, state, told_matters=False)
    if not reason.strip():
        raise Incomplete([Fault("reason", "Say why the ground is withdrawn")])
    entry = state.told.last(EventKind.REVIEW_GROUND_RECORDED)
    assert entry is not None
    acting = actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    db.session.add(
        DeclinedReviewWithdrawal(
            case_id=case_id, ground_id=found.ground.id, reason=reason.strip(), recorded_by=acting.name,
            recorded_capacity=acting.capacity, recorded_at=now, submission_key=key,
        )
    )  # fmt: skip
    happened(
        EventKind.ENTRY_SUPERSEDED, case_id, acting, now, at=now, party=None, outcome=None, stage=Stage.NOTIFICATION,
        facts={"supersedes": entry.number, "key": str(key), "kind": entry.kind.value},
        payload={"reason": reason.strip()},
    )  # fmt: skip
    telling.withdrawn(case, str(key), now)
    changed(case)


def why_not_yet(found: Progress) -> OutOfTurn | None:
    """Why the Panel cannot be told yet: who has not agreed, and whether the oversight is missing."""
    missing = procedure.awaited(found.told)
    if not missing:
        return None
    who = " and ".join(words.within(party) for party in missing)
    return OutOfTurn(
        "The Panel cannot be notified yet",
        "Every partner agrees, and the Independent Scrutineer's oversight is recorded, before the Panel is notified of "
        f"this decision. Still missing: {who}.",
    )


def notice_of(ground: DecisionEntry, case_id: UUID) -> DeclinedReviewNotice | None:
    """The notice to the Panel of the decision on a ground."""
    return next((row for row in rows_of(DeclinedReviewNotice, case_id) if row.ground_id == ground.id), None)


def _noticed(row: DeclinedReviewNotice) -> AlreadyDone:
    told = {
        "sent_at": words.at(row.sent_at), "channel": CHANNELS[row.channel], "address": row.address,
        "panel_reference": row.panel_reference, "sent_by": row.sent_by,
    }  # fmt: skip
    by = words.by(row.recorded_by, row.recorded_capacity)
    return AlreadyDone(TOLD.heading, Recorded(by, words.at(row.recorded_at), told, row.submission_key))
