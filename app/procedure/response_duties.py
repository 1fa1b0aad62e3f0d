"""Step 4 of Section B: each partner is reached, responds, and has a deputy contacted before silence counts."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.procedure.clocks import day_start
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party, Stage
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.obligation import ClockRule, Obligation
from app.procedure.positions import REACHED, deputy_contacted, first_filled, nobody_left, position, receipt

STEP_4 = "Section B, step 4: a response within one working day of receipt; no response is taken as agreement"
NAMES = {Party.LOCAL_AUTHORITY: "Children's Services", Party.POLICE: "the police", Party.ICB: "the ICB"}
DEPUTY_FIRST = "Panel guidance; decision-making: the deputy is contacted before silence counts"
NOON = timedelta(hours=12)


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
    received, held = receipt(history, party), position(history, party) is not None
    action = "Respond to the initial view, with your rationale"
    ended, reason = _responded(history, party)
    if received is None:
        return Obligation(
            key=f"B1-08:{party.value}", duty="B1-08", stage=Stage.NOTIFICATION, owner=party, action=action,
            paragraph=STEP_4, rule=ClockRule("none", None, "receipt of the request"), counted_from=None,
            starts=shared.happened_at, ended=ended, ending=("met" if held else "not needed") if ended else None,
            reason=reason if ended else "The clock starts when the request is received.",
        )  # fmt: skip
    due_on = history.due_on("B1-08", received)
    return history.clocked(
        f"B1-08:{party.value}", "B1-08", party, action, STEP_4, received, "receipt of the request",
        ended=ended, ending="met" if held else "not needed", reason=reason,
        deputy_from=max(received, day_start(due_on) + NOON),
    )  # fmt: skip


def _responded(history: History, party: Party) -> tuple[datetime | None, str | None]:
    """When the partner's response was no longer owed, and what to say of it. What first filled the position
    ends it: a later change of mind, or a meeting, makes nobody late."""
    first = first_filled(history, party)
    if position(history, party) is not None and first is not None:
        deemed = first.kind is EventKind.RESPONSE_DEEMED
        return first.happened_at, "Deemed agreement: no response before the clock ended." if deemed else None
    if history.settled and history.decision is not None:
        return history.decision.happened_at, "The decision was recorded."
    return None, None


@duty("B1-08")
def reach(history: History, party: Party) -> list[Obligation]:
    """A request that bounced must reach the partner another way; nothing is deemed until it has. The same where
    nobody who received it can answer any more."""
    bounced, lost = history.first(EventKind.REQUEST_BOUNCED, party), nobody_left(history, party)
    if bounced is None:
        return []
    reached = None if lost else _reached(history, party, bounced)
    over, _reason = _responded(history, party)
    return [
        history.unclocked(
            f"B1-08:reach:{party.value}", "B1-08", Party.PARTNERSHIP_TEAM,
            f"The request to {NAMES[party]} could not be delivered: reach them another way", STEP_4,
            (lost or bounced).happened_at, ended=reached or over, ending="met" if reached else "not needed",
            reason=None if reached or not over else "The position is known, or the decision was recorded.",
        )
    ]  # fmt: skip


def _reached(history: History, party: Party, bounced: Event) -> datetime | None:
    """When a partner was reached after a request to it had bounced."""
    received = receipt(history, party)
    if received is None or received >= bounced.happened_at:
        return received
    since = history.after(bounced, *REACHED, party=party)
    return min((event.happened_at for event in since), default=received)


@duty("N-04", "B1-12")
def contact_deputy(history: History, party: Party) -> list[Obligation]:
    """The deputy of a partner who has not responded is contacted before the clock ends."""
    received, held = receipt(history, party), position(history, party)
    if received is None:
        return []
    contacted = deputy_contacted(history, party)
    ended = contacted.happened_at if contacted else _responded(history, party)[0]
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
