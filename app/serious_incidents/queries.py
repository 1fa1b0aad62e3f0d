"""Reading the decision to notify, already cut to what one person may see of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.current import current_actor
from app.access.roles import Role
from app.cases.queries import obligations_of
from app.procedure.difference_duties import unresolved
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.positions import clock_end, deputy_contacted, ended_in_silence, receipt
from app.serious_incidents import answers, progress, rules, words
from app.serious_incidents.actions import Action, actions_of
from app.serious_incidents.entries import AFTERWARDS, GROUNDS
from app.serious_incidents.meeting_clocks import meeting_clocks
from app.serious_incidents.meetings import CALLED
from app.serious_incidents.models import (
    DecisionEntry,
    DecisionStep,
    NotificationDecision,
    PartnerMeeting,
    PartnerPosition,
)
from app.serious_incidents.progress import Progress
from app.serious_incidents.turns import TO_INFORM
from app.web.filters import london_date

MEDIATED = {
    True: "The Independent Scrutineer mediated",
    False: "The Independent Scrutineer was not available",
    None: "",
}
SEES_EVERYTHING = (
    Role.LIG_CHAIR,
    Role.SERVICE_DIRECTOR,
    Role.PARTNERSHIP_TEAM,
    Role.STRATEGIC_MANAGER,
    Role.INDEPENDENT_SCRUTINEER,
    Role.PARTNERSHIP_CHAIR,
)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person may see: the initial views, and the partners' responses with the reasons of the
    decision."""

    views: bool
    responses: bool


@dataclass(frozen=True, slots=True)
class Done:
    """That something was done: when (`day_only` where no time is known) and by whom."""

    at: datetime
    by: str
    detail: str = ""
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A view or a response: its words, its reason, who said it and when. `outcome` is empty for none; `on_behalf` and
    `evidence` say how an answer given outside Waymark is known, and who recorded it."""

    label: str
    outcome: str
    rationale: str
    by: str
    at: datetime
    on_behalf: str = ""
    evidence: str = ""
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class ViewShown:
    """The initial view of one of the two: given and shown, given and not yet shared (`hidden`), or
    awaited."""

    party: Party
    who: str
    given: bool
    said: Said | None


@dataclass(frozen=True, slots=True)
class PositionShown:
    """A partner's position. `state` is 'not-asked', 'awaited', 'none', 'given', 'deemed' or 'hidden'.

    `ended` says that its clock has run out, and `counts_not` why its silence is no answer; `deputy_missed` that no
    message reached a deputy, and `deputy_late` that one was contacted only after the clock had ended.
    """

    party: Party
    who: str
    state: str
    said: Said | None
    received_at: datetime | None
    bounced: bool
    due_on: date | None
    deputy: Done | None
    ended: bool = False
    counts_not: str = ""
    deputy_missed: bool = False
    deputy_late: bool = False
    received_day_only: bool = False
    earlier: list[Said] = field(default_factory=list)
    late: list[Said] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """The decision. `answers` and `positions` are empty for a person who may see only the outcome."""

    outcome: str
    label: str
    by: str
    at: datetime
    guidance_edition: str
    answers: dict[str, str]
    positions: list[dict[str, object]]
    number: int
    chairs: bool
    scrutineer: str
    no_meeting: str = ""
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class EntryShown:
    """What somebody recorded beside a decision; `source_called` says what its source is."""

    heading: str
    outcome: str
    words: str
    source: str
    by: str
    at: datetime
    source_called: str = "Source"


@dataclass(frozen=True, slots=True)
class MeetingShown:
    """A meeting, arranged or held. `warnings` say that one is arranged for after a clock has ended."""

    called: str
    how: str
    arranged_for: datetime
    held_at: datetime | None
    came: list[str]
    notes: str
    by: str
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Overview:
    """The decision to notify in one case, as one person sees it."""

    shared: Done | None
    views: list[ViewShown]
    view_shared: Done | None
    views_differ: bool
    positions: list[PositionShown]
    partners_differ: bool
    decision: DecisionShown | None
    former: list[DecisionShown]
    entries: list[EntryShown]
    meetings: list[MeetingShown]
    to_be_notified: bool
    reopened: bool
    displaced: bool
    unresolved: bool
    notification: dict[str, str] | None
    informed: dict[str, Done | None]
    actions: list[Action]
    sight: Sight


def sight_of(found: Progress, actor: Actor) -> Sight:
    """The partners see the views once they are shared, and each other's responses at once (reply to all)."""
    if actor.has(*SEES_EVERYTHING):
        return Sight(views=True, responses=True)
    if rules.partners_of(actor.capacities):
        return Sight(views=found.view_shared is not None, responses=True)
    return Sight(views=False, responses=False)


