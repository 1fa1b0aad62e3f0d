"""Which cases a person may see, and reading one. Everything else about access to cases is asked of these functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on

from app.access.actor import Actor
from app.access.permissions import Condition, Permission
from app.access.sealing import not_sealed
from app.cases.models import Case, CaseChild, CaseStage, CaseStatus, StoredObligation
from app.cases.reference import normalised
from app.web.paging import Key, older_than
from tenants.db import db

PAGE = 25


def visible(actor: Actor, permission: Permission = Permission.CASE_VIEW) -> ColumnElement[bool]:
    """The condition on cases that this person may see. Nothing is visible that no condition allows, and nothing
    that the person is sealed out of, whatever allows it."""
    return and_(_allowed(actor, permission), not_sealed(Case.id, actor.person_id))


def _allowed(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    conditions = actor.conditions(permission)
    if conditions & {Condition.ALWAYS, Condition.UNDER_DECISION}:
        return true()  # a case is under decision from its referral on, and stays known to those who decided
    allowed: list[ColumnElement[bool]] = [false()]
    if Condition.BROUGHT_TO_LIG in conditions:
        # Own agency's referrals, those that the group will review because they are to be notified, and those whose
        # scoping was opened for its discussion.
        allowed += [Case.agency_id.in_(actor.agencies(permission)), Case.status == CaseStatus.TO_BE_NOTIFIED]
        allowed.append(Case.brought.is_(True))
    if Condition.ESCALATED in conditions:
        allowed.append(Case.escalated.is_(True))
    if Condition.OWN_REFERRAL in conditions:
        allowed.append(Case.referred_by == actor.person_id)
    return or_(*allowed)


def visible_case(reference: str, actor: Actor) -> Case | None:
    """The case of that reference where this person may see it, else None: absent and forbidden look alike."""
    spelling = normalised(reference)
    if spelling is None or spelling != reference:
        return None
    return db.session.scalar(select(Case).where(Case.reference == spelling, visible(actor)))


def page_of_cases(
    actor: Actor,
    before: Key | None = None,
    most: int = PAGE,
    where: Sequence[ColumnElement[bool]] = (),
) -> Sequence[Case]:
    """A page of visible cases, newest first, by key: `before` is the last row of the page before; `where` narrows."""
    query = select(Case).where(visible(actor, Permission.CASES_LIST), *where)
    if before is not None:
        query = query.where(older_than(before, Case.opened_at, Case.id))
    return db.session.scalars(query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(most)).all()


def visible_references(references: Collection[str], actor: Actor) -> set[str]:
    """Of these references, those of cases that this person may see."""
    return set(
        db.session.scalars(select(Case.reference).where(Case.reference.in_(references), visible(actor)))
    )


def children_of(case_id: UUID) -> Sequence[CaseChild]:
    """The children of a case, those of the incident first."""
    query = select(CaseChild).where(CaseChild.case_id == case_id)
    return db.session.scalars(query.order_by(CaseChild.concern.desc(), CaseChild.ordinal)).all()


def stages_of(case_id: UUID) -> dict[str, CaseStage]:
    """The stages of a case by kind."""
    return {
        stage.kind: stage
        for stage in db.session.scalars(select(CaseStage).where(CaseStage.case_id == case_id))
    }


def stages_by_edition(person_id: UUID | None) -> dict[int, int]:
    """How many stages of the partnership in scope keep each edition of its settings, without those of cases that
    this person is sealed out of."""
    query = (
        select(CaseStage.settings_edition, func.count())
        .where(not_sealed(CaseStage.case_id, person_id))
        .group_by(CaseStage.settings_edition)
    )
    return {number: count for number, count in db.session.execute(query)}


def obligations_of(case_id: UUID) -> Sequence[StoredObligation]:
    """The stored obligations of a case, in the procedure's order."""
    query = select(StoredObligation).where(StoredObligation.case_id == case_id)
    return db.session.scalars(query.order_by(StoredObligation.position)).all()


def open_obligations_of(case_ids: Sequence[UUID]) -> dict[UUID, StoredObligation]:
    """For each of these cases the open obligation that ends soonest (those without a clock last), in one query."""
    query = (
        select(StoredObligation)
        .where(StoredObligation.case_id.in_(case_ids), StoredObligation.open)
        .ext(distinct_on(StoredObligation.case_id))
        .order_by(
            StoredObligation.case_id, StoredObligation.due.asc().nulls_last(), StoredObligation.position
        )
    )
    return {row.case_id: row for row in db.session.scalars(query)}
