"""When agencies may be asked, and what a request must be for something to be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.actor import Acting
from app.cases.obligation_store import history_of
from app.involvement import queries
from app.involvement.models import InvolvementRequest
from app.ledger.service import record
from app.procedure.events import EventKind
from app.procedure.involvement import RAPID_REVIEW, STAGES, scoping_for
from app.serious_incidents.errors import OutOfTurn

WITHDRAWN = (
    "The notification of this case is not recorded any more, so that no rapid review follows it. Nothing further can "
    "be asked of agencies unless it is recorded again."
)


class NoSuchRequest(LookupError):
    """The case has no such request."""


def not_asked(purpose: str) -> str:
    """Why nothing is asked for a purpose any more, where it was asked before."""
    if purpose == RAPID_REVIEW:
        return WITHDRAWN
    return "The decision that the group discusses this referral no longer stands: nothing is asked of agencies for it."


def purpose_now(case_id: UUID) -> str | None:
    """For what agencies may be asked about a case now, or None."""
    return scoping_for(history_of(case_id))


def refuse_unless_asked(case_id: UUID, purpose: str) -> None:
    """Raise OutOfTurn where the case is not (or not any more) one whose agencies are asked for this purpose."""
    found = scoping_for(history_of(case_id))
    if found == purpose:
        return
    if purpose == RAPID_REVIEW and queries.scoping_of(case_id, purpose) is not None:
        raise OutOfTurn("Nothing is asked now", WITHDRAWN)
    if purpose == RAPID_REVIEW:
        raise OutOfTurn("Not yet", "Agencies are asked once the serious incident notification has been sent.")
    raise OutOfTurn(
        "Not now",
        "This case was notified meanwhile: its agencies are asked for the rapid review." if found else
        "Agencies are asked once the chair of the group has decided that the group discusses the referral.",
    )  # fmt: skip


def load(case_id: UUID, request_id: UUID) -> InvolvementRequest:
    """A request of a case, locked after it. Raises NoSuchRequest."""
    row = queries.request_of(case_id, request_id, lock=True)
    if row is None:
        raise NoSuchRequest(str(request_id))
    return row


def refuse_closed(row: InvolvementRequest) -> None:
    """Raise OutOfTurn where the agency has returned, or the request was withdrawn."""
    if row.withdrawn_at is not None:
        raise OutOfTurn(
            "This request was withdrawn", f"It was withdrawn by {row.withdrawn_by}: {row.withdrawn_reason}"
        )
    if queries.returns_to(row):
        raise OutOfTurn(
            "They have returned already", f"{row.agency_name} has returned its summary of involvement."
        )


def tell_ledger(
    kind: EventKind, case_id: UUID, purpose: str, acting: Acting, now: datetime, facts: dict[str, object],
    payload: Mapping[str, Any], happened_at: datetime | None = None,
) -> None:  # fmt: skip
    """Record what happened in the case's history, in the stage that the scoping is for."""
    record(kind, case_id=case_id, acting=acting, happened_at=happened_at or now, now=now, stage=STAGES[purpose],
           facts=facts,
           payload=dict(payload))  # fmt: skip
