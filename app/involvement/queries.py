"""Reading the scoping of a case: who was asked, how far each has come, and what they returned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor, Capacity
from app.access.permissions import Permission
from app.access.sealing import not_sealed
from app.cases.obligation_store import history_of
from app.cases.queries import visible
from app.cases.service import Case
from app.involvement.models import (
    AGENCY,
    InvolvementChasing,
    InvolvementDraft,
    InvolvementFile,
    InvolvementRequest,
    InvolvementReturn,
    OutcomeComment,
    Scoping,
    ScopingDirection,
)
from app.involvement.views import Asked, FileView, RequestView, ReturnView
from app.procedure.clocks import london_date
from app.procedure.involvement import RAPID_REVIEW, scoping_for, state_of
from tenants.db import db

__all__ = ["Asked", "FileView", "RequestView", "ReturnView"]


def scoping_of(case_id: UUID, purpose: str = RAPID_REVIEW) -> Scoping | None:
    """The scoping of a case for a purpose ('rapid-review' or 'discussion'), or None where nobody was asked yet."""
    return db.session.scalar(select(Scoping).where(Scoping.case_id == case_id, Scoping.purpose == purpose))


def still_asked(case_id: UUID, purpose: str) -> bool:
    """Whether the case still is what its agencies were asked for: a notification that was withdrawn ends that."""
    return scoping_for(history_of(case_id)) == purpose


def direction_of(case_id: UUID) -> ScopingDirection | None:
    """The chair's direction of the scoping that counts: the last one."""
    query = select(ScopingDirection).where(ScopingDirection.case_id == case_id)
    return db.session.scalar(
        query.order_by(ScopingDirection.directed_at.desc(), ScopingDirection.id).limit(1)
    )


def comments_of(case_id: UUID) -> Sequence[OutcomeComment]:
    """What partners wrote on the chair's decision, the earliest first."""
    query = select(OutcomeComment).where(OutcomeComment.case_id == case_id)
    return db.session.scalars(query.order_by(OutcomeComment.written_at, OutcomeComment.id)).all()


def requests_of(case_id: UUID, purpose: str = RAPID_REVIEW, today: date | None = None) -> list[RequestView]:
    """Whom a case's scoping asked, by name, those withdrawn last. Without `today` nothing counts as overdue."""
    rows = db.session.scalars(
        select(InvolvementRequest)
        .where(InvolvementRequest.case_id == case_id, InvolvementRequest.purpose == purpose)
        .execution_options(populate_existing=True)
    ).all()
    return views_of(rows, today)


def views_of(rows: Sequence[InvolvementRequest], today: date | None) -> list[RequestView]:
    """How these requests stand."""
    wanted = [row.id for row in rows]
    drafts = {one.request_id: one for one in _of(InvolvementDraft, wanted) if one.side == AGENCY}
    returns: dict[UUID, list[InvolvementReturn]] = {}
    for given in _of(InvolvementReturn, wanted):
        returns.setdefault(given.request_id, []).append(given)
    chasings: dict[UUID, list[datetime]] = {}
    for chased in _of(InvolvementChasing, wanted):
        chasings.setdefault(chased.request_id, []).append(chased.chased_at)
    found = [
        _view(row, drafts.get(row.id), returns.get(row.id, []), chasings.get(row.id, []), today)
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.state == "withdrawn", one.agency_name.casefold(), one.asked_at))


def _of(model: Any, wanted: Collection[UUID]) -> Sequence[Any]:
    return db.session.scalars(select(model).where(model.request_id.in_(wanted))).all() if wanted else []


def _view(
    row: InvolvementRequest, draft: InvolvementDraft | None, returns: list[InvolvementReturn],
    chasings: list[datetime], today: date | None,
) -> RequestView:  # fmt: skip
    first = min(returns, key=lambda one: one.number, default=None)
    state = state_of(
        withdrawn=row.withdrawn_at is not None, returned=bool(returns), begun=draft is not None, due_on=row.due_on,
        today=today,
    )  # fmt: skip
    return RequestView(
        id=row.id, case_id=row.case_id, purpose=row.purpose, agency_id=row.agency_id, agency_name=row.agency_name,
        contact_name=row.contact_name, contact_email=row.contact_email, due_on=row.due_on, asked_at=row.asked_at,
        asked_by=row.asked_by, withdrawn_at=row.withdrawn_at, withdrawn_by=row.withdrawn_by,
        withdrawn_reason=row.withdrawn_reason, state=state, begun_at=draft.saved_at if draft else None,
        returned_at=first.returned_at if first else None, returns=len(returns), late=bool(first and first.late),
        chased=max(chasings, default=None), chasings=len(chasings),
    )  # fmt: skip


def returns_of(
    case_id: UUID, purpose: str = RAPID_REVIEW, request_id: UUID | None = None
) -> list[ReturnView]:
    """Every version of every return of a case's scoping (or of one request), by agency and number."""
    query = (
        select(InvolvementReturn, InvolvementRequest)
        .join(InvolvementRequest, InvolvementRequest.id == InvolvementReturn.request_id)
        .where(InvolvementRequest.case_id == case_id, InvolvementRequest.purpose == purpose)
        .order_by(InvolvementRequest.agency_name, InvolvementReturn.request_id, InvolvementReturn.number)
    )
    if request_id is not None:
        query = query.where(InvolvementRequest.id == request_id)
    return [_return(row, request) for row, request in db.session.execute(query)]


def latest_returns(case_id: UUID, purpose: str = RAPID_REVIEW) -> list[ReturnView]:
    """What each agency returned last, by agency; a request that was withdrawn after its return keeps it."""
    return list({one.request_id: one for one in returns_of(case_id, purpose)}.values())


