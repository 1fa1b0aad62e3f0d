"""Filling in a preparation pack: begun with what the referral says, saved section by section, declared complete."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.models import CaseChild
from app.cases.queries import children_of
from app.cases.service import Case, lock
from app.ledger.service import record, stored_events
from app.preparation.models import PreparationPack
from app.procedure.events import EventKind, Stage
from app.procedure.marks import duty
from app.procedure.preparation import MOST_CHILDREN, Missing, child_keys, missing, next_child, sections
from app.serious_incidents.clock import aware_at
from app.web.filters import london_datetime, long_date
from tenants.db import db
from tenants.registry import authority


class Stale(Exception):
    """Somebody saved the section after the form was shown; `saved` is what they saved."""

    def __init__(self, saved: dict[str, str], by: str) -> None:
        super().__init__(f"saved meanwhile by {by}")
        self.saved, self.by = saved, by


class NotComplete(Exception):
    """Questions still have no answer."""

    def __init__(self, found: list[Missing]) -> None:
        super().__init__(f"{len(found)} questions have no answer")
        self.missing = found


def pack_of(case_id: UUID) -> PreparationPack | None:
    """The pack of a case as it is, or None where nobody has begun it."""
    query = select(PreparationPack).where(PreparationPack.case_id == case_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def answers_of(case_id: UUID) -> tuple[dict[str, dict[str, str]], dict[str, list[str]]]:
    """The answers so far and those that came from the referral, also where nobody has begun the pack."""
    pack = pack_of(case_id)
    if pack is not None:
        return pack.answers, pack.prefilled
    answers = _from_referral(case_id)
    return answers, {key: list(given) for key, given in answers.items()}


@duty("N-10")
def begin(case_id: UUID, *, actor: Actor, now: datetime) -> PreparationPack:
    """The pack of a case, begun with what the referral says where nobody has begun it."""
    lock(case_id)
    pack = pack_of(case_id)
    if pack is not None:
        return pack
    answers, prefilled = answers_of(case_id)
    pack = PreparationPack(
        case_id=case_id, answers=answers, prefilled=prefilled, versions={}, started_at=now, saved_at=now,
        saved_by=actor.name,
    )  # fmt: skip
    db.session.add(pack)
    _tell(EventKind.PACK_STARTED, case_id, actor, now)
    return pack


@duty("N-10")
def save(
    case_id: UUID, section: str, typed: dict[str, str], *, version: int, actor: Actor, now: datetime
) -> PreparationPack:
    """Keep the answers of a section as they are typed, complete or not. A complete pack is open again by that.

    Raises Stale where somebody saved this section meanwhile, KeyError for a section that is none.
    """
    pack = begin(case_id, actor=actor, now=now)
    if section not in dict(sections(pack.answers)):
        raise KeyError(section)
    before = pack.answers.get(section, {})
    if pack.versions.get(section, 0) != version and before != typed:
        raise Stale(dict(before), pack.saved_by)
    if before != typed:
        kept = [name for name in pack.prefilled.get(section, []) if before.get(name) == typed.get(name)]
        pack.answers = {**pack.answers, section: dict(typed)}
        pack.prefilled = {**pack.prefilled, section: kept}
        pack.versions = {**pack.versions, section: pack.versions.get(section, 0) + 1}
        pack.completed_at = pack.completed_by = None
    pack.saved_at, pack.saved_by = now, actor.name
    return pack


def add_child(case_id: UUID, *, actor: Actor, now: datetime) -> str | None:
    """Add a child of the same incident; its section's key, or None where there are four."""
    pack = begin(case_id, actor=actor, now=now)
    key = next_child(pack.answers)
    if key is not None:
        has_child = any(name.startswith("child-") for name in pack.answers)
        first: dict[str, dict[str, str]] = {} if has_child else {"child-1": {}}
        pack.answers = {**pack.answers, **first, key: {}}
        pack.completed_at = pack.completed_by = None
        pack.saved_at, pack.saved_by = now, actor.name
    return key


