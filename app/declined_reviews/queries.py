"""Reading a decision not to hold a rapid review: what was recorded of each ground, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from app.declined_reviews.models import DeclinedReviewAnswer, DeclinedReviewNotice, DeclinedReviewWithdrawal
from app.procedure import declined_reviews as procedure
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.serious_incidents import progress, words
from app.serious_incidents.entries import GROUNDS
from app.serious_incidents.models import DecisionEntry
from app.serious_incidents.progress import Progress
from app.serious_incidents.rules import SOURCES
from tenants.db import db

SCRUTINEER = Party.INDEPENDENT_SCRUTINEER
ANSWERING = (*SAFEGUARDING_PARTNERS, SCRUTINEER)
OUTCOMES = {
    procedure.AGREED: "Agrees that no rapid review is held",
    procedure.NOT_AGREED: "Does not agree: the rapid review is held",
    "overseen": "Oversight recorded",
}
CHANNELS = {
    "e-mail": "E-mail to the Panel's secretariat",
    "national-system": "Child Safeguarding Online Notification System",
    "letter": "Letter",
    "other": "Another way",
}
Row = TypeVar("Row", DeclinedReviewAnswer, DeclinedReviewNotice, DeclinedReviewWithdrawal)


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """An answer in words: `behalf` says how it came, and who recorded it, where it was recorded on behalf."""

    party: Party
    outcome: str
    label: str
    words: str
    by: str
    at: datetime
    behalf: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose answer is asked for: the answer in force, and those before it, the newest first."""

    party: Party
    who: str
    answer: AnswerShown | None
    earlier: list[AnswerShown] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GroundShown:
    """A ground with everything that was recorded of it. `withdrawn` says why it counts no longer."""

    id: UUID
    label: str
    reason: str
    agreed_how: str
    by: str
    at: datetime
    asked: list[Asked]
    notice: DeclinedReviewNotice | None
    withdrawn: DeclinedReviewWithdrawal | None

    @property
    def partners(self) -> list[Asked]:
        """What the three safeguarding partners say."""
        return [one for one in self.asked if one.party is not SCRUTINEER]

    @property
    def oversight(self) -> Asked:
        """What the Independent Scrutineer says."""
        return next(one for one in self.asked if one.party is SCRUTINEER)


@dataclass(frozen=True, slots=True)
class Declined:
    """The decision not to hold a rapid review: the ground in force, if one is, and those withdrawn before it."""

    ground: GroundShown | None
    former: list[GroundShown]
    awaited: list[Party]
    refused_by: list[Party]
    due_on: date | None

    @property
    def complete(self) -> bool:
        """Whether everything is recorded that the notice to the Panel waits for."""
        return self.ground is not None and not self.awaited


def declined_of(case_id: UUID, found: Progress | None = None) -> Declined | None:
    """The decision not to hold a rapid review of a case, or None where no ground was ever recorded."""
    found = found or progress.load(case_id)
    rows = found.entries_of("review-ground")
    if not rows:
        return None
    answers, notices = rows_of(DeclinedReviewAnswer, case_id), rows_of(DeclinedReviewNotice, case_id)
    withdrawn = rows_of(DeclinedReviewWithdrawal, case_id)
    told = {row.id: _ground(row, answers, notices, withdrawn) for row in rows}
    standing = found.ground if procedure.ground_of(found.told) is not None else None
    due = procedure.notice_due(found.told)
    return Declined(
        ground=told[standing.id] if standing is not None else None,
        former=[told[row.id] for row in reversed(rows) if standing is None or row.id != standing.id],
        awaited=procedure.awaited(found.told),
        refused_by=procedure.refused_by(found.told),
        due_on=_last_day(found) if due is not None else None,
    )


def _last_day(found: Progress) -> date | None:
    sent = found.told.notified
    return found.told.due_on(procedure.CLOCK, sent.happened_at) if sent is not None else None


def rows_of(model: type[Row], case_id: UUID) -> Sequence[Row]:
    """Every row of a case, read afresh, in the order in which they were recorded."""
    query = select(model).where(model.case_id == case_id).order_by(model.recorded_at, model.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def in_force(
    answers: Sequence[DeclinedReviewAnswer], ground_id: UUID, party: Party
) -> list[DeclinedReviewAnswer]:
    """What a party said of a ground, by when it said so: the last is in force."""
    own = [row for row in answers if row.ground_id == ground_id and row.party == party.value]
    return sorted(own, key=lambda row: (row.happened_at, row.recorded_at))


def mark_of(ground: DecisionEntry | None, said: Sequence[DeclinedReviewAnswer]) -> str:
    """Names what a form was shown beside: the ground, and the answer in force."""
    return f"{ground.id if ground else ''}~{said[-1].id if said else ''}"


def answer_in_words(row: DeclinedReviewAnswer) -> AnswerShown:
    """An answer as it is read."""
    behalf = (
        f"{SOURCES[row.source]}; recorded by {words.by(row.recorded_by, row.recorded_capacity)}, "
        f"{words.at(row.recorded_at)}"
        if row.source
        else ""
    )
    return AnswerShown(
        Party(row.party), row.outcome, OUTCOMES[row.outcome], row.words, words.by(row.name, row.capacity),
        row.happened_at, behalf, row.evidence or "",
    )  # fmt: skip


def notified_on(notice: DeclinedReviewNotice) -> date:
    """On which day the Panel was notified."""
    return london_date(notice.sent_at)


def _ground(
    row: DecisionEntry,
    answers: Sequence[DeclinedReviewAnswer],
    notices: Sequence[DeclinedReviewNotice],
    withdrawn: Sequence[DeclinedReviewWithdrawal],
) -> GroundShown:
    return GroundShown(
        id=row.id,
        label=GROUNDS[row.outcome],
        reason=row.words,
        agreed_how=str(row.details.get("source", "")),
        by=words.by(row.person_name, row.capacity),
        at=row.recorded_at,
        asked=[_asked(party, in_force(answers, row.id, party)) for party in ANSWERING],
        notice=next((one for one in notices if one.ground_id == row.id), None),
        withdrawn=next((one for one in withdrawn if one.ground_id == row.id), None),
    )


def _asked(party: Party, said: list[DeclinedReviewAnswer]) -> Asked:
    shown = [answer_in_words(row) for row in reversed(said)]
    return Asked(party, words.party_name(party), shown[0] if shown else None, shown[1:])
