"""Who is told of what. Only those who may see the case are told its reference; a contributor, an agency's inbox and an
organisation outside are told that something is asked, and nothing of which case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from app.cases.service import Case
from app.involvement.agencies import acts_for
from app.involvement.models import InvolvementRequest
from app.outbox.service import post
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.serious_incidents import recipients
from app.serious_incidents.recipients import Recipient
from tenants.db import db
from tenants.registry import Agency, Partnership
from tenants.scope import current_partnership_id

UNNAMED = "-unnamed"
INBOX, OUTSIDE = "involvement-inbox", "involvement-outside"


def case_of(request: InvolvementRequest) -> Case:
    """The case of a request."""
    return db.session.scalars(select(Case).where(Case.id == request.case_id)).one()


def tell_agency(
    kind: str,
    request: InvolvementRequest,
    mark: str,
    now: datetime,
    *,
    due_on: date | None = None,
    inbox: bool = True,
) -> None:
    """Tell the people who return for the agency, and where asked its generic inbox; or the organisation outside. `mark`
    names the occasion, of which nobody is told twice."""
    case, today = case_of(request), london_date(now)
    if request.agency_id is None:
        if inbox:
            to = Recipient(request.contact_name, request.contact_email or None)
            _post(OUTSIDE, request, to, mark, now, None, due_on, "")
        return
    link = f"/{_slug()}/involvement/{request.id}"
    for one in acts_for(request.agency_id, request.case_id, today):
        reference, told = (case.reference, kind) if one.names_case else (None, f"{kind}{UNNAMED}")
        _post(
            told, request, Recipient(one.name, one.email, one.person_id), mark, now, reference, due_on, link
        )
    agency = db.session.scalars(select(Agency).where(Agency.id == request.agency_id)).one()
    if inbox and agency.generic_inbox:
        _post(INBOX, request, Recipient(agency.name, agency.generic_inbox), mark, now, None, due_on, "")


def tell_parties(
    kind: str, case: Case, parties: Sequence[Party], mark: str, now: datetime, due_on: date | None = None
) -> None:
    """Tell those who hold these roles and may know of the case; safeguarding partners through their people."""
    to: list[Recipient] = []
    for party in parties:
        found = recipients.representatives if party in SAFEGUARDING_PARTNERS else recipients.holders
        to += found(party, case.id, now)
    params: dict[str, object] = {
        "link": f"/{_slug()}/cases/{case.reference}/{'outcome' if kind in OUTCOME else 'involvement'}"
    }
    recipients.tell(
        kind, list(dict.fromkeys(to)), case_id=case.id, reference=case.reference, now=now, occasion=mark,
        params={**params, "due_on": due_on} if due_on else params,
    )  # fmt: skip


OUTCOME = ("outcome-commented",)


def _post(
    kind: str, request: InvolvementRequest, to: Recipient, mark: str, now: datetime, reference: str | None,
    due_on: date | None, link: str,
) -> None:  # fmt: skip
    params: dict[str, object] = {"due_on": due_on} if due_on else {}
    # Which case it is about is in no message without a reference: it is there so that nobody sealed out is sent one.
    post(
        kind, to_person=to.person_id, to_address=to.address, to_name=to.name,
        key=f"{kind}:{request.id}:{mark}:{to.key}", now=now, case_reference=reference,
        params={**params, "link": link} if link else params,
        context={"case_id": str(request.case_id), "request_id": str(request.id), "kind": kind},
    )  # fmt: skip


def _slug() -> str:
    query = select(Partnership.slug).where(Partnership.id == current_partnership_id())
    return db.session.scalars(query).one()
