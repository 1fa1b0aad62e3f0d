"""The positions of the three safeguarding partners: given, taken at a meeting, deemed from silence, or late
(clocks 8 and 12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.procedure.clocks import day_end
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party
from app.procedure.history import SHAKING, History, recorded
from app.procedure.marks import duty

ANSWERS = (EventKind.RESPONSE_GIVEN, EventKind.RESPONSE_LATE)
FILLING = (*ANSWERS, EventKind.RESPONSE_DEEMED, EventKind.POSITION_TAKEN)
REACHED = (EventKind.REQUEST_RECEIVED, *ANSWERS, EventKind.POSITION_TAKEN)
CHANGING = (
    *FILLING,
    EventKind.SILENCE_NOT_DEEMED,
    EventKind.REQUEST_BOUNCED,
    EventKind.REQUEST_RECEIVED,
    EventKind.INITIAL_VIEW_SHARED,
)
SETTLING = (
    EventKind.DECISION_RECORDED,
    *SHAKING,
    EventKind.DECISION_PUT_BACK,
    EventKind.NEW_INFORMATION_RAISED,
    EventKind.RECONSIDERATION_DECLINED,
)


@dataclass(frozen=True, slots=True)
class Position:
    """A partner's position in force: what, whether given or deemed, when it happened and was recorded."""

    party: Party
    outcome: str | None
    kind: Literal["given", "deemed agreement"]
    happened_at: datetime
    recorded_at: datetime
    late: bool = False


@dataclass(frozen=True, slots=True)
class DeemingAnswer:
    """Whether a silence may be taken as agreement: then at which instant and with what view; else why not."""

    at: datetime | None
    outcome: str | None = None
    why_not: str | None = None

    def __bool__(self) -> bool:
        return self.at is not None


def receipt(history: History, party: Party) -> datetime | None:
    """When the request reached the partner (clocks 12); without a delivery, an answer implies receipt."""
    delivered = history.first(EventKind.REQUEST_RECEIVED, party)
    if delivered is not None:
        return delivered.happened_at
    return min((event.happened_at for event in answers(history, party)), default=None)


def clock_end(history: History, party: Party) -> datetime | None:
    """When the partner's response clock ends (exclusive); None while the request has not been received."""
    received = receipt(history, party)
    return day_end(history.due_on("B1-08", received)) if received else None


def answers(history: History, party: Party) -> list[Event]:
    """Every answer of the partner, in time or late, earliest first."""
    return [event for event in history.events if event.kind in ANSWERS and event.party is party]


def in_time(history: History, party: Party) -> list[Event]:
    """The partner's answers that happened before the clock ended, earliest first, whenever they were
    recorded."""
    end = clock_end(history, party)
    return [event for event in answers(history, party) if end is None or event.happened_at < end]


@duty("B1-08", "N-04")
def position(history: History, party: Party) -> Position | None:
    """The position in force (clocks 8). An answer that happened in time displaces a deemed agreement, however
    late it was recorded; one that came after the end counts only where nothing was deemed and no decision was
    made without it. A position taken at a meeting or on reconsideration replaces what was said before it. Of
    several, the latest."""
    taken, given = history.last(EventKind.POSITION_TAKEN, party), answers(history, party)
    if taken is not None:
        since = [event for event in given if event.happened_at > taken.happened_at]
        return _given(party, since[-1] if since else taken)
    prompt = in_time(history, party)
    deemed = history.first(EventKind.RESPONSE_DEEMED, party)
    if deemed is not None:
        return _given(party, prompt[-1]) if prompt else _deemed(party, deemed)
    made = history.decision if history.settled else None
    afterwards = history.after(made, *ANSWERS, party=party) if made else []
    counting = [
        event
        for event in given
        if made is None or event not in afterwards or event.happened_at < made.happened_at
    ]
    if not counting:
        return None
    return _given(party, counting[-1], late=counting[-1] not in prompt)


def first_filled(history: History, party: Party) -> Event | None:
    """What first filled the partner's position: an answer, a silence that counted, or a position at a meeting."""
    found = (history.first(kind, party) for kind in FILLING)
    return min((event for event in found if event), key=lambda event: event.happened_at, default=None)


def positions(history: History) -> dict[Party, Position]:
    """The positions in force of the three safeguarding partners, as far as they are filled."""
    found = {party: position(history, party) for party in SAFEGUARDING_PARTNERS}
    return {party: held for party, held in found.items() if held is not None}


@duty("B1-08")
def is_late(history: History, party: Party, happened_at: datetime) -> bool:
    """Whether an answer of that moment came after its clock had ended in deemed agreement, or after the decision
    was made without it: it is kept, shown as late, and without effect."""
    deemed, end = history.first(EventKind.RESPONSE_DEEMED, party), clock_end(history, party)
    if deemed is None:
        made = history.decision
        left_out = history.settled and position(history, party) is None
        return left_out and made is not None and happened_at >= made.happened_at
    if end is None or happened_at < end:
        return False
    taken = history.last(EventKind.POSITION_TAKEN, party)
    return taken is None or happened_at <= taken.happened_at


@duty("B1-08", "N-04")
def may_be_deemed(history: History, party: Party, now: datetime) -> DeemingAnswer:
    """Whether the partner's silence is agreement at `now`, and from exactly when (clocks 8 and 12, B1-08,
    N-04)."""
    held, decided = position(history, party) is not None, history.settled
    why_not = "already responded" if held else ("the decision has been recorded" if decided else None)
    if why_not is None:
        why_not = _why_not_silent(history, party, now)
    if why_not is not None:
        return DeemingAnswer(None, None, why_not)
    return DeemingAnswer(clock_end(history, party), history.shared_outcome())


