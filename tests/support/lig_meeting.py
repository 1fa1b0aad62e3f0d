"""A meeting of the group that is open, with an item that is about no case and somebody who came, for addresses."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from app.clock_source import real_now
from app.meetings import attendance, service
from app.meetings.queries import all_items, attendance_of
from tenants.db import db
from tests.support.people import Someone


def lig_meeting(team: Someone) -> dict[str, str]:
    """The parts of addresses that name it, its first item and the attendance."""
    now = real_now()
    with team.place.pinned():
        by = team.actor().acting_as(team.actor().capacities)
        starts_at = now - timedelta(hours=1)
        typed = service.NewMeeting("standing", starts_at, 60, "Room 1", uuid4(), held=True)
        row, faults = service.schedule(typed, by, now)
        assert row is not None, faults
        assert service.open_meeting(row.id, starts_at, by, now) == []
        came = attendance.NewAttendance("A guest", "Head teacher", uuid4(), came_at=starts_at)
        assert attendance.attend(row.id, came, by, now) == []
        db.session.commit()
        return {
            "meeting_id": str(row.id),
            "item_id": str(all_items(row.id)[0].id),
            "attendance_id": str(attendance_of(row.id)[0].id),
        }
