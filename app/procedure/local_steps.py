"""What a partnership's own steps oblige, and what waits for them."""

from __future__ import annotations

from app.procedure.clocks import day_end, london_date
from app.procedure.events import Event, EventKind, Stage
from app.procedure.history import History
from app.procedure.obligation import ClockRule, Obligation
from app.procedure.own_procedure import TRIGGERS, OwnStep

OWN = "This partnership's own procedure"


def local_step_obligations(history: History) -> list[Obligation]:
    """Each added step whose trigger has happened, once."""
    found = []
    for place, step in enumerate(history.settings.own.steps, start=1):
        began = history.first(step.trigger)
        if began is not None:
            found.append(_owed(history, place, step, began))
    return found


def blocking(history: History, what: str) -> list[OwnStep]:
    """The added steps for which the decision, or the notification, waits now."""
    return [step for step in history.settings.own.steps if step.blocks == what and waiting(history, step)]


def waiting(history: History, step: OwnStep) -> bool:
    """Whether an added step is owed and not done."""
    began = history.first(step.trigger)
    return began is not None and _closed(history, step, began) is None


def _closed(history: History, step: OwnStep, began: Event) -> Event | None:
    for event in history.all(step.closing):
        own = step.closing is not EventKind.LOCAL_STEP_DONE or event.facts.get("step") == step.key
        if own and event.happened_at >= began.happened_at:
            return event
    return None


def _owed(history: History, place: int, step: OwnStep, began: Event) -> Obligation:
    key, duty = f"LOCAL:{step.key}", f"L-{place:02}"
    closed = _closed(history, step, began)
    ended, label = closed.happened_at if closed else None, f"the moment when {TRIGGERS[step.trigger]}"
    if step.days is None:
        return history.unclocked(key, duty, step.owner, step.action, OWN, began.happened_at, ended=ended)
    if step.days:
        return history.clocked(key, duty, step.owner, step.action, OWN, began.happened_at, label, ended=ended)
    due_on = london_date(began.happened_at)
    return Obligation(
        key=key, duty=duty, stage=Stage.NOTIFICATION, owner=step.owner, action=step.action, paragraph=OWN,
        rule=ClockRule("none", None, label), counted_from=None, starts=began.happened_at,
        remind_from=began.happened_at, due_on=due_on, due=day_end(due_on), ended=ended,
        ending="met" if ended else None, reason="Due on the same day.",
    )  # fmt: skip
