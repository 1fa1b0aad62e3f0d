"""Papers for tests: circulated without their page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from app.access.actor import SYSTEM
from app.cases.models import Case
from app.documents.digests import digest_of
from app.ledger.service import record
from app.meetings import agenda, service
from app.papers.content import pack_content
from app.papers.models import PaperPack
from app.papers.service import NewPack, circulate_pack
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Stage
from tenants.db import db
from tests.support.people import Someone


def meeting_for(team: Someone, case_id: UUID, starts_at: datetime, now: datetime) -> UUID:
    """A meeting of the group with the case on its agenda; its identifier."""
    with team.place.pinned():
        by = team.actor().acting_as(team.actor().capacities)
        row, faults = service.schedule(
            service.NewMeeting("extraordinary", starts_at, 90, "Room 2", uuid4()), by, now
        )
        assert row is not None, faults
        meeting_id = row.id
        agenda.add_case(meeting_id, case_id, "A rapid review", by, now)
        db.session.commit()
        return meeting_id


def kept(team: Someone, case_id: UUID, now: datetime) -> str:
    """A pack of a case whatever has become of it, with the files that were returned; how addresses name it. No verb
    would circulate papers for a case that was not notified."""
    with team.place.pinned():
        case = db.session.scalars(select(Case).where(Case.id == case_id)).one()
        content = pack_content(case, "rapid-review", london_date(now))
        db.session.add(PaperPack(
            case_id=case_id, number=1, supplement=0, purpose="rapid-review", title=content["title"], note="", reason="",
            late=False, content=content, recipients=[], digest=digest_of(content), docx_digest="0" * 64,
            pdf_digest="0" * 64, docx=b"A", pdf=b"A", circulated_by="Somebody",
            circulated_capacity="Partnership Team", circulated_at=now, submission_key=uuid4(),
        ))  # fmt: skip
        record(EventKind.PAPERS_CIRCULATED, case_id=case_id, acting=SYSTEM, happened_at=now, now=now,
               stage=Stage.RAPID_REVIEW, facts={"pack": 1, "meeting_at": None})  # fmt: skip
        db.session.commit()
        return "1"


def circulate(
    team: Someone,
    case_id: UUID,
    now: datetime,
    meeting_at: datetime | None = None,
    note: str = "",
    reason: str = "",
) -> str:
    """Circulate the papers of a case as they stand; how addresses name the pack."""
    with team.place.pinned():
        by = team.actor().acting_as(team.actor().capacities)
        row = circulate_pack(case_id, NewPack(meeting_at, note, uuid4(), reason), by, now)
        db.session.commit()
        return row.code
