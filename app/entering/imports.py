"""A spreadsheet between being looked at and being entered: kept on the server, entered once, by whoever chose it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from app.access.actor import Acting
from app.entering.desk import Desk
from app.entering.looking import Looked, look
from app.entering.models import CaseImport
from app.entering.reading import Row
from app.entering.service import From, ToEnter, enter_cases
from app.entering.telling import tell_owners
from app.web.text_rules import displayable
from tenants.db import db

KEPT = timedelta(days=2)
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Done:
    """A case that came of a row."""

    number: int
    own_reference: str
    reference: str


def keep(person_id: UUID, file_name: str, note: str, rows: list[Row], now: datetime) -> CaseImport:
    """Keep a spreadsheet that was read, in the place of the person's former one. The caller commits."""
    # What waits too long is nobody's any more: the rows name children, and are kept no longer than they are needed.
    left = CaseImport.entered_at.is_(None) & (
        (CaseImport.person_id == person_id) | (CaseImport.uploaded_at < now - KEPT)
    )
    db.session.execute(delete(CaseImport).where(left))
    made = CaseImport(
        person_id=person_id, file_name=displayable(file_name)[:LONGEST_NAME], note=note, uploaded_at=now, result=[],
        rows=[{"number": row.number, "texts": row.texts, "faults": row.faults} for row in rows],
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def find(import_id: str, person_id: UUID | None, *, lock: bool = False) -> CaseImport | None:
    """The spreadsheet that this person has chosen, or None: another's is as absent as none."""
    try:
        wanted = UUID(import_id)
    except ValueError:
        return None
    query = select(CaseImport).where(CaseImport.id == wanted, CaseImport.person_id == person_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def look_again(kept: CaseImport, at: Desk, now: datetime, *, clocks: bool = True) -> list[Looked]:
    """What would be entered of it now."""
    rows = [
        Row(one["number"], one["texts"], [(name, message) for name, message in one["faults"]])
        for one in kept.rows
    ]
    return look(rows, at, now, clocks=clocks)


def enter(
    kept: CaseImport, *, only_sound: bool, acting: Acting, now: datetime, at: Desk
) -> list[Looked] | None:
    """Enter every case of a spreadsheet, in one transaction which the caller commits: all or, where the person
    has chosen so, the sound ones without the others. Returns None where it is done (or was before), else what
    stands in its way with nothing changed. `kept` must be locked."""
    if kept.entered_at is not None:
        return None
    looked = look_again(kept, at, now, clocks=False)
    sound = [one for one in looked if not one.faults]
    if not sound or (len(sound) < len(looked) and not only_sound):
        return looked
    wanted = [ToEnter(one.case, one.raw) for one in sound]
    made = enter_cases(wanted, acting, now, at, From(import_id=kept.id))
    tell_owners(made, str(kept.id), acting, now)
    kept.result = [
        {"number": row.number, "own_reference": one.own_reference, "reference": one.case.reference}
        for row, one in zip(sound, made, strict=True)
    ]
    kept.entered_at, kept.rows = now, []
    return None


def done(kept: CaseImport) -> list[Done]:
    """The cases that came of it."""
    return [Done(**one) for one in kept.result]
