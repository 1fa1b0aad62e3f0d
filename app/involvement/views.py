"""A request, a return and a file as pages and other rooms read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a return, named by its digest; `id` opens it."""

    id: UUID
    name: str
    kind: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request, and how it stands: 'asked', 'begun', 'returned', 'overdue' or 'withdrawn'. `late` says that what was
    returned first came after its date; `chased` when it was chased last."""

    id: UUID
    case_id: UUID
    purpose: str
    agency_id: UUID | None
    agency_name: str
    contact_name: str
    contact_email: str
    due_on: date
    asked_at: datetime
    asked_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None
    state: str
    begun_at: datetime | None
    returned_at: datetime | None
    returns: int
    late: bool
    chased: datetime | None
    chasings: int


@dataclass(frozen=True, slots=True)
class ReturnView:
    """One version of what an agency returned. `source` is how it came where it was recorded on the agency's behalf."""

    request_id: UUID
    case_id: UUID
    agency_id: UUID | None
    agency_name: str
    number: int
    content: dict[str, Any]
    digest: str
    changed: str
    returned_at: datetime
    submitted_at: datetime
    submitted_by: str
    capacity: str
    source: str | None
    given_by: str | None
    given_capacity: str | None
    evidence: str | None
    late: bool
    supplement: bool
    files: list[FileView] = field(default_factory=list)

    @property
    def none(self) -> bool:
        """Whether the agency says that it was not involved."""
        return bool(self.content.get("none"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits for a person's agency; its case's reference where they may see the case."""

    request_id: UUID
    agency: str
    due_on: date
    reference: str | None
    overdue: bool
