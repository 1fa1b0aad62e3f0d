"""Two referrals of one incident: linked or refused by a person with a reason, and decided anew where that was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from app.access.actor import Acting, Actor
from app.cases.models import Case
from app.cases.queries import visible
from app.cases.reminders import owners_of
from app.cases.service import changed, lock
from app.entering.likeness import incident_of
from app.entering.models import CaseLink
from app.ledger.service import history, pending_of, record
from app.outbox.service import post
from app.procedure.events import Event, EventKind, Party, Stage
from app.procedure.history import in_force
from app.procedure.same_incident import reasons_alike
from tenants.db import db

LINKED, REFUSED, UNDONE = "linked", "refused", "undone"
KINDS = {
    LINKED: EventKind.SAME_INCIDENT_LINKED,
    REFUSED: EventKind.SAME_INCIDENT_REFUSED,
    UNDONE: EventKind.SAME_INCIDENT_UNLINKED,
}
TAKEN_BACK = "The link with the case from which this came was undone."


class DecidedMeanwhile(Exception):
    """Somebody decided on the two cases after the form was shown, or the verdict is the one that stands."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A verdict on another case. `differs` says that a linked one has the local authority become aware at another
    moment, which is `aware` (None: not known there)."""

    link_id: UUID
    case: Case
    verdict: str
    reason: str
    by: str
    at: datetime
    former: bool = False
    differs: bool = False
    aware: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of two cases: whether they are of one incident, why, and which verdict the form showed as
    standing ('' for none)."""

    same: bool
    reason: str
    seen: str
    key: UUID | None = None


def verdicts(case_id: UUID, actor: Actor) -> list[Linked]:
    """What was decided on other cases that this person may see: what stands, linked ones first, then what was decided
    before."""
    found = []
    aware = _aware(case_id)
    for row, case in _rows_of(case_id, visible(actor)):
        stands = row.superseded_at is None
        theirs = _aware(case.id) if stands and row.verdict == LINKED else aware
        found.append(
            Linked(row.id, case, row.verdict, row.reason, row.decided_by, row.decided_at, not stands,
                   theirs != aware, theirs)
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.former, one.verdict != LINKED, one.at))


def standing(case_id: UUID, other_id: UUID, actor: Actor) -> Linked | None:
    """The verdict that stands on two cases, or None."""
    return next((one for one in verdicts(case_id, actor) if one.case.id == other_id and not one.former), None)


def decide(one: Case, other: Case, said: Verdict, *, acting: Acting, now: datetime) -> bool:
    """Link two cases as of one incident, or say that they are not; or decide anew, which supersedes the former verdict
    and keeps it. Nothing is merged: each keeps its record, and the earlier awareness of the local authority counts in
    both while they are linked. Returns whether it was decided now; the same form sent twice decides once. Raises
    DecidedMeanwhile."""
    first, second = sorted((one, other), key=lambda case: (case.opened_at, str(case.id)))
    for case in sorted((first, second), key=lambda case: str(case.id)):
        lock(case.id)
    rows = [row for row, case in _rows_of(first.id) if case.id == second.id]
    if said.key is not None and any(row.submission_key == said.key for row in rows):
        return False
    former = next((row for row in rows if row.superseded_at is None), None)
    verdict = _verdict(former, said)
    if former is not None:
        former.superseded_at = now
        db.session.flush()
    why = reasons_alike(incident_of(first.id), incident_of(second.id))
    db.session.add(
        CaseLink(first_case_id=first.id, second_case_id=second.id, verdict=verdict, reason=said.reason, why=why,
                 decided_at=now, decided_by=acting.name, submission_key=said.key)
    )  # fmt: skip
    for case, with_ in ((first, second), (second, first)):
        record(
            KINDS[verdict], case_id=case.id, acting=acting, happened_at=now, now=now, stage=Stage.REFERRAL,
            facts={"with": with_.reference}, payload={"reason": said.reason, "why": why},
        )  # fmt: skip
        if verdict == UNDONE:
            _take_back(case, with_, acting, now)
        changed(case)
    if verdict == LINKED:
        _carry_awareness(first, second, acting, now)
    return True


