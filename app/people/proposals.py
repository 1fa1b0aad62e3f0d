"""What waits for a second person: a membership, a longer one, a new passkey. The caller commits.

A membership waits that somebody wants for themselves, or gives to the holder of a passkey whom they let in (rules.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting
from app.access.independence import Held, combination_fault
from app.accounts.models import Membership, Person
from app.accounts.queries import memberships_in
from app.accounts.service import AccountsError, running_roles
from app.ledger.service import record
from app.outbox.smtp import usable
from app.people.invitations import invite_to_recover
from app.people.mailing import tell_deciders, tell_person
from app.people.memberships import Faults, Grant, change_last_day, give, running, wanted_of
from app.people.models import MembershipProposal
from app.people.rules import decider_fault, last_day_faults, wanted_faults
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from tenants.db import db

RECOVERY = "passkey-recovery"
OVER = "Their memberships here have ended meanwhile, or their organisation is no longer trusted."
PAST = "The last day that was proposed has passed."
NOT_THERE = "The role or the agency that was proposed does not exist any more."
GONE = "The membership has ended meanwhile."


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: `problem` says why nothing was decided."""

    problem: str = ""
    faults: tuple[tuple[str, str], ...] = ()


def propose_membership(
    person_id: UUID, grant: Grant, reason: str, acting: Acting, key: UUID, now: datetime
) -> Faults:
    """Propose a membership for somebody: nothing is given before a second person approves it."""
    if _known(key):
        return []
    together = combination_fault(Held(grant.role, grant.starts_on, grant.ends_on), running_roles(person_id))
    faults = [("role", together)] if together else []
    if not reason.strip():
        faults.append(("reason", "Say why the role is needed: a second person decides by it"))
    if faults:
        return faults
    proposal = _made("begin", person_id, reason, acting, key, now)
    proposal.role, proposal.agency_id = grant.role.value, grant.agency_id
    proposal.starts_on, proposal.ends_on = grant.starts_on, grant.ends_on
    _propose(proposal, acting, now)
    return []


def propose_extension(
    membership: Membership, ends_on: date | None, reason: str, acting: Acting, key: UUID, now: datetime
) -> Faults:
    """Propose a later last day for a membership."""
    if _known(key):
        return []
    faults = last_day_faults(membership.starts_on, ends_on, london_date(now))
    if not faults and not reason.strip():
        faults = [("reason", "Say why the last day changes: a second person decides by it")]
    if faults:
        return faults
    proposal = _made("extend", membership.person_id, reason, acting, key, now)
    proposal.membership_id, proposal.ends_on = membership.id, ends_on
    proposal.role, proposal.agency_id = membership.role, membership.agency_id
    _propose(proposal, acting, now)
    return []


def propose_recovery(
    person_id: UUID, email: str, reason: str, acting: Acting, key: UUID, now: datetime
) -> Faults:
    """Propose that a passkey's holder who belongs here today is sent a link to make a new one."""
    if _known(key):
        return []
    faults = [] if usable(email.strip()) else [("email", "Enter an e-mail address, like name@example.org")]
    if not reason.strip():
        faults.append(("reason", "Say what happened, and how you know that it was they who asked"))
    if faults:
        return faults
    proposal = _made("recovery", person_id, reason, acting, key, now)
    proposal.email = email.strip()
    _propose(proposal, acting, now)
    _tell_on_file("passkey-asked", proposal, now)
    return []


def decide(proposal_id: UUID, approve: bool, reason: str, acting: Acting, now: datetime) -> Decided:
    """Approve or refuse a proposal, once. Whoever proposed it, or whom it is about, decides nothing."""
    query = select(MembershipProposal).where(MembershipProposal.id == proposal_id).with_for_update()
    proposal = db.session.scalar(query.execution_options(populate_existing=True))
    assert acting.person_id is not None
    if proposal is None or proposal.state != "open":
        return Decided("This has been decided already.")
    fault = decider_fault(acting.person_id, proposal.proposed_by, proposal.person_id)
    if fault:
        return Decided(fault)
    if not reason.strip():
        why = "Say how you checked this" if approve else "Say why you refuse it"
        return Decided(faults=(("reason", why),))
    problem = _do(proposal, acting, now) if approve else ""
    if problem:
        return Decided(problem)
    _close(proposal, approve, reason.strip(), acting, now)
    return Decided()


