"""Asking agencies for the referral form of a notification that came first, and who is still waited for (A-09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.access.sealing import not_sealed
from app.accounts.queries import members_today
from app.cases.models import Case
from app.cases.service import changed, lock
from app.entering.models import ReferralRequest
from app.ledger.service import record
from app.outbox.service import post
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Stage
from app.procedure.marks import duty
from tenants.db import db
from tenants.registry import Agency, agencies

REPRESENTS = ("agency-lig-member", "partner-representative", "designated-professional")
TEAM, TEAM_WRITES = "team", "The Partnership Team writes it itself"


@dataclass(frozen=True, slots=True)
class Asked:
    """That an agency (or the Partnership Team, without a name) was asked for the referral, and by when it came."""

    agency: str
    at: datetime
    by: str
    linked: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for the referral of one of my agencies."""

    reference: str
    title: str
    agency: str
    asked_at: datetime


def representatives_today(now: datetime) -> dict[UUID, list[tuple[UUID, str | None, str]]]:
    """Who represents each agency today: person, address and name, each once."""
    found: dict[UUID, list[tuple[UUID, str | None, str]]] = {}
    for view, person in members_today(london_date(now)):
        one = (person.id, person.email, person.display_name)
        if view.role in REPRESENTS and view.agency_id is not None:
            mine = found.setdefault(view.agency_id, [])
            if one not in mine:
                mine.append(one)
    return found


def choices(now: datetime) -> list[tuple[str, str]]:
    """The agencies that can be asked, each saying where nobody represents it, and the Partnership Team itself."""
    people = representatives_today(now)
    offered = [
        (one.key, one.name if one.id in people else f"{one.name} (nobody represents it)")
        for one in agencies()
    ]
    return [*offered, (TEAM, TEAM_WRITES)]


def represented(key: str, now: datetime) -> bool:
    """Whether somebody represents an agency today."""
    people = representatives_today(now)
    return any(one.key == key and one.id in people for one in agencies())


@duty("A-09")
def ask(case: Case, agency: Agency | None, acting: Acting, key: UUID, now: datetime) -> None:
    """Ask the representatives of an agency for the referral form; None is the Partnership Team, which writes it."""
    db.session.add(
        ReferralRequest(case_id=case.id, agency_id=agency.id if agency else None, requested_at=now,
                        requested_by=acting.name, submission_key=key)
    )  # fmt: skip
    record(
        EventKind.REFERRAL_REQUESTED, case_id=case.id, acting=acting, happened_at=now, now=now, stage=Stage.REFERRAL,
        facts={"agency": agency.key if agency else TEAM},
    )  # fmt: skip
    for person_id, address, name in representatives_today(now).get(agency.id, []) if agency else []:
        post(
            "referral-requested", to_person=person_id, to_address=address, to_name=name,
            key=f"referral-requested:{case.id}:{person_id}", now=now, case_reference=case.reference,
            context={"case_id": str(case.id)},
        )  # fmt: skip


@duty("A-09")
def ask_further(case_id: UUID, agency_key: str, *, actor: Actor, key: UUID, now: datetime) -> str | None:
    """Ask one more agency. Returns what is wrong, or None where it is asked now or was before. The caller commits."""
    case = lock(case_id)
    rows = requests_of(case_id)
    if any(row.submission_key == key for row in rows):
        return None
    if not rows or any(row.linked_at for row in rows):
        return "No referral is waited for in this case"
    agency = next((one for one in agencies() if one.key == agency_key), None)
    if agency is None:
        return "Select the agency that is asked for the referral form"
    if any(row.agency_id == agency.id for row in rows):
        return f"{agency.name} has been asked already"
    if not represented(agency.key, now):
        return f"Nobody represents {agency.name} in Waymark today. Choose another agency"
    ask(case, agency, actor.acting_as(actor.holding(Permission.REFERRAL_REQUEST)), key, now)
    changed(case)
    return None


def requests_of(case_id: UUID) -> Sequence[ReferralRequest]:
    """The requests for the referral form of a case, earliest first."""
    query = select(ReferralRequest).where(ReferralRequest.case_id == case_id)
    return db.session.scalars(query.order_by(ReferralRequest.requested_at)).all()


def asked_of(case_id: UUID) -> list[Asked]:
    """Who was asked, in words."""
    names = {agency.id: agency.name for agency in agencies()}
    return [
        Asked(names.get(row.agency_id, TEAM_WRITES) if row.agency_id else TEAM_WRITES, row.requested_at,
              row.requested_by, row.linked_at is not None)
        for row in requests_of(case_id)
    ]  # fmt: skip


def waiting_for(actor: Actor, case_id: UUID) -> ReferralRequest | None:
    """The request that waits for this person's agency, or None."""
    mine = actor.agencies(Permission.REFERRAL_SUBMIT)
    open_now = (row for row in requests_of(case_id) if row.linked_at is None)
    return next((row for row in open_now if row.agency_id in mine), None)


@duty("A-09")
def waiting_for_me(actor: Actor) -> list[Waiting]:
    """The cases that wait for the referral of an agency that this person represents: their task, although what the
    procedure owes is the Partnership Team's."""
    mine = actor.agencies(Permission.REFERRAL_SUBMIT)
    if not mine:
        return []
    query = (
        select(ReferralRequest, Case, Agency)
        .join(Case, Case.id == ReferralRequest.case_id)
        .join(Agency, Agency.id == ReferralRequest.agency_id)
        .where(
            ReferralRequest.linked_at.is_(None),
            ReferralRequest.agency_id.in_(mine),
            not_sealed(Case.id, actor.person_id),
        )
        .order_by(ReferralRequest.requested_at)
    )
    return [
        Waiting(case.reference, case.title, agency.name, row.requested_at)
        for row, case, agency in db.session.execute(query)
    ]


@duty("A-09")
def link(case: Case, acting: Acting, now: datetime) -> None:
    """Say that the referral that was asked for has come and belongs to this case; nobody is waited for any more."""
    waiting = [row for row in requests_of(case.id) if row.linked_at is None]
    for row in waiting:
        row.linked_at = now
    if waiting:
        record(
            EventKind.REFERRAL_LINKED,
            case_id=case.id,
            acting=acting,
            happened_at=now,
            now=now,
            stage=Stage.REFERRAL,
        )