def remove_child(case_id: UUID, key: str, *, actor: Actor, now: datetime) -> bool:
    """Take a child out of the pack; the last one stays. What was typed of them is kept by the event."""
    pack = begin(case_id, actor=actor, now=now)
    if key not in pack.answers or len(child_keys(pack.answers)) < 2:
        return False
    pack.answers = {name: given for name, given in pack.answers.items() if name != key}
    pack.completed_at = pack.completed_by = None
    pack.saved_at, pack.saved_by = now, actor.name
    return True


@duty("N-10")
def complete(case_id: UUID, *, actor: Actor, now: datetime) -> PreparationPack:
    """Declare the pack complete; its answers stand in the event. Raises NotComplete with what is missing."""
    pack = begin(case_id, actor=actor, now=now)
    if pack.completed_at is not None:
        return pack
    found = missing(pack.answers)
    if found:
        raise NotComplete(found)
    pack.completed_at, pack.completed_by = now, actor.name
    _tell(EventKind.PACK_COMPLETED, case_id, actor, now, {"answers": pack.answers})
    return pack


def _tell(
    kind: EventKind, case_id: UUID, actor: Actor, now: datetime, payload: dict[str, Any] | None = None
) -> None:
    acting = actor.acting_as(actor.holding(Permission.PACK_EDIT))
    record(
        kind,
        case_id=case_id,
        acting=acting,
        happened_at=now,
        now=now,
        stage=Stage.NOTIFICATION,
        payload=payload,
    )


def _from_referral(case_id: UUID) -> dict[str, dict[str, str]]:
    """What the referral and the case answer already, in the pack's terms."""
    told = next((payload for event, payload, _ in stored_events(case_id)
                 if event.kind is EventKind.REFERRAL_SUBMITTED), {})  # fmt: skip
    said: dict[str, dict[str, Any]] = told.get("answers") or {}
    incident, harm = said.get("incident", {}), said.get("harm", {})
    area = incident.get("area") or {}
    place = area.get("name", "") if isinstance(area, dict) else ""
    case = db.session.scalars(select(Case).where(Case.id == case_id)).one()
    aware = aware_at(case_id)
    first = {
        "date": _day(incident.get("happened_on")) or long_date(case.incident_on),
        "aware": london_datetime(aware),
        "place": place or str(incident.get("country", "") or "") or _area(case.incident_area),
        "summary": str(incident.get("narrative", "") or ""),
        "abuse": str(harm.get("judgement", "") or ""),
    }
    answers = {"incident": {name: text for name, text in first.items() if text}}
    leads = _area(case.incident_area or case.home_area)
    if leads:
        answers["about"] = {"authority": leads}
    subjects = [child for child in children_of(case_id) if child.concern == "subject"]
    details = [given for key, given in said.items() if key.startswith("child") and isinstance(given, dict)]
    for place_, child in enumerate(subjects[:MOST_CHILDREN], start=1):
        given = details[place_ - 1] if place_ <= len(details) and "outcome" in details[place_ - 1] else {}
        answers[f"child-{place_}"] = _of_child(child, given, _area(case.home_area))
    return answers


def _of_child(child: CaseChild, given: dict[str, Any], home: str) -> dict[str, str]:
    found = {
        "name": child.name or "",
        "born": long_date(child.born_on),
        "sex": {"not-known": "unknown"}.get(given.get("sex", ""), given.get("sex", "")),
        "outcome": given.get("outcome", ""),
        "lives": f"In the area of {home}." if home else "",
        "legal": {"not-known": "unknown"}.get(given.get("legal", ""), given.get("legal", "")),
    }
    return {name: text for name, text in found.items() if text}


def _area(code: str | None) -> str:
    found = authority(code) if code else None
    return found.name if found else code or ""


def _day(text: object) -> str:
    return long_date(date.fromisoformat(text)) if isinstance(text, str) and text else ""
