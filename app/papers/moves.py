"""A meeting that was moved or cancelled after its papers went out: everybody who has them is told once more."""

from __future__ import annotations

from app.cases.service import Case
from app.meetings.changes import Change
from app.papers import queries
from app.papers.recipients import recipients_of, tell
from tenants.db import db
from tenants.scope import current_partnership_id


def meeting_changed(change: Change) -> None:
    """Tell whoever has papers for the meeting. Nothing is recorded: the move is an event of the meeting, and the pack
    stays as it was circulated."""
    if change.what not in ("moved", "cancelled"):
        return
    for case_id in queries.cases_with_papers_for(change.meeting_id):
        pack = queries.pack_of(case_id)
        if pack is None or pack.meeting_id != change.meeting_id:
            continue
        case = db.session.get_one(Case, (current_partnership_id(), case_id))
        mark, at = f"{pack.code}-{change.at:%Y%m%dT%H%M}-{change.now:%Y%m%dT%H%M%S}", change.at
        tell(
            f"papers-meeting-{change.what}",
            recipients_of(case_id, change.now),
            case,
            mark,
            change.now,
            meeting_at=at,
        )
