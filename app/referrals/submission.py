"""Submitting a referral: one draft becomes one case, acknowledged with a reference."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.access.actor import SYSTEM, Actor
from app.access.permissions import Permission
from app.cases.service import (
    Case,
    ChildFacts,
    Where,
    add_children,
    changed,
    lock,
    open_case,
    place_incident,
)
from app.entering.asking import link
from app.ledger.service import record
from app.procedure.criteria import may_refer
from app.procedure.events import EventKind, Party, Stage
from app.procedure.marks import duty
from app.referrals import telling, words
from app.referrals.checking import Checked, awareness_of, check
from app.referrals.models import ReferralDraft
from app.referrals.parsing import Authority, Fault, Values
from app.referrals.queries import capacities_for, lists, versions_since
from app.referrals.questions import Lists
from app.referrals.rules import aware_instant
from app.referrals.service import NoSuchDraft, Stale, acting_for, load, roles_of
from tenants.db import db


class Incomplete(Exception):
    """The referral cannot be submitted; `faults` names each page and field."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} answers are missing or wrong")
        self.faults = faults


@duty("A-02", "A-03", "A-04")
def submit(
    draft_id: UUID, actor: Actor, *, version: int, submission_key: UUID, now: datetime
) -> ReferralDraft:
    """Submit the referral: open its case, record what it says, acknowledge it with a reference, tell who
    must know.

    A referral that has been submitted is returned as it is, with its case and reference. Raises NoSuchDraft
    (also for a person who may not submit this one), Stale where a page changed after `version`, Incomplete
    with every fault.
    """
    draft = load(draft_id, actor, lock=True)
    capacities = capacities_for(actor, draft, Permission.REFERRAL_SUBMIT)
    if not may_refer(roles_of(capacities), draft.source):
        raise NoSuchDraft(str(draft_id))
    if draft.state == "submitted":
        return draft
    if draft.version != version:
        raise Stale(draft, list(versions_since(draft, version)), {})
    listed = lists()
    checked = check(draft.answers, draft.source, listed, now)
    if checked.faults:
        raise Incomplete(checked.faults)
    _open(draft, actor, checked, listed, now)
    draft.submission_key = _unused(submission_key)
    return draft


def _open(draft: ReferralDraft, actor: Actor, checked: Checked, listed: Lists, now: datetime) -> None:
    acting = acting_for(actor, draft, Permission.REFERRAL_SUBMIT)
    waited_for = draft.case_id is not None
    case = _case_for(draft, actor, checked, now)
    draft.case_id, draft.reference = case.id, case.reference
    draft.state, draft.submitted_at, draft.updated_at = "submitted", now, now
    record(
        EventKind.REFERRAL_SUBMITTED,
        case_id=case.id,
        stage=Stage.REFERRAL,
        acting=acting,
        happened_at=now,
        now=now,
        party=Party.CDOP_CHAIR if draft.source == "cdop" else Party.AGENCY_REPRESENTATIVE,
        facts=facts_of(checked),
        payload={"record": words.record_in_words(checked, listed), "answers": plain(checked.values)},
    )
    if waited_for:
        link(case, acting, now)
    aware = awareness_of(checked)
    instant = aware_instant(aware)
    if instant is not None:
        record(
            EventKind.LOCAL_AUTHORITY_AWARE,
            case_id=case.id,
            stage=Stage.NOTIFICATION,
            acting=acting,
            happened_at=instant,
            now=now,
            party=Party.LOCAL_AUTHORITY,
            facts={"date_only": aware.at is None},
        )
    record(
        EventKind.REFERRAL_ACKNOWLEDGED,
        case_id=case.id,
        stage=Stage.REFERRAL,
        acting=SYSTEM,
        happened_at=now,
        now=now,
        party=Party.REFERRER,
        payload={"reference": case.reference},
    )
    telling.acknowledged(draft, actor, now)
    telling.received(draft, now)


def _case_for(draft: ReferralDraft, actor: Actor, checked: Checked, now: datetime) -> Case:
    """The case that this referral opens; or the one that waits for it, where a notification came first (A-09)."""
    if draft.case_id is None:
        return open_case(
            title=words.title_of(checked),
            source=draft.source,
            agency_id=draft.agency_id,
            referred_by=actor.person_id,
            children=children_of(checked),
            now=now,
            where=where_of(checked),
        )
    case = lock(draft.case_id)
    case.agency_id, case.referred_by = draft.agency_id, actor.person_id
    add_children(case.id, children_of(checked))
    place_incident(case, where_of(checked))
    changed(case)
    return case


def where_of(checked: Checked) -> Where:
    """The day and the areas of the incident."""
    area, home = checked.of("incident", "area"), checked.of("incident", "home")
    return Where(
        checked.of("incident", "happened_on"),
        area.code if isinstance(area, Authority) else None,
        home.code if isinstance(home, Authority) else None,
    )


def children_of(checked: Checked) -> list[ChildFacts]:
    """The children of the incident, then the others known to be at risk (A-04), as the case keeps them."""
    found = []
    for concern, kind in (("subject", "child"), ("other", "other")):
        for _key, values in checked.items(kind):
            found.append(
                ChildFacts(
                    concern=concern,
                    name=values.get("name"),
                    born_on=values.get("born_on") or values.get("born_about") or values.get("expected_on"),
                    birth_certainty=values["birth"],
                    details=_details(values),
                )
            )
    return found


def _details(values: Values) -> str:
    told = [
        values.get("age_about", ""),
        f"NHS number {values['nhs_number']}" if "nhs_number" in values else "",
    ]
    told.append(values.get("relation_detail", ""))
    return "; ".join(part for part in told if part)


def facts_of(checked: Checked) -> dict[str, object]:
    """Small machine facts of a referral: codes only, never what somebody wrote."""
    area, home = checked.of("incident", "area"), checked.of("incident", "home")
    children = [values for _key, values in checked.items("child")]
    return {
        "source": checked.source,
        "abuse": checked.of("harm", "abuse"),
        "harm_kinds": list(checked.of("harm", "harm_kinds") or ()),
        "outside_england": checked.of("incident", "place") == "outside",
        "incident_area": area.code if isinstance(area, Authority) else None,
        "home_area": home.code if isinstance(home, Authority) else None,
        "children": len(children),
        "died": any(values.get("outcome") == "died" for values in children),
        "looked_after": any(values.get("legal") == "looked-after" for values in children),
        "looked_after_by": _looked_after_by(children),
        "other_children": len(checked.items("other")),
    }


def _looked_after_by(children: list[Values]) -> str | None:
    """The code of the one local authority that looks after the children, where it is known and only one."""
    looking = [values.get("looked_after_by") for values in children if values.get("legal") == "looked-after"]
    codes = {one.code for one in looking if isinstance(one, Authority)}
    return codes.pop() if len(codes) == 1 else None


def plain(value: Any) -> Any:
    """A value of the form as JSON can hold it."""
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, (date, time)):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    return value


def _unused(key: UUID) -> UUID | None:
    # The draft's own lock and state make one case of it; a key that another form has used is simply not kept.
    used = db.session.scalar(
        select(func.count()).select_from(ReferralDraft).where(ReferralDraft.submission_key == key)
    )
    return None if used else key
