"""The agencies' arrangements for identifying cases (A-10): versions, never changed; the newest is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Integer, Text, Uuid, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.access.actor import Acting
from app.ledger.service import record
from app.procedure.arrangements import arrangement_faults, without_arrangement
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from app.procedure.marks import duty
from tenants.base import TenantModel, instant
from tenants.db import db
from tenants.registry import Agency, agencies


class AgencyArrangement(TenantModel):
    """One version of an agency's arrangement."""

    __tablename__ = "agency_arrangements"

    agency_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    who: Mapped[str] = mapped_column(Text)
    how: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text)
    review_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = instant()
    person_id: Mapped[UUID] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    submission_key: Mapped[UUID] = mapped_column(Uuid)


@dataclass(frozen=True, slots=True)
class NewArrangement:
    """An arrangement as it was typed."""

    agency_id: UUID
    who: str
    how: str
    contact: str
    review_on: date | None
    key: UUID


@dataclass(frozen=True, slots=True)
class AgencyShown:
    """An agency with its arrangement in force (None where it has none yet) and former versions, newest first."""

    agency: Agency
    current: AgencyArrangement | None
    former: list[AgencyArrangement]
    review_due: bool


def overview(today: date) -> list[AgencyShown]:
    """Every agency of the partnership in scope, those without an arrangement first."""
    rows = db.session.scalars(select(AgencyArrangement).order_by(AgencyArrangement.number.desc())).all()
    by_agency: dict[str, list[AgencyArrangement]] = {}
    for row in rows:
        by_agency.setdefault(str(row.agency_id), []).append(row)
    shown = {}
    for agency in agencies():
        versions = by_agency.get(str(agency.id), [])
        current = versions[0] if versions else None
        due = current is not None and current.review_on <= today
        shown[str(agency.id)] = AgencyShown(agency, current, versions[1:], due)
    missing = without_arrangement(list(shown), list(by_agency))
    return [shown[key] for key in [*missing, *(key for key in shown if key not in missing)]]


@duty("A-10")
def record_arrangement(typed: NewArrangement, acting: Acting, now: datetime) -> list[tuple[str, str]]:
    """Record the next version of an agency's arrangement. Returns what is wrong, with nothing changed; the same
    form sent twice records one. The caller has checked that the agency is this person's, and commits."""
    known = select(AgencyArrangement.id).where(AgencyArrangement.submission_key == typed.key)
    if db.session.scalar(known):
        return []
    faults = arrangement_faults(typed.who, typed.how, typed.contact, typed.review_on, london_date(now))
    if faults or typed.review_on is None:
        return faults
    agency = db.session.scalars(select(Agency).where(Agency.id == typed.agency_id)).one()
    newest = select(func.max(AgencyArrangement.number)).where(AgencyArrangement.agency_id == typed.agency_id)
    number = (db.session.scalar(newest) or 0) + 1
    assert acting.person_id is not None
    row = AgencyArrangement(
        agency_id=typed.agency_id, number=number, who=typed.who.strip(), how=typed.how.strip(),
        contact=typed.contact.strip(), review_on=typed.review_on, recorded_at=now, person_id=acting.person_id,
        person_name=acting.name, capacity=acting.capacity, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    record(
        EventKind.ARRANGEMENT_RECORDED, case_id=None, acting=acting, happened_at=now, now=now,
        facts={"agency": agency.key, "number": number},
        payload={"who": row.who, "how": row.how, "contact": row.contact, "review_on": row.review_on.isoformat()},
    )  # fmt: skip
    return []
