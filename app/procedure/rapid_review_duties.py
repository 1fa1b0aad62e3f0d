"""What a rapid review obliges from the notification to its papers, and by when it is complete (Rapid Reviews)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.procedure.clocks import day_end
from app.procedure.events import Event, Party, SentTo
from app.procedure.history import History, in_force
from app.procedure.marks import duty
from app.procedure.obligation import Ending, Obligation
from app.procedure.rapid_review_close import decide, form, meet, positions, share
from app.procedure.rapid_review_steps import (
    CLOCK,
    IN_TIME,
    RR,
    K,
    circulated,
    dated,
    instant_of,
    plan_of,
    planned,
    sent_to,
)

WITHDRAWN = "The notification was withdrawn."
NO_REVIEW = "A ground for not holding a rapid review was recorded."


@dataclass(frozen=True, slots=True)
class Milestones:
    """The two moments inside the fifteen working days (N-06): approved by the chair, and sent to the Panel."""

    due: datetime
    approved_at: datetime | None
    sent_at: datetime | None

    @property
    def late(self) -> bool:
        """Whether the form went to the Panel after the fifteenth working day."""
        return self.sent_at is not None and self.sent_at >= self.due


def rapid_review_obligations(history: History) -> list[Obligation]:
    """What is owed for the rapid review. Withdrawn with the notification, and not needed where none is held."""
    sent = history.notified
    if sent is None:
        return _withdrawn(history)
    owed = [
        *set_the_day(history, sent),
        *complete(history, sent),
        *scoping(history, sent),
        *circulate(history),
        *meet(history),
        *positions(history),
        *decide(history),
        *form(history),
        *share(history, sent),
    ]
    ground = history.last(K.REVIEW_GROUND_RECORDED)
    if ground is None:
        return owed
    return [_ended(one, ground.happened_at, NO_REVIEW, "not needed") for one in owed]


def _withdrawn(history: History) -> list[Obligation]:
    """A review that was under way when its notification was withdrawn: what was owed is superseded."""
    standing = {event.number for event in in_force(history.recorded)}
    gone = [one for one in history.recorded if one.kind is K.NOTIFICATION_SENT and one.number not in standing]
    if not gone or plan_of(history) is None:
        return []
    said = [one for one in history.recorded if one.facts.get("supersedes") == gone[-1].number]
    before = History(
        [one for one in history.recorded if one not in said], history.calendars, history.settings
    )
    return [
        _ended(one, said[-1].happened_at, WITHDRAWN, "superseded") for one in rapid_review_obligations(before)
    ]


def _ended(owed: Obligation, at: datetime, why: str, ending: Ending) -> Obligation:
    """An open obligation ended for a reason that is not its own; one that has ended stays as it was."""
    return (
        owed
        if owed.ended is not None
        else replace(owed, ended=max(at, owed.starts), ending=ending, reason=why)
    )


@duty("B2-03")
def set_the_day(history: History, sent: Event) -> list[Obligation]:
    """The Partnership Team and the chair agree the day, and whether an extraordinary meeting is needed (step 4)."""
    entered = history.first(K.CASE_ENTERED)
    last = day_end(history.due_on(CLOCK, sent.happened_at))
    if entered is not None and last <= entered.happened_at and plan_of(history) is None:
        return []  # its fifteen days were over before Waymark knew of it: nothing is planned for it here
    plan = plan_of(history)
    there = (
        plan if planned(plan, "meeting_on") else None
    )  # one whose meeting was cancelled has no day any more
    return [
        history.unclocked(
            "B2-03", "B2-03", Party.PARTNERSHIP_TEAM,
            "Set the day of the rapid review, and decide whether an extraordinary meeting is needed",
            "Appendix A, step 4: the Partnership Team discusses the date with the chair of the group",
            sent.happened_at, stage=RR, ended=instant_of(there),
        )
    ]  # fmt: skip


@duty("B2-01")
def complete(history: History, sent: Event) -> list[Obligation]:
    """Fifteen working days from the notification, the rapid review is completed and sent to the Panel."""
    if plan_of(history) is None:
        return []  # until then N-05 runs, with the same clock
    return [
        history.clocked(
            "B2-01", "B2-01", Party.PARTNERSHIP_TEAM, "Complete the rapid review, and send it to the Panel", IN_TIME,
            sent.happened_at, "the notification", stage=RR, clock=CLOCK, ended=sent_to(history, SentTo.PANEL),
        )
    ]  # fmt: skip


@duty("N-06")
def milestones(history: History) -> Milestones | None:
    """When the form that went to the Panel first was approved, and when it went; None without a notification."""
    sent = history.notified
    if sent is None:
        return None
    due = day_end(history.due_on(CLOCK, sent.happened_at))
    return Milestones(due, instant_of(history.first(K.REVIEW_FORM_APPROVED)), sent_to(history, SentTo.PANEL))


@duty("B2-04", "B2-05")
def scoping(history: History, sent: Event) -> list[Obligation]:
    """Agencies are asked what they know, by a day that lets papers go out, and return it by then."""
    plan = plan_of(history)
    if plan is None:
        return []
    opened = _for_review(history.all(K.SCOPING_OPENED))
    owed = [
        dated(
            "B2-04", "B2-04", Party.PARTNERSHIP_TEAM, "Ask agencies for their summaries of involvement",
            "Appendix A, step 5; Rapid Reviews: requests go to all members and other agencies", plan.happened_at,
            planned(plan, "requests_on"), next(iter(opened), None),
        )
    ]  # fmt: skip
    asked = _for_review(history.all(K.INVOLVEMENT_REQUESTED))
    return [*owed, *_returns(history, asked)] if asked else owed


def _for_review(events: Sequence[Event]) -> list[Event]:
    return [one for one in events if one.facts.get("purpose") == "rapid-review"]


def _returns(history: History, asked: Sequence[Event]) -> list[Obligation]:
    answered: dict[object, Event] = {}
    for one in (*history.all(K.INVOLVEMENT_RETURNED), *history.all(K.INVOLVEMENT_WITHDRAWN)):
        known = answered.get(one.facts.get("request"))
        if known is None or one.happened_at < known.happened_at:
            answered[one.facts.get("request")] = one
    waits = [one for one in asked if one.facts.get("request") not in answered]
    last = max((answered[one.facts.get("request")] for one in asked if one not in waits),
               key=lambda one: one.happened_at, default=None)  # fmt: skip
    days = [date.fromisoformat(str(one.facts["due_on"])) for one in asked if one.facts.get("due_on")]
    how_many = f"{len(asked) - len(waits)} of {len(asked)} are in"
    return [
        dated(
            "B2-05", "B2-05", Party.AGENCY_REPRESENTATIVE, f"Return summaries of involvement ({how_many})",
            "Commitment 1: by the required date, so that there is time to read", asked[0].happened_at,
            max(days, default=None), None if waits else last,
        )
    ]  # fmt: skip


@duty("B2-06")
def circulate(history: History) -> list[Obligation]:
    """Papers go to the members a week before the meeting."""
    plan = plan_of(history)
    if plan is None:
        return []
    return [
        dated(
            "B2-06", "B2-06", Party.PARTNERSHIP_TEAM, "Circulate the papers to the members of the group",
            "Appendix A, step 7: one week before the meeting", plan.happened_at, planned(plan, "papers_on"),
            next(iter(circulated(history)), None),
        )
    ]  # fmt: skip
