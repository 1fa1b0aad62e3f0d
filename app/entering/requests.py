"""A notification that came first: its case, and the referral form asked for and linked to it (A-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.accounts.queries import members_today
from app.cases.service import Case, ChildFacts, lock, mark_to_be_notified, open_case
from app.entering.models import ReferralRequest
from app.ledger.service import record
from app.outbox.service import post
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Party, Stage
from app.procedure.marks import duty
from app.serious_incidents.entered import keep_notification, keep_step
from tenants.db import db
from tenants.registry import Agency, agencies

REPRESENTS = ("agency-lig-member", "partner-representative", "designated-professional")


@dataclass(frozen=True, slots=True)
class CameFirst:
    """A notification that came first, as it was typed. Instants are aware."""

    title: str
    children: tuple[str, ...]
    summary: str
    aware_at: datetime | None
    submitted_at: datetime | None
    channel: str | None
    panel_reference: str
    submitted_by: str
    agency: str
    key: UUID


@duty("A-09")
def came_first_faults(typed: CameFirst, now: datetime, agency_keys: set[str]) -> list[tuple[str, str]]:
    """What is missing or impossible: field and message."""
    missing = {
        "title": (typed.title, "Say in a few words what the case is about, without names"),
        "summary": (typed.summary, "Say what is known"),
        "panel_reference": (typed.panel_reference, "Enter the reference of the notification"),
        "submitted_by": (typed.submitted_by, "Enter who sent the notification"),
    }
    faults = [(name, message) for name, (text, message) in missing.items() if not text.strip()]
    for name, at, what in (
        ("submitted_at", typed.submitted_at, "Enter when the notification was sent"),
        ("aware_at", typed.aware_at, "Enter when the local authority became aware"),
    ):
        if at is None:
            faults.append((name, what))
        elif at > now:
            faults.append((name, "This must not be in the future"))
    if typed.aware_at and typed.submitted_at and typed.submitted_at < typed.aware_at:
        faults.append(("submitted_at", "This is before the local authority became aware"))
    if typed.agency not in agency_keys:
        faults.append(("agency", "Select the agency that is asked for the referral form"))
    if not typed.channel:
        faults.append(("channel", "Select how it was sent"))
    return faults


@duty("A-09")
def open_from_notification(
    typed: CameFirst, *, actor: Actor, now: datetime
) -> tuple[Case | None, list[tuple[str, str]]]:
    """Open the case of a notification that came first, and ask an agency's representatives for the referral form.

    Returns the case, or what is wrong with nothing changed; the same form sent twice opens one case. The caller
    commits.
    """
    before = db.session.scalar(
        select(ReferralRequest.case_id).where(ReferralRequest.submission_key == typed.key)
    )
    if before is not None:
        return lock(before), []
    known = {agency.key: agency for agency in agencies()}
    faults = came_first_faults(typed, now, set(known))
    if faults:
        return None, faults
    acting = actor.acting_as(actor.holding(Permission.REFERRAL_REQUEST))
    case = open_case(
        title=typed.title.strip(), source="notification", agency_id=None, referred_by=None,
        children=[ChildFacts("subject", name or None, None, "unknown") for name in typed.children or ("",)], now=now,
    )  # fmt: skip
    _tell_what_came(case, typed, acting, now)
    _request(case, known[typed.agency], typed, acting, now)
    mark_to_be_notified(case)
    return case, []


def request_of(case_id: UUID) -> ReferralRequest | None:
    """The request for the referral form of a case, where its notification came first."""
    return db.session.scalar(select(ReferralRequest).where(ReferralRequest.case_id == case_id))


def waiting_for(actor: Actor, case_id: UUID) -> ReferralRequest | None:
    """The request that waits for this person's agency, or None."""
    found = request_of(case_id)
    if found is None or found.linked_at is not None:
        return None
    return found if found.agency_id in actor.agencies(Permission.REFERRAL_SUBMIT) else None


@duty("A-09")
def link(case: Case, acting: Acting, now: datetime) -> None:
    """Say that the referral that was asked for has come and belongs to this case."""
    found = request_of(case.id)
    if found is not None and found.linked_at is None:
        found.linked_at = now
        record(
            EventKind.REFERRAL_LINKED,
            case_id=case.id,
            acting=acting,
            happened_at=now,
            now=now,
            stage=Stage.REFERRAL,
        )


def _tell_what_came(case: Case, typed: CameFirst, acting: Acting, now: datetime) -> None:
    assert typed.aware_at is not None
    assert typed.submitted_at is not None
    record(
        EventKind.LOCAL_AUTHORITY_AWARE, case_id=case.id, acting=acting, happened_at=typed.aware_at, now=now,
        stage=Stage.NOTIFICATION, party=Party.LOCAL_AUTHORITY,
    )  # fmt: skip
    keep_step(case.id, "local-authority-aware", acting, typed.aware_at)
    record(
        EventKind.NOTIFICATION_SENT, case_id=case.id, acting=acting, happened_at=typed.submitted_at, now=now,
        stage=Stage.NOTIFICATION, party=Party.LOCAL_AUTHORITY, facts={"channel": typed.channel, "came_first": True},
        payload={"summary": typed.summary.strip(), "panel_reference": typed.panel_reference.strip(),
                 "submitted_by": typed.submitted_by.strip()},
    )  # fmt: skip
    keep_notification(case.id, typed.submitted_at, typed.panel_reference, typed.submitted_by, acting, now,
                      channel=typed.channel or "other")  # fmt: skip


def _request(case: Case, agency: Agency, typed: CameFirst, acting: Acting, now: datetime) -> None:
    request = ReferralRequest(
        case_id=case.id,
        agency_id=agency.id,
        requested_at=now,
        requested_by=acting.name,
        submission_key=typed.key,
    )
    db.session.add(request)
    record(
        EventKind.REFERRAL_REQUESTED, case_id=case.id, acting=acting, happened_at=now, now=now, stage=Stage.REFERRAL,
        facts={"agency": agency.key},
    )  # fmt: skip
    told = set()
    for view, person in members_today(london_date(now)):
        if view.agency_id == agency.id and view.role in REPRESENTS and person.id not in told:
            told.add(person.id)
            post(
                "referral-requested", to_person=person.id, to_address=person.email, to_name=person.display_name,
                key=f"referral-requested:{case.id}:{person.id}", now=now, case_reference=case.reference,
                context={"case_id": str(case.id)},
            )  # fmt: skip
