"""Scoping for tests: a whole return, and agencies asked and answering without their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.access.actor import SYSTEM
from app.involvement import queries, service
from app.involvement.models import InvolvementFile, InvolvementRequest, InvolvementReturn, Scoping
from app.ledger.service import record
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Stage
from tenants.db import db
from tenants.registry import agencies
from tests.support.people import Someone

NONE: dict[str, Any] = {"none": True, "author": "Sam Invented", "author_role": "Team manager"}


def whole(words: str = "Invented", **changed: Any) -> dict[str, Any]:
    """A return with every question answered; `words` stands in every text."""
    row = {"day": "2026-03-02", "precision": "day"}
    return {
        "none": False, "author": words, "author_role": words,
        "contacts": [{**row, "who": words, "what": words}],
        "chronology": [
            {**row, "time": "09:30", "what": words, "source": words, "significance": words},
            {"day": "2026-04-01", "precision": "month", "time": "", "what": words, "source": words, "significance": ""},
        ],
        "episodes": [{"when": words, "what": words, "analysis": words}],
        "good": words, "not_good": words, "learning": words, "equality": words, "voice": words,
        "other_children": words, "immediate_action": words, "answers": [], **changed,
    }  # fmt: skip


def typed(words: str = "Invented") -> dict[str, dict[str, Any]]:
    """The same as it is typed, section by section, as a form sends it."""
    day = {"day_day": "2", "day_month": "3", "day_year": "2026"}
    return {
        "about": {"involved": "yes", "author": words, "author_role": words},
        "contacts": {**day, "who": words, "what": words},
        "chronology": {**day, "time": "9:30am", "what": words, "source": words, "significance": words},
        "episodes": {"when": words, "what": words, "analysis": words},
        "practice": {"good": words, "not_good": words, "learning": words},
        "context": {"equality": words, "voice": words},
        "safety": {"other_children": words, "immediate_action": words},
    }


def ask(
    team: Someone, case_id: UUID, now: datetime, keys: Sequence[str] = ("community-health", "police"),
    due_on: date | None = None, purpose: str = "rapid-review", questions: Sequence[str] = (),
) -> dict[str, UUID]:  # fmt: skip
    """Open the scoping of a case for the agencies of these keys; the requests by the agency's key."""
    with team.place.pinned():
        wanted = {one.key: one.id for one in agencies() if one.key in keys}
        due_on = due_on or london_date(now) + timedelta(days=4)
        service.open_scoping(case_id, purpose, due_on, questions, list(wanted.values()), actor=team.actor(), now=now,
                             key=uuid4())  # fmt: skip
        db.session.commit()
        asked = {one.agency_id: one.id for one in queries.requests_of(case_id, purpose)}
        return {key: asked[agency_id] for key, agency_id in wanted.items()}


def answer(
    who: Someone, request_id: UUID, now: datetime, content: dict[str, Any] | None = None, changed: str = ""
) -> int:
    """Return a summary for one's agency; its number."""
    with who.place.pinned():
        kept = service.submit_return(request_id, content or whole(), actor=who.actor(), now=now, key=uuid4(),
                                     changed=changed)  # fmt: skip
        db.session.commit()
        return kept.number


def requested(team: Someone, case_id: UUID, now: datetime) -> dict[str, str]:
    """A request to community health with one return and one file, on a case whatever has become of it: the parts of
    addresses that name them. No verb would ask about a case that was not notified."""
    with team.place.pinned():
        agency = next(one for one in agencies() if one.key == "community-health")
        by, key = ("Somebody", "Partnership Team"), uuid4
        scoping = Scoping(case_id=case_id, purpose="rapid-review", title="A child", due_on=london_date(now),
                          questions=[], opened_by=by[0], opened_capacity=by[1], opened_at=now,
                          submission_key=key())  # fmt: skip
        db.session.add(scoping)
        db.session.flush()
        row = InvolvementRequest(
            scoping_id=scoping.id, case_id=case_id, agency_id=agency.id, purpose=scoping.purpose,
            agency_name=agency.name, contact_name="", contact_email="", due_on=scoping.due_on, asked_by=by[0],
            asked_capacity=by[1], asked_at=now, submission_key=key(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        file = InvolvementFile(request_id=row.id, side="agency", name="A.txt", kind="txt", digest="0" * 64, size=1,
                               content=b"A", added_by=by[0], added_capacity=by[1], added_at=now,
                               submission_key=key())  # fmt: skip
        db.session.add(file)
        db.session.flush()
        named = {"id": str(file.id), "name": "A.txt", "kind": "txt", "size": 1, "digest": file.digest}
        db.session.add(
            InvolvementReturn(request_id=row.id, number=1, content=whole(), files=[named], digest="1" * 64, changed="",
                              side="agency", late=False, supplement=False, returned_at=now, submitted_by=by[0],
                              submitted_capacity=by[1], submitted_at=now, submission_key=key())
        )  # fmt: skip
        record(EventKind.INVOLVEMENT_REQUESTED, case_id=case_id, acting=SYSTEM, happened_at=now, now=now,
               stage=Stage.RAPID_REVIEW, facts={"request": str(row.id), "due_on": row.due_on.isoformat(),
                                                "purpose": row.purpose})  # fmt: skip
        db.session.commit()
        return {"request_id": str(row.id), "file_id": str(file.id), "theme": "contacts"}
