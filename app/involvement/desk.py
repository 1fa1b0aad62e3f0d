"""Where a return is written: by the agency at its own address, or by the Partnership Team on its behalf. The pages are
the same; whose draft it is, who may write it and where the pages are differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for

from app.access.actor import Acting
from app.access.current import acting_for, current_actor
from app.access.guard import refuse
from app.access.permissions import Permission
from app.cases.service import Case
from app.involvement import queries, turns
from app.involvement.models import AGENCY, TEAM, InvolvementDraft, InvolvementRequest, Scoping
from app.involvement.telling import case_of
from app.ledger import read_log
from app.procedure.involvement_form import Section, sections
from app.serious_incidents.pages import seen


@dataclass(frozen=True, slots=True)
class Desk:
    """A request whose return is written here, by whom, and on which side."""

    row: InvolvementRequest
    case: Case
    scoping: Scoping
    side: str
    acting: Acting

    @property
    def draft(self) -> InvolvementDraft | None:
        """What has been written so far."""
        return queries.draft_of(self.row, self.side)

    @property
    def sections(self) -> dict[str, Section]:
        """The sections of the form, in order."""
        return sections(self.scoping.questions)

    @property
    def closed(self) -> str:
        """Why nothing can be returned any more, as a text; nothing where it can."""
        if self.row.withdrawn_at is not None:
            return f"This request was withdrawn: {self.row.withdrawn_reason}"
        return (
            ""
            if queries.still_asked(self.row.case_id, self.row.purpose)
            else turns.not_asked(self.row.purpose)
        )

    def url(self, page: str, **more: Any) -> str:
        """The address of a page of this desk."""
        if self.side == AGENCY:
            name = "one" if page == "index" else page  # the task list stands on the request's own page
            return url_for(f"own_involvement.{name}", request_id=self.row.id, **more)
        return url_for(
            f"involvement.record_{page}", reference=self.case.reference, request_id=self.row.id, **more
        )

    @property
    def home(self) -> str:
        """Where one comes from and goes back to once it is returned."""
        if self.side == AGENCY:
            return url_for("own_involvement.one", request_id=self.row.id)
        return url_for("involvement.one", reference=self.case.reference, request_id=self.row.id)

    def viewed(self, what: str, now: datetime) -> None:
        """Record that a page was opened, before it is shown."""
        page = f"summary of involvement, {self.row.agency_name}: {what}"
        read_log.viewed(self.row.case_id, self.acting, page, now)


def mine(request_id: UUID, *, lock: bool = False) -> Desk:
    """The request to one's own agency, locked where asked; else the 404 of a wrong address."""
    actor = current_actor()
    row = queries.own_request(request_id, actor, lock=lock) or refuse()
    acting = actor.acting_as(queries.capacities_for(actor, row.agency_id))
    return Desk(row, case_of(row), queries.scoping_of_request(row), AGENCY, acting)


def for_agency(reference: str, request_id: UUID, what: str, *, lock: bool = False) -> Desk:
    """The request that the Partnership Team records a return for, the view of its case recorded first."""
    case = seen(reference, f"involvement: {what}")
    row = queries.request_of(case.id, request_id, lock=lock) or refuse()
    acting = acting_for(Permission.INVOLVEMENT_RUN)
    return Desk(row, case, queries.scoping_of_request(row), TEAM, acting)