def _verdict(former: CaseLink | None, said: Verdict) -> str:
    if said.seen != (str(former.id) if former else ""):
        raise DecidedMeanwhile
    if former is None:
        return LINKED if said.same else REFUSED
    if said.same == (former.verdict == LINKED):
        raise DecidedMeanwhile
    return LINKED if said.same else UNDONE


def _rows_of(case_id: UUID, *conditions: ColumnElement[bool]) -> Sequence[tuple[CaseLink, Case]]:
    """The verdicts on a case, each with the other case, under further conditions on that one."""
    query = (
        select(CaseLink, Case)
        .join(
            Case,
            or_(
                (CaseLink.first_case_id == case_id) & (Case.id == CaseLink.second_case_id),
                (CaseLink.second_case_id == case_id) & (Case.id == CaseLink.first_case_id),
            ),
        )
        .where(*conditions)
        .order_by(CaseLink.decided_at)
        .execution_options(populate_existing=True)
    )
    return [(link, case) for link, case in db.session.execute(query)]


def _carry_awareness(first: Case, second: Case, acting: Acting, now: datetime) -> None:
    """The local authority became aware of one incident once: the earlier instant counts in both cases."""
    aware = {case.id: _aware(case.id) for case in (first, second)}
    known = [moment for moment in aware.values() if moment is not None]
    if not known:
        return
    for case, with_ in ((first, second), (second, first)):
        if aware[case.id] is None or aware[case.id] != min(known):
            record(
                EventKind.LOCAL_AUTHORITY_AWARE, case_id=case.id, acting=acting, happened_at=min(known), now=now,
                stage=Stage.NOTIFICATION, party=Party.LOCAL_AUTHORITY,
                facts={"from_linked": True, "with": with_.reference, "date_only": _day_only(with_.id, min(known))},
            )  # fmt: skip


def _take_back(case: Case, other: Case, acting: Acting, now: datetime) -> None:
    """The awareness that came from the other case counts here no longer; its entry is superseded, and stays."""
    for event in _told_aware(case.id):
        if event.facts.get("from_linked") and event.facts.get("with") in (other.reference, None):
            record(
                EventKind.ENTRY_SUPERSEDED, case_id=case.id, acting=acting, happened_at=now, now=now,
                stage=Stage.NOTIFICATION, party=Party.LOCAL_AUTHORITY,
                facts={"supersedes": event.number, "kind": event.kind.value}, payload={"reason": TAKEN_BACK},
            )  # fmt: skip


def tell_of_correction(case_id: UUID, now: datetime) -> None:
    """Where the local authority's awareness was corrected in a case, the Partnership Team is told in each case that is
    linked with it: whether it must be corrected there too is for a person to say. Runs as the correction commits."""
    corrected = [
        event
        for event in pending_of(case_id)
        if event.kind is EventKind.ENTRY_SUPERSEDED
        and event.facts.get("kind") == EventKind.LOCAL_AUTHORITY_AWARE.value
        and event.facts.get("key")
    ]  # fmt: skip
    for event in corrected:
        for row, other in _rows_of(case_id):
            if row.superseded_at is None and row.verdict == LINKED:
                for holder in owners_of(Party.PARTNERSHIP_TEAM, other.id, now):
                    post(
                        "linked-awareness-corrected", to_person=holder.person_id, to_address=holder.email,
                        to_name=holder.name, key=f"linked-aware:{other.id}:{event.facts['key']}:{holder.person_id}",
                        now=now, case_reference=other.reference, context={"case_id": str(other.id)},
                    )  # fmt: skip


def _told_aware(case_id: UUID) -> list[Event]:
    return [event for event in in_force(history(case_id)) if event.kind is EventKind.LOCAL_AUTHORITY_AWARE]


def _aware(case_id: UUID) -> datetime | None:
    return min((event.happened_at for event in _told_aware(case_id)), default=None)


def _day_only(case_id: UUID, at: datetime) -> bool:
    return any(event.happened_at == at and event.facts.get("date_only") for event in _told_aware(case_id))
