"""Keeping the record of the meeting, part by part. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import changed, lock
from app.ledger.service import record
from app.procedure.events import EventKind, Stage
from app.procedure.history import History
from app.procedure.rapid_review_steps import plan_of
from app.procedure.review_record import complete
from app.rapid_reviews.record_models import ReviewSection
from app.rapid_reviews.record_queries import versions_of
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from tenants.db import db


class WrittenMeanwhile(Exception):
    """Somebody kept a newer version of this part after the form was shown; `newest` is theirs."""

    def __init__(self, newest: ReviewSection) -> None:
        super().__init__(f"version {newest.number} by {newest.written_by}")
        self.newest = newest


@dataclass(frozen=True, slots=True)
class Written:
    """A part of the record as it was typed, over the version that was on the page (0 for none)."""

    section: str
    content: dict[str, Any]
    over: int
    key: UUID


def why_not(told: History) -> OutOfTurn | None:
    """Why nothing can be recorded of a rapid review now, or None."""
    if told.notified is None:
        return OutOfTurn("There is no notification", "Nothing further is recorded of its rapid review.")
    if told.last(EventKind.REVIEW_GROUND_RECORDED) is not None:
        return OutOfTurn("No rapid review is held", "A ground for not holding one is recorded.")
    if told.first(EventKind.RAPID_REVIEW_PLANNED) is None:
        return OutOfTurn("The rapid review is not planned yet", "Set its plan and its meeting first.")
    return None


def write(case_id: UUID, typed: Written, *, actor: Actor, now: datetime) -> ReviewSection:
    """Keep a part of the record as a new version, complete or not (Rapid Reviews: what the meeting establishes).

    Raises Incomplete where it contradicts what is known; OutOfTurn; WrittenMeanwhile where another version was kept
    after the form was shown. The same form sent twice, or a part sent as it is kept already, changes nothing.
    """
    case = lock(case_id)
    versions = versions_of(case_id, typed.section)
    known = next((row for row in versions if row.submission_key == typed.key), None)
    newest = next(iter(versions), None)
    if known is not None or (newest is not None and newest.content == typed.content):
        return known or newest  # type: ignore[return-value]
    told = history_of(case_id)
    reason = why_not(told)
    if reason is not None:
        raise reason
    if newest is not None and newest.number != typed.over:
        raise WrittenMeanwhile(newest)
    plan = plan_of(told)
    if (
        typed.section == "child_death"
        and typed.content.get("used") == "not-died"
        and plan
        and plan.facts.get("died")
    ):
        raise Incomplete(
            [Fault("used", "The plan of this review says that the child died. Say what was used")]
        )
    acting = actor.acting_as(actor.holding(Permission.REVIEW_RUN))
    row = ReviewSection(
        case_id=case_id, section=typed.section, number=newest.number + 1 if newest else 1, content=typed.content,
        written_by=acting.name, written_capacity=acting.capacity, written_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    record(
        EventKind.REVIEW_SECTION_RECORDED, case_id=case_id, acting=acting, happened_at=now, now=now,
        stage=Stage.RAPID_REVIEW, payload={"content": typed.content},
        facts={"section": typed.section, "number": row.number, "complete": complete(typed.section, typed.content)},
    )  # fmt: skip
    changed(case)
    return row
