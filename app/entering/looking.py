"""What would be entered of a case that is under way: its stage and its clocks, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.access.own_names import name_of
from app.access.sealing import not_sealed
from app.cases.service import Case
from app.entering.columns import Column
from app.entering.desk import Desk
from app.entering.models import EnteredCase
from app.entering.reading import Row
from app.entering.under_way import own_key, under_way
from app.procedure.clocks import london_date
from app.procedure.entered_events import outcome_faults, would_be
from app.procedure.entering import UnderWay, stage_of
from app.procedure.entering_faults import dates_of, under_way_faults
from app.procedure.obligation import State, state
from app.procedure.obligations import obligations
from app.serious_incidents.entered import notified_as, panel_key
from tenants.db import db

Fault = tuple[str, str]
TAKEN = "A case of this reference has been entered already"


@dataclass(frozen=True, slots=True)
class Clock:
    """An obligation that the case would have: what, whose, until when, and how it stands."""

    action: str
    who: str
    due_on: date | None
    state: State


@dataclass(slots=True)
class Looked:
    """A case as it would be entered: from which row, at which stage, with which days and clocks; or its faults.
    `warnings` do not stand in its way."""

    number: int
    raw: Mapping[str, str]
    case: UnderWay
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)

    @property
    def stage(self) -> str:
        """How far the case has come."""
        return stage_of(self.case)

    def days(self, columns: Sequence[Column]) -> list[tuple[str, date]]:
        """Every day that the row tells, in the order of the columns."""
        told = dates_of(self.case)
        return [(column.label, told[column.name]) for column in columns if column.name in told]


def look(rows: Sequence[Row], desk: Desk, now: datetime, *, clocks: bool = True) -> list[Looked]:
    """The cases as they would be entered now, each with its faults and warnings, and where asked its clocks."""
    found = [_read(row, desk, now) for row in rows]
    _mark_doubles(found, desk)
    _warn_of_notifications(found, desk)
    for one in found:
        if clocks and not one.faults:
            one.clocks = clocks_of(one.case, desk, now)
    return found


def look_at(raw: Mapping[str, str], desk: Desk, now: datetime) -> Looked:
    """One case, as `look`."""
    return look([Row(1, dict(raw))], desk, now)[0]


def already_entered(keys: Collection[str], person_id: UUID | None) -> set[str]:
    """Which own references, in their one spelling, have a case that this person may know of."""
    known = not_sealed(EnteredCase.case_id, person_id)
    query = select(EnteredCase.own_key).where(EnteredCase.own_key.in_(list(keys)), known)
    return set(db.session.scalars(query))


def clocks_of(case: UnderWay, desk: Desk, now: datetime) -> list[Clock]:
    """What the case would owe or have owed, from the pure procedure."""
    counting = desk.counting(case.referred_on)
    owed = obligations(would_be(case, now, counting), counting.calendars, counting.settings)
    return [Clock(one.action, name_of(one.owner), one.due_on, state(one, now)) for one in owed]


def _read(row: Row, desk: Desk, now: datetime) -> Looked:
    case, faults = under_way(row.texts, desk.columns, desk.authorities)
    found = Looked(row.number, row.texts, case, [*row.faults, *faults])
    if found.faults:
        return found
    counting = desk.counting(case.referred_on)
    steps = counting.settings.own.steps
    found.faults = under_way_faults(case, london_date(now), desk.agency_names, steps)
    known = {step.key for step in steps}
    for key in case.steps:
        if key not in known:
            message = "This step was not part of this partnership's procedure on the day of the referral"
            found.faults.append((f"step_{key}_on", message))
    found.faults = found.faults or outcome_faults(case, now, counting)
    return found


def _mark_doubles(found: list[Looked], desk: Desk) -> None:
    entered = already_entered([own_key(one.case.own_reference) for one in found], desk.person_id)
    met: dict[str, int] = {}
    for one in found:
        mine = own_key(one.case.own_reference)
        if not mine:
            continue
        if mine in entered:
            one.faults.append(("own_reference", TAKEN))
        if mine in met:
            one.faults.append(("own_reference", f"This reference stands in row {met[mine]} too"))
        met.setdefault(mine, one.number)


def _warn_of_notifications(found: list[Looked], desk: Desk) -> None:
    """A notification that has a case already, here or in another row: perhaps one incident under two references."""
    stands = notified_as([one.case.panel_reference for one in found])
    wanted = {case_id for case_ids in stands.values() for case_id in case_ids}
    query = select(Case.id, Case.reference).where(Case.id.in_(wanted), not_sealed(Case.id, desk.person_id))
    references = {case_id: reference for case_id, reference in db.session.execute(query)} if wanted else {}
    met: dict[str, int] = {}
    for one in found:
        mine = panel_key(one.case.panel_reference)
        known = sorted(references[case_id] for case_id in stands.get(mine, ()) if case_id in references)
        if known:
            cases = ", ".join(known)
            one.warnings.append(f"This notification's reference stands in {cases} already")
        if mine and mine in met:
            one.warnings.append(f"This notification's reference stands in row {met[mine]} too")
        met.setdefault(mine, one.number)