def returns_to(request: InvolvementRequest) -> list[ReturnView]:
    """Every version of the return of one request, by number."""
    return returns_of(request.case_id, request.purpose, request.id)


def _return(row: InvolvementReturn, request: InvolvementRequest) -> ReturnView:
    files = [
        FileView(UUID(one["id"]), one["name"], one["kind"], one["size"], one["digest"]) for one in row.files
    ]
    return ReturnView(
        request_id=request.id, case_id=request.case_id, agency_id=request.agency_id, agency_name=request.agency_name,
        number=row.number, content=row.content, digest=row.digest, changed=row.changed, returned_at=row.returned_at,
        submitted_at=row.submitted_at, submitted_by=row.submitted_by, capacity=row.submitted_capacity,
        source=row.source, given_by=row.given_by, given_capacity=row.given_capacity, evidence=row.evidence,
        late=row.late, supplement=row.supplement, files=files,
    )  # fmt: skip


def capacities_for(actor: Actor, agency_id: UUID | None) -> tuple[Capacity, ...]:
    """The capacities in which a person returns for an agency; none for an organisation outside."""
    held = actor.holding(Permission.INVOLVEMENT_RETURN)
    return tuple(one for one in held if agency_id is not None and one.agency_id == agency_id)


def own_request(request_id: UUID, actor: Actor, *, lock: bool = False) -> InvolvementRequest | None:
    """A request to one of this person's own agencies, else None: absent, another agency's and one about a case that
    they are sealed out of look alike. Locked until the transaction ends where asked."""
    query = select(InvolvementRequest).where(
        InvolvementRequest.id == request_id,
        InvolvementRequest.agency_id.in_(actor.agencies(Permission.INVOLVEMENT_RETURN)),
        not_sealed(InvolvementRequest.case_id, actor.person_id),
    )
    if lock:
        query = query.with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def request_of(case_id: UUID, request_id: UUID, *, lock: bool = False) -> InvolvementRequest | None:
    """A request about a case that the caller may see, or None."""
    query = select(InvolvementRequest).where(
        InvolvementRequest.id == request_id, InvolvementRequest.case_id == case_id
    )
    if lock:
        query = query.with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def scoping_of_request(request: InvolvementRequest) -> Scoping:
    """The scoping that a request belongs to."""
    return db.session.scalars(select(Scoping).where(Scoping.id == request.scoping_id)).one()


def own_requests(actor: Actor, today: date) -> list[RequestView]:
    """Every request to this person's own agencies, those that wait first, soonest first."""
    rows = db.session.scalars(
        select(InvolvementRequest).where(
            InvolvementRequest.agency_id.in_(actor.agencies(Permission.INVOLVEMENT_RETURN)),
            not_sealed(InvolvementRequest.case_id, actor.person_id),
        )
    ).all()
    waits = ("overdue", "begun", "asked")
    return sorted(views_of(rows, today), key=lambda one: (one.state not in waits, one.due_on, one.asked_at))


def references_for(case_ids: Collection[UUID], actor: Actor) -> dict[UUID, str]:
    """The references of those of these cases that a person may see."""
    rows = db.session.execute(select(Case.id, Case.reference).where(Case.id.in_(case_ids), visible(actor)))
    return {case_id: reference for case_id, reference in rows}


def waiting_for_me(actor: Actor, now: datetime) -> list[Asked]:
    """The requests that wait for a person's own agencies, soonest first; none whose notification was withdrawn."""
    if not actor.may(Permission.INVOLVEMENT_RETURN):
        return []
    waits = [
        one for one in own_requests(actor, london_date(now)) if one.state in ("asked", "begun", "overdue")
    ]
    standing = {(one.case_id, one.purpose) for one in waits}
    standing = {pair for pair in standing if still_asked(*pair)}
    known = references_for({one.case_id for one in waits}, actor) if waits else {}
    return [
        Asked(one.id, one.agency_name, one.due_on, known.get(one.case_id), one.state == "overdue")
        for one in waits
        if (one.case_id, one.purpose) in standing
    ]


def chasings_of(request: InvolvementRequest) -> Sequence[InvolvementChasing]:
    """When the agency was chased, the first time first."""
    query = select(InvolvementChasing).where(InvolvementChasing.request_id == request.id)
    return db.session.scalars(query.order_by(InvolvementChasing.chased_at)).all()


def draft_of(request: InvolvementRequest, side: str = AGENCY) -> InvolvementDraft | None:
    """What is being written for a request: by its agency, or by the Partnership Team on its behalf; or None."""
    query = select(InvolvementDraft).where(
        InvolvementDraft.request_id == request.id, InvolvementDraft.side == side
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def files_of(request: InvolvementRequest, side: str = AGENCY) -> list[FileView]:
    """The files that go with what is being written, the first attached first."""
    rows = db.session.scalars(
        select(InvolvementFile)
        .where(
            InvolvementFile.request_id == request.id,
            InvolvementFile.side == side,
            InvolvementFile.removed_at.is_(None),
        )
        .order_by(InvolvementFile.added_at, InvolvementFile.id)
    )
    return [FileView(one.id, one.name, one.kind, one.size, one.digest) for one in rows]


def returned_file(case_id: UUID, file_id: UUID) -> FileView | None:
    """A file that went with a return of a case, or None: not one that was only attached to what is being written."""
    for purpose in ("rapid-review", "discussion"):
        for one in returns_of(case_id, purpose):
            found = next((file for file in one.files if file.id == file_id), None)
            if found is not None:
                return found
    return None


def file_content(file_id: UUID) -> bytes:
    """The content of a file that the caller has found. Raises NoResultFound."""
    return db.session.scalars(select(InvolvementFile.content).where(InvolvementFile.id == file_id)).one()
