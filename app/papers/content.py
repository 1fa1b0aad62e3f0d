"""What a pack holds: the referral, each agency's return, the chronology of all, and who has not returned."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from app.cases.service import Case
from app.involvement import queries as involvement
from app.involvement.queries import RequestView, ReturnView
from app.procedure.chronology import Entry, merge
from app.procedure.involvement import PURPOSES
from app.referrals.queries import referral_record
from app.serious_incidents.rules import SOURCES
from app.web.filters import london_datetime, long_date

Content = dict[str, Any]


def chronology_of(case_id: UUID, purpose: str) -> list[Entry]:
    """The chronologies of all agencies, as each returned it last, in one order."""
    return merge(involvement.latest_returns(case_id, purpose))


def pack_content(case: Case, purpose: str, today: date) -> Content:
    """What a pack would hold as the case stands now."""
    returns = involvement.latest_returns(case.id, purpose)
    waiting = [one for one in involvement.requests_of(case.id, purpose, today) if _waits(one)]
    return {
        "title": f"Papers for the {PURPOSES[purpose]}",
        "reference": case.reference,
        "case": case.title,
        "referral": [[title, [list(pair) for pair in said]] for title, said in referral_record(case.id)],
        "returns": [_returned(one) for one in returns],
        "chronology": [_entry(one) for one in merge(returns)],
        "not_returned": [{"agency": one.agency_name, "due_on": long_date(one.due_on)} for one in waiting],
    }


def supplement_content(case: Case, purpose: str, returned: ReturnView) -> Content:
    """What one return adds to a pack that was circulated before it came."""
    return {
        "title": f"Supplement to the papers for the {PURPOSES[purpose]}",
        "reference": case.reference,
        "case": case.title,
        "referral": [],
        "returns": [_returned(returned)],
        "chronology": [_entry(one) for one in merge([returned])],
        "not_returned": [],
    }


def files_of(content: Content) -> dict[str, dict[str, Any]]:
    """The files that go with a pack or a supplement, by their identifier."""
    return {one["id"]: one for returned in content["returns"] for one in returned["files"]}


def _waits(request: RequestView) -> bool:
    return request.state in ("asked", "begun", "overdue")


def _returned(one: ReturnView) -> Content:
    how = f"{one.submitted_by}, {one.capacity}"
    if one.source is not None:
        channel = SOURCES.get(one.source, one.source).lower()
        how = f"{one.given_by}, {one.given_capacity} ({channel}), recorded on behalf"
    return {
        "request": str(one.request_id),
        "agency": one.agency_name,
        "number": one.number,
        "digest": one.digest,
        "returned": london_datetime(one.returned_at),
        "by": how,
        "late": one.late,
        "changed": one.changed,
        "content": one.content,
        "files": [
            {
                "id": str(file.id),
                "name": file.name,
                "kind": file.kind,
                "size": file.size,
                "digest": file.digest,
            }
            for file in one.files
        ],
    }


def _entry(one: Entry) -> dict[str, str]:
    return {"day": one.day.isoformat(), "precision": one.precision, "time": one.time, "what": one.what,
            "source": one.source, "significance": one.significance, "agency": one.agency, "when": one.when}  # fmt: skip
