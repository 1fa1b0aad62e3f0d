"""What the obligations of a rapid review are made of: the plan in force, days that were agreed, and what was sent."""

from __future__ import annotations

from datetime import date, datetime

from app.procedure.clocks import day_end, day_start
from app.procedure.events import Event, EventKind, Party, SentTo, Stage
from app.procedure.history import MORNING, History
from app.procedure.obligation import ClockRule, Ending, Obligation

K, RR = EventKind, Stage.RAPID_REVIEW
CLOCK = "N-05"  # fifteen working days from the notification: one clock, whichever duty ends it
IN_TIME = "Rapid Reviews: within fifteen working days of the notification"
MEETING = "Rapid Reviews: what the meeting establishes, considers and decides"


def plan_of(history: History) -> Event | None:
    """The plan in force: the last that was set."""
    return history.last(K.RAPID_REVIEW_PLANNED)


def planned(plan: Event | None, name: str) -> date | None:
    said = plan.facts.get(name) if plan else None
    return date.fromisoformat(str(said)) if said else None


def dated(
    key: str, duty_id: str, owner: Party, action: str, paragraph: str, starts: datetime, due_on: date | None,
    ended: Event | None = None, *, ending: Ending = "met", reason: str | None = None,
) -> Obligation:  # fmt: skip
    """An obligation for a day that was agreed, or for none. Reminded from nine in the morning of that day."""
    return Obligation(
        key=key, duty=duty_id, stage=RR, owner=owner, action=action, paragraph=paragraph, rule=ClockRule("none"),
        counted_from=None, starts=starts, due_on=due_on, due=day_end(due_on) if due_on else None,
        remind_from=max(starts, day_start(due_on) + MORNING) if due_on else None,
        ended=max(ended.happened_at, starts) if ended else None, ending=ending if ended else None,
        reason=reason if ended else None,
    )  # fmt: skip


def instant_of(event: Event | None) -> datetime | None:
    return event.happened_at if event else None


def sent_to(history: History, *kinds: SentTo) -> datetime | None:
    """When the form had gone to all of these kinds of recipients; None while one has had none."""
    first = [
        next((one for one in history.all(K.REVIEW_FORM_SENT) if one.outcome == kind.value), None)
        for kind in kinds
    ]
    return max(one.happened_at for one in first if one) if all(first) else None


def circulated(history: History) -> list[Event]:
    """When papers went out for the rapid review; those of an earlier discussion of the group are not its own."""
    sent = history.all(K.PAPERS_CIRCULATED)
    return [one for one in sent if one.facts.get("purpose", "rapid-review") == "rapid-review"]
