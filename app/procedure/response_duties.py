"""Step 4 of Section B: each partner responds; silence is deemed agreement, once, at the moment the clock
ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.procedure.clocks import day_end, day_start
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party, Stage
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.obligation import ClockRule, Obligation

STEP_4 = "Section B, step 4: a response within one working day of receipt; no response is taken as agreement"
NAMES = {Party.LOCAL_AUTHORITY: "Children's Services", Party.POLICE: "the police", Party.ICB: "the ICB"}
DEPUTY_FIRST = "Panel guidance; decision-making: the deputy is contacted before silence counts"
NOON = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Position:
    """A partner's position in force: what, whether given or deemed, and when."""

    party: Party
    outcome: str | None
    kind: Literal["given", "deemed agreement"]
    happened_at: datetime
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
    """When the request reached the partner (clocks 12); an answer in the product implies receipt."""
    found = [history.first(kind, party) for kind in (EventKind.REQUEST_RECEIVED, EventKind.RESPONSE_GIVEN)]
    return min((event.happened_at for event in found if event), default=None)


def clock_end(history: History, party: Party) -> datetime | None:
    """When the partner's response clock ends (exclusive); None while the request has not been received."""
    received = receipt(history, party)
    return day_end(history.due_on("B1-08", received)) if received else None


def in_time(history: History, party: Party) -> list[Event]:
    """The partner's answers that happened before the clock ended, earliest first."""
    end = clock_end(history, party)
    return [
        event
        for event in history.all(EventKind.RESPONSE_GIVEN, party)
        if end is None or event.happened_at < end
    ]


@duty("B1-08", "N-04")
def position(history: History, party: Party) -> Position | None:
    """The position in force (clocks 8). An answer that happened in time displaces a deemed agreement,
    however late it
    was recorded; one that came after the end counts only where nothing was deemed. Of several, the latest."""
    deemed, given = history.first(EventKind.RESPONSE_DEEMED, party), in_time(history, party)
    if given:
        return Position(party, given[-1].outcome, "given", given[-1].happened_at)
    if deemed is not None:
        return Position(party, deemed.outcome, "deemed agreement", deemed.happened_at)
    late = [*history.all(EventKind.RESPONSE_GIVEN, party), *history.all(EventKind.RESPONSE_LATE, party)]
    if not late:
        return None
    last = max(late, key=lambda event: event.happened_at)
    return Position(party, last.outcome, "given", last.happened_at, late=True)


def positions(history: History) -> dict[Party, Position]:
    """The positions in force of the three safeguarding partners, as far as they are filled."""
    found = {party: position(history, party) for party in SAFEGUARDING_PARTNERS}
    return {party: held for party, held in found.items() if held is not None}


@duty("B1-08", "N-04")
def may_be_deemed(history: History, party: Party, now: datetime) -> DeemingAnswer:
    """Whether the partner's silence is agreement at `now`, and from exactly when (clocks 8 and 12, B1-08,
    N-04)."""
    end, outcome = clock_end(history, party), history.shared_outcome()
    reasons = (
        (position(history, party) is not None, "already responded"),
        (history.first(EventKind.INITIAL_VIEW_SHARED, party) is None, "the initial view has not been shared"),
        (outcome is None, "the initial views differ, so there is no one view to agree with"),
        (end is None and history.first(EventKind.REQUEST_BOUNCED, party) is not None, "the request bounced"),
        (end is None, "the request has not been received"),
        (end is not None and now < end, "the clock is still running"),
        (end is not None and not _deputy_contacted(history, party, end), "the deputy was not contacted"),
        (history.decision is not None, "the decision has been recorded"),
    )
    why_not = next((reason for holds, reason in reasons if holds), None)
    return DeemingAnswer(None, None, why_not) if why_not else DeemingAnswer(end, outcome)


def response_obligations(history: History) -> list[Obligation]:
    """What each partner owes once the view has been shared with them, and what the Partnership Team owes
    meanwhile."""
    owed: list[Obligation] = []
    for party in SAFEGUARDING_PARTNERS:
        shared = history.first(EventKind.INITIAL_VIEW_SHARED, party)
        if shared is not None:
            owed += [respond(history, party, shared), *reach(history, party), *contact_deputy(history, party)]
    return owed


@duty("B1-08")
def respond(history: History, party: Party, shared: Event) -> Obligation:
    """The partner responds with a view and rationale; without receipt no clock runs yet."""
    received, held = receipt(history, party), position(history, party)
    action = "Respond to the initial view, with your rationale"
    if received is None:
        return Obligation(
            key=f"B1-08:{party.value}", duty="B1-08", stage=Stage.NOTIFICATION, owner=party, action=action,
            paragraph=STEP_4, rule=ClockRule("none", None, "receipt of the request"), counted_from=None,
            starts=shared.happened_at, reason="The clock starts when the request is received.",
        )  # fmt: skip
    ended: datetime | None = held.happened_at if held else None
    reason: str | None = None
    if held is not None and held.kind == "deemed agreement":
        reason = "Deemed agreement: no response before the clock ended."
    elif held is None and history.decision is not None:
        ended, reason = history.decision.happened_at, "The decision was recorded."
    due_on = history.due_on("B1-08", received)
    return history.clocked(
        f"B1-08:{party.value}", "B1-08", party, action, STEP_4, received, "receipt of the request",
        ended=ended, ending="met" if held else "not needed", reason=reason,
        deputy_from=max(received, day_start(due_on) + NOON),
    )  # fmt: skip


@duty("B1-08")
def reach(history: History, party: Party) -> list[Obligation]:
    """A request that bounced must reach the partner another way; nothing is deemed until it has."""
    bounced, received = history.first(EventKind.REQUEST_BOUNCED, party), receipt(history, party)
    if bounced is None:
        return []
    return [
        history.unclocked(
            f"B1-08:reach:{party.value}", "B1-08", Party.PARTNERSHIP_TEAM,
            f"The request to {NAMES[party]} could not be delivered: reach them another way", STEP_4,
            bounced.happened_at, ended=received,
        )
    ]  # fmt: skip


@duty("N-04")
def contact_deputy(history: History, party: Party) -> list[Obligation]:
    """The deputy of a partner who has not responded is contacted before the clock ends."""
    received, held = receipt(history, party), position(history, party)
    if received is None:
        return []
    contacted = history.first(EventKind.DEPUTY_CONTACTED, party)
    answered = held.happened_at if held else (history.decision.happened_at if history.decision else None)
    ended = contacted.happened_at if contacted else answered
    due_on = history.due_on("B1-08", received)
    spared = "The partner responded." if held else "The decision was recorded."
    made = history.clocked(
        f"N-04:{party.value}", "N-04", Party.PARTNERSHIP_TEAM, f"Contact the deputy of {NAMES[party]}",
        DEPUTY_FIRST,
        received, "receipt of the request", clock="B1-08", ended=ended,
        ending="met" if contacted else "not needed",
        reason=None if contacted or not ended else spared,
        deputy_from=max(received, day_start(due_on) + NOON),
    )  # fmt: skip
    return [made]


def _deputy_contacted(history: History, party: Party, end: datetime) -> bool:
    contacted = history.first(EventKind.DEPUTY_CONTACTED, party)
    return contacted is not None and contacted.happened_at < end
