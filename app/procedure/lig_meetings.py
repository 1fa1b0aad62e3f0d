"""When the group may meet, and what may be recorded of a meeting: pure checks, one message for each fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.procedure.clocks import LONDON, combine_london, day_start, london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.procedure.explain import long_date

Faults = list[tuple[str, str]]
KINDS = ("standing", "extraordinary")
LONGEST_MINUTES = 12 * 60
MOST_MEETINGS = 26
FURTHEST = timedelta(days=3 * 366)


class Every(StrEnum):
    """How the standing dates of a series follow one another."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    FOUR_WEEKS = "four-weeks"
    MONTH = "month"


STEPS = {Every.WEEK: 7, Every.FORTNIGHT: 14, Every.FOUR_WEEKS: 28}


def series(first: date, every: Every, many: int) -> list[date]:
    """The days of a series. Each month: the same weekday in the same week of the month, as the first (the second
    Tuesday); where the first is in a fifth week, the last such weekday of each month. Raises ValueError."""
    if not 1 <= many <= MOST_MEETINGS:
        raise ValueError(f"A series has between 1 and {MOST_MEETINGS} meetings.")
    if every is not Every.MONTH:
        return [first + timedelta(days=STEPS[every] * place) for place in range(many)]
    months = [divmod(first.year * 12 + first.month - 1 + place, 12) for place in range(many)]
    return [_same_weekday(year, month + 1, first.weekday(), (first.day - 1) // 7) for year, month in months]


def _same_weekday(year: int, month: int, weekday: int, week: int) -> date:
    begins = date(year, month, 1)
    day = begins + timedelta(days=(weekday - begins.weekday()) % 7 + 7 * week)
    # A fifth such weekday, which this month may not have: its last.
    return day if day.month == month else day - timedelta(days=7)


def at_the_same_time(starts_at: datetime, days: Sequence[date]) -> list[datetime]:
    """On each of these days the London time of day of an instant, across clock changes. Raises NoSuchTime."""
    local = starts_at.astimezone(LONDON)
    return [combine_london(day, time(local.hour, local.minute)) for day in days]


def length(starts_at: datetime, ends_at: time) -> int:
    """How many minutes a meeting lasts that ends at a London time of the same day; none or fewer where that is not
    after its beginning. Raises NoSuchTime."""
    return int((combine_london(london_date(starts_at), ends_at) - starts_at).total_seconds() // 60)


def schedule_faults(
    kind: str,
    starts_at: datetime | None,
    minutes_long: int | None,
    place: str,
    now: datetime,
    held: bool = False,
) -> Faults:
    """What is wrong with a meeting to be arranged; `held` says that it was held already, and is recorded late."""
    found = [] if kind in KINDS else [("kind", "Select what kind of meeting it is")]
    found += time_faults(starts_at, minutes_long, now, held)
    return found if place.strip() else [*found, ("place", "Say where the meeting is, or how people join it")]


def time_faults(
    starts_at: datetime | None, minutes_long: int | None, now: datetime, held: bool = False
) -> Faults:
    """What is wrong with when a meeting is."""
    if starts_at is None:
        return [("starts_at", "Enter when the meeting begins")]
    found: Faults = []
    if starts_at <= now and not held:
        found.append(
            ("starts_at", "That time has passed. A meeting is arranged for a time that is still to come")
        )
    if held and starts_at > now:
        found.append(("starts_at", "That time is still to come: a meeting that was held lies before now"))
    if starts_at - now > FURTHEST:
        found.append(("starts_at", "That is more than three years away. Check the year"))
    if minutes_long is None:
        found.append(("ends_at", "Enter when the meeting ends"))
    elif minutes_long <= 0:
        found.append(
            (
                "ends_at",
                "The meeting ends before it begins. Enter a later time of the same day",
            )
        )
    elif minutes_long > LONGEST_MINUTES:
        found.append(("ends_at", "A meeting of more than 12 hours is not one meeting. Check the times"))
    return found


def opening_faults(opened_at: datetime | None, starts_at: datetime, now: datetime) -> Faults:
    """What is wrong with when a meeting was opened; recording it late needs nothing."""
    if opened_at is None:
        return [("opened_at", "Enter when the meeting was opened")]
    if opened_at > now:
        return [("opened_at", "That time is still to come")]
    if london_date(opened_at) != london_date(starts_at):
        day = long_date(london_date(starts_at))
        return [("opened_at", f"The meeting is on {day}. If it was held on another day, move it there first")]
    return []


def closing_faults(
    closed_at: datetime | None, opened_at: datetime, last: datetime | None, now: datetime
) -> Faults:
    """What is wrong with when a meeting was closed; `last` is the last thing recorded of it (a decision, somebody who
    came or left)."""
    if closed_at is None:
        return [("closed_at", "Enter when the meeting was closed")]
    if closed_at > now:
        return [("closed_at", "That time is still to come")]
    if closed_at <= opened_at:
        return [("closed_at", "The meeting cannot close before it opened")]
    if closed_at - opened_at > timedelta(days=1):
        return [("closed_at", "That is more than a day after the meeting was opened. Check the date")]
    if last is not None and closed_at < last:
        return [
            ("closed_at", "Something is recorded after that time: a decision, or somebody who came or left")
        ]
    return []


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody's attendance, as it is checked. `own` are the partners whose representatives they are by what they are
    today; `deputy_for` is whom they stand in for."""

    name: str
    apologies: bool
    party: Party | None
    own: frozenset[Party]
    deputy_for: str
    came_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """When a meeting is, was opened and was closed."""

    starts_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


def attendance_faults(came: Came, sitting: Sitting, now: datetime) -> Faults:
    """What is wrong with somebody's attendance. A partner is represented by its representative or a named deputy."""
    found: Faults = [] if came.name.strip() else [("who", "Select who it is, or enter the name of a guest")]
    if came.party is not None and came.party not in SAFEGUARDING_PARTNERS:
        found.append(("party", "Select one of the three safeguarding partners, or none"))
    elif (
        came.party is not None
        and came.party not in came.own
        and not came.deputy_for.strip()
        and not came.apologies
    ):
        found.append(
            ("deputy_for", "They are not of this partner's own people here. Say whose named deputy they are")
        )
    if came.apologies:
        return found
    return found + times_faults(came.came_at, came.left_at, sitting, now)


def times_faults(
    came_at: datetime | None, left_at: datetime | None, sitting: Sitting, now: datetime
) -> Faults:
    """What is wrong with when somebody came and left."""
    if came_at is None:
        return [("came_at", "Enter when they came")]
    found: Faults = []
    if came_at > now:
        found.append(("came_at", "That time is still to come. Record that they came once they have"))
    elif came_at < day_start(london_date(sitting.starts_at)):
        found.append(("came_at", "That is before the day of the meeting"))
    elif sitting.closed_at is not None and came_at >= sitting.closed_at:
        found.append(("came_at", "The meeting had closed by then"))
    if left_at is not None and left_at <= came_at:
        found.append(("left_at", "They cannot leave before they came"))
    elif left_at is not None and left_at > now:
        found.append(("left_at", "That time is still to come. Record that they left once they have"))
    elif left_at is not None and sitting.closed_at is not None and left_at > sitting.closed_at:
        found.append(("left_at", "The meeting had closed by then. Leave it empty if they stayed to the end"))
    return found


def deciding_faults(decided_at: datetime | None, sitting: Sitting, now: datetime) -> Faults:
    """What is wrong with when something was decided. Whether the meeting was quorate then is asked of `quorum`."""
    if decided_at is None:
        return [("decided_at", "Enter when it was decided")]
    if decided_at > now:
        return [("decided_at", "That time is still to come")]
    if sitting.opened_at is None or decided_at < sitting.opened_at:
        return [("decided_at", "The meeting had not been opened by then")]
    if sitting.closed_at is not None and decided_at > sitting.closed_at:
        return [("decided_at", "The meeting had closed by then")]
    return []
