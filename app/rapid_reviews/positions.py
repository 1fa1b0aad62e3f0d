"""What each safeguarding partner says on a practice review: in Waymark, or elsewhere and recorded for them. The caller
commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case, changed, lock
from app.ledger.service import record
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party, Stage
from app.procedure.marks import duty
from app.procedure.review_decision import position_faults
from app.rapid_reviews.record_models import ReviewPosition
from app.rapid_reviews.record_queries import Record, record_of
from app.rapid_reviews.recording import why_not
from app.serious_incidents import recipients, rules, words
from app.serious_incidents.errors import ChangedMeanwhile, Fault, Incomplete, OutOfTurn
from app.serious_incidents.rules import SOURCES
from tenants.db import db


@dataclass(frozen=True, slots=True)
class Said:
    """A position as it was typed. `seen` is the one that was on the page ('' for none)."""

    party: Party
    outcome: str | None
    rationale: str
    seen: str
    key: UUID


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where a position was said outside Waymark: who said it, in which role, when, how, and how that is known."""

    name: str
    capacity: str
    taken_at: datetime | None
    source: str | None
    evidence: str


@duty("B2-15")
def take(case_id: UUID, typed: Said, *, actor: Actor, now: datetime) -> None:
    """A partner's representative says for their own partner whether a practice review is commissioned, and may say
    anew until the decision. Raises Incomplete, OutOfTurn, ChangedMeanwhile; the same form sent twice counts once."""
    case = lock(case_id)
    found = record_of(case_id)
    if _sent_before(found, typed.key):
        return
    capacity = rules.capacity_for(typed.party, actor.capacities)
    if capacity is None:
        raise OutOfTurn("This is not yours to say", "A partner is spoken for by its own representatives.")
    _may_be_taken(case_id, found)
    faults = [Fault(*one) for one in position_faults(typed.outcome, typed.rationale)]
    if faults:
        raise Incomplete(faults)
    standing = found.positions.get(typed.party)
    if typed.seen != (str(standing.id) if standing else ""):
        raise ChangedMeanwhile
    _keep(case, typed, actor.acting_as([capacity]), now, now)


@duty("B2-15")
def take_for(case_id: UUID, typed: Said, elsewhere: Elsewhere, *, actor: Actor, now: datetime) -> None:
    """Record what a partner said elsewhere, with source and evidence; the partner is told. Raises as `take`."""
    case = lock(case_id)
    found = record_of(case_id)
    if _sent_before(found, typed.key):
        return
    _may_be_taken(case_id, found)
    faults = [Fault(*one) for one in position_faults(typed.outcome, typed.rationale)] + _missing(
        elsewhere, now
    )
    standing = found.positions.get(typed.party)
    if standing is not None and elsewhere.taken_at is not None and elsewhere.taken_at < standing.taken_at:
        later = f"{standing.name} said something after that, which stands: {words.at(standing.taken_at)}"
        faults.append(Fault("taken_at", later))
    if faults or elsewhere.taken_at is None:
        raise Incomplete(faults)
    _keep(
        case, typed, actor.acting_as(actor.holding(Permission.REVIEW_RUN)), elsewhere.taken_at, now, elsewhere
    )
    to = recipients.representatives(typed.party, case_id, now)
    recipients.tell(
        "response-recorded-for-you", to, case_id=case_id, reference=case.reference, now=now, party=typed.party,
        occasion=str(typed.key),
    )  # fmt: skip


def _sent_before(found: Record, key: UUID) -> bool:
    return any(one.key == key for one in (*found.positions.values(), *found.former))


def _may_be_taken(case_id: UUID, found: Record) -> None:
    reason = why_not(history_of(case_id))
    if reason is not None:
        raise reason
    if found.decision is not None:
        raise OutOfTurn("The decision is recorded", "What was said stands with it.")


def _missing(typed: Elsewhere, now: datetime) -> list[Fault]:
    faults = []
    if typed.taken_at is None:
        faults.append(Fault("taken_at", "Enter when they said it"))
    elif typed.taken_at > now:
        faults.append(Fault("taken_at", "When they said it must not be in the future"))
    asked = {
        "name": (typed.name, "Enter the name of who said it"),
        "capacity": (typed.capacity, "Enter their role"),
        "evidence": (typed.evidence, "Say where the evidence is, for example the minutes or the e-mail"),
    }
    faults += [Fault(name, message) for name, (text, message) in asked.items() if not text.strip()]
    if typed.source not in SOURCES:
        faults.append(Fault("source", "Select how they said it"))
    return faults


def _keep(
    case: Case,
    typed: Said,
    acting: Acting,
    taken_at: datetime,
    now: datetime,
    elsewhere: Elsewhere | None = None,
) -> None:
    party = typed.party
    db.session.execute(
        update(ReviewPosition)
        .where(ReviewPosition.case_id == case.id, ReviewPosition.party == party.value,
               ReviewPosition.replaced_at.is_(None))
        .values(replaced_at=now)
    )  # fmt: skip
    row = ReviewPosition(
        case_id=case.id, party=party.value, outcome=typed.outcome, rationale=typed.rationale.strip(),
        person_id=None if elsewhere else acting.person_id,
        person_name=elsewhere.name.strip() if elsewhere else acting.name,
        capacity=elsewhere.capacity.strip() if elsewhere else acting.capacity,
        source=elsewhere.source if elsewhere else None, evidence=elsewhere.evidence.strip() if elsewhere else None,
        recorded_by_name=words.by(acting.name, acting.capacity) if elsewhere else None, taken_at=taken_at,
        recorded_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    record(
        EventKind.LCSPR_POSITION_TAKEN, case_id=case.id, acting=acting, happened_at=taken_at, now=now,
        stage=Stage.RAPID_REVIEW, party=party, outcome=row.outcome,
        facts={"on_behalf": elsewhere is not None}, payload={"rationale": row.rationale, "person": row.person_name,
                                                             "evidence": row.evidence},
    )  # fmt: skip
    _tell_others(case, typed, now)
    changed(case)


def _tell_others(case: Case, typed: Said, now: datetime) -> None:
    others = [one for other in SAFEGUARDING_PARTNERS if other is not typed.party
              for one in recipients.representatives(other, case.id, now)]  # fmt: skip
    to = list(dict.fromkeys([*others, *recipients.holders(Party.PARTNERSHIP_TEAM, case.id, now)]))
    recipients.tell(
        "review-entry", to, case_id=case.id, reference=case.reference, now=now, party=typed.party,
        occasion=str(typed.key),
    )  # fmt: skip
