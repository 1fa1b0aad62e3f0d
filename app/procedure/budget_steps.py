"""The steps that remain before the notification is sent, and by when the present one ends (N-02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.procedure.difference_duties import difference_obligations, unresolved
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, EventKind
from app.procedure.history import History
from app.procedure.local_steps import local_step_obligations, waiting
from app.procedure.notification_duties import to_be_notified
from app.procedure.obligation import Obligation
from app.procedure.own_procedure import OwnStep
from app.procedure.positions import agree, differ, positions
from app.procedure.referral_duties import initial_views, share, share_view
from app.procedure.response_duties import respond

K = EventKind


@dataclass(frozen=True, slots=True)
class LocalStep:
    """A local step, the duty whose clock it has (None: the same day), and how it can be shortened."""

    name: str
    clock: str | None
    shorter: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A step of the partnership's own that runs beside the others. `blocks` says what waits for it; `begun`
    whether it runs now, until `owed_on` where it has a clock; else `after` is the step that triggers it."""

    step: LocalStep
    blocks: str
    begun: bool
    owed_on: date | None
    after: LocalStep | None


SHARE = LocalStep(
    "Sharing the referral", "B1-06", "Share the referral at once: it needs nothing but a press."
)
VIEWS = LocalStep(
    "The two initial views",
    "B1-07",
    "The chair and the Service Director can give their views today, after a call.",
)
SHARE_VIEW = LocalStep("Sharing the initial view", None, "Share the views as soon as both are in.")
RESPONSES = LocalStep(
    "The partners' responses", "B1-08",
    "Telephone the partners: an answer given on the telephone can be recorded on their behalf.",
)  # fmt: skip
SHORT = LocalStep("The short meeting", "B1-09", "Hold the short meeting today, by call.")
CHAIR = LocalStep(
    "The Partnership Chair's decision", "B1-10", "Bring the Partnership Chair and scrutineer in today."
)
PUT_BACK = LocalStep("Putting the decision back", None, "Put the decision back at once.")
CHAIR_ANEW = LocalStep(
    "The Partnership Chair's new decision",
    None,
    "Ask the Partnership Chair today whether the decision changes.",
)
DECIDE = LocalStep("Recording the decision", None, "Record the decision as soon as the positions agree.")
NOTIFY = LocalStep("Sending the notification", None, "Send the notification now.")
DECIDING = (DECIDE, CHAIR, CHAIR_ANEW)
DONE_IN = {
    K.REFERRAL_SHARED: (SHARE,),
    K.INITIAL_VIEW_GIVEN: (VIEWS,),
    K.INITIAL_VIEW_SHARED: (SHARE_VIEW,),
    K.SHORT_MEETING_HELD: (SHORT,),
    K.DECISION_RECORDED: DECIDING,
}


def steps_left(history: History) -> list[LocalStep]:
    """The procedure's own steps that remain before the notification is sent, the present one first; none where it
    is decided not to notify and nobody is asked to look at that again."""
    made = history.decision
    if history.override is not None or history.came_first:
        return [NOTIFY]
    if made is None:
        return _to_the_decision(history)
    if history.reopened is None and history.rests_on_displaced is None:
        return [NOTIFY] if to_be_notified(history) is not None else []
    back = history.reopened is not None and history.reopened.kind is K.DECISION_PUT_BACK
    first = [PUT_BACK] if history.rests_on_displaced is not None and not back else []
    return [*first, *([CHAIR_ANEW, NOTIFY] if history.chair_decided else _to_the_decision(history))]


def _to_the_decision(history: History) -> list[LocalStep]:
    if agree(history) is not None:
        return [DECIDE, NOTIFY]
    if unresolved(history):
        return [CHAIR, NOTIFY]
    if differ(history):
        return [SHORT, DECIDE, NOTIFY]
    left = [RESPONSES, DECIDE, NOTIFY]
    if history.views_shared() is not None:
        return left
    left.insert(0, SHARE_VIEW)
    if history.when_all(K.INITIAL_VIEW_GIVEN, INITIAL_VIEWERS) is not None:
        return left
    left.insert(0, VIEWS)
    if history.when_all(K.REFERRAL_SHARED, INITIAL_VIEWERS) is not None:
        return left
    return [SHARE, *left]


def own_steps(history: History, left: Sequence[LocalStep]) -> list[Beside]:
    """The partnership's own steps for which the decision or the notification will wait: those that are owed now,
    and those whose trigger will certainly happen. The local authority's own duty waits for none."""
    if history.override is not None:
        return []
    owed = {one.key: one for one in local_step_obligations(history)}
    decides = any(step in DECIDING for step in left)
    found = []
    for place, own in enumerate(history.settings.own.steps, start=1):
        if own.blocks == "notification" or (own.blocks == "decision" and decides):
            clock = None if own.days is None else f"L-{place:02}"
            step = LocalStep(own.action, clock, f"Do this today: {own.action}.")
            found += _beside(history, own, step, left, owed.get(f"LOCAL:{own.key}"))
    return found


def _beside(
    history: History, own: OwnStep, step: LocalStep, left: Sequence[LocalStep], owed: Obligation | None
) -> list[Beside]:
    triggers = DONE_IN.get(own.trigger, ())
    after = next((one for one in left if one in triggers), None)
    if owed is not None:
        if not waiting(history, own):
            return []
        following = list(left)
    elif after is not None:
        following = list(left)[left.index(after) + 1 :]
    else:
        return []
    if any(one in DONE_IN.get(own.closing, ()) for one in following):
        return []  # one of the steps that remain is what closes it
    due_on = owed.due_on if owed is not None else None
    return [Beside(step, own.blocks, owed is not None, due_on, None if owed is not None else after)]


def clocks_of(history: History, step: LocalStep) -> list[date | None]:
    """The last days of the clocks that run for a step which is the present one; None for each clock that has not
    begun, because a request has not been received."""
    if step is SHARE:
        return [share(history).due_on]
    if step is VIEWS:
        return [one.due_on for one in initial_views(history) if one.ended is None]
    if step is SHARE_VIEW:
        return [one.due_on for one in share_view(history)]
    if step is RESPONSES:
        held = positions(history)
        asked = {
            party: history.first(K.INITIAL_VIEW_SHARED, party)
            for party in SAFEGUARDING_PARTNERS
            if party not in held
        }
        return [respond(history, party, event).due_on for party, event in asked.items() if event is not None]
    if step in (SHORT, CHAIR):
        begins = "B1-09" if step is SHORT else "B1-10:decide"
        open_now = [one for one in difference_obligations(history) if one.ended is None]
        return [one.due_on for one in open_now if one.key.startswith(begins)]
    return []
