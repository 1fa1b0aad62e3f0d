"""Returning a summary of involvement: by the agency, or recorded on its behalf. Each version is kept as it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting, Actor
from app.access.guard import refuse
from app.access.permissions import Permission
from app.cases.service import Case, lock
from app.documents.digests import digest_of
from app.involvement import queries, telling
from app.involvement.changes import Returned, tell_of
from app.involvement.models import AGENCY, TEAM, InvolvementRequest, InvolvementReturn
from app.involvement.turns import NoSuchRequest, refuse_unless_asked, tell_ledger
from app.procedure.events import EventKind, Party
from app.procedure.involvement import is_late, missing
from app.procedure.involvement_form import completed
from app.procedure.marks import duty
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from app.serious_incidents.rules import SOURCES
from app.web.text_rules import normalised
from tenants.db import db

LARGEST_KEPT = 2_000_000


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """How a return came that the Partnership Team records for an agency: from whom, when, how, and the evidence."""

    given_by: str
    given_capacity: str
    returned_at: datetime | None
    source: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A return that was kept."""

    request_id: UUID
    number: int
    late: bool
    supplement: bool


@duty("B2-05")
def submit_return(
    request_id: UUID, content: Mapping[str, Any], *, actor: Actor, now: datetime, key: UUID, changed: str = ""
) -> Kept:
    """Return the agency's summary of involvement (commitment 1), with the files attached to what it was writing.

    A second one becomes number 2 and says what `changed`; the first is kept. One that comes late is kept and shown as
    late; one that comes after papers were circulated is a supplement. The same form sent twice returns once. Refused
    like a wrong address for anybody but the agency's people; raises Incomplete (the field `content` for what the form
    lacks), OutOfTurn.
    """
    case, row = _locked(request_id)
    held = queries.capacities_for(actor, row.agency_id)
    if not held:
        refuse()
    return _keep(case, row, content, actor.acting_as(held), now, key, changed, None)


@duty("B2-05")
def record_return_for(
    request_id: UUID, content: Mapping[str, Any], behalf: OnBehalf, *, actor: Actor, now: datetime, key: UUID,
    changed: str = "",
) -> Kept:  # fmt: skip
    """Record a return that an agency gave outside Waymark, with source, time and evidence; the agency is told. It
    counts from when it was given. Raises as `submit_return`."""
    case, row = _locked(request_id)
    acting = actor.acting_as(actor.holding(Permission.INVOLVEMENT_RUN))
    return _keep(case, row, content, acting, now, key, changed, behalf)


def _locked(request_id: UUID) -> tuple[Case, InvolvementRequest]:
    """The request and its case, the case locked first."""
    found = select(InvolvementRequest).where(InvolvementRequest.id == request_id)
    row = db.session.scalar(found)
    if row is None:
        raise NoSuchRequest(str(request_id))
    case = lock(row.case_id)
    return case, db.session.scalars(found.with_for_update().execution_options(populate_existing=True)).one()


def _keep(
    case: Case, row: InvolvementRequest, content: Mapping[str, Any], acting: Acting, now: datetime, key: UUID,
    changed: str, behalf: OnBehalf | None,
) -> Kept:  # fmt: skip
    known = db.session.scalar(select(InvolvementReturn).where(InvolvementReturn.submission_key == key))
    if known is not None:
        return Kept(row.id, known.number, known.late, known.supplement)
    refuse_withdrawn(row)
    refuse_unless_asked(row.case_id, row.purpose)
    side, before = TEAM if behalf else AGENCY, queries.returns_to(row)
    made = _made(row, content, side)
    digest = digest_of(made)
    faults = _faults(row, made[0], changed, digest, before)
    faults += _behalf_faults(behalf, row, now) if behalf else []
    if faults:
        raise Incomplete(faults)
    given = _return(row, made, digest, acting, now, key, changed, behalf)
    given.number = (before[-1].number if before else 0) + 1
    db.session.add(given)
    _tell(case, row, given, acting, now)
    return Kept(row.id, given.number, given.late, given.supplement)


def refuse_withdrawn(row: InvolvementRequest) -> None:
    """Raise OutOfTurn where the request was withdrawn."""
    if row.withdrawn_at is not None:
        raise OutOfTurn(
            "This request was withdrawn", "Nothing needs to be returned. What was written here is kept."
        )


