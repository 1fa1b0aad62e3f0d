"""Cases that may be of one incident: the database finds those that can be alike, the procedure says why they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from app.access.actor import Actor
from app.cases.models import Case, CaseChild
from app.cases.queries import visible
from app.entering.models import CaseLink
from app.procedure.same_incident import Incident, Known, reasons_alike
from tenants.db import db

NHS = re.compile(r"NHS number ([0-9 ]+)")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another case that may be of the same incident, and why."""

    case: Case
    reasons: list[str]


def likenesses(case: Case, actor: Actor) -> list[Likeness]:
    """The cases that this person may see, that may be of the same incident and on which nobody has decided yet,
    newest first."""
    rows = db.session.execute(
        select(CaseLink.first_case_id, CaseLink.second_case_id).where(
            or_(CaseLink.first_case_id == case.id, CaseLink.second_case_id == case.id),
            CaseLink.superseded_at.is_(None),
        )
    )
    decided = {case_id for row in rows for case_id in row} | {case.id}
    mine = incident_of(case.id)
    alike = or_(_by_child(mine), _by_day(mine))
    query = select(Case).where(Case.id.not_in(decided), alike, visible(actor))
    others = db.session.scalars(query.order_by(Case.opened_at.desc())).all()
    known = incidents_of([other.id for other in others])
    compared = ((other, reasons_alike(mine, known[other.id])) for other in others)
    return [Likeness(other, reasons) for other, reasons in compared if reasons]


def incident_of(case_id: UUID) -> Incident:
    """What a case says of its incident."""
    return incidents_of([case_id])[case_id]


def incidents_of(case_ids: Sequence[UUID]) -> dict[UUID, Incident]:
    """What each case says of its incident."""
    children: dict[UUID, list[Known]] = {case_id: [] for case_id in case_ids}
    query = select(CaseChild).where(CaseChild.case_id.in_(case_ids), CaseChild.concern == "subject")
    for child in db.session.scalars(query):
        children[child.case_id].append(Known(child.name or "", child.born_on, _nhs(child.details)))
    rows = db.session.execute(
        select(Case.id, Case.incident_on, Case.incident_area, Case.home_area).where(Case.id.in_(case_ids))
    )
    return {
        row.id: Incident(children[row.id], row.incident_on, row.incident_area, row.home_area) for row in rows
    }


def _by_child(mine: Incident) -> ColumnElement[bool]:
    """Cases with a child that may be one of mine: no child that the procedure would find alike is left out."""
    alike = [_child(child) for child in mine.children]
    of_incident = select(CaseChild.case_id).where(CaseChild.concern == "subject", or_(false(), *alike))
    return Case.id.in_(of_incident)


def _child(child: Known) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = []
    if child.nhs_number:
        number = func.regexp_replace(func.substring(CaseChild.details, NHS.pattern), r"\D", "", "g")
        found.append(number == child.nhs_number)
    if child.born_on is not None:
        found.append(CaseChild.born_on == child.born_on)
    if child.name:
        # Alike by name alone only where a date of birth is missing. Two names of which one is more than half as
        # long again as the other are never alike; blanks and accents are allowed for.
        unknown = CaseChild.born_on.is_(None) if child.born_on is not None else CaseChild.name.is_not(None)
        length = len(child.name)
        near = func.char_length(func.coalesce(CaseChild.name, "")).between(length // 2, length * 2)
        found.append(and_(unknown, near))
    return or_(false(), *found)


def _by_day(mine: Incident) -> ColumnElement[bool]:
    """Where neither names a child, the day and the area."""
    if mine.happened_on is None or mine.area is None:
        return false()
    return and_(Case.incident_on == mine.happened_on, Case.incident_area == mine.area)


def _nhs(details: str) -> str:
    found = NHS.search(details or "")
    return re.sub(r"\D", "", found.group(1)) if found else ""
