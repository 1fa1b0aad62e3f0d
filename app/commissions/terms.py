"""The terms of reference and the timetable of a commission: numbered versions, each kept. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from app.access.actor import Acting
from app.commissions import telling
from app.commissions.models import CommissionTerms, CommissionTimetable
from app.commissions.queries import terms_of, timetables_of
from app.commissions.rules import HEADINGS, Faults, terms_faults
from app.commissions.service import ChangedMeanwhile, load, tell_ledger
from app.procedure.commissions import Milestone, timetable_faults
from app.procedure.events import EventKind
from tenants.db import db


def release_terms(
    case_id: UUID,
    reference: str,
    texts: Mapping[str, str],
    *,
    over: int,
    key: UUID,
    acting: Acting,
    now: datetime,
) -> Faults:
    """Release the next version of the terms of reference. Returns what is wrong, with nothing changed; the same form
    sent twice releases one. Raises NoSuchCommission, Removed; ChangedMeanwhile where version `over` is not the
    newest."""
    row = load(case_id, reference)
    before = terms_of(row)
    if any(one.submission_key == key for one in before):
        return []
    number = before[0].number if before else 0
    if number != over:
        raise ChangedMeanwhile(reference)
    said = {name: texts.get(name, "").strip() for name in HEADINGS}
    faults = terms_faults(said) or _same(before[0] if before else None, said)
    if faults:
        return faults
    db.session.add(
        CommissionTerms(commission_id=row.id, number=number + 1, **said, released_by=acting.name,
                        released_capacity=acting.capacity, released_at=now, submission_key=key)
    )  # fmt: skip
    tell_ledger(
        EventKind.TERMS_OF_REFERENCE_RELEASED, row, acting, now, {"number": number + 1}, {"texts": said}
    )
    telling.tell("commission-terms", row, str(number + 1), now)
    return []


def _same(before: CommissionTerms | None, said: Mapping[str, str]) -> Faults:
    if before is None or any(getattr(before, name) != text for name, text in said.items()):
        return []
    return [("purpose", f"Nothing differs from version {before.number}")]


def set_timetable(
    case_id: UUID, reference: str, days: Mapping[Milestone, date | None], reason: str, *, over: int, key: UUID,
    acting: Acting, now: datetime, unread: bool = False,
) -> Faults:  # fmt: skip
    """Set the timetable; changing it needs a reason. Returns what is wrong, with nothing changed; the same form sent
    twice sets one. Where a date was `unread`, nothing is said of the timetable as a whole, and nothing is set: the
    form has told it. Raises NoSuchCommission, Removed; ChangedMeanwhile where version `over` is not the newest."""
    row = load(case_id, reference)
    before = timetables_of(row)
    if any(one.submission_key == key for one in before):
        return []
    number = before[0].number if before else 0
    if number != over:
        raise ChangedMeanwhile(reference)
    kept = {milestone.value: day.isoformat() for milestone, day in days.items() if day is not None}
    faults = timetable_faults(days, row.first_day, row.last_day) if kept or not unread else []
    if before and not reason.strip():
        faults.append(("reason", "Say why the timetable changes"))
    if before and not faults and not unread and kept == before[0].days:
        faults.append((next(iter(kept)), "Nothing differs from the timetable as it is"))
    if faults or unread:
        return faults
    db.session.add(
        CommissionTimetable(commission_id=row.id, number=number + 1, days=kept, reason=reason.strip(),
                            set_by=acting.name, set_capacity=acting.capacity, set_at=now, submission_key=key)
    )  # fmt: skip
    tell_ledger(EventKind.TIMETABLE_SET, row, acting, now, {"number": number + 1},
                {"days": kept, "reason": reason.strip()})  # fmt: skip
    telling.tell("commission-timetable", row, str(number + 1), now)
    return []
