"""The decision to notify told from the ledger alone: what was decided and why, who was asked, who answered and who did
not, as it was known at one moment of what had happened by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.procedure.decision_states import DecisionState, decision_states
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, Event, EventKind, Party
from app.procedure.history import History
from app.procedure.obligation import Obligation
from app.procedure.positions import deputy_contacted, is_late, position, receipt
from app.procedure.timeliness import ended_in_silence
from app.serious_incidents import words
from app.serious_incidents.forms import DecisionForm
from app.serious_incidents.queries import MEDIATED, Sight

K = EventKind
SAID = (K.RESPONSE_GIVEN, K.RESPONSE_LATE, K.POSITION_TAKEN)
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
class Line:
    """An entry of the ledger as this room tells it: the event, what it said, and in which capacity it was recorded."""

    event: Event
    said: Mapping[str, Any]
    capacity: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said: a view, an answer, a position; or what was recorded about a decision (`label` is a heading).

    `standing` is 'in force', 'replaced', 'late, without effect' or 'withdrawn by a correction'.
    """

    number: int
    label: str
    rationale: str
    by: str
    at: datetime
    recorded_at: datetime
    standing: str = "in force"
    on_behalf: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that asked somebody: of which kind, for which party, to whom, and when."""

    kind: str
    party: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PartnerTold:
    """What was asked of a partner, and what came. `said` is empty and `hidden` set for whoever may not read it."""

    who: str
    asked_at: datetime | None
    asked: list[str]
    received_at: datetime | None
    bounced: bool
    due_on: date | None
    deputy: str
    silent: bool
    silence: str
    position: Statement | None
    former: list[Statement] = field(default_factory=list)
    hidden: bool = False


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
    partners = [_partner(party, lines, then, owed, now, seen, asked) for party in SAFEGUARDING_PARTNERS]
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
        number=state.number, label=words.OUTCOMES[str(state.made.outcome)], by=_by(line), at=state.made.happened_at,
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
        event.number, HEADINGS[event.kind], rationale, _by(line), event.happened_at, event.recorded_at,
        evidence=str(line.said.get("source", "")) if seen.responses else "",
    )  # fmt: skip


def _view(line: Line) -> Statement:
    event = line.event
    who = words.party_name(event.party) if event.party in INITIAL_VIEWERS and event.party else ""
    label = f"{who}: {words.OUTCOMES[str(event.outcome)]}"
    said = str(line.said.get("rationale", ""))
    return Statement(event.number, label, said, _by(line), event.happened_at, event.recorded_at)


def _partner(
    party: Party, lines: Sequence[Line], then: History, owed: Mapping[str, Obligation], now: datetime, seen: Sight,
    asked: Sequence[Asked],
) -> PartnerTold:  # fmt: skip
    shared, response = then.first(K.INITIAL_VIEW_SHARED, party), owed.get(f"B1-08:{party.value}")
    received = receipt(then, party)
    names = [one.name for one in asked if one.kind == "initial-view-shared" and one.party == party.value]
    found = PartnerTold(
        who=words.party_name(party), asked_at=shared.happened_at if shared else None, asked=list(dict.fromkeys(names)),
        received_at=received, bounced=received is None and then.first(K.REQUEST_BOUNCED, party) is not None,
        due_on=response.due_on if response else None, deputy=_deputy(party, then, asked), silent=False, silence="",
        position=None, hidden=not seen.responses,
    )  # fmt: skip
    if not seen.responses:
        return found
    said = _statements(party, lines, then)
    held = position(then, party)
    silent = response is not None and ended_in_silence(response, now)
    in_force = next((one for one in said if one.standing == "in force"), None)
    if held is not None and held.kind == "deemed agreement":
        label = words.position_label("deemed", str(held.outcome), None)
        in_force = Statement(0, label, "", "Nobody answered", held.happened_at, held.recorded_at)
    return PartnerTold(
        found.who, found.asked_at, found.asked, received, found.bounced, found.due_on, found.deputy, silent,
        _silence(party, lines, then, silent), in_force, [one for one in said if one.standing != "in force"],
    )  # fmt: skip


def _deputy(party: Party, then: History, asked: Sequence[Asked]) -> str:
    contacts, reached = then.all(K.DEPUTY_CONTACTED, party), deputy_contacted(then, party)
    if not contacts:
        return ""
    names = [one.name for one in asked if one.kind == "deputy-contact" and one.party == party.value]
    whom = f" ({', '.join(dict.fromkeys(names))})" if names else ""
    told = f"Contacted {words.at((reached or contacts[0]).happened_at)}{whom}"
    return told if reached is not None else f"{told}; no message could be delivered, so nobody was reached"


def _silence(party: Party, lines: Sequence[Line], then: History, silent: bool) -> str:
    if then.first(K.DEEMED_DISPLACED, party) is not None:
        return "A silence was counted as agreement, and displaced by an answer that had been given in time."
    if not silent:
        return ""
    if then.first(K.RESPONSE_DEEMED, party) is not None:
        return "No response before the clock ended: it counts as agreement with the shared view."
    undeemed = [
        line for line in lines if line.event.kind is K.SILENCE_NOT_DEEMED and line.event.party is party
    ]
    why = str(undeemed[-1].said.get("why", "")) if undeemed else ""
    return f"No response before the clock ended. Nothing was deemed{': ' + why if why else ''}."


def _statements(party: Party, lines: Sequence[Line], then: History) -> list[Statement]:
    """What was said for a partner, in the order in which it was recorded, each with what became of it."""
    held, standing = position(then, party), {event.number for event in then.events}
    found = []
    for line in lines:
        event = line.event
        if event.kind not in SAID or event.party is not party:
            continue
        mine = held is not None and (held.happened_at, held.recorded_at) == (
            event.happened_at,
            event.recorded_at,
        )
        if event.number not in standing:
            state = "withdrawn by a correction"
        elif mine and held is not None and held.kind == "given":
            state = "in force"
        else:
            late = event.kind is K.RESPONSE_LATE or is_late(then, party, event.happened_at)
            state = "late, without effect" if late else "replaced"
        found.append(_statement(line, state, then.shared_outcome()))
    return found


def _statement(line: Line, standing: str, shared: str | None) -> Statement:
    said, event = line.said, line.event
    how = words.SOURCES.get(str(said.get("source", "")), "")
    if event.facts.get("meeting"):
        how = words.SOURCES["meeting"]
    elif event.facts.get("entered"):
        how = words.SOURCES["before"]
    person, capacity = (
        str(said.get("answered_by") or said.get("person") or ""),
        str(said.get("in_capacity") or ""),
    )
    by = words.by(person, capacity) if how and person else ("" if how else _by(line))
    return Statement(
        event.number, words.position_label("given", str(event.outcome), shared), str(said.get("rationale") or ""), by,
        event.happened_at, event.recorded_at, standing, f"{how}; recorded by {_recorder(line)}" if how else "",
        str(said.get("evidence") or ""),
    )  # fmt: skip


def _by(line: Line) -> str:
    return str(line.said.get("by_then") or "") or _recorder(line)


def _recorder(line: Line) -> str:
    name = str(line.said.get("by", ""))
    return line.capacity if line.capacity.startswith("Waymark") else words.by(name, line.capacity)
