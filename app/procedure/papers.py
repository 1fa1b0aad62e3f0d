"""Papers of the group: when they go out, and how members come prepared (Appendix A, step 7; Rapid Reviews, commitments
2 and 4). Duties B2-06 and B2-10."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.procedure.calendar import ENGLAND_AND_WALES, Calendar
from app.procedure.clocks import one_week_before
from app.procedure.marks import duty

NOTES: dict[str, str] = {
    "reflections": "Your reflections",
    "interests": "Areas of interest",
    "key_points": "Key points",
    "questions": "Questions",
}
HINTS = {
    "reflections": "What the papers make you think, of your own agency's practice and of how agencies worked together",
    "interests": "What the discussion should spend its time on",
    "key_points": "What stands out",
    "questions": "What you would ask other agencies",
}
NOT_READ = "Confirm that you have read the papers"
NOTHING = "Write at least one of the four: your reflections, areas of interest, key points or questions"


@dataclass(frozen=True, slots=True)
class Circulation:
    """How papers that go out on a day stand to a meeting: by when they were due, whether they are late, and how many
    days are left to read them."""

    due_on: date
    late: bool
    days: int


@duty("B2-06")
def week_before(meeting_on: date, calendar: Calendar = ENGLAND_AND_WALES) -> date:
    """The last day on which papers for a meeting go out: "one week prior to meeting" (Appendix A, step 7). Seven
    calendar days; where that is no working day, the working day before it (clocks 5)."""
    return one_week_before(meeting_on, calendar)


@duty("B2-06")
def circulation(circulated_on: date, meeting_on: date, calendar: Calendar = ENGLAND_AND_WALES) -> Circulation:
    """How papers stand that go out on a day. Late papers still go out: they are better read late than not at all."""
    due_on = week_before(meeting_on, calendar)
    return Circulation(due_on, circulated_on > due_on, (meeting_on - circulated_on).days)


@duty("B2-06")
def reason_lacking(again: bool, late: bool, reason: str) -> str:
    """What is asked where papers go out anew, or later than a week before the meeting, without a reason; else nothing.
    "One week prior to meeting" (Appendix A, step 7) is departed from by somebody, who says why."""
    if reason.strip() or not (again or late):
        return ""
    if not late:
        return "Say why papers are circulated again"
    return (
        f"Say why papers are circulated {'again, and ' if again else ''}less than a week before the meeting"
    )


@duty("B2-10")
def preparation_faults(read: bool, notes: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a member's preparation lacks: field and message. They come "prepared ... having read all the associated
    scoping documents" (commitment 2), and "to share their reflections, areas of interest, key points and questions"
    (commitment 4)."""
    faults = [] if read else [("read", NOT_READ)]
    if not any(notes.get(name, "").strip() for name in NOTES):
        faults.append(("reflections", NOTHING))
    return faults


@duty("B2-10")
def open_for_preparation(meeting_at: datetime | None, held: bool, now: datetime) -> bool:
    """Whether members can still prepare: until the meeting begins. Where no time is set yet, until one was held."""
    return not held and (meeting_at is None or now < meeting_at)
