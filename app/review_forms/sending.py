"""Sending an approved form: to people in Waymark, and recording what went to offices outside. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case, changed, lock
from app.ledger.service import record
from app.procedure.clocks import day_end
from app.procedure.events import EventKind, Party, SentTo, Stage
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.rapid_review_steps import CLOCK
from app.procedure.review_sending import (
    DONE,
    NOTICE,
    WITHIN,
    SendingFacts,
    by_statute,
    missed,
    recorded_late,
    sending_faults,
    told_the_decision,
)
from app.review_forms import answers, turns
from app.review_forms.models import ReviewFormSending
from app.review_forms.queries import ReviewForm, Standing, standing
from app.review_forms.readers import Reader
from app.serious_incidents import recipients
from app.serious_incidents.errors import AlreadyDone, ChangedMeanwhile, Fault, Incomplete, OutOfTurn, Recorded
from app.serious_incidents.words import at, by
from tenants.db import db


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent outside Waymark, as it was typed. `number` is the version on the page."""

    number: int
    sent_at: datetime | None
    channel: str | None
    channel_detail: str
    address: str
    what: str | None
    next_steps: str
    reviewer: str
    contribution: str
    recorded_late_reason: str
    missed_reason: str
    missed_reported_to: str
    key: UUID


@duty("B2-19")
def share(case_id: UUID, number: int, *, actor: Actor, now: datetime, key: UUID) -> int:
    """Share the approved version with everybody inside to whom it goes and who has not had it: members, partners and
    the scrutineer are told that they can read it, the Executive only that it is done. Returns how many were told.

    Raises OutOfTurn; ChangedMeanwhile where another version counts by now. The same form sent twice tells nobody twice.
    """
    case, told, found = _locked(case_id, now)
    form = _counting(told, found, number, key)
    if form is None:
        return 0
    if not found.inside:
        if any(row.submission_key == key for row in found.sendings):
            return 0
        raise OutOfTurn(
            "Everybody has this version", f"Version {number} has gone to everybody inside Waymark."
        )
    acting = actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    told_now: dict[tuple[SentTo, Party | None], list[ReviewFormSending]] = {}
    for reader in found.inside:
        row = _row(case, form, reader, acting, now, key)
        row.channel, row.sent_at = WITHIN, now
        row.what = DONE if reader.to is SentTo.EXECUTIVE else "both"
        told_now.setdefault((reader.to, reader.party), []).append(row)
        kind = "review-form-informed" if reader.to is SentTo.EXECUTIVE else "review-form-shared"
        one = recipients.Recipient(reader.name, reader.address, reader.person_id)
        recipients.tell(kind, [one], case_id=case.id, reference=case.reference, now=now, occasion=str(number))
    for rows in told_now.values():
        _keep(rows, form, acting, now)
    changed(case)
    return len(found.inside)


@duty("B2-20", "B3-07", "B3-08")
def record_sending(
    case_id: UUID, reader_key: str, typed: Sent, *, actor: Actor, now: datetime
) -> ReviewFormSending:
    """Record that the approved version was sent to somebody outside Waymark: when, how, where to, and what; to the
    Panel, Ofsted and the Department for Education with the decision, the next steps and any reviewer's name.

    Raises OutOfTurn, AlreadyDone (each recipient has each version once), Incomplete; ChangedMeanwhile where another
    version counts by now.
    """
    case, told, found = _locked(case_id, now)
    form = _counting(told, found, typed.number, typed.key)
    before = next(
        (row for row in found.sendings if row.recipient_key == reader_key and row.number == typed.number),
        None,
    )
    if before is not None:
        if before.submission_key == typed.key:
            return before
        raise done_before(before)
    reader = next((one for one in found.by_hand if one.key == reader_key), None)
    if form is None or reader is None:
        raise ChangedMeanwhile
    facts = facts_of(told, found, form, reader, typed)
    faults = sending_faults(facts, now)
    if faults or facts.sent_at is None:
        raise Incomplete([Fault(*fault) for fault in faults])
    acting = actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    row = _row(case, form, reader, acting, now, typed.key)
    _fill(row, typed, facts, form, now)
    _keep([row], form, acting, now)
    changed(case)
    return row


def done_before(row: ReviewFormSending) -> AlreadyDone:
    """That this recipient has this version, with what was recorded of it."""
    recorded = Recorded(
        by(row.recorded_by, row.recorded_capacity), at(row.recorded_at), answers.said(row), row.submission_key
    )
    return AlreadyDone("This was recorded", recorded)


