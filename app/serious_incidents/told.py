"""The decision to notify told from the ledger alone: what was decided and why, who was asked, who answered and who did
not, as it was known at one moment of what had happened by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.procedure.decision_states import DecisionState, decision_states
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.history import History
from app.procedure.obligation import Obligation
from app.serious_incidents import words
from app.serious_incidents.forms import DecisionForm
from app.serious_incidents.queries import MEDIATED, Sight
from app.serious_incidents.told_partners import Asked, Line, PartnerTold, Statement, partner_told, said_by

K = EventKind
ANSWERS = (
    "abuse", "abuse_rationale", "limb_a", "limb_a_rationale", "limb_b", "limb_b_rationale", "harm_kinds",
    "harm_judgement", "guidance_considered", "outcome", "rationale",
)  # fmt: skip
HEADINGS = {
    K.NEW_INFORMATION_RAISED: "New information was raised",
    K.RECONSIDERATION_DECLINED: "It was not reconsidered: the decision stands",
    K.DEEMED_DISPLACED: "A silence on which it rested was displaced by an answer given in time",
    K.DECISION_PUT_BACK: "It was put back to those who made it",
    K.NOTIFIED_AGAINST_DECISION: "The local authority notifies on its own duty, against it",
}


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """A decision with its reasons and what became of it. `standing` is a few words, `notes` says the rest."""

    number: int
    label: str
    by: str
    at: datetime
    recorded_at: datetime
    standing: str
    in_force: bool
    chairs: str
    edition: str
    answers: list[tuple[str, str]]
    positions: list[tuple[str, str, str]]
    notes: list[Statement]


@dataclass(frozen=True, slots=True)
class Told:
    """The decision to notify as one person may read it."""

    decisions: list[DecisionTold]
    views: list[Statement]
    views_hidden: bool
    partners: list[PartnerTold]


def tell(
    lines: Sequence[Line], then: History, owed: Mapping[str, Obligation], now: datetime, seen: Sight,
    asked: Sequence[Asked] = (),
) -> Told:  # fmt: skip
    """Tell it from a case's entries (`then` is their history, `owed` what they oblige by key), as of `now`."""
    by_number = {line.event.number: line for line in lines}
    decisions = [_decision(state, by_number, seen) for state in decision_states(then)]
    views = [_view(line) for line in lines if line.event.kind is K.INITIAL_VIEW_GIVEN] if seen.views else []
    shared = then.first(K.INITIAL_VIEW_SHARED) is not None
    partners = [partner_told(party, lines, then, owed, now, seen, asked) for party in SAFEGUARDING_PARTNERS]
    return Told(decisions, views, not seen.views, partners if shared else [])


def _decision(state: DecisionState, lines: Mapping[int, Line], seen: Sight) -> DecisionTold:
    line = lines[state.made.number]
    maker = state.made.facts.get("maker")
    about = [*state.raised, *state.declined, *state.displaced, *state.put_back]
    about += [state.overridden] if state.overridden else []
    notes = [_note(lines[event.number], seen) for event in sorted(about, key=lambda event: event.number)]
    mediated = state.made.facts.get("scrutineer")
    by_chair = [
        "Decided by the Partnership Chair",
        MEDIATED[mediated if isinstance(mediated, bool) else None],
    ]
    chairs = ". ".join(filter(None, by_chair)) if maker == Party.PARTNERSHIP_CHAIR.value else ""
    return DecisionTold(
        number=state.number, label=words.OUTCOMES[str(state.made.outcome)], by=said_by(line), at=state.made.happened_at,
        recorded_at=state.made.recorded_at, standing=_standing(state), in_force=state.in_force, chairs=chairs,
        edition=str(line.said.get("edition", "")), answers=_answers(line) if seen.responses else [],
        positions=[_rested_on(one) for one in line.said.get("positions", [])] if seen.responses else [], notes=notes,
    )  # fmt: skip


def _standing(state: DecisionState) -> str:
    said = ["In force" if state.in_force else f"Superseded by decision {state.superseded_by}"]
    said += ["reconsidered"] if state.reconsidered else []
    said += ["being looked at again"] if state.in_force and _waits(state) else []
    said += ["overridden by the local authority"] if state.overridden else []
    return ", ".join(said)


def _waits(state: DecisionState) -> bool:
    """Whether new information, or a putting back, has no answer yet."""
    declined = max((event.number for event in state.declined), default=0)
    return bool(state.put_back) or any(event.number > declined for event in state.raised)


def _answers(line: Line) -> list[tuple[str, str]]:
    return [
        (str(getattr(DecisionForm, name).args[0]), str(line.said[name]))
        for name in ANSWERS
        if line.said.get(name)
    ]


def _rested_on(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    kind, person, capacity = (
        str(entry["kind"]),
        str(entry.get("person") or ""),
        str(entry.get("capacity") or ""),
    )
    silent = kind in ("deemed", "none")
    by = (
        f"{capacity} (asked: {person})"
        if silent and person
        else words.by(person, capacity)
        if person
        else capacity
    )
    return (
        words.party_name(str(entry["party"])), words.position_label(kind, str(entry.get("outcome") or ""), None), by
    )  # fmt: skip


def _note(line: Line, seen: Sight) -> Statement:
    event = line.event
    rationale = str(line.said.get("words", "")) if seen.responses else ""
    return Statement(
        event.number, HEADINGS[event.kind], rationale, said_by(line), event.happened_at, event.recorded_at,
        evidence=str(line.said.get("source", "")) if seen.responses else "",
    )  # fmt: skip


def _view(line: Line) -> Statement:
    event = line.event
    who = words.party_name(event.party) if event.party in INITIAL_VIEWERS and event.party else ""
    label = f"{who}: {words.OUTCOMES[str(event.outcome)]}"
    said = str(line.said.get("rationale", ""))
    return Statement(event.number, label, said, said_by(line), event.happened_at, event.recorded_at)
