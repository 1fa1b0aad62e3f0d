"""The warning that the remaining local steps no longer fit before the statutory end (N-02)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.cases.models import Case
from app.cases.obligation_store import budget_unfit_since
from app.cases.panels import budget
from app.cases.reminders import owners_of
from app.outbox.handlers import handler
from app.outbox.service import post
from app.procedure.events import Party
from app.procedure.marks import duty
from tenants.db import db


@handler("budget-warning")
@duty("N-02")
def budget_warning(args: dict[str, str], now: datetime) -> None:
    """Warn the Partnership Team and the Service Director, once for each instant from which the remaining steps do
    not fit. Nothing is said where they fit again, or it has been notified meanwhile."""
    case_id = UUID(args["case_id"])
    found = budget(case_id, now)
    if found is None or found.fits or found.due.isoformat() != args["due"]:
        return
    since = budget_unfit_since(case_id, now) or now
    case = db.session.scalars(select(Case).where(Case.id == case_id)).one()
    told = set()
    for party in (Party.PARTNERSHIP_TEAM, Party.SERVICE_DIRECTOR):
        for holder in owners_of(party, case_id, now):
            if holder.person_id in told:
                continue
            told.add(holder.person_id)
            post(
                "budget-warning", to_person=holder.person_id, to_address=holder.email, to_name=holder.name,
                key=f"budget-warning:{case_id}:{args['due']}:{since.isoformat()}:{holder.person_id}", now=now,
                case_reference=case.reference, params={"duty": "B1-03", "due_on": found.due_on},
                context={"case_id": str(case_id)},
            )  # fmt: skip
