"""Reminders before and at the end of each clock, and escalation when it has run out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.owners import OF_PARTNER, OWNERS, TEAM
from app.access.sealing import sealed_people
from app.accounts.queries import Holder, holders_of
from app.cases.models import Case, StoredObligation
from app.outbox.handlers import handler
from app.outbox.service import post
from app.procedure.clocks import london_date
from app.procedure.events import Party
from tenants.db import db


@handler("remind")
def remind(args: dict[str, str], now: datetime) -> None:
    """Tell the one who owes that a clock is about to end, unless it has ended or moved meanwhile."""
    obligation = _still_running(args)
    if obligation is None:
        return
    for holder in owners_of(Party(obligation.owner), obligation.case_id, now):
        _tell("reminder", obligation, holder, args["due"], now)


@handler("escalate")
def escalate(args: dict[str, str], now: datetime) -> None:
    """Tell the one who owes, the Partnership Team and the chair of the group that a clock has ended unmet."""
    obligation = _still_running(args)
    if obligation is None:
        return
    told: set[UUID] = set()
    owner = Party(obligation.owner)
    for party in (owner, Party.PARTNERSHIP_TEAM, Party.LIG_CHAIR):
        for holder in owners_of(party, obligation.case_id, now):
            if holder.person_id not in told:
                told.add(holder.person_id)
                kind = "overdue" if party is owner else "overdue-elsewhere"
                _tell(kind, obligation, holder, args["due"], now)


def owners_of(party: Party, case_id: UUID, now: datetime) -> list[Holder]:
    """The people who owe for a party in a case today. Whoever is sealed out of it owes nothing there. Where nobody is
    left for the party, the Partnership Team, which finds somebody: no obligation is without a person."""
    partner, today = party.value if party in OF_PARTNER else None, london_date(now)
    sealed = sealed_people(case_id)

    def may_know(found: list[Holder]) -> list[Holder]:
        return [holder for holder in found if holder.person_id not in sealed]

    found = may_know(holders_of([role.value for role in OWNERS.get(party, ())], today, partner))
    return found or may_know(holders_of([role.value for role in TEAM], today))


def _still_running(args: dict[str, str]) -> StoredObligation | None:
    row = db.session.scalar(
        select(StoredObligation).where(
            StoredObligation.case_id == UUID(args["case_id"]), StoredObligation.key == args["key"]
        )
    )
    if row is None or not row.open or row.due is None or row.due.isoformat() != args["due"]:
        return None
    return row


def _tell(kind: str, obligation: StoredObligation, holder: Holder, due: str, now: datetime) -> None:
    case = db.session.scalars(select(Case).where(Case.id == obligation.case_id)).one()
    post(
        kind,
        to_person=holder.person_id,
        to_address=holder.email,
        to_name=holder.name,
        key=f"{kind}:{obligation.case_id}:{obligation.key}:{due}:{holder.person_id}",
        now=now,
        case_reference=case.reference,
        params={"duty": obligation.duty, "due_on": obligation.due_on},
        context={"case_id": str(obligation.case_id)},
    )
