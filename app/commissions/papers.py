"""Releasing papers to those commissioned, and withdrawing them: a paper is a copy, frozen as it was released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting
from app.cases.service import Case
from app.commissions import telling
from app.commissions.models import Commission, CommissionPaper
from app.commissions.queries import papers_of
from app.commissions.rules import Faults
from app.commissions.service import ChangedMeanwhile, load, tell_ledger
from app.commissions.snapshots import PARTS, WRITTEN, Content, snapshot, written
from app.documents.digests import digest_of
from app.procedure.events import EventKind
from tenants.db import db


class Altered(RuntimeError):
    """A stored paper is not what was released: it is shown to nobody."""


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper as it was typed. `seen` is the digest of the content that was looked at."""

    part: str
    title: str
    text: str
    seen: str
    key: UUID


def prepared(case: Case, typed: NewPaper) -> tuple[Content, Faults]:
    """What would be released, as it stands now; or what is wrong: field and message."""
    if typed.part == WRITTEN:
        faults = [] if typed.title.strip() else [("title", "Enter a title")]
        faults += [] if typed.text.strip() else [("text", "Write the paper")]
        return ([] if faults else written(typed.text.strip())), faults
    if typed.part not in PARTS:
        return [], [("part", "Select what is released")]
    content = snapshot(case, typed.part)
    return content, [] if content else [("part", "There is nothing of this in the case yet")]


def title_of(typed: NewPaper) -> str:
    """What the paper is called: as it was typed, or after its part."""
    return typed.title.strip() or PARTS.get(typed.part, "")


def release(case: Case, reference: str, typed: NewPaper, acting: Acting, now: datetime) -> Faults:
    """Release a paper as it stands at this moment. Returns what is wrong, with nothing changed; the same form sent
    twice releases one. Raises NoSuchCommission, Removed; ChangedMeanwhile where it is not what was looked at."""
    row = load(case.id, reference)
    before = papers_of(row, withdrawn=True)
    if any(one.submission_key == typed.key for one in before):
        return []
    content, faults = prepared(case, typed)
    if faults:
        return faults
    digest = digest_of(content)
    if digest != typed.seen:
        raise ChangedMeanwhile(reference)
    number, title = (before[0].number if before else 0) + 1, title_of(typed)
    db.session.add(
        CommissionPaper(commission_id=row.id, number=number, part=typed.part, title=title, content=content,
                        digest=digest, released_by=acting.name, released_capacity=acting.capacity, released_at=now,
                        submission_key=typed.key)
    )  # fmt: skip
    tell_ledger(EventKind.PAPER_RELEASED, row, acting, now, {"number": number, "part": typed.part},
                {"title": title, "digest": digest})  # fmt: skip
    telling.tell("commission-paper", row, str(number), now)
    return []


def withdraw(row: Commission, paper: CommissionPaper, reason: str, acting: Acting, now: datetime) -> Faults:
    """Withdraw a paper at once. Returns what is wrong, with nothing changed; withdrawn a second time, the first
    stands. The caller has found the commission and locked it."""
    if paper.withdrawn_at is not None:
        return []
    if not reason.strip():
        return [("reason", "Say why the paper is withdrawn")]
    paper.withdrawn_at, paper.withdrawn_by, paper.withdrawn_capacity = now, acting.name, acting.capacity
    paper.withdrawn_reason = reason.strip()
    tell_ledger(EventKind.PAPER_WITHDRAWN, row, acting, now, {"number": paper.number},
                {"title": paper.title, "reason": paper.withdrawn_reason})  # fmt: skip
    telling.tell("commission-paper-withdrawn", row, str(paper.number), now)
    return []


def proved(paper: CommissionPaper) -> Content:
    """The paper's content, proved to be what was released. Raises Altered."""
    if digest_of(paper.content) != paper.digest:
        raise Altered(f"paper {paper.number} of commission {paper.commission_id}")
    return paper.content
