"""A decision looked at again: an answer that displaces a deemed agreement (clocks 8), and new information after
it (8.1)."""

from __future__ import annotations

from app.procedure.difference_duties import unresolved
from app.procedure.events import Event, EventKind, Party
from app.procedure.history import SHAKING, History
from app.procedure.marks import duty
from app.procedure.obligation import Obligation

K = EventKind
PUT_BACK = "Section B, step 4: an answer given in time displaces deemed agreement and is put back"
NEW_INFORMATION = "8.1: new information is raised, and the decision may be reconsidered"


def reconsideration_obligations(history: History) -> list[Obligation]:
    """What is owed after a decision that may not stand."""
    return [*put_back(history), *decide_again(history), *reconsider(history)]


@duty("B1-08")
def put_back(history: History) -> list[Obligation]:
    """The Partnership Team puts a decision back to those who made it, before anything further is sent."""
    owed: list[Obligation] = []
    asked: set[int] = set()
    for displaced in (event for event in history.events if event.kind in SHAKING):
        before = _decided_before(history, displaced)
        if not before or len(before) in asked:
            continue  # one decision is put back once, however many silences it rested on
        asked.add(len(before))
        done = next(iter(history.after(displaced, K.DECISION_PUT_BACK, K.DECISION_RECORDED)), None)
        again = done is not None and done.kind is K.DECISION_RECORDED
        owed.append(
            history.unclocked(
                f"B1-08:put-back:{len(owed) + 1}", "B1-08", Party.PARTNERSHIP_TEAM,
                "Put the decision back to those who made it: a position on which it rested has changed",
                PUT_BACK, displaced.happened_at, ended=done.happened_at if done else None,
                ending="not needed" if again else "met",
                reason="A new decision was recorded." if again else None,
            )
        )  # fmt: skip
    return owed


@duty("B1-08", "B1-15")
def decide_again(history: History) -> list[Obligation]:
    """What was put back is decided anew, by the partners or by the Partnership Chair if theirs it was."""
    owed = []
    for place, back in enumerate(history.all(K.DECISION_PUT_BACK), start=1):
        made = next(iter(history.after(back, K.DECISION_RECORDED)), None)
        owed.append(
            history.unclocked(
                f"B1-15:again:{place}", "B1-15", _who_decides_anew(history, back, made),
                "Decide on notification anew, with the answer that has come to light", PUT_BACK,
                back.happened_at, ended=made.happened_at if made else None,
            )
        )  # fmt: skip
    return owed


@duty("B1-13")
def reconsider(history: History) -> list[Obligation]:
    """Whoever decided says whether new information makes them decide anew; the old decision stays."""
    owed = []
    for place, raised in enumerate(history.all(K.NEW_INFORMATION_RAISED), start=1):
        answer = next(iter(history.after(raised, K.RECONSIDERATION_DECLINED, K.DECISION_RECORDED)), None)
        owed.append(
            history.unclocked(
                f"B1-13:{place}", "B1-13", _maker_before(history, raised),
                "Decide whether to reconsider the decision, on new information", NEW_INFORMATION,
                raised.happened_at, ended=answer.happened_at if answer else None,
            )
        )  # fmt: skip
    return owed


def _who_decides_anew(history: History, back: Event, made: Event | None) -> Party:
    """Whoever made it; the Partnership Chair where the partners now differ and their meeting settled nothing."""
    if made is None and unresolved(history):
        return Party.PARTNERSHIP_CHAIR
    return _maker_before(history, back)


def _decided_before(history: History, event: Event) -> list[Event]:
    return [made for made in history.decisions if event in history.after(made, event.kind)]


def _maker_before(history: History, event: Event) -> Party:
    before = _decided_before(history, event)
    chairs = bool(before) and before[-1].facts.get("maker") == Party.PARTNERSHIP_CHAIR.value
    return Party.PARTNERSHIP_CHAIR if chairs else Party.LOCAL_AUTHORITY
