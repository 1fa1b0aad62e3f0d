"""Reading commissions: those that run for a person today, and those of a case for the partnership."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from app.access.actor import Acting, Actor, Capacity
from app.access.permissions import Permission
from app.access.seal_rules import may_see_seals
from app.access.sealing import not_sealed, sealed_people
from app.cases.calendars import calendars
from app.cases.reference import normalised
from app.commissions.models import (
    Commission,
    CommissionComment,
    CommissionDraft,
    CommissionPaper,
    CommissionTerms,
    CommissionTimetable,
    CommissionVersion,
)
from app.commissions.rules import ROLES, TITLES
from app.procedure.commissions import MILESTONES, Milestone, day_hint, runs
from app.procedure.marks import duty
from tenants.db import db

DRAFTS = (Milestone.FIRST_DRAFT, Milestone.FINAL_DRAFT)
Row = TypeVar(
    "Row", CommissionTerms, CommissionTimetable, CommissionPaper, CommissionVersion, CommissionComment
)


@dataclass(frozen=True, slots=True)
class MilestoneShown:
    """A milestone with its date, how far off that is, and how it stands; `open` where it still waits."""

    milestone: Milestone
    name: str
    day: date
    state: str
    hint: str
    open: bool


@dataclass(frozen=True, slots=True)
class OwnTask:
    """A milestone of one's own commission."""

    reference: str
    title: str
    milestone: MilestoneShown


@duty("S-02", "B3-15")
def running_commission(reference: str, actor: Actor, today: date, *, lock: bool = False) -> Commission | None:
    """The commission of that reference where it is this person's and runs today, else None: absent, another's, not
    begun, ended and removed look alike. Locked until the transaction ends where asked, so that a removal that is
    recorded at the same moment comes before or after, and never between."""
    if normalised(reference) != reference:
        return None
    query = _own(actor).where(Commission.reference == reference)
    if lock:
        query = query.with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    return found if found is not None and _runs(found, actor, today) else None


def running_commissions(actor: Actor, today: date) -> list[Commission]:
    """The commissions of this person that run today, the one that ends soonest first; none for anybody else."""
    if not actor.may(Permission.COMMISSION_VIEW):
        return []
    query = _own(actor).order_by(Commission.last_day, Commission.reference)
    return [row for row in db.session.scalars(query) if _runs(row, actor, today)]


def acting_under(row: Commission, actor: Actor) -> Acting:
    """The person in the capacity under which they were commissioned."""
    return actor.acting_as(held for held in _capacities(actor) if held.membership_id == row.membership_id)


def _own(actor: Actor) -> Select[Commission]:
    """Everything of one's own side begins here: what was given to this person, in cases they are not sealed out of."""
    return select(Commission).where(
        Commission.membership_id.in_([held.membership_id for held in _capacities(actor)]),
        not_sealed(Commission.case_id, actor.person_id),
    )


def _capacities(actor: Actor) -> list[Capacity]:
    """The memberships under which somebody can have been commissioned; a deputy stands in for nobody here."""
    return [held for held in actor.holding(Permission.COMMISSION_VIEW) if not held.deputy_for]


def _runs(row: Commission, actor: Actor, today: date) -> bool:
    member = any(
        held.membership_id == row.membership_id and held.role is ROLES[row.kind]
        for held in _capacities(actor)
    )
    return runs(row.first_day, row.last_day, row.removed_at, member, today)


def commissions_of(case_id: UUID) -> Sequence[Commission]:
    """Every commission of a case, the newest first."""
    query = select(Commission).where(Commission.case_id == case_id)
    return db.session.scalars(query.order_by(Commission.given_at.desc(), Commission.reference)).all()


def commission_of(case_id: UUID, reference: str, *, lock: bool = False) -> Commission | None:
    """A commission of a case that the caller may see, or None; locked until the transaction ends where asked."""
    query = select(Commission).where(Commission.case_id == case_id, Commission.reference == reference)
    if lock:
        query = query.with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def sealed_known_to(actor: Actor, case_id: UUID) -> set[UUID]:
    """Who is sealed out of a case, for whoever may know of seals; for everybody else there are none."""
    return sealed_people(case_id) if may_see_seals(actor) else set()


def terms_of(row: Commission) -> list[CommissionTerms]:
    """Every version of the terms of reference, the newest first."""
    return _newest_first(CommissionTerms, row)


def timetables_of(row: Commission) -> list[CommissionTimetable]:
    """Every version of the timetable, the newest first."""
    return _newest_first(CommissionTimetable, row)


def papers_of(row: Commission, *, withdrawn: bool = False) -> list[CommissionPaper]:
    """The papers, the newest first; those that were withdrawn only where asked."""
    return [one for one in _newest_first(CommissionPaper, row) if withdrawn or one.withdrawn_at is None]


def versions_of(row: Commission) -> list[CommissionVersion]:
    """The submitted versions, the newest first."""
    return _newest_first(CommissionVersion, row)


def comments_of(row: Commission) -> dict[int, list[CommissionComment]]:
    """What was written back, by the number of the version, the earliest first."""
    query = select(CommissionComment).where(CommissionComment.commission_id == row.id)
    found: dict[int, list[CommissionComment]] = {}
    for one in db.session.scalars(query.order_by(CommissionComment.written_at, CommissionComment.id)):
        found.setdefault(one.version_number, []).append(one)
    return found


def draft_of(row: Commission) -> CommissionDraft | None:
    """What the commissioned person has written so far, or None. Only their own pages ask for it."""
    query = select(CommissionDraft).where(CommissionDraft.commission_id == row.id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def timetable(row: Commission, today: date) -> list[MilestoneShown]:
    """The milestones in force that have a date, in their order, as they stand today."""
    newest = next(iter(timetables_of(row)), None)
    if newest is None:
        return []
    submitted, calendar = {one.called for one in versions_of(row)}, calendars().all()[0]
    shown = []
    for milestone in Milestone:
        if milestone.value not in newest.days:
            continue
        day = date.fromisoformat(newest.days[milestone.value])
        state, waits = _state(milestone, day, milestone.value in submitted, today)
        hint = day_hint(day, today, calendar)
        shown.append(MilestoneShown(milestone, MILESTONES[milestone], day, state, hint, waits))
    return shown


def _state(milestone: Milestone, day: date, submitted: bool, today: date) -> tuple[str, bool]:
    """How a milestone stands, and whether it still waits. A draft waits until it is submitted; a date passes."""
    if submitted:
        return "Submitted", False
    if day == today:
        return "Today", True
    if day > today:
        return "To come", True
    return ("Overdue", True) if milestone in DRAFTS else ("Passed", False)


def own_tasks(actor: Actor, today: date) -> list[OwnTask]:
    """The milestones that wait in a person's own running commissions, soonest first; none for anybody else."""
    found = [
        OwnTask(row.reference, TITLES[row.kind], one)
        for row in running_commissions(actor, today)
        for one in timetable(row, today)
        if one.open
    ]
    return sorted(found, key=lambda task: (task.milestone.day, task.reference))


def _newest_first(model: type[Row], row: Commission) -> list[Row]:
    query = select(model).where(model.commission_id == row.id).execution_options(populate_existing=True)
    return sorted(db.session.scalars(query), key=lambda one: one.number, reverse=True)  # type: ignore[union-attr]