@duty("B1-08", "N-04")
def deeming_stands(history: History, party: Party) -> bool:
    """Whether a deemed agreement still rests on what the history says, after an entry was corrected."""
    deemed = history.first(EventKind.RESPONSE_DEEMED, party)
    if deemed is None:
        return True
    sound = _why_not_silent(history, party, deemed.recorded_at) is None
    return sound and deemed.happened_at == clock_end(history, party)


def ended_in_silence(history: History, party: Party, now: datetime) -> str | None:
    """Why a response clock that ended in silence counts as nothing; None where it runs, or counts, or was
    answered."""
    end = clock_end(history, party)
    if end is None or now < end or position(history, party) is not None or history.settled:
        return None
    return _why_not_silent(history, party, now)


def differ(history: History) -> bool:
    """Whether the three partners differ: two of them said different things (what the third says cannot make them
    agree), or there is no one view to agree with and whoever is missing cannot be counted on to answer: their
    clock ended in silence, or the request bounced (clocks 12)."""
    held = positions(history)
    if len({one.outcome for one in held.values()}) > 1:
        return True
    missing = [party for party in SAFEGUARDING_PARTNERS if party not in held]
    told = history.views_shared() is not None and history.shared_outcome() is None
    return bool(missing) and told and all(_out_of_reach(history, party) for party in missing)


def _out_of_reach(history: History, party: Party) -> bool:
    bounced = history.first(EventKind.REQUEST_BOUNCED, party) is not None and receipt(history, party) is None
    return bounced or history.first(EventKind.SILENCE_NOT_DEEMED, party) is not None


@duty("B1-08", "B1-15")
def shaken(history: History) -> list[Party]:
    """The partners whose position is no longer the one on which the decision in force was made, as it was known
    when it was made: something was displaced, withdrawn or corrected since (clocks 8)."""
    made = history.decision
    if made is None:
        return []
    basis, held = positions(history.as_recorded_by(made)), positions(history)
    return [party for party in SAFEGUARDING_PARTNERS if _weight(basis.get(party)) != _weight(held.get(party))]


def _weight(held: Position | None) -> tuple[str, str | None] | None:
    return None if held is None else (held.kind, held.outcome)


def agree(history: History) -> str | None:
    """What all three positions in force say, or None."""
    held = positions(history)
    outcomes = {one.outcome for one in held.values()}
    return outcomes.pop() if len(held) == len(SAFEGUARDING_PARTNERS) and len(outcomes) == 1 else None


def differences(history: History) -> list[tuple[datetime, datetime | None]]:
    """The spans during which the partners differed and no decision had settled it, earliest first; the last
    may be open."""
    spans: list[tuple[datetime, datetime | None]] = []
    turning = [event for event in history.events if event.kind in (*CHANGING, *SETTLING)]
    since: datetime | None = None
    for moment in dict.fromkeys(event.happened_at for event in turning):
        then = history.until(moment)
        open_to_partners = then.decision is None or (not then.settled and not then.chair_decided)
        unsettled = differ(then) and open_to_partners
        if unsettled and since is None:
            since = moment
        elif not unsettled and since is not None:
            spans.append((since, moment))
            since = None
    return [*spans, (since, None)] if since is not None else spans


def deputy_contacted(history: History, party: Party) -> Event | None:
    """The first time a deputy was contacted; one whom no message could reach was not. Contacted by telephone or
    otherwise (`how`), no message can come back."""
    for event in history.all(EventKind.DEPUTY_CONTACTED, party):
        if event.facts.get("how"):
            return event
        bounced = len(history.after(event, EventKind.DEPUTY_NOT_REACHED, party=party))
        ways = _count(event.facts.get("deputies")) + bool(event.facts.get("inbox"))
        if not bounced or bounced < ways:
            return event
    return None


@duty("B1-08")
def nobody_left(history: History, party: Party, before: datetime | None = None) -> Event | None:
    """That nobody of a partner can be asked any more, where nobody has been reached since (before a moment, where
    one is given). A silence of nobody agrees to nothing."""
    lost = [
        event
        for event in history.all(EventKind.REQUEST_BOUNCED, party)
        if event.facts.get("nobody") and (before is None or event.happened_at < before)
    ]
    last = max(lost, key=recorded, default=None)
    if last is None:
        return None
    since = history.after(last, *REACHED, party=party)
    return None if any(before is None or one.happened_at < before for one in since) else last


def _why_not_silent(history: History, party: Party, now: datetime) -> str | None:
    end, contacted = clock_end(history, party), deputy_contacted(history, party)
    reasons = (
        (history.first(EventKind.INITIAL_VIEW_SHARED, party) is None, "the initial view has not been shared"),
        (history.shared_outcome() is None, "the initial views differ, so there is no one view to agree with"),
        (end is None and history.first(EventKind.REQUEST_BOUNCED, party) is not None, "the request bounced"),
        (end is None, "the request has not been received"),
        (end is not None and now < end, "the clock is still running"),
        (end is not None and nobody_left(history, party, end) is not None, "nobody of the partner could be asked"),
        (end is not None and (contacted is None or contacted.happened_at >= end),
         "the deputy was not contacted"),
    )  # fmt: skip
    return next((reason for holds, reason in reasons if holds), None)


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _given(party: Party, event: Event, late: bool = False) -> Position:
    return Position(party, event.outcome, "given", event.happened_at, event.recorded_at, late)


def _deemed(party: Party, event: Event) -> Position:
    return Position(party, event.outcome, "deemed agreement", event.happened_at, event.recorded_at)
