"""The three partners' positions: asked for, received, given, replaced, deemed from silence, or late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from app.access.actor import SYSTEM, Acting, Actor
from app.access.permissions import Permission
from app.cases.service import Case, changed, lock
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Outcome, Party
from app.procedure.marks import duty
from app.serious_incidents import progress, recipients, rules, turns
from app.serious_incidents.clock import Silence, silence
from app.serious_incidents.errors import ChangedMeanwhile, Fault, Incomplete, OutOfTurn
from app.serious_incidents.models import PartnerPosition
from app.serious_incidents.progress import Progress
from app.serious_incidents.steps import happened, has_happened, take
from tenants.db import db

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """A partner's answer as it was typed. `seen` is the position in force when the form was shown ('' for
    none)."""

    party: Party
    outcome: str | None
    rationale: str
    seen: str
    key: UUID


@duty("B1-08", "B1-15")
def respond(case_id: UUID, answer: Answer, *, actor: Actor, now: datetime) -> PartnerPosition:
    """Give a partner's response, visible to all three (Section B, step 4).

    Until the decision a partner may replace their own answer; the former one is kept. An answer that comes
    when agreement has been deemed is kept as late and changes nothing. The same form sent twice is one
    answer. Raises Incomplete, OutOfTurn, ChangedMeanwhile (somebody else of the same partner answered
    meanwhile).
    """
    case = lock(case_id)
    found = progress.load(case_id)
    before = _with_key(found, answer.key)
    if before is not None:
        return before
    capacity = rules.capacity_for(answer.party, actor.capacities)
    if capacity is None:
        raise OutOfTurn(
            "This response is not yours to give", "A partner is answered for by its own representatives."
        )
    if found.view_shared is None:
        raise OutOfTurn(
            "It is too early to respond", "The initial view has not been shared with the partners yet."
        )
    _refuse_incomplete(answer)
    acting = actor.acting_as([capacity])
    _received(case_id, answer.party, acting, now)
    deem_what_is_due(case, found, now)
    found = progress.load(case_id)
    position = found.positions.get(answer.party)
    late = position is not None and position.kind == "deemed"
    if not late and answer.seen != (str(position.id) if position else ""):
        raise ChangedMeanwhile
    row = _keep(case_id, answer, acting, now, replacing=None if late else position, late=late)
    _record_answer(case, row, acting, now, stands_in=rules.stands_in(answer.party, capacity))
    changed(case)
    return row


def _with_key(found: Progress, key: UUID) -> PartnerPosition | None:
    rows = [*found.positions.values(), *found.earlier, *found.late]
    return next((row for row in rows if row.submission_key == key), None)


def _refuse_incomplete(answer: Answer) -> None:
    faults = []
    if answer.outcome not in (Outcome.NOTIFY, Outcome.DO_NOT_NOTIFY):
        faults.append(Fault("outcome", "Select your response"))
    if not answer.rationale.strip():
        faults.append(Fault("rationale", "Give the reason for your response"))
    if faults:
        raise Incomplete(faults)


def _keep(
    case_id: UUID,
    answer: Answer,
    acting: Acting,
    now: datetime,
    *,
    replacing: PartnerPosition | None,
    late: bool,
) -> PartnerPosition:
    if replacing is not None:
        replacing.replaced_at = now
        db.session.flush()  # one position in force for each partner: the former must give way first
    row = PartnerPosition(
        case_id=case_id,
        party=answer.party.value,
        kind="given",
        outcome=answer.outcome,
        rationale=answer.rationale.strip(),
        person_id=acting.person_id,
        person_name=acting.name,
        capacity=acting.capacity,
        happened_at=now,
        recorded_at=now,
        late=late,
        submission_key=answer.key,
    )
    db.session.add(row)
    return row


def _record_answer(
    case: Case, row: PartnerPosition, acting: Acting, now: datetime, *, stands_in: bool
) -> None:
    party = Party(row.party)
    happened(
        EventKind.RESPONSE_LATE if row.late else EventKind.RESPONSE_GIVEN,
        case.id, acting, now, party=party, outcome=row.outcome,
        facts={"stands_in": stands_in}, payload={"rationale": row.rationale},
    )  # fmt: skip
    others = [one for other in SAFEGUARDING_PARTNERS if other is not party
              for one in recipients.representatives(other, now)]  # fmt: skip
    to = list(dict.fromkeys([*others, *recipients.holders(Party.PARTNERSHIP_TEAM, now)]))
    recipients.tell(
        "response-given", to, case_id=case.id, reference=case.reference, now=now, party=party,
        occasion=str(row.submission_key),
    )  # fmt: skip


def _received(case_id: UUID, party: Party, acting: Acting, at: datetime, now: datetime | None = None) -> bool:
    """Record receipt once: responding implies it, and the mail server's acceptance tells it."""
    if has_happened(case_id, EventKind.REQUEST_RECEIVED, party):
        return False
    happened(EventKind.REQUEST_RECEIVED, case_id, acting, now or at, at=at, party=party)
    return True


