"""What a seal means for the partners' answers: whoever else answers for a partner is asked; where nobody can, the
Partnership Team is told, and the silence of nobody counts as nothing."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import SYSTEM
from app.cases.models import StoredObligation
from app.cases.service import Case, lock
from app.outbox.service import schedule
from app.procedure.clocks import day_start
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.marks import duty
from app.procedure.positions import nobody_left
from app.serious_incidents import progress, recipients
from app.serious_incidents.progress import Progress
from app.serious_incidents.steps import happened
from tenants.db import db

REQUEST = "initial-view-shared"


@duty("B1-08", "B1-12")
def ask_others(case_id: UUID, party: Party, now: datetime) -> None:
    """Ask whoever else answers for a partner, where the request to one of them cannot reach them any more. Those
    asked before are not asked twice; where nobody is left, that is recorded and the Partnership Team is told."""
    _ask(lock(case_id), party, now)


def look_again(case: Case, party: Party, now: datetime) -> None:
    """Before a partner's silence comes to count: somebody's deputy may have gone since they were sealed out. The case
    must be locked."""
    if recipients.all_sealed_out(party, case.id, now):
        _ask(case, party, now)


def after_seal(case: Case, acted_for: list[Party], left: list[Party], now: datetime) -> None:
    """Look after the parties for whom a person who was just sealed out could act; for those `left` nobody can now.
    The case must be locked."""
    for party in SAFEGUARDING_PARTNERS:
        if party in acted_for:
            _ask(case, party, now)
    if left:
        tell_team(case, now)


def after_lifting(case: Case, person_id: UUID, mark: UUID, now: datetime) -> None:
    """Ask somebody whose seal was lifted, where their partner's answer is still awaited: what was sent to them
    meanwhile was withheld."""
    found = progress.load(case.id)
    for party in SAFEGUARDING_PARTNERS:
        them = [one for one in recipients.representatives(party, case.id, now) if one.person_id == person_id]
        if them and _awaited(found, party):
            recipients.tell(
                REQUEST, them, case_id=case.id, reference=case.reference, now=now, party=party, occasion=str(mark)
            )  # fmt: skip


def tell_team(case: Case, now: datetime) -> None:
    """Tell the Partnership Team, or who can seal in its place, that a party has nobody left."""
    asked = (Party.PARTNERSHIP_TEAM, Party.STRATEGIC_MANAGER, Party.LIG_CHAIR)
    found = (recipients.holders(party, case.id, now) for party in asked)
    recipients.tell(
        "nobody-can-act", next((to for to in found if to), []), case_id=case.id, reference=case.reference, now=now,
        occasion=now.isoformat(),
    )  # fmt: skip


def ask_when_begun(party: Party, starts_on: date, key: UUID, now: datetime) -> None:
    """Owe a deputy the requests that nobody else of their partner can answer, from their first day on."""
    if party in SAFEGUARDING_PARTNERS:
        schedule(
            "ask-others", f"ask-others:{key}", max(now, day_start(starts_on)), {"party": party.value}, now
        )


def ask_everywhere(party: Party, now: datetime) -> None:
    """Ask whoever now answers for a partner, in every case in which the request to it could not be delivered."""
    query = select(StoredObligation.case_id).where(
        StoredObligation.open, StoredObligation.key == f"B1-08:reach:{party.value}"
    )
    for case_id in sorted(db.session.scalars(query)):
        ask_others(case_id, party, now)


def _ask(case: Case, party: Party, now: datetime) -> None:
    found = progress.load(case.id)
    if not _awaited(found, party):
        return
    to = recipients.representatives(party, case.id, now)
    if to:
        recipients.tell(REQUEST, to, case_id=case.id, reference=case.reference, now=now, party=party)
    elif nobody_left(found.told, party) is None:
        _nobody(case, party, now)


def _awaited(found: Progress, party: Party) -> bool:
    open_still = found.decision is None or found.told.reopened is not None
    return found.view_shared is not None and party not in found.positions and open_still


def _nobody(case: Case, party: Party, now: datetime) -> None:
    inbox = recipients.generic_inbox(party)
    happened(EventKind.REQUEST_BOUNCED, case.id, SYSTEM, now, party=party, facts={"nobody": True})
    recipients.tell(
        "inbox-waiting", [inbox] if inbox else [], case_id=case.id, reference=case.reference, now=now, party=party,
        occasion=now.isoformat(),
    )  # fmt: skip
    tell_team(case, now)
