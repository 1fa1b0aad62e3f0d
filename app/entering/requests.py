"""A notification that came first: its case, and the referral form asked for and linked to it (A-09)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.calendars import calendars
from app.cases.service import Case, Where, lock, mark_to_be_notified, open_case
from app.entering.asking import TEAM, ask, represented
from app.entering.models import ReferralRequest
from app.entering.service import children_facts
from app.ledger.service import record
from app.procedure.calendar import Calendars
from app.procedure.clocks import day_end, london_date, within_working_days
from app.procedure.entering import MOST_CHILDREN, OUTSIDE, Areas, Child
from app.procedure.events import EventKind, Party, Stage
from app.procedure.marks import duty
from app.procedure.obligation import STATUTORY
from app.serious_incidents.entered import SentBefore, keep_notification, keep_step, notified_as
from tenants.db import db
from tenants.registry import agencies

Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CameFirst:
    """A notification that came first, as it was typed. Instants are aware. `agency` is the key of the agency that is
    asked for the referral form, or TEAM; `second` says that another case of the same notification is meant."""

    title: str
    children: tuple[Child, ...]
    summary: str
    aware_at: datetime | None
    submitted_at: datetime | None
    channel: str | None
    panel_reference: str
    submitted_by: str
    agency: str
    key: UUID
    aware_not_known: bool = False
    where: Where = field(default_factory=Where)
    areas: Areas = field(default_factory=Areas)
    missed_reason: str = ""
    missed_reported_to: str = ""
    second: bool = False


@duty("A-09")
def came_first_faults(typed: CameFirst, now: datetime, agency_keys: set[str]) -> list[Fault]:
    """What is missing or impossible: field and message."""
    missing = {
        "title": (typed.title, "Say in a few words what the case is about, without names"),
        "summary": (typed.summary, "Say what is known"),
        "panel_reference": (typed.panel_reference, "Enter the reference of the notification"),
        "submitted_by": (typed.submitted_by, "Enter who sent the notification"),
    }
    faults = [(name, message) for name, (text, message) in missing.items() if not text.strip()]
    if len(typed.children) > MOST_CHILDREN:
        faults.append(
            ("children", f"One case holds {MOST_CHILDREN} children at most; there are {len(typed.children)}")
        )
    faults += _when_faults(typed, now)
    if typed.agency not in agency_keys | {TEAM}:
        faults.append(("agency", "Select the agency that is asked for the referral form"))
    if not typed.channel:
        faults.append(("channel", "Select how it was sent"))
    return faults


def _when_faults(typed: CameFirst, now: datetime) -> list[Fault]:
    faults: list[Fault] = []
    aware_missing = typed.aware_at is None and not typed.aware_not_known
    named = (
        ("submitted_at", typed.submitted_at, True, "when the notification was sent"),
        ("aware_at", typed.aware_at, aware_missing, "when the local authority became aware"),
    )
    for name, at, needed, what in named:
        if at is None and needed:
            faults.append((name, f"Enter {what}{', or that it is not known' if name == 'aware_at' else ''}"))
        elif at is not None and at > now:
            faults.append((name, f"{what[0].upper()}{what[1:]} must not be in the future"))
    if typed.aware_at and typed.aware_not_known:
        faults.append(("aware_not_known", "The time is given; leave this empty"))
    if typed.aware_at and typed.submitted_at and typed.submitted_at < typed.aware_at:
        faults.append(("submitted_at", "The notification was sent before the local authority became aware"))
    if typed.where.incident_on is not None and typed.where.incident_on > london_date(now):
        faults.append(("incident_on", "The day of the incident must not be in the future"))
    return faults


@duty("B1-03")
def sent_late(aware_at: datetime | None, submitted_at: datetime | None, counted: Calendars) -> bool:
    """Whether a notification was sent after the five working days; not, where awareness is not known."""
    if aware_at is None or submitted_at is None:
        return False
    last = within_working_days(london_date(aware_at), STATUTORY["B1-03"], counted.all()[0])
    return submitted_at >= day_end(last)


def also_asked(typed: CameFirst, counted: Calendars, now: datetime) -> list[Fault]:
    """What is asked of a notification that is otherwise sound: why it was late, whether a second case is meant, and
    another agency where nobody represents the one that was chosen."""
    faults = []
    if sent_late(typed.aware_at, typed.submitted_at, counted):
        if not typed.missed_reason.strip():
            faults.append(
                ("missed_reason", "It was sent after the five working days: say why, or “not known”")
            )
        if not typed.missed_reported_to.strip():
            faults.append(("missed_reported_to", "Say to whom that was reported, or “not known”"))
    known = notified_as([typed.panel_reference])
    if known and not typed.second:
        rows = db.session.scalars(select(Case.reference).where(Case.id.in_(*known.values())))
        faults.append(("second", f"This reference stands in {', '.join(sorted(rows))} already. Open that case, or "
                                 "confirm that a second one is meant"))  # fmt: skip
    if typed.agency != TEAM and not represented(typed.agency, now):
        faults.append(("agency", "Nobody represents this agency in Waymark today. Choose another one, or that the "
                                 "Partnership Team writes the referral itself"))  # fmt: skip
    return faults


@duty("A-09")
def open_from_notification(
    typed: CameFirst, *, actor: Actor, now: datetime
) -> tuple[Case | None, list[Fault]]:
    """Open the case of a notification that came first, and ask an agency's representatives for the referral form.

    Returns the case, or what is wrong with nothing changed; the same form sent twice opens one case. The caller
    commits.
    """
    before = opened_by(typed.key)
    if before is not None:
        return lock(before.id), []
    known = {agency.key: agency for agency in agencies()}
    counted = calendars()
    faults = came_first_faults(typed, now, set(known)) or also_asked(typed, counted, now)
    if faults:
        return None, faults
    acting = actor.acting_as(actor.holding(Permission.REFERRAL_REQUEST))
    case = open_case(
        title=typed.title.strip(), source="notification", agency_id=None, referred_by=None,
        children=children_facts(typed.children), now=now, where=typed.where,
    )  # fmt: skip
    _tell_what_came(case, typed, sent_late(typed.aware_at, typed.submitted_at, counted), acting, now)
    ask(case, known.get(typed.agency), acting, typed.key, now)
    mark_to_be_notified(case)
    return case, []


def opened_by(key: UUID) -> Case | None:
    """The case that this very form has opened before, or None."""
    query = select(Case).join(ReferralRequest, ReferralRequest.case_id == Case.id)
    return db.session.scalar(query.where(ReferralRequest.submission_key == key))


def _tell_what_came(case: Case, typed: CameFirst, late: bool, acting: Acting, now: datetime) -> None:
    assert typed.submitted_at is not None
    if typed.aware_at is not None:
        record(
            EventKind.LOCAL_AUTHORITY_AWARE, case_id=case.id, acting=acting, happened_at=typed.aware_at, now=now,
            stage=Stage.NOTIFICATION, party=Party.LOCAL_AUTHORITY,
        )  # fmt: skip
        keep_step(case.id, "local-authority-aware", acting, typed.aware_at)
    said = {
        "summary": typed.summary.strip(), "panel_reference": typed.panel_reference.strip(),
        "submitted_by": typed.submitted_by.strip(), "missed_reason": typed.missed_reason.strip(),
        "missed_reported_to": typed.missed_reported_to.strip(),
    }  # fmt: skip
    facts: dict[str, object] = {"channel": typed.channel, "came_first": True, "missed": late}
    if typed.areas.incident or typed.areas.home:
        outside = typed.areas.incident == OUTSIDE
        facts |= {"home_area": typed.areas.home, "incident_area": None if outside else typed.areas.incident,
                  "outside_england": outside}  # fmt: skip
    record(
        EventKind.NOTIFICATION_SENT, case_id=case.id, acting=acting, happened_at=typed.submitted_at, now=now,
        stage=Stage.NOTIFICATION, party=Party.LOCAL_AUTHORITY, facts=facts, payload=said,
    )  # fmt: skip
    sent = SentBefore(
        typed.panel_reference, typed.submitted_by, late, typed.missed_reason, typed.missed_reported_to,
        typed.channel or "other",
    )  # fmt: skip
    keep_notification(case.id, typed.submitted_at, sent, acting, now)
