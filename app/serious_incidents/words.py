"""How the room says things: outcomes, positions, people and instants in plain English."""

from __future__ import annotations

from datetime import datetime

from app.access.own_names import name_of
from app.procedure.events import WITHIN_A_SENTENCE, Outcome, Party
from app.web.filters import london_datetime

OUTCOMES = {Outcome.NOTIFY.value: "Notify the Panel", Outcome.DO_NOT_NOTIFY.value: "Do not notify the Panel"}
ENTRIES = {
    "new-information": "New information after the decision",
    "declined": "Not reconsidered: the decision stands",
    "put-back": "The decision was put back",
    "displaced": "A deemed agreement was displaced",
    "override": "The local authority notifies on its own duty",
    "outcome": "What follows for this referral",
    "review-ground": "Why no rapid review is held",
    "confirmed": "The local authority does not notify on its own duty",
    "missed": "Why the clock for notifying the Panel was missed",
}
SOURCES = {
    "call": "Answered by telephone or video call",
    "e-mail": "Answered by e-mail",
    "in-person": "Answered in person",
    "letter": "Answered by letter",
    "meeting": "Position taken at the meeting",
    "before": "Answered before the case was entered",
}
ABUSE = {"known": "Known", "suspected": "Suspected", "neither": "Neither known nor suspected"}


def party_name(party: Party | str) -> str:
    """A party's name at the start of a line."""
    return name_of(party)


def at(instant: datetime) -> str:
    """An instant as London people read it: 23 November 2026 at 4:05pm."""
    return london_datetime(instant)


def by(name: str, capacity: str) -> str:
    """A person and the capacity in which they acted."""
    return f"{name} ({capacity})" if capacity else name


def position_label(kind: str, outcome: str, shared: str | None) -> str:
    """A position in a few words. Silence is 'deemed agreement', and never 'agreed' (N-04)."""
    if kind == "none":
        return "Did not give a view"
    if kind == "deemed":
        return f"Deemed agreement: {_within(outcome)}"
    if shared is None:
        return OUTCOMES[outcome]
    return f"{'Agrees with' if outcome == shared else 'Differs from'} the view: {_within(outcome)}"


def partner_in_sentence(party: Party) -> str:
    """A safeguarding partner within a sentence."""
    return WITHIN_A_SENTENCE[party]


def within(party: Party) -> str:
    """A party within a sentence."""
    others = {
        Party.PARTNERSHIP_CHAIR: "the Partnership Chair",
        Party.INDEPENDENT_SCRUTINEER: "the Independent Scrutineer",
    }
    return others[party] if party in others else partner_in_sentence(party)


def _within(outcome: str) -> str:
    text = OUTCOMES[outcome]
    return text[0].lower() + text[1:]