def _made(
    row: InvolvementRequest, content: Mapping[str, Any], side: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The return as it is frozen: its content, and its files by their digests."""
    files = [
        {"id": str(one.id), "name": one.name, "kind": one.kind, "size": one.size, "digest": one.digest}
        for one in queries.files_of(row, side)
    ]
    none = content.get("none")
    return {**completed(content), "none": none if none in (True, False) else None}, files


def _faults(
    row: InvolvementRequest,
    content: dict[str, Any],
    changed: str,
    digest: str,
    before: list[queries.ReturnView],
) -> list[Fault]:
    questions = queries.scoping_of_request(row).questions
    faults = [Fault("content", message) for _section, _field, message in missing(content, questions)]
    if before and before[-1].digest == digest:
        faults.append(
            Fault(
                "changed", "Nothing has changed since the last return: change it before you return it again"
            )
        )
    elif before and not changed.strip():
        faults.append(Fault("changed", "Say what has changed since the last return"))
    return faults


def _behalf_faults(behalf: OnBehalf, row: InvolvementRequest, now: datetime) -> list[Fault]:
    faults = []
    if behalf.returned_at is None:
        faults.append(Fault("returned_at", "Enter when the agency returned it"))
    elif behalf.returned_at > now:
        faults.append(Fault("returned_at", "The time of the return must not be in the future"))
    elif behalf.returned_at < row.asked_at:
        faults.append(Fault("returned_at", "The time of the return must be after the agency was asked"))
    texts = {
        "given_by": (behalf.given_by, "Enter the name of who returned it"),
        "given_capacity": (behalf.given_capacity, "Enter in what role they returned it"),
        "evidence": (
            behalf.evidence,
            "Say where the evidence is, for example the e-mail or the note of the call",
        ),
    }
    faults += [Fault(name, message) for name, (text, message) in texts.items() if not text.strip()]
    return faults if behalf.source in SOURCES else [*faults, Fault("source", "Select how the return came")]


def _return(
    row: InvolvementRequest, made: tuple[dict[str, Any], list[dict[str, Any]]], digest: str, acting: Acting,
    now: datetime, key: UUID, changed: str, behalf: OnBehalf | None,
) -> InvolvementReturn:  # fmt: skip
    returned_at = (behalf.returned_at if behalf else None) or now
    return InvolvementReturn(
        request_id=row.id, content=made[0], files=made[1], digest=digest, changed=normalised(changed),
        side=TEAM if behalf else AGENCY, late=is_late(returned_at, row.due_on),
        supplement=circulated_at(row.case_id) is not None, returned_at=returned_at,
        given_by=behalf.given_by.strip() if behalf else None,
        given_capacity=behalf.given_capacity.strip() if behalf else None, source=behalf.source if behalf else None,
        evidence=behalf.evidence.strip() if behalf else None, submitted_by=acting.name,
        submitted_capacity=acting.capacity, submitted_at=now, submission_key=key,
    )  # fmt: skip


def circulated_at(case_id: UUID) -> datetime | None:
    """When the papers of a case were circulated, or None. Papers are made from returns, so they are asked here only."""
    from app.papers import queries as papers

    found: datetime | None = papers.circulated_at(case_id)
    return found


def _tell(
    case: Case, row: InvolvementRequest, given: InvolvementReturn, acting: Acting, now: datetime
) -> None:
    facts: dict[str, object] = {"request": str(row.id), "number": given.number, "supplement": given.supplement,
                                "purpose": row.purpose}  # fmt: skip
    payload: dict[str, Any] = {"agency": row.agency_name, "digest": given.digest, "changed": given.changed,
               "files": [[one["name"], one["digest"]] for one in given.files]}  # fmt: skip
    if given.source is not None:
        facts |= {"on_behalf": True, "source": given.source}
        payload |= {"given_by": given.given_by, "evidence": given.evidence}
    tell_ledger(
        EventKind.INVOLVEMENT_RETURNED,
        row.case_id,
        row.purpose,
        acting,
        now,
        facts,
        payload,
        given.returned_at,
    )
    mark = f"{row.id}-{given.number}"
    told = [Party.PARTNERSHIP_TEAM, Party.LIG_CHAIR]
    telling.tell_parties("involvement-returned", case, told, mark, now)
    if given.source is not None:
        telling.tell_agency("involvement-recorded", row, str(given.number), now, inbox=False)
    tell_of(Returned(row.case_id, row.id, given.number, given.supplement, acting, now))
