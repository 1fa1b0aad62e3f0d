"""Opening a case, beginning its stages, and keeping its stored obligations true to its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, text

from app.access.sealing import refuse_if_sealed
from app.cases.models import Case, CaseChild, CaseStage, CaseStatus
from app.cases.reference import new_reference
from app.procedure.clocks import london_date
from app.procedure.criteria import editions_in_force
from app.procedure.events import Outcome, Stage
from tenants.db import db
from tenants.registry import Partnership, current_edition
from tenants.scope import current_partnership_id


class StaleCase(Exception):
    """Somebody changed the case since the form was shown."""


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """A child as a referral describes them. `concern` is 'subject' (of the incident) or 'other' (A-04)."""

    concern: str
    name: str | None
    born_on: date | None
    birth_certainty: str
    details: str = ""


def open_case(
    *,
    title: str,
    source: str,
    agency_id: UUID | None,
    referred_by: UUID | None,
    children: list[ChildFacts],
    now: datetime,
) -> Case:
    """Open a case with a fresh incident and its referral and notification stages. The caller records the events.

    The reference is random; a clash within the partnership is met by drawing again.
    """
    partnership = db.session.get_one(Partnership, current_partnership_id())
    case = Case(
        reference=_free_reference(partnership.reference_prefix),
        incident_id=db.session.scalar(text("select new_incident()")),
        title=title,
        status=CaseStatus.UNDER_DECISION.value,
        source=source,
        agency_id=agency_id,
        referred_by=referred_by,
        opened_at=now,
        version=1,
    )
    db.session.add(case)
    db.session.flush()
    begin_stage(case.id, Stage.REFERRAL, now)
    begin_stage(case.id, Stage.NOTIFICATION, now)
    add_children(case.id, children)
    return case


def add_children(case_id: UUID, children: list[ChildFacts]) -> None:
    """Add children to a case, after those it has; a child that was not named gives way to the first that is."""
    rows = db.session.scalars(select(CaseChild).where(CaseChild.case_id == case_id)).all()
    counts = {concern: sum(row.concern == concern for row in rows) for concern in ("subject", "other")}
    if any(child.concern == "subject" for child in children):
        for row in rows:
            # What the referral says of the incident's children takes the place of what was known before it.
            row.concern = "before-referral" if row.concern == "subject" else row.concern
        counts["subject"] = 0
    for child in children:
        counts[child.concern] = counts.get(child.concern, 0) + 1
        db.session.add(
            CaseChild(
                case_id=case_id,
                ordinal=counts[child.concern],
                concern=child.concern,
                name=child.name,
                born_on=child.born_on,
                birth_certainty=child.birth_certainty,
                details=child.details,
            )
        )


def begin_stage(case_id: UUID, kind: Stage, now: datetime) -> CaseStage:
    """Begin a stage under the editions in force (N-11); it keeps them for good."""
    editions = editions_in_force(london_date(now))
    stage = CaseStage(
        case_id=case_id,
        kind=kind.value,
        settings_edition=current_edition().number,
        guidance_edition=editions.guidance,
        procedure_edition=editions.procedure,
        began_at=now,
    )
    db.session.add(stage)
    return stage


def lock(case_id: UUID, version: int | None = None) -> Case:
    """The case, locked until the transaction ends, so that two people who decide at once do so one after the other.

    Whoever was sealed out of it since their page was made is refused, as if it did not exist. Raises StaleCase where
    `version` is given and the case has changed since; NoResultFound where there is none.
    """
    case = db.session.scalars(
        select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    refuse_if_sealed(case_id)
    if version is not None and case.version != version:
        raise StaleCase(case.reference)
    return case


def decided(case: Case, outcome: str) -> None:
    """Keep the decision's outcome with the case: a case to be notified is brought to the whole group."""
    notify = outcome == Outcome.NOTIFY.value
    case.status = (CaseStatus.TO_BE_NOTIFIED if notify else CaseStatus.NOT_TO_BE_NOTIFIED).value
    changed(case)


def mark_to_be_notified(case: Case) -> None:
    """The local authority notifies on its own duty (N-03): the case is brought to the whole group."""
    case.status = CaseStatus.TO_BE_NOTIFIED.value


def changed(case: Case) -> None:
    """Count a change, so that forms shown before it are known to be stale."""
    case.version += 1


def _free_reference(prefix: str) -> str:
    while True:
        reference = new_reference(prefix)
        if not db.session.scalar(select(func.count()).select_from(Case).where(Case.reference == reference)):
            return reference