def sight(case_id: UUID, actor: Actor | None = None) -> Sight:
    """What a person may see in a case now; the timeline asks this before it tells an outcome."""
    return sight_of(progress.load(case_id), actor or current_actor())


def untold(case_id: UUID, actor: Actor | None = None) -> frozenset[EventKind]:
    """The kinds of event whose outcome this person's timeline must not tell."""
    seen = sight(case_id, actor)
    views = set() if seen.views else {EventKind.INITIAL_VIEW_GIVEN, EventKind.INITIAL_VIEW_SHARED}
    answers_given = {
        EventKind.RESPONSE_GIVEN,
        EventKind.RESPONSE_DEEMED,
        EventKind.RESPONSE_LATE,
        EventKind.POSITION_TAKEN,
    }
    return frozenset(views if seen.responses else views | answers_given)


def decision_overview(case_id: UUID, actor: Actor | None = None, now: datetime | None = None) -> Overview:
    """Everything of the decision to notify that the person may see, for the case page and the decision
    page. `actor` is the request's where it is not given; without `now` no clock is said to have ended."""
    who = actor or current_actor()
    found = progress.load(case_id)
    seen = sight_of(found, who)
    outcomes = {row.outcome for row in found.positions.values()}
    return Overview(
        shared=_done(found, found.shared),
        views=[_view(found, party, seen) for party in INITIAL_VIEWERS],
        view_shared=_done(found, found.view_shared),
        views_differ=seen.views and len(found.views) == len(INITIAL_VIEWERS) and found.shared_outcome is None,
        positions=_positions(case_id, found, seen, now),
        partners_differ=seen.responses and len(outcomes) > 1,
        decision=_decision(found, found.decision, seen),
        former=[
            row for one in reversed(found.decisions[:-1]) if (row := _decision(found, one, seen)) is not None
        ],
        entries=[_entry(found, row) for row in found.entries] if seen.responses else [],
        meetings=[_meeting(found, row) for row in found.meetings] if seen.responses else [],
        to_be_notified=found.to_be_notified is not None,
        reopened=found.told.reopened is not None,
        displaced=found.told.rests_on_displaced is not None,
        unresolved=seen.responses and unresolved(found.told),
        notification=_notification(found, seen),
        informed={words.party_name(party): _done(found, found.informed(party)) for party in TO_INFORM},
        actions=actions_of(found, who),
        sight=seen,
    )


def _day_only(found: Progress, at: datetime) -> bool:
    """Whether only the day of what happened then is known: its instant is the start of that day."""
    return any(event.happened_at == at and event.facts.get("date_only") for event in found.told.events)


def _done(found: Progress, row: DecisionStep | None) -> Done | None:
    if row is None:
        return None
    by = words.by(row.person_name, row.capacity)
    return Done(row.done_at, by, row.detail or "", _day_only(found, row.done_at))


def _view(found: Progress, party: Party, seen: Sight) -> ViewShown:
    row, said = found.views.get(party), None
    if row is not None and seen.views:
        by = words.by(row.person_name, row.capacity)
        said = Said(
            words.OUTCOMES[row.outcome], row.outcome, row.rationale, by, row.given_at,
            day_only=_day_only(found, row.given_at),
        )  # fmt: skip
    return ViewShown(party, words.party_name(party), row is not None, said)


def _positions(case_id: UUID, found: Progress, seen: Sight, now: datetime | None) -> list[PositionShown]:
    ends = {row.owner: row.due_on for row in obligations_of(case_id) if row.duty == "B1-08"}
    return [
        _position(found, party, seen, ends.get(party.value), now) for party in SAFEGUARDING_PARTNERS
    ]  # fmt: skip


def _position(
    found: Progress, party: Party, seen: Sight, due_on: date | None, now: datetime | None
) -> PositionShown:
    told, end = found.told, clock_end(found.told, party)
    received, contacted = receipt(told, party), deputy_contacted(told, party)
    return PositionShown(
        party=party,
        who=words.party_name(party),
        state=_state(found, party, seen),
        said=_said(found, found.positions.get(party), seen),
        received_at=received,
        bounced=received is None and told.first(EventKind.REQUEST_BOUNCED, party) is not None,
        received_day_only=received is not None and _day_only(found, received),
        due_on=due_on,
        deputy=_done(found, found.deputy_contacted(party)),
        ended=end is not None and now is not None and now >= end,
        counts_not=(ended_in_silence(told, party, now) if now else None) or "",
        deputy_missed=contacted is None and told.first(EventKind.DEPUTY_CONTACTED, party) is not None,
        deputy_late=contacted is not None and end is not None and contacted.happened_at >= end,
        earlier=_all_said(found, found.earlier, party, seen),
        late=_all_said(found, found.late, party, seen),
    )


