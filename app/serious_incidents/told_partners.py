"""What was asked of each safeguarding partner and what came, told from the ledger: answers, silences, deputies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.procedure.events import Event, EventKind, Party
from app.procedure.history import History
from app.procedure.obligation import Obligation
from app.procedure.positions import deputy_contacted, is_late, position, receipt
from app.procedure.timeliness import ended_in_silence
from app.serious_incidents import words
from app.serious_incidents.queries import Sight

K = EventKind
SAID = (K.RESPONSE_GIVEN, K.RESPONSE_LATE, K.POSITION_TAKEN)


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


def partner_told(
    party: Party, lines: Sequence[Line], then: History, owed: Mapping[str, Obligation], now: datetime, seen: Sight,
    asked: Sequence[Asked],
) -> PartnerTold:  # fmt: skip
    """What was asked of a partner and what came, from a case's entries (see `told.tell`)."""
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
    by = words.by(person, capacity) if how and person else ("" if how else said_by(line))
    return Statement(
        event.number, words.position_label("given", str(event.outcome), shared), str(said.get("rationale") or ""), by,
        event.happened_at, event.recorded_at, standing, f"{how}; recorded by {recorder(line)}" if how else "",
        str(said.get("evidence") or ""),
    )  # fmt: skip


def said_by(line: Line) -> str:
    """Who said it: whoever did before the case was entered, else whoever recorded it."""
    return str(line.said.get("by_then") or "") or recorder(line)


def recorder(line: Line) -> str:
    """Who recorded an entry, in which capacity."""
    name = str(line.said.get("by", ""))
    return line.capacity if line.capacity.startswith("Waymark") else words.by(name, line.capacity)
