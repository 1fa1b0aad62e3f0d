"""Steps 5 and 6 of Section B: a short meeting where the partners differ, then the Partnership Chair decides."""

from __future__ import annotations

from datetime import datetime

from app.procedure.events import Event, EventKind, Party
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.obligation import Obligation
from app.procedure.positions import agree, differences

STEP_5 = "Section B, step 5: a short meeting within one working day where differences remain"
STEP_6 = "Section B, step 6: in exceptional circumstances the Partnership Chair decides, with the scrutineer"
READ_LATER = "8.1: where the scrutineer was not available, the records are read afterwards"
Span = tuple[datetime, datetime | None]


def difference_obligations(history: History) -> list[Obligation]:
    """What is owed while the partners differ, once for each span of differing."""
    owed: list[Obligation] = []
    for place, span in enumerate(differences(history), start=1):
        suffix = "" if place == 1 else f":{place}"
        owed += [meet(history, span, suffix), *escalate(history, span, suffix)]
    return [*owed, *read_afterwards(history)]


@duty("B1-09")
def meet(history: History, span: Span, suffix: str = "") -> Obligation:
    """The Partnership Team arranges a short meeting of the partners, held within one working day."""
    since, until = span
    held = _held(history, EventKind.SHORT_MEETING_HELD, span)
    return history.clocked(
        f"B1-09{suffix}", "B1-09", Party.PARTNERSHIP_TEAM,
        "Arrange a short meeting of the safeguarding partners, and record it", STEP_5, since,
        "the partners differing", ended=held.happened_at if held else until,
        ending="met" if held else "not needed", reason=None if held else _why_over(history, until),
    )  # fmt: skip


@duty("B1-10")
def escalate(history: History, span: Span, suffix: str = "") -> list[Obligation]:
    """Where the short meeting did not settle it: a meeting with the Partnership Chair, who decides."""
    since, until = span
    short = _held(history, EventKind.SHORT_MEETING_HELD, span)
    if short is None or (until is not None and until <= short.happened_at):
        return []
    held = _held(history, EventKind.EXCEPTIONAL_MEETING_HELD, (short.happened_at, until))
    decided = until is not None and history.until(until).chair_decided
    ended = held.happened_at if held else until
    arrange = history.clocked(
        f"B1-10{suffix}", "B1-10", Party.PARTNERSHIP_TEAM,
        "Arrange a meeting with the Partnership Chair and the Independent Scrutineer, and record it", STEP_6,
        short.happened_at, "the short meeting", ended=ended, ending="met" if held else "not needed",
        reason=None if held else _why_over(history, until),
    )  # fmt: skip
    decide = history.clocked(
        f"B1-10:decide{suffix}", "B1-10", Party.PARTNERSHIP_CHAIR,
        "Decide on notification, as the partners could not agree", STEP_6, short.happened_at,
        "the short meeting", ended=until, ending="met" if decided else "not needed",
        reason=None if decided else _why_over(history, until),
    )  # fmt: skip
    return [arrange, decide]


def unresolved(history: History) -> bool:
    """Whether the partners still differ after a short meeting, so that the Partnership Chair decides."""
    spans = differences(history)
    if not spans or spans[-1][1] is not None:
        return False
    return _held(history, EventKind.SHORT_MEETING_HELD, spans[-1]) is not None


@duty("B1-11")
def read_afterwards(history: History) -> list[Obligation]:
    """A scrutineer who was not available reads the records of the Partnership Chair's decision afterwards."""
    owed = []
    for place, decision in enumerate(history.decisions, start=1):
        if decision.facts.get("scrutineer") is False:
            read = next(iter(history.after(decision, EventKind.SCRUTINEER_OBSERVED)), None)
            owed.append(
                history.unclocked(
                    f"B1-11:{place}", "B1-11", Party.INDEPENDENT_SCRUTINEER,
                    "Read the records of how the difference was resolved, and record what can be learned",
                    READ_LATER, decision.happened_at, ended=read.happened_at if read else None,
                )
            )  # fmt: skip
    return owed


def _held(history: History, kind: EventKind, span: Span) -> Event | None:
    since, until = span
    return next(
        (event for event in history.all(kind)
         if since <= event.happened_at and (until is None or event.happened_at <= until)), None,
    )  # fmt: skip


def _why_over(history: History, until: datetime | None) -> str | None:
    if until is None:
        return None
    return "The partners agree." if agree(history.until(until)) else "The decision was recorded."
