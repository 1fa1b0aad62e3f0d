"""Circulating papers: a pack is frozen as it stands, made into documents, and everybody on the group is told. What an
agency returns afterwards is added to it as a numbered supplement. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from app.access.actor import SYSTEM, Acting, Actor
from app.access.permissions import Permission
from app.cases.calendars import calendars
from app.cases.service import Case, lock
from app.documents.digests import digest_of
from app.documents.writer import as_docx, as_pdf, digest_of_bytes
from app.involvement.changes import Returned
from app.involvement.queries import ReturnView, returns_of
from app.ledger.service import record
from app.meetings.models import LigMeeting
from app.meetings.queries import coming, meetings_about
from app.papers import queries
from app.papers.content import Content, pack_content, supplement_content
from app.papers.document import document_of
from app.papers.models import PaperPack
from app.papers.recipients import Recipient, recipients_of, tell
from app.procedure.clocks import check_instant, london_date
from app.procedure.events import EventKind
from app.procedure.involvement import STAGES
from app.procedure.marks import duty
from app.procedure.papers import Circulation, circulation, reason_lacking
from app.serious_incidents.errors import ChangedMeanwhile, Fault, Incomplete, OutOfTurn
from app.web.filters import london_datetime
from app.web.text_rules import normalised
from tenants.db import db

NOTHING_TO_MEET_ABOUT = OutOfTurn(
    "There is nothing to circulate papers for",
    "Papers go out for a rapid review, or for a discussion that the chair of the group chose. This case has neither, "
    "or no longer: where its notification was withdrawn, what was circulated before stays as it was.",
)


@dataclass(frozen=True, slots=True)
class NewPack:
    """A pack as it was typed: for which meeting, with what note; why, where one went out before or it is late. `seen`
    is the digest of the content that was looked at; nothing where it is not compared."""

    meeting_at: datetime | None
    note: str
    key: UUID
    reason: str = ""
    seen: str = ""


def circulate(
    case_id: UUID, meeting_at: datetime | None, note: str, *, actor: Actor, now: datetime, key: UUID, reason: str = "",
    seen: str = "",
) -> PaperPack:  # fmt: skip
    """Circulate the papers of a case as they stand (Appendix A, step 7), for the meeting at an instant (None where no
    day is set yet). See `circulate_pack`."""
    acting = actor.acting_as(actor.holding(Permission.PAPERS_CIRCULATE))
    return circulate_pack(case_id, NewPack(meeting_at, note, key, reason, seen), acting, now)


@duty("B2-06")
def circulate_pack(case_id: UUID, typed: NewPack, acting: Acting, now: datetime) -> PaperPack:
    """Freeze a pack, make its documents, and tell everybody on the group who may see the case (Appendix A, step 7).

    Late papers go out too, with the reason, and say so. So does a second pack, which leaves the first as it was; the
    same form sent twice circulates once. Raises OutOfTurn, Incomplete; ChangedMeanwhile where it is not what was
    looked at.
    """
    case = lock(case_id)
    known = queries.made_by(typed.key)
    if known is not None:
        return known
    purpose = queries.purpose_now(case_id)
    if purpose is None:
        raise NOTHING_TO_MEET_ABOUT
    packs = queries.packs_of(case_id)
    _check(typed, any(one.purpose == purpose for one in packs), now)
    content = pack_content(case, purpose, london_date(now))
    if typed.seen and typed.seen != digest_of(content):
        raise ChangedMeanwhile(case.reference)
    to = recipients_of(case_id, now)
    timing, meeting = timing_of(typed.meeting_at, now), _meeting_at(case_id, typed.meeting_at, now)
    row = PaperPack(
        case_id=case_id, number=(packs[0].number if packs else 0) + 1, supplement=0, purpose=purpose,
        title=content["title"], note=normalised(typed.note), reason=normalised(typed.reason),
        meeting_id=meeting.id if meeting else None, meeting_at=typed.meeting_at, late=bool(timing and timing.late),
        submission_key=typed.key, **_by(acting, now),
    )  # fmt: skip
    _freeze(row, content, to, timing)
    _tell_ledger(EventKind.PAPERS_CIRCULATED, row, acting, now)
    tell("papers-circulated", to, case, row.code, now, meeting_at=typed.meeting_at)
    return row


def _check(typed: NewPack, again: bool, now: datetime) -> None:
    faults = []
    if typed.meeting_at is not None and (not check_instant(typed.meeting_at) or typed.meeting_at <= now):
        faults.append(Fault("meeting_at", "The meeting must be in the future"))
    timing = timing_of(typed.meeting_at, now) if not faults else None
    lacking = reason_lacking(again, bool(timing and timing.late), normalised(typed.reason))
    if lacking:
        faults.append(Fault("reason", lacking))
    if faults:
        raise Incomplete(faults)


def timing_of(meeting_at: datetime | None, now: datetime) -> Circulation | None:
    """How papers that go out now stand to a meeting; None where no day is set."""
    if meeting_at is None:
        return None
    return circulation(london_date(now), london_date(meeting_at), calendars().all()[0])


def meetings_to_choose(case_id: UUID, now: datetime) -> list[LigMeeting]:
    """The meetings that papers can go out for: those to come with the case on their agenda, else all to come."""
    waits = [one for one in coming(now) if one.starts_at > now and one.opened_at is None]
    about = {one.id for one in meetings_about(case_id)}
    return [one for one in waits if one.id in about] or waits


def _meeting_at(case_id: UUID, at: datetime | None, now: datetime) -> LigMeeting | None:
    return next((one for one in meetings_to_choose(case_id, now) if one.starts_at == at), None)


def _by(acting: Acting, now: datetime) -> dict[str, Any]:
    return {"circulated_by": acting.name, "circulated_capacity": acting.capacity, "circulated_at": now}


def _freeze(row: PaperPack, content: Content, to: list[Recipient], timing: Circulation | None) -> None:
    """Keep the content and what is made of it: nothing of either changes afterwards."""
    row.content, row.digest = content, digest_of(content)
    row.recipients = [
        {"person": str(one.person_id), "name": one.name, "capacity": one.capacity} for one in to
    ]
    document = document_of(content, opening(row, timing), row.note)
    row.docx, row.pdf = as_docx(document), as_pdf(document)
    row.docx_digest, row.pdf_digest = digest_of_bytes(row.docx), digest_of_bytes(row.pdf)
    db.session.add(row)
    db.session.flush()


def opening(row: PaperPack, timing: Circulation | None = None) -> list[str]:
    """What stands first in a pack or a supplement: which it is, when it was circulated, and for which meeting."""
    told = [f"{row.called}, circulated {london_datetime(row.circulated_at)} by {row.circulated_by}, "
            f"{row.circulated_capacity}."]  # fmt: skip
    if row.meeting_at is not None:
        told.append(f"For the meeting on {london_datetime(row.meeting_at)}.")
    if row.late and timing is not None:
        days = "1 day" if timing.days == 1 else f"{timing.days} days"
        told.append(f"Circulated late, {days} before the meeting: papers go out a week before it.")
    elif row.late:
        told.append("Circulated late: papers go out a week before the meeting.")
    if row.reason:
        asked = "The reason that was given" if row.late else "Why papers were circulated again"
        told.append(f"{asked}: {row.reason}")
    return told


def _tell_ledger(kind: EventKind, row: PaperPack, acting: Acting, now: datetime) -> None:
    facts: dict[str, object] = {"pack": row.number, "purpose": row.purpose}
    if kind is EventKind.PAPERS_CIRCULATED:
        facts |= {"meeting_at": row.meeting_at.isoformat() if row.meeting_at else None, "late": row.late}
    else:
        facts |= {"supplement": row.supplement, "request": str(row.request_id), "number": row.return_number}
    names = [[one["name"], one["capacity"]] for one in row.recipients]
    payload = {"digest": row.digest, "docx": row.docx_digest, "pdf": row.pdf_digest, "recipients": names,
               "note": row.note, "reason": row.reason}  # fmt: skip
    record(
        kind, case_id=row.case_id, acting=acting, happened_at=now, now=now, stage=STAGES[row.purpose], facts=facts,
        payload=payload,
    )  # fmt: skip


def add_supplement(returned: Returned) -> None:
    """What an agency returns after papers were circulated is added to them, and everybody who has them is told. Called
    within the agency's own transaction, with the case locked; it is Waymark that circulates, not the agency."""
    pack = queries.pack_of(returned.case_id)
    found = _returned(returned)
    if pack is None or found is None or queries.purpose_now(returned.case_id) != pack.purpose:
        return
    case = db.session.get_one(Case, (pack.partnership_id, pack.case_id))
    before, to = queries.supplements_of(pack), recipients_of(pack.case_id, returned.now)
    content = supplement_content(case, pack.purpose, found)
    row = PaperPack(
        case_id=pack.case_id, number=pack.number, supplement=len(before) + 1, purpose=pack.purpose,
        title=content["title"], note="", reason="", request_id=returned.request_id, return_number=returned.number,
        meeting_id=pack.meeting_id, meeting_at=pack.meeting_at, late=False, submission_key=uuid4(),
        **_by(SYSTEM, returned.now),
    )  # fmt: skip
    _freeze(row, content, to, None)
    _tell_ledger(EventKind.SUPPLEMENT_CIRCULATED, row, SYSTEM, returned.now)
    tell("papers-supplement", to, case, row.code, returned.now)


def _returned(returned: Returned) -> ReturnView | None:
    found = [
        one
        for purpose in STAGES
        for one in returns_of(returned.case_id, purpose, returned.request_id)
        if one.number == returned.number
    ]
    return found[0] if found else None
