"""The Partnership Team asks agencies for their summaries of involvement. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.service import lock
from app.involvement import queries, telling
from app.involvement.chasing import chase, schedule_reminders
from app.involvement.discussion import NOT_CHOSEN, comment_on_outcome, direct_scoping
from app.involvement.models import InvolvementRequest, Scoping
from app.involvement.returns import OnBehalf, record_return_for, submit_return
from app.involvement.turns import NoSuchRequest, load, purpose_now, refuse_unless_asked, tell_ledger
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from app.procedure.explain import long_date
from app.procedure.involvement import DISCUSSION, due_faults
from app.procedure.marks import duty
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from tenants.db import db
from tenants.registry import Agency

__all__ = [
    "NOT_CHOSEN",
    "NoSuchRequest", "OnBehalf", "chase", "comment_on_outcome", "direct_scoping", "purpose_now", "record_return_for",
    "submit_return",
]  # fmt: skip


DIRECTED_FIRST = "The chair of the group directs the scoping first, and sets its dates."
ASK_FIRST = "Ask the agencies that have members on the group first."


@dataclass(frozen=True, slots=True)
class Outside:
    """An organisation that is none of the partnership's agencies, and whom to write to there."""

    name: str
    contact: str
    email: str


@duty("B2-04")
def open_scoping(
    case_id: UUID, purpose: str, due_on: date | None, questions: Sequence[str], agencies: Sequence[UUID],
    others: Sequence[Outside] = (), *, actor: Actor, now: datetime, key: UUID, title: str | None = None,
) -> Scoping:  # fmt: skip
    """Ask agencies for their summaries of involvement (Appendix A, step 5): each is told. `title` is how the requests
    name the child, the case's where none is given. The same form sent twice asks once. Raises Incomplete, OutOfTurn."""
    case = lock(case_id)
    before = queries.scoping_of(case_id, purpose)
    if before is not None and before.submission_key == key:
        return before
    refuse_unless_asked(case_id, purpose)
    if before is not None:
        raise OutOfTurn("Agencies have been asked already",
                        f"{before.opened_by} asked them on {long_date(london_date(before.opened_at))}. Others can be "
                        "added one by one.")  # fmt: skip
    called = case.title if title is None else title.strip()
    known = {one.id: one for one in db.session.scalars(select(Agency).where(Agency.id.in_(agencies)))}
    faults = _open_faults(case_id, purpose, due_on, called, known, others, london_date(now))
    if faults or due_on is None:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.INVOLVEMENT_RUN))
    row = Scoping(
        case_id=case_id, purpose=purpose, title=called, due_on=due_on, questions=list(questions),
        opened_by=acting.name, opened_capacity=acting.capacity, opened_at=now, submission_key=key,
    )  # fmt: skip
    db.session.add(row)
    case.brought = case.brought or purpose == DISCUSSION
    db.session.flush()
    facts: dict[str, object] = {"purpose": purpose, "due_on": due_on.isoformat()}
    told = {"title": called, "questions": row.questions}
    tell_ledger(EventKind.SCOPING_OPENED, case_id, purpose, acting, now, facts, told)
    for one in sorted(known.values(), key=lambda agency: agency.name):
        _ask(row, one, None, due_on, acting, now, uuid5(key, str(one.id)))
    for other in others:
        _ask(row, None, other, due_on, acting, now, uuid5(key, f"outside {other.name}"))
    return row


def _open_faults(
    case_id: UUID, purpose: str, due_on: date | None, title: str, known: dict[UUID, Agency], others: Sequence[Outside],
    today: date,
) -> list[Fault]:  # fmt: skip
    faults = [Fault(*fault) for fault in due_faults(due_on, today)]
    if purpose == DISCUSSION:
        directed = queries.direction_of(case_id)
        if directed is None:
            raise OutOfTurn("Not yet", DIRECTED_FIRST)
        if due_on is not None and due_on > directed.due_on:
            told = f"The chair asks for returns by {long_date(directed.due_on)}: enter that day or an earlier one"
            faults.append(Fault("due_on", told))
    if not title:
        faults.append(Fault("title", "Say how the requests name the child"))
    if not known and not others:
        faults.append(Fault("agencies", "Select at least one agency"))
    names = [one.name.casefold() for one in known.values()] + [one.name.casefold() for one in others]
    for place, other in enumerate(others, start=1):
        faults += _outside_faults(other, f"_{place}")
        if other.name and names.count(other.name.casefold()) > 1:
            faults.append(Fault(f"name_{place}", f"{other.name} is asked already: enter another name"))
    return faults


