"""Making a version of the form, and the chair's answer to it (Appendix A, step 11). The caller commits."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case, changed, lock
from app.documents.writer import Document, as_json, from_json
from app.ledger.service import record
from app.procedure.events import EventKind, Party, Stage
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.rapid_review_steps import CLOCK, plan_of, planned
from app.procedure.review_form import answer_faults
from app.review_forms import turns
from app.review_forms.gathering import gather
from app.review_forms.models import ReviewFormAnswer, ReviewFormVersion
from app.review_forms.queries import APPROVED, ReviewForm, form_of, version_of
from app.review_forms.writing import finished, keep_files
from app.serious_incidents import recipients
from app.serious_incidents.errors import AlreadyDone, ChangedMeanwhile, Fault, Incomplete
from tenants.db import db


class NoSuchVersion(Exception):
    """The case has no version of the form with this number."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version as it was asked for. `over` is the number of the last one on the page (0 for none), `complete` what the
    page said of its content."""

    reason: str
    over: int
    complete: bool
    key: UUID


@dataclass(frozen=True, slots=True)
class Answered:
    """The chair's answer as it was typed."""

    answer: str | None
    words: str
    read: bool
    key: UUID


@duty("N-07")
def make(case_id: UUID, typed: NewVersion, *, actor: Actor, now: datetime) -> ReviewFormVersion:
    """Make a version of the form from what is recorded now, as a page, a Word document and a PDF. From the second on it
    needs a reason; while something is missing it is a draft that cannot be approved.

    Raises OutOfTurn, Incomplete; ChangedMeanwhile where a version was made, or the content became complete or
    incomplete, since the page was shown.
    """
    case, told = lock(case_id), history_of(case_id)
    known = db.session.scalar(
        select(ReviewFormVersion).where(
            ReviewFormVersion.case_id == case_id, ReviewFormVersion.submission_key == typed.key
        )
    )
    if known is not None:
        return known
    reason = turns.under_way(told)
    if reason is not None:
        raise reason
    before = form_of(case_id)
    number = before.number + 1 if before else 1
    gathered = gather(case)
    if typed.over != number - 1 or typed.complete == bool(gathered.missing):
        raise ChangedMeanwhile
    if before is not None and not typed.reason.strip():
        raise Incomplete([Fault("reason", f"Say why version {number} is made")])
    acting = actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    row = ReviewFormVersion(
        case_id=case_id, number=number, content=json.loads(as_json(gathered.document)), digest=gathered.digest,
        missing=[asdict(one) for one in gathered.missing], home_office=gathered.home_office, outcome=gathered.outcome,
        next_steps=gathered.next_steps, reason=typed.reason.strip() if before else "", made_by=acting.name,
        made_capacity=acting.capacity, made_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    digests = keep_files(row, finished(gathered.document, number, None), False, now)
    record(
        EventKind.REVIEW_FORM_MADE, case_id=case_id, acting=acting, happened_at=now, now=now,
        stage=Stage.RAPID_REVIEW, facts={"number": number, "complete": not row.missing},
        payload={"content": row.digest, "files": digests, "reason": row.reason},
    )  # fmt: skip
    if not row.missing:
        _tell(case, "review-form-made", Party.LIG_CHAIR, number, told, now)
    changed(case)
    return row


@duty("B2-18", "N-06")
def answer(case_id: UUID, number: int, typed: Answered, *, actor: Actor, now: datetime) -> ReviewFormAnswer:
    """Approve a version, or return it to the Partnership Team with the reasons: the chair of the group does, once, for
    the latest version. What is approved is written anew as the files that are sent.

    Raises NoSuchVersion, OutOfTurn, AlreadyDone, Incomplete.
    """
    case, told = lock(case_id), history_of(case_id)
    form = version_of(case_id, number)
    if form is None:
        raise NoSuchVersion(number)
    reason = turns.answer(told, form)
    if (
        isinstance(reason, AlreadyDone)
        and form.answer is not None
        and form.answer.submission_key == typed.key
    ):
        return form.answer
    if reason is not None:
        raise reason
    faults = answer_faults(typed.answer, typed.words, typed.read, bool(form.row.missing))
    if faults:
        raise Incomplete([Fault(*fault) for fault in faults])
    acting = actor.acting_as(actor.holding(Permission.REVIEW_APPROVE))
    row = ReviewFormAnswer(
        version_id=form.row.id, answer=typed.answer, words=typed.words.strip(), answered_by=acting.name,
        answered_capacity=acting.capacity, answered_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    approved = typed.answer == APPROVED
    digests = keep_files(form.row, finished(composed(form), number, row), True, now) if approved else {}
    record(
        EventKind.REVIEW_FORM_APPROVED if approved else EventKind.REVIEW_FORM_RETURNED, case_id=case_id,
        acting=acting, happened_at=now, now=now, stage=Stage.RAPID_REVIEW, facts={"number": number},
        payload={"content": form.row.digest, "files": digests, "words": row.words},
    )  # fmt: skip
    kind = "review-form-approved" if approved else "review-form-returned"
    _tell(case, kind, Party.PARTNERSHIP_TEAM, number, told, now)
    changed(case)
    return row


def composed(form: ReviewForm) -> Document:
    """The content of a version, as it was kept."""
    return from_json(json.dumps(form.row.content))


def _tell(case: Case, kind: str, party: Party, number: int, told: History, now: datetime) -> None:
    """Tell a party, with the day by which the next step is wanted: the chair's from the plan, the Team's the
    fifteenth."""
    assert told.notified is not None
    by = planned(plan_of(told), "approval_on") if party is Party.LIG_CHAIR else None
    recipients.tell(
        kind, recipients.holders(party, case.id, now), case_id=case.id, reference=case.reference, now=now,
        occasion=str(number), params={"due_on": by or told.due_on(CLOCK, told.notified.happened_at)},
    )  # fmt: skip