def _do(proposal: MembershipProposal, acting: Acting, now: datetime) -> str:
    """Do what was proposed. Returns why it can be done no longer, with nothing changed."""
    today = london_date(now)
    if not memberships_in(proposal.partnership_id, proposal.person_id, today):
        return OVER
    person = db.session.get_one(Person, proposal.person_id)
    if proposal.what == "recovery":
        assert proposal.email is not None
        key = proposal.submission_key
        invite_to_recover(person.id, person.display_name, proposal.email, acting, key, now)
        _tell_on_file("passkey-allowed", proposal, now)
        return ""
    if proposal.ends_on is not None and proposal.ends_on < today:
        return PAST
    if proposal.what == "extend":
        return _extend(proposal, acting, now)
    assert proposal.starts_on is not None
    first = max(proposal.starts_on, today)
    wanted = wanted_of(proposal.role, proposal.agency_id, first, proposal.ends_on)
    if wanted.role is None or wanted_faults(wanted, today):
        return NOT_THERE
    try:
        give(person, Grant(wanted.role, wanted.agency, first, proposal.ends_on), acting, now)
    except AccountsError as fault:
        return str(fault)
    return ""


def _tell_on_file(kind: str, proposal: MembershipProposal, now: datetime) -> None:
    """Tell a passkey's holder at the address on file, whichever address the link goes to."""
    person = db.session.get_one(Person, proposal.person_id)
    if person.email:
        tell_person(kind, person.id, person.display_name, person.email, proposal.id, now)


def _extend(proposal: MembershipProposal, acting: Acting, now: datetime) -> str:
    membership = running(proposal.membership_id) if proposal.membership_id else None
    if membership is None:
        return GONE
    faults = change_last_day(membership, proposal.ends_on, proposal.reason, acting, now)
    return faults[0][1] if faults else ""


def _close(proposal: MembershipProposal, approve: bool, reason: str, acting: Acting, now: datetime) -> None:
    proposal.state = "approved" if approve else "refused"
    proposal.decided_by, proposal.decided_name = acting.person_id, acting.name
    proposal.decided_capacity, proposal.decided_reason, proposal.decided_at = acting.capacity, reason, now
    kind = EventKind.MEMBERSHIP_APPROVED if approve else EventKind.MEMBERSHIP_REFUSED
    _record(kind, proposal, acting, {"reason": reason, "proposed_by": proposal.proposed_name}, now)
    proposer = db.session.get_one(Person, proposal.proposed_by)
    tell_person("proposal-decided", proposer.id, proposer.display_name, proposer.email, proposal.id, now)


def _known(key: UUID) -> bool:
    known = select(MembershipProposal.id).where(MembershipProposal.submission_key == key)
    return db.session.scalar(known) is not None


def _made(
    what: str, person_id: UUID, reason: str, acting: Acting, key: UUID, now: datetime
) -> MembershipProposal:
    assert acting.person_id is not None
    return MembershipProposal(
        what=what, person_id=person_id, reason=reason.strip(), proposed_by=acting.person_id,
        proposed_name=acting.name, proposed_capacity=acting.capacity, proposed_at=now, state="open",
        submission_key=key,
    )  # fmt: skip


def _propose(proposal: MembershipProposal, acting: Acting, now: datetime) -> None:
    db.session.add(proposal)
    db.session.flush()
    _record(EventKind.MEMBERSHIP_PROPOSED, proposal, acting, {"reason": proposal.reason}, now)
    concerned = [proposal.proposed_by, proposal.person_id]
    tell_deciders("second-person-waits", proposal.id, concerned, london_date(now), now)


def _record(
    kind: EventKind, proposal: MembershipProposal, acting: Acting, payload: dict[str, object], now: datetime
) -> None:
    record(
        kind, case_id=None, acting=acting, happened_at=now, now=now,
        outcome=RECOVERY if proposal.what == "recovery" else None,
        facts={"proposal": str(proposal.id), "person": str(proposal.person_id), "role": proposal.role,
               "what": proposal.what},
        payload={**payload, "starts_on": proposal.starts_on, "ends_on": proposal.ends_on},
    )  # fmt: skip
