"""What those commissioned do: write a draft, submit versions of it; and what the partnership writes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting
from app.commissions import telling
from app.commissions.models import Commission, CommissionComment, CommissionDraft, CommissionVersion
from app.commissions.queries import draft_of, versions_of
from app.commissions.rules import CALLED, Faults, frozen, submission_faults
from app.commissions.service import ChangedMeanwhile, tell_ledger
from app.documents.digests import digest_of
from app.procedure.events import EventKind
from tenants.db import db


class Stale(Exception):
    """The draft was saved from another page after this form was shown; `saved` is what stands there now."""

    def __init__(self, draft: CommissionDraft) -> None:
        super().__init__("saved meanwhile")
        self.saved, self.version = dict(draft.content), draft.version


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A submission as it was typed: which draft it is, a note, and the save of the draft that was shown."""

    called: str
    note: str
    seen: int
    key: UUID


def save(
    row: Commission, content: Mapping[str, Any], *, version: int, form: str, now: datetime
) -> CommissionDraft:
    """Keep what was typed. The caller has found the commission running and locked it, and commits.

    Raises Stale where another form saved something else after `version`: nothing is then kept.
    """
    draft = draft_of(row)
    if draft is None:
        draft = CommissionDraft(
            commission_id=row.id, content=dict(content), version=1, form=form, saved_at=now
        )
        db.session.add(draft)
        return draft
    if draft.content == content:
        return draft
    if draft.version > version and draft.form != form:
        raise Stale(draft)
    draft.content, draft.version, draft.form, draft.saved_at = dict(content), draft.version + 1, form, now
    return draft


def submit(row: Commission, typed: NewVersion, acting: Acting, now: datetime) -> tuple[int, Faults]:
    """Submit the draft as it stands: a frozen version with the next number. Returns its number, or what is wrong,
    with nothing changed; the same form sent twice submits one. The caller has found the commission running and
    locked it. Raises ChangedMeanwhile where the draft is no longer the one that was shown."""
    before = versions_of(row)
    known = next((one for one in before if one.submission_key == typed.key), None)
    if known is not None:
        return known.number, []
    draft = draft_of(row)
    if draft is None:
        return 0, [("report", "Write your draft before you submit it")]
    if draft.version != typed.seen:
        raise ChangedMeanwhile(row.reference)
    faults = submission_faults(draft.content)
    if typed.called not in CALLED:
        faults = [("called", "Select which draft this is"), *faults]
    if faults:
        return 0, faults
    number, content = (before[0].number if before else 0) + 1, frozen(draft.content)
    digest = digest_of(content)
    db.session.add(
        CommissionVersion(commission_id=row.id, number=number, called=typed.called, note=typed.note.strip(),
                          content=content, digest=digest, submitted_by=acting.name,
                          submitted_capacity=acting.capacity, submitted_at=now, submission_key=typed.key)
    )  # fmt: skip
    tell_ledger(EventKind.DRAFT_SUBMITTED, row, acting, now, {"number": number, "called": typed.called},
                {"note": typed.note.strip(), "digest": digest})  # fmt: skip
    telling.submitted(row, number, now)
    return number, []


def comment(row: Commission, number: int, words: str, *, key: UUID, acting: Acting, now: datetime) -> Faults:
    """Write back on a submitted version, which the caller has found. Returns what is wrong, with nothing changed; the
    same form sent twice writes once."""
    if db.session.scalar(select(CommissionComment.id).where(CommissionComment.submission_key == key)):
        return []
    if not words.strip():
        return [("words", "Write your comment")]
    db.session.add(
        CommissionComment(commission_id=row.id, version_number=number, words=words.strip(), written_by=acting.name,
                          written_capacity=acting.capacity, written_at=now, submission_key=key)
    )  # fmt: skip
    tell_ledger(EventKind.DRAFT_COMMENTED, row, acting, now, {"number": number}, {"words": words.strip()})
    telling.tell("commission-comment", row, str(key), now)
    return []
