"""By when a meeting of the partners is owed, and what is said of one that is arranged for later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.procedure.clocks import day_end
from app.procedure.events import EventKind
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.notification_duties import became_aware
from app.procedure.positions import differences
from app.serious_incidents.turns import SHORT
from app.web.filters import weekday_date


@dataclass(frozen=True, slots=True)
class MeetingClocks:
    """The last day of the meeting's own clock, and of the five working days to notify; None where none runs."""

    own: date | None
    statutory: date | None

    def warnings(self, when: datetime | None) -> list[str]:
        """What is wrong with a meeting at that moment: it may be arranged all the same, but not unnoticed."""
        said: list[str] = []
        if when is None:
            return said
        if self.own is not None and when >= day_end(self.own):
            said.append(
                f"This is after the meeting's own clock, which ends at the end of {weekday_date(self.own)}."
            )
        if self.statutory is not None and when >= day_end(self.statutory):
            said.append(
                "This is after the five working days in which the local authority notifies: the end of "
                f"{weekday_date(self.statutory)}. Its duty does not wait for the meeting."
            )
        return said


@duty("B1-09", "B1-10")
def meeting_clocks(told: History, kind: str) -> MeetingClocks:
    """The clocks that a meeting of a kind is measured against, as the case's history gives them."""
    aware, own = became_aware(told), None
    if kind == SHORT:
        spans = differences(told)
        own = told.due_on("B1-09", spans[-1][0]) if spans and spans[-1][1] is None else None
    else:
        short = told.last(EventKind.SHORT_MEETING_HELD)
        own = told.due_on("B1-10", short.happened_at) if short else None
    runs = told.notified is None and aware is not None
    return MeetingClocks(own, told.due_on("B1-03", aware) if runs and aware else None)
