"""Where a rapid review stands, step by step, told from its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Lcspr
from app.procedure.history import History
from app.procedure.rapid_review_close import complete_parts, wanted_parts
from app.procedure.rapid_review_duties import milestones
from app.procedure.rapid_review_steps import CLOCK, circulated, plan_of, planned
from app.web.filters import london_datetime, weekday_date

K, P = EventKind, Permission
Standing = Literal["done", "now", "later"]
DECIDED = {
    Lcspr.COMMISSION.value: "A local child safeguarding practice review is commissioned",
    Lcspr.DO_NOT_COMMISSION.value: "No local child safeguarding practice review is commissioned",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the review: where it stands, in a word and a sentence, and the page on which it is taken or read."""

    name: str
    says: str
    standing: Standing
    endpoint: str | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What a case's page says of its rapid review: its last day, and the step that is on."""

    due_on: date
    sent_at: datetime | None
    step: Step | None


def beside(case_id: UUID, actor: Actor) -> Beside | None:
    """What a case's page says of its rapid review; None without a notification, or where this person reads none."""
    if not actor.may(P.REVIEW_VIEW):
        return None
    told = history_of(case_id)
    found = milestones(told)
    if found is None or told.last(K.REVIEW_GROUND_RECORDED) is not None:
        return None
    due_on = told.due_on(CLOCK, told.notified.happened_at) if told.notified else None
    assert due_on is not None
    on = next((one for one in steps(told, actor) if one.standing == "now"), None)
    return Beside(due_on, found.sent_at, on)


def steps(told: History, actor: Actor) -> list[Step]:
    """The steps in the order of the procedure, each with the page that this person may open."""
    made = [plan, scoping, papers, meeting, record, decision, form, recommendations]
    return [one(told, actor.may) for one in made]


May = Callable[[Permission], bool]


def plan(told: History, may: May) -> Step:
    """The plan: its meeting."""
    found = plan_of(told)
    on = planned(found, "meeting_on")
    says = f"The meeting is on {weekday_date(on)}" if on else "No day is set"
    if found is not None and on is None:
        says = "The meeting was cancelled: set another day"
    page = "rapid_reviews.plan" if may(P.REVIEW_RUN) else None
    return Step("The plan, and the day of the meeting", says, "done" if on else "now", page)


def scoping(told: History, may: May) -> Step:
    """Scoping: how many agencies have returned."""
    name = "Summaries of involvement"
    asked = [one for one in told.all(K.INVOLVEMENT_REQUESTED) if one.facts.get("purpose") == "rapid-review"]
    gone = {one.facts.get("request") for one in told.all(K.INVOLVEMENT_WITHDRAWN)}
    asked = [one for one in asked if one.facts.get("request") not in gone]
    back = {one.facts.get("request") for one in told.all(K.INVOLVEMENT_RETURNED)}
    count = sum(one.facts.get("request") in back for one in asked)
    says = f"{count} of {len(asked)} agencies have returned" if asked else "No agency is asked yet"
    page = "involvement.board" if may(P.INVOLVEMENT_OVERSEE) else None
    return Step(name, says, _standing(bool(asked) and count == len(asked), bool(plan_of(told))), page)


def papers(told: History, may: May) -> Step:
    """Papers: circulated, and what came after them."""
    packs, further = circulated(told), told.all(K.SUPPLEMENT_CIRCULATED)
    says = f"Circulated {london_datetime(packs[-1].happened_at)}" if packs else "Not circulated yet"
    if packs and further:
        says += f", {len(further)} added afterwards"
    page = "papers.index" if may(P.PAPERS_CIRCULATE) or (packs and may(P.PAPERS_READ)) else None
    return Step("Papers and preparation", says, _standing(bool(packs), bool(plan_of(told))), page)


def meeting(told: History, may: May) -> Step:
    """The meeting: when it was, or will be."""
    held, found = told.first(K.REVIEW_MEETING_HELD), plan_of(told)
    on = planned(found, "meeting_on")
    says = f"Held {london_datetime(held.happened_at)}" if held else "Not held yet"
    if held is None and on:
        says = f"On {weekday_date(on)}"
    there = found is not None and found.facts.get("meeting") and may(P.MEETINGS_VIEW)
    return Step(
        "The meeting", says, _standing(held is not None, on is not None), "meeting" if there else None
    )


def record(told: History, may: May) -> Step:
    """The record: how many of its parts are complete."""
    count, wanted = len(complete_parts(told)), len(wanted_parts(told))
    begun = told.first(K.REVIEW_SECTION_RECORDED) is not None or told.first(K.REVIEW_MEETING_HELD) is not None
    says = f"{count} of {wanted} parts are complete"
    return Step("The record of the meeting", says, _standing(count == wanted, begun), "review_record.index")


def decision(told: History, may: May) -> Step:
    """The decision, or how far the partners have come."""
    made, asked = told.last(K.LCSPR_DECIDED), told.last(K.LCSPR_ESCALATED)
    taken = sum(told.last(K.LCSPR_POSITION_TAKEN, party) is not None for party in SAFEGUARDING_PARTNERS)
    says = f"{taken} of three partners have said"
    if made is not None:
        says = DECIDED.get(made.outcome or "", "Decided")
    elif asked is not None:
        says = "The partners do not agree: the Partnership Chair is asked"
    standing = _standing(made is not None, taken > 0)
    return Step("The decision on a practice review", says, standing, "review_record.decision")


def form(told: History, may: May) -> Step:
    """The form: made, approved, sent."""
    found, versions = milestones(told), told.all(K.REVIEW_FORM_MADE)
    says = f"Version {versions[-1].facts.get('number')} is made" if versions else "Not made yet"
    if found is not None and found.approved_at is not None:
        says = f"Approved {london_datetime(found.approved_at)}"
    if found is not None and found.sent_at is not None:
        late = ", after the fifteenth working day" if found.late else ""
        says = f"Sent to the Panel {london_datetime(found.sent_at)}{late}"
    done = found is not None and found.sent_at is not None
    standing = _standing(done, bool(told.last(K.LCSPR_DECIDED)))
    return Step("The form, its approval and sending", says, standing, "review_forms.index")


def recommendations(told: History, may: May) -> Step:
    """Recommendations and the actions under them."""
    made, actions = _numbers(told.all(K.RECOMMENDATION_MADE)), told.all(K.ACTION_AGREED)
    agreed = "1 action" if len(actions) == 1 else f"{len(actions)} actions"
    says = f"{made} made, {agreed} agreed" if made else "None is made yet"
    page = "recommendations.index" if may(P.RECOMMENDATIONS_VIEW) else None
    return Step("Recommendations and actions", says, _standing(made > 0, bool(plan_of(told))), page)


def _numbers(events: list[Event]) -> int:
    return len({one.facts.get("recommendation") for one in events})


def _standing(done: bool, begun: bool) -> Standing:
    return "done" if done else "now" if begun else "later"