def request_delivered(case_id: UUID, party: Party, at: datetime, now: datetime) -> bool:
    """The request was accepted by the server of a partner's representative or deputy: their clock begins
    (point 12).

    `at` is when it was accepted. Returns whether this was the first receipt.
    """
    lock(case_id)
    if progress.load(case_id).view_shared is None:
        return False
    return _received(case_id, party, SYSTEM, at, now)


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
    deputies = recipients.deputies(party, now)
    inbox = recipients.generic_inbox(party)
    if not deputies and inbox is None:
        log.warning("deputy-nobody", case_id=str(case_id), party=party.value)
        if actor is None:
            return False
        raise OutOfTurn(
            "There is nobody to contact", "This partner has neither a deputy nor a generic inbox."
        )
    about = {"case_id": case_id, "reference": case.reference, "now": now, "party": party}
    recipients.tell("deputy-contact", deputies, **about)  # type: ignore[arg-type]
    recipients.tell("inbox-waiting", [inbox] if inbox else [], **about)  # type: ignore[arg-type]
    take(case_id, progress.DEPUTY, acting, now, party=party, key=key)
    happened(
        EventKind.DEPUTY_CONTACTED, case_id, acting, now, party=party,
        facts={"deputies": len(deputies), "inbox": inbox is not None},
    )  # fmt: skip
    changed(case)
    return True


@duty("B1-08", "N-04")
def deem(case_id: UUID, party: Party, now: datetime) -> bool:
    """Count a partner's silence as deemed agreement, exactly once, as of the moment when the clock ended.

    Nothing happens where the procedure does not allow it; the log then says why, without content.
    """
    case = lock(case_id)
    return _deem(case, progress.load(case_id), party, now)


def deem_what_is_due(case: Case, found: Progress, now: datetime) -> list[Party]:
    """Count every silence whose clock has ended, although the job may not have run yet. The case must be
    locked."""
    return [party for party in SAFEGUARDING_PARTNERS if _deem(case, found, party, now)]


def _deem(case: Case, found: Progress, party: Party, now: datetime) -> bool:
    if party in found.positions or found.view_shared is None:
        return False
    verdict = silence(case.id, party, now)
    if not isinstance(verdict, Silence):
        log.info("not-deemed", case_id=str(case.id), party=party.value, why=verdict)
        return False
    db.session.add(
        PartnerPosition(
            case_id=case.id,
            party=party.value,
            kind="deemed",
            outcome=verdict.outcome,
            person_name="",
            capacity="No response before the clock ended",
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
    to = [*recipients.representatives(party, now), *recipients.holders(Party.PARTNERSHIP_TEAM, now)]
    recipients.tell(
        "response-deemed",
        list(dict.fromkeys(to)),
        case_id=case.id,
        reference=case.reference,
        now=now,
        party=party,
    )
    changed(case)
    return True
