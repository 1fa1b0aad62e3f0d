"""What stands behind a silence: receipt of the request, the deputy contacted, and agreement deemed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from app.access.actor import SYSTEM, Acting, Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case, changed, lock
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.marks import duty
from app.procedure.positions import clock_end, deputy_contacted, ended_in_silence, nobody_left, receipt
from app.serious_incidents import progress, recipients, sealed_out, turns
from app.serious_incidents.clock import Silence, silence
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.models import PartnerPosition
from app.serious_incidents.progress import Progress
from app.serious_incidents.recipients import Recipient
from app.serious_incidents.settling import tell_whose_decision
from app.serious_incidents.steps import happened, has_happened, take
from tenants.db import db

log = structlog.get_logger()
FOR_DEPUTY = "deputy"


def received(
    case_id: UUID, party: Party, acting: Acting, at: datetime, now: datetime | None = None, *,
    facts: dict[str, object] | None = None, payload: dict[str, object] | None = None,
) -> bool:  # fmt: skip
    """Record receipt once: responding implies it, the mail server's acceptance tells it, somebody confirms it. Once
    more where nobody who had received it could answer any longer, and somebody else has it now."""
    again = nobody_left(history_of(case_id), party) is not None
    if has_happened(case_id, EventKind.REQUEST_RECEIVED, party) and not again:
        return False
    happened(
        EventKind.REQUEST_RECEIVED,
        case_id,
        acting,
        now or at,
        at=at,
        party=party,
        facts=facts,
        payload=payload,
    )
    return True


def request_delivered(case_id: UUID, party: Party, at: datetime, now: datetime) -> bool:
    """The request was accepted by the server of a partner's representative or deputy: their clock begins
    (point 12).

    `at` is when it was accepted. Returns whether this was the first receipt.
    """
    lock(case_id)
    if progress.load(case_id).view_shared is None:
        return False
    return received(case_id, party, SYSTEM, at, now)


def request_bounced(case_id: UUID, party: Party, at: datetime, now: datetime) -> bool:
    """The request could not be delivered. Where another representative has received it, nothing is
    recorded."""
    lock(case_id)
    known = (EventKind.REQUEST_RECEIVED, EventKind.REQUEST_BOUNCED)
    if any(has_happened(case_id, kind, party) for kind in known):
        return False
    happened(EventKind.REQUEST_BOUNCED, case_id, SYSTEM, now, at=at, party=party)
    return True


@duty("N-04")
def contact_deputy(
    case_id: UUID, party: Party, *, actor: Actor | None, now: datetime, key: UUID | None = None
) -> bool:
    """Contact a partner's deputy before its clock ends, and tell its generic inbox that something waits.

    By the job (`actor` None) it is skipped where the partner has a position or the deputy was contacted; by
    hand those raise OutOfTurn or AlreadyDone. Returns whether it was done now.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    reason = turns.deputy(found, party)
    if reason is not None:
        if actor is None or turns.same(reason, key):
            return False
        raise reason
    acting = SYSTEM if actor is None else actor.acting_as(actor.holding(Permission.DEPUTY_CONTACT))
    sealed_out.look_again(case, party, now)
    deputies = recipients.deputies(party, case.id, now)
    inbox = recipients.generic_inbox(party)
    if not deputies and inbox is None:
        log.warning("deputy-nobody", case_id=str(case_id), party=party.value)
        if actor is None:
            return False
        raise OutOfTurn(
            "There is nobody to contact", "This partner has neither a deputy nor a generic inbox."
        )
    _ask_deputies(case, found, party, deputies, inbox, now)
    take(case_id, progress.DEPUTY, acting, now, party=party, key=key)
    happened(
        EventKind.DEPUTY_CONTACTED, case_id, acting, now, party=party,
        facts={"deputies": len(deputies), "inbox": inbox is not None},
    )  # fmt: skip
    changed(case)
    return True