def _state(found: Progress, party: Party, seen: Sight) -> str:
    if not seen.responses:
        return "hidden"
    row = found.positions.get(party)
    if row is not None:
        return row.kind
    if found.view_shared is None:
        return "not-asked"
    return "none" if found.standing is not None else "awaited"


def _all_said(found: Progress, rows: list[PartnerPosition], party: Party, seen: Sight) -> list[Said]:
    said = (_said(found, row, seen) for row in rows if row.party == party.value)
    return [one for one in said if one is not None]


def _said(found: Progress, row: PartnerPosition | None, seen: Sight) -> Said | None:
    if row is None or not seen.responses:
        return None
    label = words.position_label(row.kind, row.outcome, found.shared_outcome)
    by = words.by(row.person_name, row.capacity) if row.person_name else row.capacity
    how = words.SOURCES.get(row.source or "", "")
    behalf = f"{how}; recorded by {row.recorded_by_name}, {words.at(row.recorded_at)}" if how else ""
    return Said(
        label,
        row.outcome,
        row.rationale or "",
        by,
        row.happened_at,
        behalf,
        row.evidence or "" if how else "",
        _day_only(found, row.happened_at),
    )


def _decision(found: Progress, row: NotificationDecision | None, seen: Sight) -> DecisionShown | None:
    if row is None:
        return None
    return DecisionShown(
        outcome=row.outcome,
        label=words.OUTCOMES[row.outcome],
        by=words.by(row.person_name, row.capacity),
        at=row.decided_at,
        guidance_edition=row.guidance_edition,
        number=row.number,
        day_only=_day_only(found, row.decided_at),
        chairs=row.maker == Party.PARTNERSHIP_CHAIR.value,
        scrutineer=MEDIATED.get(row.scrutineer_present, ""),
        no_meeting=(row.no_meeting_reason or "") if seen.responses else "",
        answers=answers.decided(row) if seen.responses else {},
        positions=[{**entry, **_snapshot_in_words(entry)} for entry in row.positions]
        if seen.responses
        else [],
    )


def _entry(found: Progress, row: DecisionEntry) -> EntryShown:
    named = {**AFTERWARDS, **GROUNDS}
    withdrawn = row.kind == "review-ground" and found.ground is not row
    return EntryShown(
        heading=f"{words.ENTRIES[row.kind]}{': withdrawn' if withdrawn else ''}",
        outcome=named.get(row.outcome, ""),
        words=row.words,
        source=str(row.details.get("source", "")),
        by=words.by(row.person_name, row.capacity),
        at=row.recorded_at,
        source_called="How it was agreed" if row.kind == "review-ground" else "Source",
    )


def _meeting(found: Progress, row: PartnerMeeting) -> MeetingShown:
    came = [
        f"{words.party_name(one['party'])}: {words.by(one['name'], one['capacity'])}"
        for one in row.attendance or []
    ]
    by = (row.recorded_by or row.arranged_by, row.recorded_capacity or row.arranged_capacity)
    called = CALLED[row.kind]
    return MeetingShown(
        called=called[0].upper() + called[1:],
        how=row.how,
        arranged_for=row.arranged_for,
        held_at=row.held_at,
        came=came,
        notes=row.notes or "",
        by=words.by(*by),
        warnings=[] if row.held_at else meeting_clocks(found.told, row.kind).warnings(row.arranged_for),
    )


def _snapshot_in_words(entry: dict[str, object]) -> dict[str, object]:
    outcome, kind = str(entry["outcome"] or ""), str(entry["kind"])
    person, capacity = str(entry["person"]), str(entry["capacity"])
    return {
        "who": words.party_name(str(entry["party"])),
        "label": words.position_label(kind, outcome, None),
        "by": _who(kind, person, capacity),
    }


def _who(kind: str, person: str, capacity: str) -> str:
    if kind in ("deemed", "none"):
        return f"{capacity} (asked: {person})" if person else capacity
    return words.by(person, capacity) if person else capacity


def _notification(found: Progress, seen: Sight) -> dict[str, str] | None:
    row = found.notification
    if row is None:
        return None
    told = answers.notified(row)
    if _day_only(found, row.submitted_at):
        told |= {"submitted_at": london_date(row.submitted_at)}
    shown = told if seen.responses else {"submitted_at": told["submitted_at"]}
    return {
        **shown,
        "recorded": f"{words.by(row.recorded_by_name, row.capacity)}, {words.at(row.recorded_at)}",
    }
