"""Who is told of what. Those commissioned are told nothing of the case, not even its reference."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.roles import Role
from app.accounts.queries import Holder, holders_of, memberships_in
from app.cases.service import Case
from app.commissions.models import Commission
from app.commissions.rules import ROLES
from app.outbox.handlers import handler
from app.outbox.service import post, schedule
from app.procedure.clocks import day_start, london_date
from app.procedure.commissions import runs
from tenants.db import db
from tenants.scope import current_partnership_id


def begins(row: Commission, now: datetime) -> None:
    """They are told on the first day, from which they can open it: at once where that is today."""
    args = {"commission_id": str(row.id)}
    schedule("commission-begins", f"commission-begins:{row.id}", day_start(row.first_day), args, now)


@handler("commission-begins")
def has_begun(args: dict[str, str], now: datetime) -> None:
    """The first day has come, unless they were removed before."""
    row = db.session.scalar(select(Commission).where(Commission.id == UUID(args["commission_id"])))
    if row is not None:
        tell("commission-begun", row, "first", now)


def tell(kind: str, row: Commission, mark: str, now: datetime) -> None:
    """Tell those commissioned that something waits, while the commission runs; `mark` names what, once."""
    holder = _commissioned(row, now)
    if holder is not None:
        _post(kind, row, holder, mark, now, None)


def removed(row: Commission, now: datetime) -> None:
    """They are told that the commission has ended, where it was running; call it before the removal."""
    tell("commission-ended", row, "removed", now)


def submitted(row: Commission, number: int, now: datetime) -> None:
    """The Partnership Team and the chair of the group are told that a draft can be read."""
    roles = [Role.PARTNERSHIP_TEAM.value, Role.LIG_CHAIR.value]
    reference = db.session.scalars(select(Case.reference).where(Case.id == row.case_id)).one()
    for holder in holders_of(roles, london_date(now)):
        _post("draft-submitted", row, holder, str(number), now, reference)


def _commissioned(row: Commission, now: datetime) -> Holder | None:
    """Who holds the commission, to be written to, where they have access now."""
    today = london_date(now)
    held = memberships_in(current_partnership_id(), row.person_id, today)
    member = any(one.membership_id == row.membership_id for one in held)
    if not runs(row.first_day, row.last_day, row.removed_at, member, today):
        return None
    holders = holders_of([ROLES[row.kind].value], today)
    return next((one for one in holders if one.person_id == row.person_id), None)


def _post(
    kind: str, row: Commission, holder: Holder, mark: str, now: datetime, case_reference: str | None
) -> None:
    # Which case it is about is in no message: it is there so that nobody sealed out of it is sent one.
    about = {"commission_id": str(row.id), "kind": kind, "case_id": str(row.case_id)}
    post(
        kind, to_person=holder.person_id, to_address=holder.email, to_name=holder.name,
        key=f"{kind}:{row.id}:{mark}:{holder.person_id}", now=now, case_reference=case_reference,
        context=about,
    )  # fmt: skip