def _ask_deputies(
    case: Case,
    found: Progress,
    party: Party,
    deputies: list[Recipient],
    inbox: Recipient | None,
    now: datetime,
) -> None:
    """The deputies are asked, and the inbox told. Asked again after every message bounced, they are sent anew."""
    before = len(found.told.all(EventKind.DEPUTY_CONTACTED, party))
    again = str(before + 1) if before else ""
    received_at = receipt(found.told, party)
    due_on = found.told.due_on("B1-08", received_at) if received_at else None
    recipients.tell(
        "deputy-contact", deputies, case_id=case.id, reference=case.reference, now=now, party=party,
        occasion=again, params={"due_on": due_on},
    )  # fmt: skip
    recipients.tell(
        "inbox-waiting", [inbox] if inbox else [], case_id=case.id, reference=case.reference, now=now, party=party,
        occasion=f"{FOR_DEPUTY}{again}", params={"due_on": due_on},
    )  # fmt: skip


@duty("N-04")
def deputy_not_reached(case_id: UUID, party: Party, now: datetime) -> None:
    """One message to a partner's deputy or inbox bounced; where all have, the deputy was not contacted, and is
    contacted anew."""
    case = lock(case_id)
    step = progress.load(case_id).deputy_contacted(party)
    if step is None:
        return
    happened(EventKind.DEPUTY_NOT_REACHED, case_id, SYSTEM, now, party=party)
    if deputy_contacted(history_of(case_id), party) is None:
        step.withdrawn_at = now
    changed(case)


@duty("B1-08", "N-04")
def deem(case_id: UUID, party: Party, now: datetime) -> bool:
    """Count a partner's silence as deemed agreement, exactly once, as of the moment when the clock ended.

    Nothing happens where the procedure does not allow it; the log then says why, without content.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    why_not = _deem(case, found, party, now)
    if why_not:
        _nothing_deemed(case, found, party, now)
        log.info("not-deemed", case_id=str(case_id), party=party.value, why=why_not)
    else:
        tell_whose_decision(case, now)
    return not why_not


def _nothing_deemed(case: Case, found: Progress, party: Party, now: datetime) -> None:
    """A clock that ended in a silence that counts as nothing: said once in the history."""
    why, end = ended_in_silence(found.told, party, now), clock_end(found.told, party)
    if why is None or end is None or found.told.first(EventKind.SILENCE_NOT_DEEMED, party) is not None:
        return
    happened(EventKind.SILENCE_NOT_DEEMED, case.id, SYSTEM, now, at=end, party=party, payload={"why": why})
    changed(case)


def deem_what_is_due(case: Case, found: Progress, now: datetime) -> list[Party]:
    """Count every silence whose clock has ended, although the job may not have run yet. The case must be
    locked."""
    deemed = []
    for party in SAFEGUARDING_PARTNERS:
        if not _deem(case, found, party, now):
            deemed.append(party)
        else:
            _nothing_deemed(case, found, party, now)
    return deemed


def _deem(case: Case, found: Progress, party: Party, now: datetime) -> str:
    """Deem what the procedure allows; returns why it does not, or nothing where it was done."""
    if party in found.positions:
        return "a position is held"
    verdict = silence(case.id, party, now)
    if not isinstance(verdict, Silence):
        return verdict
    db.session.add(
        PartnerPosition(
            case_id=case.id,
            party=party.value,
            kind="deemed",
            outcome=verdict.outcome,
            person_name="",
            capacity="No response before the clock ended",
            evidence="; ".join(one.name for one in recipients.representatives(party, case.id, now)),
            happened_at=verdict.ended,
            recorded_at=now,
            late=False,
        )
    )
    happened(
        EventKind.RESPONSE_DEEMED,
        case.id,
        SYSTEM,
        now,
        at=verdict.ended,
        party=party,
        outcome=verdict.outcome,
    )
    to = [
        *recipients.representatives(party, case.id, now),
        *recipients.holders(Party.PARTNERSHIP_TEAM, case.id, now),
    ]
    recipients.tell(
        "response-deemed",
        list(dict.fromkeys(to)),
        case_id=case.id,
        reference=case.reference,
        now=now,
        party=party,
    )
    changed(case)
    return ""
