"""The verbs of recommendations: written, changed, accepted, returned or withdrawn. The caller commits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.service import lock
from app.ledger.service import record
from app.procedure import recommendations as procedure
from app.procedure.events import EventKind, Stage
from app.procedure.marks import duty
from app.procedure.recommendations import Content
from app.recommendations.models import Recommendation, RecommendationAgency, RecommendationVersion
from app.recommendations.reading import one_of, row_of, views_of
from app.serious_incidents import words
from app.serious_incidents.errors import AlreadyDone, Fault, Incomplete, OutOfTurn, Recorded
from tenants.db import db
from tenants.registry import agencies

CLOSED = OutOfTurn(
    "This recommendation was withdrawn", "It is kept as it stood, and nothing of it changes any more."
)


class ChangedBeside(AlreadyDone):
    """Somebody changed the same thing since the form was shown: what is there now stands beside what was typed, and
    the form can be sent again over it."""

    def __init__(self, recorded: Recorded) -> None:
        super().__init__("Somebody changed this while you were writing", recorded)
        self.message = (
            f"{recorded.by} changed it on {recorded.at}. Read it beside yours, then send yours again."
        )


@dataclass(frozen=True, slots=True)
class Typed:
    """A recommendation as it was typed. `agencies` are those of the partnership; `others` has a name on each line."""

    content: Content
    agencies: tuple[UUID, ...]
    others: str
    key: UUID


def load(case_id: UUID, number: int) -> Recommendation:
    """The recommendation, its case locked. Raises LookupError where the case has none of that number."""
    lock(case_id)
    row = row_of(case_id, number)
    if row is None:
        raise LookupError(number)
    return row


@duty("B2-21")
def make(case_id: UUID, typed: Typed, *, actor: Actor, now: datetime) -> Recommendation:
    """Write down a recommendation of a rapid review: proposed, and numbered in its case. Raises Incomplete. The same
    form sent twice makes one."""
    lock(case_id)
    before = db.session.scalar(
        select(Recommendation).where(
            Recommendation.case_id == case_id, Recommendation.submission_key == typed.key
        )
    )
    if before is not None:
        return before
    _refuse(procedure.content_faults(typed.content))
    last = db.session.scalar(select(func.max(Recommendation.number)).where(Recommendation.case_id == case_id))
    acting = _acting(actor)
    row = Recommendation(
        case_id=case_id, number=(last or 0) + 1, source="rapid-review", state=procedure.PROPOSED, version=1,
        made_by=acting.name, made_capacity=acting.capacity, made_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _keep(row, typed, "", acting, now)
    tell_ledger(
        EventKind.RECOMMENDATION_MADE, case_id, acting, now, {"recommendation": row.number, "source": row.source},
        {"text": typed.content.text},
    )  # fmt: skip
    return row


@duty("B2-21")
def change(
    case_id: UUID, number: int, typed: Typed, reason: str, over: int, *, actor: Actor, now: datetime
) -> None:
    """Change what a recommendation says, with the reason: a further version. One that was returned is proposed again.

    Raises Incomplete, OutOfTurn where it was withdrawn, ChangedBeside where it is no longer as the form was shown.
    """
    row = load(case_id, number)
    if _kept(row, typed.key):
        return
    _refuse_withdrawn(row)
    if row.version != over:
        raise ChangedBeside(_in_words(row))
    faults = procedure.content_faults(typed.content)
    _refuse(faults if reason.strip() else [*faults, ("reason", "Say why it changes")])
    acting = _acting(actor)
    row.version += 1
    row.state = procedure.PROPOSED if row.state == procedure.RETURNED else row.state
    _keep(row, typed, reason.strip(), acting, now)
    _changed(row, acting, now, reason.strip())


@duty("B2-21")
def set_state(
    case_id: UUID, number: int, state: str, reason: str, over: int, key: UUID, *, actor: Actor, now: datetime
) -> None:
    """Record that the group accepted, returned or withdrew a recommendation, with who decided it and why.

    Raises Incomplete, OutOfTurn, ChangedBeside.
    """
    row = load(case_id, number)
    if _kept(row, key):
        return
    _refuse_withdrawn(row)
    if row.version != over:
        raise ChangedBeside(_state_in_words(row))
    _refuse(procedure.state_faults(row.state, state, reason))
    told, acting = views_of([row])[0], _acting(actor)
    row.version += 1
    row.state = state
    typed = Typed(told.content, tuple(told.agency_ids), told.others, key)
    _keep(row, typed, reason.strip(), acting, now)
    _changed(row, acting, now, reason.strip())


def tell_ledger(
    kind: EventKind,
    case_id: UUID,
    acting: Acting,
    now: datetime,
    facts: dict[str, object],
    payload: dict[str, object],
) -> None:
    """Record what happened to a recommendation, or to an action under it, in the history of its case."""
    record(
        kind, case_id=case_id, acting=acting, happened_at=now, now=now, stage=Stage.RAPID_REVIEW, facts=facts,
        payload=payload,
    )  # fmt: skip


def _acting(actor: Actor) -> Acting:
    return actor.acting_as(actor.holding(Permission.RECOMMENDATION_MANAGE))


def _refuse(faults: Collection[tuple[str, str]]) -> None:
    if faults:
        raise Incomplete([Fault(*one) for one in faults])


def _refuse_withdrawn(row: Recommendation) -> None:
    if row.state == procedure.WITHDRAWN:
        raise CLOSED


def _kept(row: Recommendation, key: UUID) -> bool:
    """Whether this very form was kept before."""
    query = select(RecommendationVersion.id).where(
        RecommendationVersion.recommendation_id == row.id, RecommendationVersion.submission_key == key
    )
    return db.session.scalar(query) is not None


def _keep(row: Recommendation, typed: Typed, reason: str, acting: Acting, now: datetime) -> None:
    said = typed.content
    db.session.add(
        RecommendationVersion(
            recommendation_id=row.id, number=row.version, state=row.state, text=said.text.strip(),
            measure=said.measure.strip(), achievable=said.achievable.strip(), relevance=said.relevance.strip(),
            by_when=said.by_when, expected_impact=said.expected_impact.strip(), how_known=said.how_known.strip(),
            others=typed.others.strip(), reason=reason, changed_by=acting.name, changed_capacity=acting.capacity,
            changed_at=now, submission_key=typed.key,
        )
    )  # fmt: skip
    db.session.flush()
    names = {one.id: one.name for one in agencies()}
    for agency_id in dict.fromkeys(typed.agencies):
        if agency_id in names:
            db.session.add(
                RecommendationAgency(
                    recommendation_id=row.id, version_number=row.version, agency_id=agency_id,
                    agency_name=names[agency_id],
                )
            )  # fmt: skip


def _changed(row: Recommendation, acting: Acting, now: datetime, reason: str) -> None:
    facts: dict[str, object] = {"recommendation": row.number, "version": row.version, "state": row.state}
    tell_ledger(EventKind.RECOMMENDATION_CHANGED, row.case_id, acting, now, facts, {"reason": reason})


def _last(row: Recommendation) -> RecommendationVersion:
    query = select(RecommendationVersion).where(
        RecommendationVersion.recommendation_id == row.id, RecommendationVersion.number == row.version
    )
    return db.session.scalars(query).one()


def _in_words(row: Recommendation) -> Recorded:
    """What a recommendation says now, under the names of the form's fields."""
    last, told = _last(row), one_of(row.case_id, row.number)
    assert told is not None
    said = {
        name: getattr(last, name)
        for name in (
            "text",
            "measure",
            "achievable",
            "relevance",
            "expected_impact",
            "how_known",
            "others",
            "reason",
        )
    }
    named = told.agencies[: len(told.agency_ids)]
    said |= {"by_when": words_of_day(last.by_when), "agencies": ", ".join(named)}
    return Recorded(words.by(last.changed_by, last.changed_capacity), words.at(last.changed_at), said)


def words_of_day(day: object) -> str:
    """A day as it is compared with what was typed."""
    return "" if day is None else str(day)


def _state_in_words(row: Recommendation) -> Recorded:
    last = _last(row)
    said = {"state": procedure.STATES[row.state], "reason": last.reason}
    return Recorded(words.by(last.changed_by, last.changed_capacity), words.at(last.changed_at), said)
