"""Two referrals of one incident: recognised, shown with the reasons, and linked or refused by a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.access.actor import Acting, Actor
from app.cases.models import Case, CaseChild
from app.cases.queries import visible
from app.cases.service import changed, lock
from app.entering.models import CaseLink
from app.ledger.service import history, record, told_of
from app.procedure.events import EventKind, Party, Stage
from app.procedure.history import in_force
from app.procedure.same_incident import Incident, Known, reasons_alike
from tenants.db import db

NHS = re.compile(r"NHS number ([0-9 ]+)")
MOST = 400


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another case that may be of the same incident, and why."""

    case: Case
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Linked:
    """A verdict on another case."""

    case: Case
    verdict: str
    reason: str
    by: str
    at: datetime


def likenesses(case: Case, actor: Actor) -> list[Likeness]:
    """The cases that this person may see, that may be of the same incident and on which nobody has decided yet."""
    rows = _rows_of(case.id)
    decided = {row.first_case_id for row in rows} | {row.second_case_id for row in rows} | {case.id}
    others = db.session.scalars(
        select(Case)
        .where(Case.id.not_in(decided), visible(actor))
        .order_by(Case.opened_at.desc())
        .limit(MOST)
    ).all()
    known = incidents_of([case.id, *(other.id for other in others)])
    compared = ((other, reasons_alike(known[case.id], known[other.id])) for other in others)
    return [Likeness(other, reasons) for other, reasons in compared if reasons]


def verdicts(case_id: UUID, actor: Actor) -> list[Linked]:
    """What was decided on other cases that this person may see, linked ones first."""
    is_first, is_second = CaseLink.first_case_id == case_id, CaseLink.second_case_id == case_id
    other = or_(
        and_(is_first, Case.id == CaseLink.second_case_id), and_(is_second, Case.id == CaseLink.first_case_id)
    )
    query = select(CaseLink, Case).join(Case, other).where(visible(actor)).order_by(CaseLink.verdict)
    return [
        Linked(case, row.verdict, row.reason, row.decided_by, row.decided_at)
        for row, case in db.session.execute(query)
    ]


def decide(one: Case, other: Case, *, same: bool, reason: str, acting: Acting, now: datetime) -> bool:
    """Link two cases as of one incident, or say that they are not; once. Nothing is merged: each keeps its record,
    and the earlier awareness of the local authority counts in both. Returns whether it was decided now."""
    first, second = sorted((one, other), key=lambda case: (case.opened_at, str(case.id)))
    for case in sorted((first, second), key=lambda case: str(case.id)):
        lock(case.id)
    known = select(CaseLink.id).where(
        CaseLink.first_case_id == first.id, CaseLink.second_case_id == second.id
    )
    if db.session.scalar(known) is not None:
        return False
    verdict = "linked" if same else "refused"
    why = reasons_alike(incident_of(first.id), incident_of(second.id))
    db.session.add(
        CaseLink(first_case_id=first.id, second_case_id=second.id, verdict=verdict, reason=reason, why=why,
                 decided_at=now, decided_by=acting.name)
    )  # fmt: skip
    kind = EventKind.SAME_INCIDENT_LINKED if same else EventKind.SAME_INCIDENT_REFUSED
    for case, with_ in ((first, second), (second, first)):
        record(
            kind, case_id=case.id, acting=acting, happened_at=now, now=now, stage=Stage.REFERRAL,
            facts={"with": with_.reference}, payload={"reason": reason, "why": why},
        )  # fmt: skip
        changed(case)
    if same:
        _carry_awareness(first, second, acting, now)
    return True


def incident_of(case_id: UUID) -> Incident:
    """What a case says of its incident."""
    return incidents_of([case_id])[case_id]


def incidents_of(case_ids: Sequence[UUID]) -> dict[UUID, Incident]:
    """What each case says of its incident."""
    children: dict[UUID, list[Known]] = {case_id: [] for case_id in case_ids}
    query = select(CaseChild).where(CaseChild.case_id.in_(case_ids), CaseChild.concern == "subject")
    for child in db.session.scalars(query):
        children[child.case_id].append(Known(child.name or "", child.born_on, _nhs(child.details)))
    said: dict[UUID, tuple[object, object]] = {}
    for case_id, event, payload in told_of(EventKind.REFERRAL_SUBMITTED, case_ids):
        incident = (payload.get("answers") or {}).get("incident", {})
        said[case_id] = (incident.get("happened_on"), event.facts.get("incident_area"))
    found = {}
    for case_id in case_ids:
        day, area = said.get(case_id, (None, None))
        found[case_id] = Incident(
            children[case_id],
            date.fromisoformat(day) if isinstance(day, str) else None,
            area if isinstance(area, str) else None,
        )
    return found


def _rows_of(case_id: UUID) -> Sequence[CaseLink]:
    return db.session.scalars(
        select(CaseLink).where(or_(CaseLink.first_case_id == case_id, CaseLink.second_case_id == case_id))
    ).all()


def _carry_awareness(first: Case, second: Case, acting: Acting, now: datetime) -> None:
    """The local authority became aware of one incident once: the earlier instant counts in both cases."""
    aware = {case.id: _aware(case.id) for case in (first, second)}
    known = [moment for moment in aware.values() if moment is not None]
    if not known:
        return
    for case in (first, second):
        if aware[case.id] is None or aware[case.id] != min(known):
            record(
                EventKind.LOCAL_AUTHORITY_AWARE, case_id=case.id, acting=acting, happened_at=min(known), now=now,
                stage=Stage.NOTIFICATION, party=Party.LOCAL_AUTHORITY, facts={"from_linked": True},
            )  # fmt: skip


def _aware(case_id: UUID) -> datetime | None:
    told = (event for event in in_force(history(case_id)) if event.kind is EventKind.LOCAL_AUTHORITY_AWARE)
    return min((event.happened_at for event in told), default=None)


def _nhs(details: str) -> str:
    found = NHS.search(details or "")
    return re.sub(r"\D", "", found.group(1)) if found else ""
