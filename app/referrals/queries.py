"""Reading referrals: whose drafts a person may see, and the record of one that was submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from app.access.actor import Actor, Capacity
from app.access.permissions import Permission
from app.access.roles import Role
from app.access.sealing import not_sealed
from app.ledger.service import stored_events
from app.procedure.criteria import may_see_draft
from app.procedure.events import EventKind
from app.procedure.history import FAR, as_known
from app.referrals.models import ReferralDraft
from app.referrals.questions import Lists
from tenants.db import db
from tenants.registry import LocalAuthority, agencies
from tenants.scope import current_partnership_id

SHOWN_TO_REPRESENTATIVE = ("with-representative", "submitted")
MOST = 200


@dataclass(frozen=True, slots=True)
class Way:
    """A capacity in which a person can begin a referral; `value` is what the form sends."""

    value: str
    label: str
    source: str
    agency_id: UUID | None


@dataclass(frozen=True, slots=True)
class Drafts:
    """The referrals that a person sees, by what they are to that person."""

    mine: list[ReferralDraft]
    shared_with_me: list[ReferralDraft]
    submitted: list[ReferralDraft]


def capacities_for(actor: Actor, draft: ReferralDraft, permission: Permission) -> tuple[Capacity, ...]:
    """The capacities in which this person holds the permission for this very draft: for its agency, or as
    CDOP's chair.
    """
    return tuple(held for held in actor.holding(permission) if _fits(held, draft.source, draft.agency_id))


def _fits(held: Capacity, source: str, agency_id: UUID | None) -> bool:
    if source == "cdop":
        return held.role is Role.CDOP_CHAIR
    return held.role is not Role.CDOP_CHAIR and held.agency_id is not None and held.agency_id == agency_id


def ways_to_refer(actor: Actor) -> list[Way]:
    """In which capacities a person may begin a referral: one for each of their agencies, one as CDOP's
    chair.
    """
    ways = {}
    for held in actor.holding(Permission.REFERRAL_DRAFT):
        if held.role is Role.CDOP_CHAIR:
            ways["cdop"] = Way("cdop", "As chair of the Child Death Overview Panel", "cdop", None)
        elif held.agency_id is not None:
            ways[str(held.agency_id)] = Way(
                str(held.agency_id), f"For {held.agency_name}", "agency", held.agency_id
            )
    return list(ways.values())


def sees(actor: Actor, draft: ReferralDraft) -> bool:
    """Whether this person may see this draft at all (A-01). A discarded one is seen by nobody."""
    if draft.state == "discarded":
        return False
    return may_see_draft(
        same_agency=bool(capacities_for(actor, draft, Permission.REFERRAL_DRAFT)),
        is_author=draft.author_person == actor.person_id,
        is_representative=draft.source == "agency" and may_submit(actor, draft),
        shared=draft.state in SHOWN_TO_REPRESENTATIVE,
    )


def may_submit(actor: Actor, draft: ReferralDraft) -> bool:
    """Whether this person may submit this draft: a representative of its agency, or the chair of CDOP their
    own.
    """
    return bool(capacities_for(actor, draft, Permission.REFERRAL_SUBMIT))


def known_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that a referral is not that of a case which this person is sealed out of."""
    return not_sealed(ReferralDraft.case_id, actor.person_id)


def visible_draft(draft_id: UUID, actor: Actor, *, lock: bool = False) -> ReferralDraft | None:
    """The draft where this person may see it, else None; locked until the transaction ends where asked."""
    query = select(ReferralDraft).where(ReferralDraft.id == draft_id, known_to(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    draft = db.session.scalar(query)
    return draft if draft is not None and sees(actor, draft) else None


def drafts_of(actor: Actor) -> Drafts:
    """The referrals this person may see, newest first."""
    query = select(ReferralDraft).where(
        ReferralDraft.state != "discarded",
        known_to(actor),
        or_(
            ReferralDraft.author_person == actor.person_id,
            ReferralDraft.agency_id.in_(actor.agencies(Permission.REFERRAL_SUBMIT)),
        ),
    )
    rows = db.session.scalars(query.order_by(ReferralDraft.updated_at.desc(), ReferralDraft.id).limit(MOST))
    seen = [draft for draft in rows if sees(actor, draft)]
    mine = [draft for draft in seen if draft.author_person == actor.person_id and draft.state != "submitted"]
    shared = [draft for draft in seen if draft.state == "with-representative" and draft not in mine]
    return Drafts(mine, shared, [draft for draft in seen if draft.state == "submitted"])


def lists() -> Lists:
    """What can be chosen in this partnership: all local authorities of the registry, its own first; its
    agencies.
    """
    own = current_partnership_id()
    rows = db.session.scalars(select(LocalAuthority).order_by(LocalAuthority.name)).all()
    ordered = sorted(rows, key=lambda row: (row.partnership_id != own, row.name))
    return Lists(
        authorities=tuple((row.code, row.name) for row in ordered),
        agencies=tuple((agency.key, agency.name) for agency in agencies()),
        own_authorities=frozenset(row.code for row in rows if row.partnership_id == own),
    )


def agency_names() -> dict[UUID, str]:
    """The names of this partnership's agencies."""
    return {agency.id: agency.name for agency in agencies()}


def referral_record(
    case_id: UUID, known: datetime = FAR, happened: datetime = FAR
) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the referral of a case said, as (section, [(question, answer)]); empty where there is none, or was none
    as it was known at one moment, of what had happened by another."""
    for event, payload, _capacity in stored_events(case_id):
        if event.kind is EventKind.REFERRAL_SUBMITTED and as_known([event], known, happened):
            return [
                (title, [(question, answer) for question, answer in said])
                for title, said in payload.get("record", [])
            ]
    return []


def versions_since(draft: ReferralDraft, version: int) -> Sequence[str]:
    """The pages that changed after a version, in no particular order."""
    return [key for key, touch in draft.touched.items() if int(touch.get("version", 0)) > version]


def drafts_of_case(case_id: UUID) -> list[UUID]:
    """The referrals that a case came from, as they were written."""
    return list(db.session.scalars(select(ReferralDraft.id).where(ReferralDraft.case_id == case_id)))