def _outside_faults(other: Outside, place: str = "") -> list[Fault]:
    """What is wrong with an organisation outside; `place` numbers its fields where several are typed at once."""
    faults = [] if other.name.strip() else [Fault(f"name{place}", "Enter the name of the organisation")]
    if not other.contact.strip():
        faults.append(Fault(f"contact{place}", "Enter whom you ask there"))
    local, _at, domain = other.email.strip().rpartition("@")
    if not local or "." not in domain or " " in other.email.strip():
        faults.append(Fault(f"email{place}", "Enter an e-mail address, like name@example.org"))
    return faults


@duty("B2-04")
def add_request(
    case_id: UUID, purpose: str, agency_id: UUID | None, other: Outside | None, due_on: date | None, *, actor: Actor,
    now: datetime, key: UUID,
) -> InvolvementRequest:  # fmt: skip
    """Ask one more agency, or an organisation outside, once the others were asked. Raises Incomplete, OutOfTurn."""
    lock(case_id)
    known = db.session.scalar(select(InvolvementRequest).where(InvolvementRequest.submission_key == key))
    if known is not None:
        return known
    scoping = queries.scoping_of(case_id, purpose)
    refuse_unless_asked(case_id, purpose)
    if scoping is None:
        raise OutOfTurn("Not yet", ASK_FIRST)
    faults = [Fault(*fault) for fault in due_faults(due_on, london_date(now))]
    agency = db.session.scalar(select(Agency).where(Agency.id == agency_id)) if agency_id else None
    if other is not None:
        faults += _outside_faults(other)
    elif agency is None:
        faults.append(Fault("agency", "Select an agency, or enter an organisation"))
    name = agency.name if agency else (other.name.strip() if other else "")
    standing = [one for one in queries.requests_of(case_id, purpose) if one.state != "withdrawn"]
    if name and any(one.agency_name.casefold() == name.casefold() for one in standing):
        faults.append(Fault("agency" if agency else "name", f"{name} is asked already"))
    if faults or due_on is None:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.INVOLVEMENT_RUN))
    return _ask(scoping, agency, other, due_on, acting, now, key)


def _ask(
    scoping: Scoping,
    agency: Agency | None,
    other: Outside | None,
    due_on: date,
    acting: Acting,
    now: datetime,
    key: UUID,
) -> InvolvementRequest:
    row = InvolvementRequest(
        scoping_id=scoping.id, case_id=scoping.case_id, agency_id=agency.id if agency else None,
        purpose=scoping.purpose, agency_name=agency.name if agency else (other.name.strip() if other else ""),
        contact_name=other.contact.strip() if other else "", contact_email=other.email.strip() if other else "",
        due_on=due_on, asked_by=acting.name, asked_capacity=acting.capacity, asked_at=now, submission_key=key,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    facts: dict[str, object] = {"request": str(row.id), "due_on": due_on.isoformat(), "purpose": row.purpose}
    tell_ledger(EventKind.INVOLVEMENT_REQUESTED, row.case_id, row.purpose, acting, now, facts,
                 {"agency": row.agency_name})  # fmt: skip
    telling.tell_agency("involvement-asked", row, "asked", now, due_on=due_on)
    schedule_reminders(row, now)
    return row


@duty("B2-04")
def withdraw(
    case_id: UUID, request_id: UUID, reason: str, *, actor: Actor, now: datetime, key: UUID | None = None
) -> None:
    """Withdraw a request, with a reason; what was returned is kept. A second time, the first stands. Raises
    NoSuchRequest, Incomplete."""
    lock(case_id)
    row = load(case_id, request_id)
    if row.withdrawn_at is not None:
        return
    if not reason.strip():
        raise Incomplete([Fault("reason", "Say why the request is withdrawn")])
    acting = actor.acting_as(actor.holding(Permission.INVOLVEMENT_RUN))
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_capacity = now, acting.name, acting.capacity
    row.withdrawn_reason = reason.strip()
    tell_ledger(EventKind.INVOLVEMENT_WITHDRAWN, case_id, row.purpose, acting, now, {"request": str(row.id)},
                 {"agency": row.agency_name, "reason": row.withdrawn_reason})  # fmt: skip
    telling.tell_agency("involvement-withdrawn", row, "withdrawn", now, inbox=False)
