"""What the Independent Scrutineer may do, and how it is answered: observations are added, and nothing else changes.

Every verb records its event and tells those concerned; the caller commits. The same form sent twice is one act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.access.roles import Role
from app.access.sealing import sealed_people
from app.accounts.queries import Holder, holders_of
from app.cases.obligation_store import history_of
from app.cases.service import Case, lock
from app.ledger.queries import has_entry
from app.ledger.service import record
from app.outbox.service import post
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Stage
from app.procedure.marks import duty
from app.scrutiny.models import Observation, ObservationAnswer
from app.scrutiny.rules import PRACTICE, entry_number, observation_faults
from app.serious_incidents.errors import Fault, Incomplete
from tenants.db import db
from tenants.registry import Partnership
from tenants.scope import current_partnership_id

Roles = tuple[Role, ...]
READERS: Roles = (Role.LIG_CHAIR, Role.PARTNERSHIP_TEAM)


@dataclass(frozen=True, slots=True)
class NewObservation:
    """An observation as it was typed. `about` is 'decision', 'case' or 'practice'; `entry` may be empty."""

    about: str
    words: str
    key: UUID
    entry: str = ""


@duty("S-01", "B1-11")
def observe(case_id: UUID, typed: NewObservation, *, actor: Actor, now: datetime) -> None:
    """Add an observation to a case. One on how the decision was made also answers what a scrutineer owes who could
    not attend (B1-11). Raises Incomplete. The case itself stays as it is, and so do forms that others have open."""
    case = lock(case_id)
    decision = len(history_of(case_id).decisions)
    kind = EventKind.SCRUTINEER_OBSERVED if typed.about == "decision" else EventKind.OBSERVATION_RECORDED
    _keep(case, typed, kind, decision, actor, now)


@duty("S-01")
def observe_practice(typed: NewObservation, *, actor: Actor, now: datetime) -> None:
    """Add an observation on the partnership's practice, of no one case. Raises Incomplete."""
    _keep(None, typed, EventKind.OBSERVATION_RECORDED, 0, actor, now)


@duty("S-01")
def answer(observation: Observation, words: str, key: UUID, *, actor: Actor, now: datetime) -> None:
    """Answer an observation; there may be several answers. The scrutineer is told. Raises Incomplete."""
    if not words.strip():
        raise Incomplete([Fault("words", "Enter your answer")])
    case = lock(observation.case_id) if observation.case_id else None
    acting = actor.acting_as(actor.holding(Permission.OBSERVATION_ANSWER))
    kept = _by(acting, words, key, now)
    made = _once(ObservationAnswer, {"observation_id": observation.id, **kept})
    if made is None:
        return
    record(
        EventKind.OBSERVATION_ANSWERED, case_id=observation.case_id, acting=acting, happened_at=now, now=now,
        facts={"observation": str(observation.id)}, payload={"words": kept["words"]},
    )  # fmt: skip
    _tell("observation-answered", case, observation.id, (Role.INDEPENDENT_SCRUTINEER,), made, now)


def _keep(
    case: Case | None, typed: NewObservation, kind: EventKind, decision: int, actor: Actor, now: datetime
) -> None:
    case_id = case.id if case else None
    number = entry_number(typed.entry)
    there = number is not None and has_entry(number, case_id)
    faults = observation_faults(typed.about, typed.words, typed.entry, there)
    if (typed.about == PRACTICE) != (case is None):
        faults.append(("about", "Select what the observation is about"))
    if faults:
        raise Incomplete([Fault(field, message) for field, message in faults])
    acting = actor.acting_as(actor.holding(Permission.OBSERVATION_ADD))
    kept = _by(acting, typed.words, typed.key, now)
    about = {"case_id": case_id, "about": typed.about, "decision": decision, "entry": number}
    made = _once(Observation, {**about, **kept})
    if made is None:
        return
    record(
        kind, case_id=case_id, acting=acting, happened_at=now, now=now, stage=Stage.NOTIFICATION if case else None,
        facts={"about": decision, "observation": str(made), "entry": number}, payload={"words": kept["words"]},
    )  # fmt: skip
    _tell("observation-added", case, made, READERS, made, now)


def _by(acting: Acting, words: str, key: UUID, now: datetime) -> dict[str, object]:
    return {
        "words": words.strip(), "recorded_at": now, "person_id": acting.person_id, "person_name": acting.name,
        "capacity": acting.capacity, "submission_key": key,
    }  # fmt: skip


def _once(model: type[Observation | ObservationAnswer], values: dict[str, object]) -> UUID | None:
    """Add a row once by its submission's key; None, with nothing written, where this form had been kept before."""
    values = {"partnership_id": current_partnership_id(), **values}
    adding = (
        insert(model)
        .values(values)
        .on_conflict_do_nothing(index_elements=["partnership_id", "submission_key"])
    )
    made: UUID | None = db.session.execute(adding.returning(model.id)).scalar()
    if made is None:
        db.session.rollback()
    return made


def _tell(
    kind: str, case: Case | None, observation: UUID, roles: Roles, occasion: UUID, now: datetime
) -> None:
    """Tell whoever holds one of the roles today that an observation, or an answer, can be read; never what it says."""
    slug, today = db.session.get_one(Partnership, current_partnership_id()).slug, london_date(now)
    if roles is READERS and not _may_know(case, (Role.LIG_CHAIR,), today):
        roles = (*roles, Role.STRATEGIC_MANAGER)  # who answers in the chair's place
    for holder in _may_know(case, roles, today):
        post(
            kind if case else f"practice-{kind}", to_person=holder.person_id, to_address=holder.email,
            to_name=holder.name, key=f"{kind}:{occasion}:{holder.person_id}", now=now,
            case_reference=case.reference if case else None,
            params={"link": f"/{slug}/scrutiny/observations/{observation}"},
            context={"case_id": str(case.id)} if case else {},
        )  # fmt: skip


def _may_know(case: Case | None, roles: Roles, today: date) -> list[Holder]:
    """Whoever holds one of the roles and is not sealed out of the case."""
    sealed = sealed_people(case.id) if case else set[UUID]()
    return [one for one in holders_of([role.value for role in roles], today) if one.person_id not in sealed]
