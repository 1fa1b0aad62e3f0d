"""Reading what was circulated to the group, who opened it, and how its members prepared.

`pack_of(case_id)` is the pack that counts now, `circulated_at(case_id)` when the first of them went out,
`supplements_of(pack)` what came after it, `preparations_of(case_id)` what members bring to its meeting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import defer

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.queries import visible
from app.cases.service import Case
from app.involvement.service import purpose_now as purpose_now
from app.meetings.queries import meeting_of
from app.papers.models import PaperPack, PaperReading, Preparation, PreparationDraft, PreparationReminder
from app.papers.recipients import received_as
from app.procedure.events import EventKind
from app.procedure.history import History
from app.procedure.involvement import RAPID_REVIEW, scoping_for
from app.procedure.papers import open_for_preparation
from app.web.text_rules import whole_number
from tenants.db import db

CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting of a pack as it stands now: when it begins (None where no day is set, or it was cancelled), and
    whether it has begun. `moved` and `cancelled` say what became of the day that the pack names."""

    at: datetime | None
    begun: bool
    moved: bool = False
    cancelled: bool = False
    meeting_id: UUID | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class ToPrepare:
    """Papers that wait for a person to be read, and for their preparation."""

    reference: str
    meeting_at: datetime | None
    title: str


def packs_of(case_id: UUID) -> list[PaperPack]:
    """Every pack of a case, the latest first."""
    query = select(PaperPack).where(PaperPack.case_id == case_id, PaperPack.supplement == 0)
    return list(db.session.scalars(query.order_by(PaperPack.number.desc())))


def pack_of(case_id: UUID) -> PaperPack | None:
    """The pack that counts now: the latest for what the group meets about; the latest of all once it meets about
    nothing any more."""
    packs = packs_of(case_id)
    purpose = purpose_now(case_id) if packs else None
    return next((one for one in packs if purpose in (None, one.purpose)), None)


def circulated_at(case_id: UUID) -> datetime | None:
    """When papers were circulated first for what the group meets about; None where none were yet. What agencies return
    afterwards is a supplement."""
    pack = pack_of(case_id)
    if pack is None:
        return None
    return min(one.circulated_at for one in packs_of(case_id) if one.purpose == pack.purpose)


def is_circulated(case_id: UUID) -> bool:
    """Whether any papers of a case were circulated, for whatever purpose: its members may read them."""
    query = select(PaperPack.id).where(PaperPack.case_id == case_id, PaperPack.supplement == 0).limit(1)
    return db.session.scalar(query) is not None


def supplements_of(pack: PaperPack) -> list[PaperPack]:
    """What was added to a pack after it was circulated, in order."""
    query = select(PaperPack).where(
        PaperPack.case_id == pack.case_id, PaperPack.number == pack.number, PaperPack.supplement > 0
    )
    return list(db.session.scalars(query.order_by(PaperPack.supplement)))


def paper_of(case_id: UUID, code: str) -> PaperPack | None:
    """A pack ('1') or a supplement ('1-2') of a case by how addresses name it, or None."""
    number, _dash, supplement = code.partition("-")
    if min(whole_number(part, 5) for part in (number, supplement or "0")) < 0:
        return None
    found = db.session.scalar(
        select(PaperPack).where(
            PaperPack.case_id == case_id,
            PaperPack.number == int(number),
            PaperPack.supplement == int(supplement or 0),
        )
    )
    return found if found is not None and found.code == code else None


def made_by(key: UUID) -> PaperPack | None:
    """The pack that a form has circulated already."""
    return db.session.scalar(select(PaperPack).where(PaperPack.submission_key == key))


def meeting_for(pack: PaperPack) -> Meeting:
    """The meeting of a pack as it stands now, not as it stood when the pack went out."""
    row = meeting_of(pack.meeting_id) if pack.meeting_id else None
    if row is None:
        return Meeting(pack.meeting_at, begun=False)
    if row.state == CANCELLED:
        return Meeting(None, begun=False, cancelled=True, meeting_id=row.id)
    moved = row.starts_at != pack.meeting_at
    return Meeting(row.starts_at, row.opened_at is not None, moved, meeting_id=row.id, place=row.place)


