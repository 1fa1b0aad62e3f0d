"""Sealing a person out of a case, lifting a seal, declaring a conflict and answering it. The caller commits.

None of these counts as a change of the case: its version would tell people who may not know of seals.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting, Actor
from app.access.models import CaseSeal
from app.access.permissions import Permission
from app.access.seal_rules import left_alone, nobody_for
from app.access.sealing import sealed_people, stop_messages
from app.accounts.queries import names_of
from app.cases.service import Case, lock
from app.conflicts import queries
from app.conflicts.models import ConflictDeclaration
from app.conflicts.rules import (
    Answered,
    Declared,
    Faults,
    NewSeal,
    answer_faults,
    declaration_faults,
    lift_faults,
    seal_faults,
)
from app.ledger.service import record
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Party
from app.serious_incidents import recipients, sealed_out
from tenants.db import db


class LeavesNobody(Exception):
    """Nobody else could act for these parties; the seal is put when that has been read."""

    def __init__(self, parties: list[Party]) -> None:
        super().__init__(", ".join(parties))
        self.parties = parties


class AnsweredBefore(Exception):
    """Somebody answered the declaration, or lifted the seal, before."""


def seal(case_id: UUID, typed: NewSeal, *, actor: Actor, now: datetime) -> Faults:
    """Seal somebody out of a case. Returns what is wrong, with nothing changed; the same form sent twice seals once.

    Raises LeavesNobody where nobody else can act for a party that owes something, until that has been read.
    """
    stop_messages(case_id)
    case = lock(case_id)
    if db.session.scalar(select(CaseSeal.id).where(CaseSeal.submission_key == typed.key)) is not None:
        return []
    members = queries.everybody(london_date(now))
    faults = seal_faults(typed, actor.person_id, members, sealed_people(case_id))
    if faults or typed.person is None:
        return faults
    _warn(case_id, typed.person, typed.sure, now)
    acting = actor.acting_as(actor.holding(Permission.CASE_SEAL))
    row = _put(case, typed.person, members[typed.person].name, typed.reason.strip(), acting, typed.key, now)
    for declared in queries.open_declarations(case_id, typed.person):
        _answer(declared, "sealed", row.reason, acting, now, seal=row)
    return []


def lift(case_id: UUID, seal_id: UUID, *, reason: str, key: UUID, actor: Actor, now: datetime) -> Faults:
    """Lift a seal. Returns what is wrong, with nothing changed. Raises AnsweredBefore where it was lifted already by
    another form, LookupError where there is none."""
    case = lock(case_id)
    row = _fresh(select(CaseSeal).where(CaseSeal.case_id == case_id, CaseSeal.id == seal_id))
    if row.lifted_at is not None:
        if row.lifting_key == key:
            return []
        raise AnsweredBefore
    faults = lift_faults(reason, actor.person_id, row.person_id)
    if faults:
        return faults
    acting = actor.acting_as(actor.holding(Permission.CASE_SEAL))
    row.lifted_at, row.lifted_reason, row.lifting_key = now, reason.strip(), key
    row.lifted_by, row.lifted_by_name, row.lifted_capacity = acting.person_id, acting.name, acting.capacity
    db.session.flush()
    name = names_of([row.person_id]).get(row.person_id, "A former member")
    _tell(EventKind.SEAL_LIFTED, case_id, acting, now, {"seal": str(row.id)}, name, row.lifted_reason)
    sealed_out.after_lifting(case, row.person_id, row.id, now)
    return []


def declare(case_id: UUID, typed: Declared, *, actor: Actor, now: datetime) -> Faults:
    """Declare a conflict of one's own. Whoever asks for it is sealed out at once. The Partnership Team and the chair
    of the group are told, without what it is. Returns what is wrong, with nothing changed."""
    if typed.at_once:
        stop_messages(case_id)
    case = lock(case_id)
    before = select(ConflictDeclaration.id).where(ConflictDeclaration.submission_key == typed.key)
    if db.session.scalar(before) is not None:
        return []
    faults = declaration_faults(typed)
    if faults:
        return faults
    acting = actor.acting_as(actor.holding(Permission.CONFLICT_DECLARE))
    assert acting.person_id is not None
    row = ConflictDeclaration(
        case_id=case_id, person_id=acting.person_id, person_name=acting.name, capacity=acting.capacity,
        kind=typed.kind, words=typed.words.strip(), at_once=typed.at_once, declared_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _tell(EventKind.CONFLICT_DECLARED, case_id, acting, now,
          {"declaration": str(row.id), "kind": row.kind, "at_once": row.at_once}, acting.name, row.words)  # fmt: skip
    if typed.at_once:
        reason = f"Asked to be sealed out when declaring a conflict: {row.words}"
        _answer(
            row, "sealed", reason, acting, now,
            seal=_put(case, acting.person_id, acting.name, reason, acting, typed.key, now),
        )  # fmt: skip
    _tell_who_answers(case, row, now)
    return []


def answer(case_id: UUID, declaration_id: UUID, typed: Answered, *, actor: Actor, now: datetime) -> Faults:
    """Answer a declaration: seal out who made it, or keep their access with a reason. Returns what is wrong, with
    nothing changed. Raises LeavesNobody, AnsweredBefore, LookupError."""
    stop_messages(case_id)
    case = lock(case_id)
    row = _fresh(
        select(ConflictDeclaration).where(
            ConflictDeclaration.case_id == case_id, ConflictDeclaration.id == declaration_id
        )
    )
    if row.answer is not None:
        if row.answering_key == typed.key:
            return []
        raise AnsweredBefore
    faults = answer_faults(typed, actor.person_id, row.person_id)
    if faults:
        return faults
    acting = actor.acting_as(actor.holding(Permission.CASE_SEAL))
    if typed.answer == "keep":
        _answer(row, "kept", typed.reason.strip(), acting, now, key=typed.key)
        _tell(EventKind.CONFLICT_ANSWERED, case_id, acting, now, {"declaration": str(row.id)}, row.person_name,
              typed.reason.strip())  # fmt: skip
        return []
    _warn(case_id, row.person_id, typed.sure, now)
    made = _put(case, row.person_id, row.person_name, typed.reason.strip(), acting, typed.key, now)
    for declared in queries.open_declarations(case_id, row.person_id):
        _answer(declared, "sealed", made.reason, acting, now, seal=made, key=typed.key)
    return []


def _warn(case_id: UUID, person_id: UUID, sure: UUID | None, now: datetime) -> None:
    left = left_alone(
        person_id, queries.owing(case_id), queries.able(london_date(now)), sealed_people(case_id)
    )
    if left and sure != person_id:
        raise LeavesNobody(left)


def _put(
    case: Case, person_id: UUID, name: str, reason: str, acting: Acting, key: UUID, now: datetime
) -> CaseSeal:
    """Put the seal, record it, and look after the parties for whom the person could act."""
    row = CaseSeal(
        case_id=case.id, person_id=person_id, reason=reason, sealed_at=now, sealed_by=acting.person_id,
        sealed_by_name=acting.name, sealed_capacity=acting.capacity, submission_key=key,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _tell(EventKind.CASE_SEALED, case.id, acting, now, {"seal": str(row.id)}, name, reason)
    able, owing = queries.able(london_date(now)), queries.owing(case.id)
    acted_for = [party for party in Party if party in able.get(person_id, ())]
    left = [party for party in nobody_for(owing, able, sealed_people(case.id)) if party in acted_for]
    sealed_out.after_seal(case, acted_for, left, now)
    return row


def _answer(
    row: ConflictDeclaration, verdict: str, reason: str, acting: Acting, now: datetime, *,
    seal: CaseSeal | None = None, key: UUID | None = None,
) -> None:  # fmt: skip
    row.answer, row.answer_reason, row.answered_at = verdict, reason, now
    row.answered_by, row.answered_by_name = acting.person_id, acting.name
    row.answered_capacity, row.answering_key = acting.capacity, key
    row.seal_id = seal.id if seal else None


def _tell_who_answers(case: Case, row: ConflictDeclaration, now: datetime) -> None:
    asked = [
        *recipients.holders(Party.PARTNERSHIP_TEAM, case.id, now),
        *recipients.holders(Party.LIG_CHAIR, case.id, now),
    ]
    to = [one for one in dict.fromkeys(asked) if one.person_id != row.person_id]
    if not to:
        instead = recipients.holders(Party.STRATEGIC_MANAGER, case.id, now)
        to = [one for one in instead if one.person_id != row.person_id]
    recipients.tell(
        "conflict-declared", to, case_id=case.id, reference=case.reference, now=now, occasion=str(row.id)
    )


def _tell(
    kind: EventKind, case_id: UUID, acting: Acting, now: datetime, facts: dict[str, object], person: str, reason: str
) -> None:  # fmt: skip
    record(
        kind, case_id=case_id, acting=acting, happened_at=now, now=now, facts=facts,
        payload={"person": person, "reason": reason},
    )  # fmt: skip


def _fresh(query: Any) -> Any:
    """A row as it is now that the case is locked. Raises LookupError."""
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise LookupError("there is no such row in this case")
    return row
