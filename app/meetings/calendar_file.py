"""A meeting of the group as a calendar file (.ics): when, where, and a link. Nothing of its agenda is in it."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress

from app.meetings.models import CANCELLED, LigMeeting
from app.meetings.presenting import KINDS

PRODUCT = "-//Waymark//Meetings//EN"


def calendar_file(
    row: LigMeeting, changed_at: datetime, *, group: str, organiser: str, address: str
) -> bytes:
    """The file of a meeting. It has the same identifier for good, and a higher sequence each time it is moved or
    cancelled, so that a calendar that holds it follows. Times are in UTC, so that they are right across clock
    changes; `organiser` is the Partnership Team's address, `address` that of the meeting's page."""
    cancelled = row.state == CANCELLED
    event = Event()
    event.add("uid", f"{row.id}@meetings.waymark")
    event.add("sequence", row.sequence)
    event.add("dtstamp", changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", row.starts_at.astimezone(UTC))
    event.add("dtend", row.ends_at.astimezone(UTC))
    event.add("summary", f"{'Cancelled: ' if cancelled else ''}{group}, {KINDS[row.kind].lower()}")
    event.add("location", " ".join(row.place.split()))
    event.add("url", address)
    event.add("description", f"The agenda is in Waymark: {address}")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if organiser:
        event["organizer"] = vCalAddress(f"mailto:{organiser}")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()