def may_prepare(pack: PaperPack, now: datetime) -> bool:
    """Whether members can still prepare for the meeting of a pack."""
    meeting = meeting_for(pack)
    begun = meeting.begun or held_since(pack, history_of(pack.case_id))
    return open_for_preparation(meeting.at, begun, now)


def held_since(pack: PaperPack, told: History) -> bool:
    """Whether the review's meeting was held since the pack went out, whichever meeting that was."""
    held = told.last(EventKind.REVIEW_MEETING_HELD)
    return held is not None and pack.purpose == RAPID_REVIEW and held.happened_at > pack.circulated_at


def cases_with_papers_for(meeting_id: UUID) -> list[UUID]:
    """The cases whose papers were circulated for a meeting, whoever may see them: for listeners, never for a page."""
    query = select(PaperPack.case_id).where(PaperPack.meeting_id == meeting_id, PaperPack.supplement == 0)
    return list(db.session.scalars(query.distinct()))


def readings_of(paper: PaperPack) -> list[PaperReading]:
    """Who opened a pack or a supplement, in the order in which they did."""
    query = select(PaperReading).where(PaperReading.paper_id == paper.id)
    return list(db.session.scalars(query.order_by(PaperReading.opened_at, PaperReading.name)))


def preparations_of(case_id: UUID) -> list[Preparation]:
    """What members bring to the meeting of the pack that counts now: the last that each confirmed, by name."""
    pack = pack_of(case_id)
    return preparations_for(pack) if pack else []


def preparations_for(pack: PaperPack) -> list[Preparation]:
    """What each member confirmed last for a pack, by name."""
    query = (
        select(Preparation)
        .where(Preparation.paper_id == pack.id)
        .ext(distinct_on(Preparation.person_id))
        .order_by(Preparation.person_id, Preparation.number.desc())
    )
    return sorted(db.session.scalars(query), key=lambda one: (one.name, str(one.person_id)))


def preparation_versions(pack: PaperPack, person_id: UUID | None) -> Sequence[Preparation]:
    """Every version that a member confirmed for a pack, the newest first."""
    query = select(Preparation).where(Preparation.paper_id == pack.id, Preparation.person_id == person_id)
    return db.session.scalars(query.order_by(Preparation.number.desc())).all()


def draft_of(pack: PaperPack, person_id: UUID | None) -> PreparationDraft | None:
    """What a member is writing; only their own pages ask for it."""
    query = select(PreparationDraft).where(
        PreparationDraft.paper_id == pack.id, PreparationDraft.person_id == person_id
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def reminders_of(pack: PaperPack) -> dict[UUID, datetime]:
    """When each member was reminded last."""
    query = select(PreparationReminder).where(PreparationReminder.paper_id == pack.id)
    rows = db.session.scalars(query.order_by(PreparationReminder.reminded_at))
    return {one.person_id: one.reminded_at for one in rows}


def waiting_for_me(actor: Actor, now: datetime) -> list[ToPrepare]:
    """The papers that wait for this person's preparation, those whose meeting comes first first."""
    if not actor.may(Permission.PREPARATION_CONFIRM) or not received_as(actor):
        return []
    confirmed = select(Preparation.id).where(
        Preparation.paper_id == PaperPack.id, Preparation.person_id == actor.person_id
    )
    newest = (
        select(PaperPack.id)
        .where(PaperPack.supplement == 0)
        .ext(distinct_on(PaperPack.case_id))
        .order_by(PaperPack.case_id, PaperPack.number.desc())
    )
    query = (
        select(PaperPack, Case)
        .options(defer(PaperPack.content))
        .join(Case, Case.id == PaperPack.case_id)
        .where(PaperPack.id.in_(newest), visible(actor, Permission.PREPARATION_CONFIRM), ~confirmed.exists())
    )
    found = []
    for pack, case in db.session.execute(query):
        meeting = meeting_for(pack)
        if not open_for_preparation(meeting.at, meeting.begun, now):
            continue  # most packs are of meetings that are over: their histories need not be read
        told = history_of(case.id)
        if scoping_for(told) == pack.purpose and not held_since(pack, told):
            found.append(ToPrepare(case.reference, meeting.at, case.title))
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(found, key=lambda one: (one.meeting_at or far, one.reference))