def facts_of(told: History, found: Standing, form: ReviewForm, reader: Reader, typed: Sent) -> SendingFacts:
    """What was typed as the rules read it, with the clock where it counts for this recipient."""
    assert form.approved_at is not None
    return SendingFacts(
        to=reader.to, sent_at=typed.sent_at, approved_at=form.approved_at, due=due_for(told, found, reader.to),
        channel=typed.channel, channel_detail=typed.channel_detail, address=typed.address, what=typed.what,
        next_steps=typed.next_steps, contribution=typed.contribution,
        recorded_late_reason=typed.recorded_late_reason, missed_reason=typed.missed_reason,
        missed_reported_to=typed.missed_reported_to,
    )  # fmt: skip


@duty("B2-20", "N-06")
def due_for(told: History, found: Standing, to: SentTo) -> datetime | None:
    """The end of the fifteenth working day for those whom the form must reach by it, while they have had no version: a
    correction comes after the clock was met, or missed, for good."""
    if to not in by_statute() or told.notified is None:
        return None
    if any(row.recipient == to.value for row in found.sendings):
        return None
    return day_end(told.due_on(CLOCK, told.notified.happened_at))


def _locked(case_id: UUID, now: datetime) -> tuple[Case, History, Standing]:
    case = lock(case_id)
    return case, history_of(case_id), standing(case_id, now)


def _counting(told: History, found: Standing, number: int, key: UUID) -> ReviewForm | None:
    """The version that counts, where it is the one on the page; None where this very form was taken before."""
    if any(row.submission_key == key for row in found.sendings):
        return None
    reason = turns.send(told, found)
    if reason is not None:
        raise reason
    if found.approved is None or found.approved.number != number:
        raise ChangedMeanwhile
    return found.approved


def _row(
    case: Case, form: ReviewForm, reader: Reader, acting: Acting, now: datetime, key: UUID
) -> ReviewFormSending:
    return ReviewFormSending(
        case_id=case.id, version_id=form.row.id, number=form.number, recipient=reader.to.value,
        recipient_key=reader.key, party=reader.party.value if reader.party else "", name=reader.name,
        person_id=reader.person_id, channel_detail="", address="", next_steps="", reviewer="", contribution="",
        digests={}, recorded_at=now, recorded_by=acting.name, recorded_capacity=acting.capacity, submission_key=key,
    )  # fmt: skip


def _fill(row: ReviewFormSending, typed: Sent, facts: SendingFacts, form: ReviewForm, now: datetime) -> None:
    assert facts.sent_at is not None
    assert form.approved_at is not None
    late, over = recorded_late(facts.sent_at, now), missed(facts)
    # Times are typed to the minute: what was sent within the minute of the approval came after it.
    row.sent_at = max(facts.sent_at, form.approved_at)
    row.channel, row.what, row.address = str(typed.channel), str(typed.what), typed.address.strip()
    row.channel_detail = typed.channel_detail.strip() if typed.channel == "other" else ""
    if facts.to in told_the_decision():
        row.next_steps, row.reviewer = typed.next_steps.strip(), typed.reviewer.strip()
    row.contribution = typed.contribution.strip() if facts.to is SentTo.CHIEF_CASEWORKER_UNIT else ""
    row.recorded_late_reason = typed.recorded_late_reason.strip() if late else None
    row.missed_reason = typed.missed_reason.strip() if over else None
    row.missed_reported_to = typed.missed_reported_to.strip() if over else None


def _keep(rows: list[ReviewFormSending], form: ReviewForm, acting: Acting, now: datetime) -> None:
    """Keep what went to recipients of one kind with the digests of the files, and record it as one event."""
    first = rows[0]
    kinds = {"both": ("docx", "pdf"), NOTICE: (), DONE: ()}.get(first.what, (first.what,))
    for row in rows:
        row.digests = {one.kind: one.digest for one in form.current_files if one.kind in kinds}
        db.session.add(row)
    facts: dict[str, object] = {"number": first.number, "digest": form.digest, "recipients": len(rows)}
    if first.missed_reason is not None:
        facts["missed"] = True
    record(
        EventKind.REVIEW_FORM_SENT, case_id=first.case_id, acting=acting, happened_at=first.sent_at, now=now,
        stage=Stage.RAPID_REVIEW, party=Party(first.party) if first.party else None, outcome=first.recipient,
        facts=facts, payload={"to": [row.name for row in rows], "files": first.digests, **answers.said(first)},
    )  # fmt: skip
