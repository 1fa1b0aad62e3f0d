"""What became of each decision on notification: in force, superseded, reconsidered, put back or overridden (S-01)."""

from __future__ import annotations

from dataclasses import dataclass

from app.procedure.events import Event, EventKind, Outcome
from app.procedure.history import History, recorded
from app.procedure.marks import duty

K = EventKind


@dataclass(frozen=True, slots=True)
class DecisionState:
    """A decision, and what was recorded about it until the next one. `superseded_by` is the next one's number."""

    made: Event
    number: int
    superseded_by: int | None
    raised: tuple[Event, ...]
    declined: tuple[Event, ...]
    displaced: tuple[Event, ...]
    put_back: tuple[Event, ...]
    overridden: Event | None

    @property
    def in_force(self) -> bool:
        """Whether it is the decision in force: the last."""
        return self.superseded_by is None

    @property
    def reconsidered(self) -> bool:
        """Whether it was looked at again: answered that it stands, or decided anew."""
        asked = self.raised or self.put_back
        return bool(asked) and (bool(self.declined) or not self.in_force)


@duty("S-01")
def decision_states(history: History) -> list[DecisionState]:
    """Every decision in the order in which they were recorded, with what became of it."""
    made = history.decisions
    return [_state(history, place, made) for place in range(len(made))]


def _state(history: History, place: int, made: list[Event]) -> DecisionState:
    decision, following = made[place], made[place + 1] if place + 1 < len(made) else None

    def until_the_next(kind: EventKind) -> tuple[Event, ...]:
        since = history.after(decision, kind)
        return tuple(one for one in since if following is None or recorded(one) < recorded(following))

    override = history.override
    against = decision.outcome == Outcome.DO_NOT_NOTIFY.value and override is not None
    before_next = following is None or (override is not None and recorded(override) < recorded(following))
    return DecisionState(
        decision, place + 1, place + 2 if following else None, until_the_next(K.NEW_INFORMATION_RAISED),
        until_the_next(K.RECONSIDERATION_DECLINED), until_the_next(K.DEEMED_DISPLACED),
        until_the_next(K.DECISION_PUT_BACK), override if against and before_next else None,
    )  # fmt: skip
