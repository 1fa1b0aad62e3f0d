"""A rapid review whose every part is recorded, so that its form can be made; and versions that were made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from app.access.actor import Acting
from app.cases.service import lock
from app.documents.writer import Document, Paragraph, as_json, digest_of_bytes
from app.ledger.service import record
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Lcspr, Stage
from app.procedure.review_record import PARTS, Question
from app.rapid_reviews.record_models import ReviewDecision, ReviewPosition, ReviewSection
from app.rapid_reviews.record_queries import record_of
from app.review_forms import service
from app.review_forms.gathering import gather
from app.review_forms.models import ReviewFormAnswer, ReviewFormVersion
from app.review_forms.queries import form_of
from app.review_forms.service import Answered, NewVersion
from app.review_forms.writing import finished, keep_files
from tenants.db import db
from tests.support.people import Someone

COMMISSION, NOT = Lcspr.COMMISSION.value, Lcspr.DO_NOT_COMMISSION.value
CLERK = Acting(None, "Somebody of the team", "Partnership Team")


def answers(part: str, words: str) -> dict[str, Any]:
    """Every question of a part of the record answered."""
    return {question.name: _answer(question, words) for question in PARTS[part].questions}


def _answer(question: Question, words: str) -> Any:
    if question.kind == "choice":
        return question.choices[0][0]
    return (
        [f"{words}: {question.label}", "A second line"]
        if question.kind == "list"
        else f"{words}: {question.label}"
    )


def written(
    case_id: UUID, now: datetime, words: str = "As the meeting found", leave_out: tuple[str, ...] = (),
    **changed: Mapping[str, Any],
) -> None:  # fmt: skip
    """Record every part, in the partnership that is pinned; the caller commits."""
    for part in PARTS:
        if part in leave_out:
            continue
        content = {**answers(part, words), **changed.get(part, {})}
        section(case_id, part, content, now)


def section(case_id: UUID, part: str, content: Mapping[str, Any], now: datetime) -> None:
    """A further version of a part of the record."""
    before = record_of(case_id).versions.get(part)
    number = before.number + 1 if before else 1
    db.session.add(
        ReviewSection(case_id=case_id, section=part, number=number, content=dict(content), written_by=CLERK.name,
                      written_capacity=CLERK.capacity, written_at=now, submission_key=uuid4())
    )  # fmt: skip
    db.session.flush()
    said(
        EventKind.REVIEW_SECTION_RECORDED,
        case_id,
        now,
        facts={"section": part, "number": number, "complete": True},
    )


def decided(
    case_id: UUID, now: datetime, outcome: str = COMMISSION, home_office: bool = False, words: str = "Because we agree",
    number: int = 1,
) -> None:  # fmt: skip
    """The three partners say the same, and their decision is recorded."""
    if number == 1:
        for party in SAFEGUARDING_PARTNERS:
            db.session.add(
                ReviewPosition(case_id=case_id, party=party.value, outcome=outcome, rationale=words, person_id=None,
                               person_name=f"Somebody of {party.value}", capacity="Representative", taken_at=now,
                               recorded_at=now, submission_key=uuid4())
            )  # fmt: skip
            said(EventKind.LCSPR_POSITION_TAKEN, case_id, now, party=party, outcome=outcome)
    db.session.add(
        ReviewDecision(case_id=case_id, number=number, maker="partners", outcome=outcome, rationale=words,
                       negates=outcome == NOT, home_office=home_office, reason="" if number == 1 else words,
                       positions=[], meeting_id=None, decided_by=CLERK.name, decided_capacity=CLERK.capacity,
                       decided_at=now, recorded_at=now, submission_key=uuid4())
    )  # fmt: skip
    facts = {"maker": "partners", "number": number, "home_office": home_office}
    said(EventKind.LCSPR_DECIDED, case_id, now, outcome=outcome, facts=facts)
    db.session.flush()


def said(kind: EventKind, case_id: UUID, now: datetime, **more: Any) -> None:
    """Record an event of the review."""
    record(kind, case_id=case_id, acting=CLERK, happened_at=now, now=now, stage=Stage.RAPID_REVIEW, **more)


def planned(case_id: UUID, now: datetime) -> None:
    """The review is planned, for the history alone: no meeting is in the calendar."""
    facts = {
        "number": 1,
        "died": False,
        "meeting_on": "2026-12-10",
        "approval_on": "2026-12-14",
        "meeting": None,
    }
    said(EventKind.RAPID_REVIEW_PLANNED, case_id, now, facts=facts)


def made(team: Someone, case_id: UUID, now: datetime, reason: str = "") -> int:
    """Make a version; its number."""
    with team.place.pinned():
        before = form_of(case_id)
        complete = not gather(lock(case_id)).missing
        typed = NewVersion(reason or ("The record changed" if before else ""), before.number if before else 0, complete,
                           uuid4())  # fmt: skip
        row = service.make(case_id, typed, actor=team.actor(), now=now)
        db.session.commit()
        return row.number


def approved(chair: Someone, case_id: UUID, number: int, now: datetime, words: str = "") -> None:
    """The chair of the group approves a version."""
    with chair.place.pinned():
        typed = Answered("approved", words, True, uuid4())
        service.answer(case_id, number, typed, actor=chair.actor(), now=now)
        db.session.commit()


def kept(case_id: UUID, now: datetime, number: int = 1) -> None:
    """An approved version as rows alone, in the partnership that is pinned: for a case that has no rapid review. The
    caller commits."""
    document = Document("Rapid review", "An invented partnership", (Paragraph("Invented"),))
    row = ReviewFormVersion(
        case_id=case_id, number=number, content=json.loads(as_json(document)), missing=[], home_office=False,
        digest=digest_of_bytes(as_json(document).encode()), outcome=NOT, next_steps="Invented", reason="Invented",
        made_by=CLERK.name, made_capacity=CLERK.capacity, made_at=now, submission_key=uuid4(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    said = ReviewFormAnswer(version_id=row.id, answer="approved", words="", answered_by=CLERK.name,
                            answered_capacity=CLERK.capacity, answered_at=now, submission_key=uuid4())  # fmt: skip
    db.session.add(said)
    for approved_ in (False, True):
        keep_files(row, finished(document, number, said if approved_ else None), approved_, now)
    for kind in (EventKind.REVIEW_FORM_MADE, EventKind.REVIEW_FORM_APPROVED):
        record(kind, case_id=case_id, acting=CLERK, happened_at=now, now=now, stage=Stage.RAPID_REVIEW,
               facts={"number": number})  # fmt: skip
