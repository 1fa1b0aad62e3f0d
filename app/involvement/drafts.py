"""Writing a return: saved section by section as one types, whoever of the agency does, and files attached to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting
from app.involvement.files import MOST_FILES, Attachment
from app.involvement.models import InvolvementDraft, InvolvementFile, InvolvementRequest
from app.involvement.queries import draft_of, files_of
from app.procedure.marks import duty
from app.serious_incidents.errors import Fault, Incomplete
from tenants.db import db


class Stale(Exception):
    """Somebody saved the section after this form was shown; `saved` is what stands there now, and `by` who saved."""

    def __init__(self, saved: dict[str, Any], version: int, by: str) -> None:
        super().__init__("saved meanwhile")
        self.saved, self.version, self.by = saved, version, by


def mark_of(draft: InvolvementDraft | None, part: str) -> tuple[int, str]:
    """How often a section was saved, and by which form last."""
    number, form, _by = (draft.marks.get(part) if draft else None) or (0, "", "")
    return int(number), str(form)


@duty("B2-05")
def save(
    row: InvolvementRequest, side: str, part: str, typed: Mapping[str, Any], *, version: int, form: str, acting: Acting,
    now: datetime,
) -> InvolvementDraft:  # fmt: skip
    """Keep what was typed in a section. The caller has locked the request, and commits.

    The draft is the agency's: whoever of it comes next goes on. Raises Stale where another form saved something else in
    this section after `version`: nothing is then kept.
    """
    draft = draft_of(row, side)
    if draft is None:
        draft = InvolvementDraft(request_id=row.id, side=side, content={}, marks={}, version=0, saved_by=acting.name,
                                 saved_capacity=acting.capacity, saved_at=now)  # fmt: skip
        db.session.add(draft)
    number, last = mark_of(draft, part)
    before = draft.content.get(part)
    if before == typed and draft.version:
        return draft
    if number > version and last != form:
        raise Stale(dict(before or {}), number, str(draft.marks[part][2]))
    draft.content = {**draft.content, part: dict(typed)}
    draft.marks = {**draft.marks, part: [number + 1, form, acting.name]}
    draft.version = draft.version + 1
    draft.saved_by, draft.saved_capacity, draft.saved_at = acting.name, acting.capacity, now
    return draft


def add_file(
    row: InvolvementRequest, side: str, file: Attachment, *, key: UUID, acting: Acting, now: datetime
) -> None:
    """Attach a file. The caller has locked the request, and commits; the same form sent twice attaches once. Raises
    Incomplete."""
    if db.session.scalar(select(InvolvementFile.id).where(InvolvementFile.submission_key == key)):
        return
    digest, there = hashlib.sha256(file.content).hexdigest(), files_of(row, side)
    if any(one.digest == digest for one in there):
        raise Incomplete([Fault("file", "This file is attached already")])
    if len(there) >= MOST_FILES:
        raise Incomplete([Fault("file", f"A return holds {MOST_FILES} files at most")])
    db.session.add(
        InvolvementFile(request_id=row.id, side=side, name=file.name, kind=file.kind, digest=digest,
                        size=len(file.content), content=file.content, added_by=acting.name,
                        added_capacity=acting.capacity, added_at=now, submission_key=key)
    )  # fmt: skip


def remove_file(row: InvolvementRequest, side: str, file_id: UUID, now: datetime) -> None:
    """Take a file out of what is being written; a return that it went with keeps it."""
    file = db.session.scalar(
        select(InvolvementFile).where(
            InvolvementFile.id == file_id, InvolvementFile.request_id == row.id, InvolvementFile.side == side
        )
    )
    if file is not None and file.removed_at is None:
        file.removed_at = now
