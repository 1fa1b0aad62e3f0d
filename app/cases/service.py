"""Opening a case, beginning its stages, and keeping its stored obligations true to its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text

from app.access.sealing import refuse_if_sealed
from app.cases.models import Case, CaseChild, CaseStage, CaseStatus
from app.cases.reference import new_reference
from app.procedure.clocks import london_date
from app.procedure.criteria import editions_in_force
from app.procedure.events import Outcome, Stage
from app.procedure.marks import duty
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


@dataclass(frozen=True, slots=True)
class Where:
    """The day and the areas of an incident, as far as they are known: local authorities by code."""

    incident_on: date | None = None
    incident_area: str | None = None
    home_area: str | None = None


@dataclass(frozen=True, slots=True)
class Began:
    """When a case began, and under which edition of the partnership's settings."""

    at: datetime
    settings_edition: int


def place_incident(case: Case, where: Where) -> None:
    """Keep the day and the areas of the incident as a referral that came later tells them, where it does."""
    case.incident_on = where.incident_on or case.incident_on
    case.incident_area = where.incident_area or case.incident_area
    case.home_area = where.home_area or case.home_area


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to be opened. `began` is given for one that was under way before."""

    title: str
    source: str
    agency_id: UUID | None
    children: Sequence[ChildFacts]
    referred_by: UUID | None = None
    where: Where = field(default_factory=Where)
    began: Began | None = None


def open_case(
    *,
    title: str,
    source: str,
    agency_id: UUID | None,
    referred_by: UUID | None,
    children: list[ChildFacts],
    now: datetime,
    where: Where | None = None,
) -> Case:
    """Open a case with a fresh incident and its referral and notification stages. The caller records the events.

    The reference is random; a clash within the partnership is met by drawing again.
    """
    wanted = Opening(title, source, agency_id, children, referred_by, where or Where())
    return open_cases([wanted], now)[0]


def open_cases(wanted: Sequence[Opening], now: datetime) -> list[Case]:
    """Open several cases, as `open_case`, in a handful of statements."""
    prefix = db.session.get_one(Partnership, current_partnership_id()).reference_prefix
    incidents = db.session.scalars(
        text("select new_incident() from generate_series(1, :many)"), {"many": len(wanted)}
    )
    today = Began(now, current_edition().number)
    cases = [
        Case(
            reference=reference, incident_id=incident_id, title=one.title, status=CaseStatus.UNDER_DECISION.value,
            source=one.source, agency_id=one.agency_id, referred_by=one.referred_by,
            opened_at=(one.began or today).at, version=1, incident_on=one.where.incident_on,
            incident_area=one.where.incident_area, home_area=one.where.home_area,
        )
        for one, reference, incident_id in zip(wanted, _free_references(prefix, len(wanted)), incidents, strict=True)
    ]  # fmt: skip
    db.session.add_all(cases)
    db.session.flush()
    for case, one in zip(cases, wanted, strict=True):
        for kind in (Stage.REFERRAL, Stage.NOTIFICATION):
            begin_stage(case.id, kind, one.began or today)
        _add(case.id, one.children, {})
    return cases


def add_children(case_id: UUID, children: list[ChildFacts]) -> None:
    """Add children to a case, after those it has; a child that was not named gives way to the first that is."""
    rows = db.session.scalars(select(CaseChild).where(CaseChild.case_id == case_id)).all()
    counts = {concern: sum(row.concern == concern for row in rows) for concern in ("subject", "other")}
    if any(child.concern == "subject" for child in children):
        for row in rows:
            # What the referral says of the incident's children takes the place of what was known before it.
            row.concern = "before-referral" if row.concern == "subject" else row.concern
        counts["subject"] = 0
    _add(case_id, children, counts)


def _add(case_id: UUID, children: Sequence[ChildFacts], counts: dict[str, int]) -> None:
    """Add children after as many of each concern as there are."""
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


@duty("N-11")
def begin_stage(case_id: UUID, kind: Stage, began: Began) -> CaseStage:
    """Begin a stage under the editions in force on the day on which it began (N-11); it keeps them for good."""
    editions = editions_in_force(london_date(began.at))
    stage = CaseStage(
        case_id=case_id,
        kind=kind.value,
        settings_edition=began.settings_edition,
        guidance_edition=editions.guidance,
        procedure_edition=editions.procedure,
        began_at=began.at,
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


def _free_references(prefix: str, many: int) -> list[str]:
    found: set[str] = set()
    while len(found) < many:
        drawn = {new_reference(prefix) for _ in range(many - len(found))}
        found |= drawn - set(db.session.scalars(select(Case.reference).where(Case.reference.in_(drawn))))
    return list(found)
