"""Cases as people read them: states in words, who owes, how a date was counted, what happened."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Flask

from app.access.actor import Actor
from app.access.own_names import name_of, own_words
from app.access.permissions import Permission
from app.access.queries import capacities_of, owed_by
from app.access.seal_rules import ABOUT_SEALS, untold_kinds
from app.accounts.queries import names_of, partnerships_of
from app.cases.calendars import calendars
from app.cases.models import Case, StoredObligation
from app.cases.obligation_read import as_obligation
from app.cases.obligation_store import computed, row_of
from app.cases.queries import open_obligations_of, visible_references
from app.cases.tasks import Task, count_of
from app.cases.telling import correction_sentence, sentence_of
from app.commissions.queries import own_tasks
from app.entering.asking import waiting_for_me
from app.involvement.queries import waiting_for_me as returns_waiting
from app.ledger.read_log import viewers_of
from app.ledger.service import history, stored_events
from app.papers.queries import waiting_for_me as papers_waiting
from app.people.queries import count_to_decide
from app.procedure.clocks import london_date
from app.procedure.events import Event, EventKind, Party
from app.procedure.explain import Explanation, explain
from app.procedure.history import FAR, as_known, in_force
from app.procedure.obligation import State, state
from app.referrals.queries import drafts_of_case
from tenants.scope import in_partnership

Told = tuple[Event, dict[str, Any], str]


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation as a page shows it."""

    key: str
    duty: str
    action: str
    who: str
    mine: bool
    paragraph: str
    due_on: date | None
    due: datetime | None
    state: State
    reason: str | None
    ended: datetime | None
    countable: bool
    row: StoredObligation


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with the case it belongs to."""

    reference: str
    title: str
    owed: Owed


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the list, with what is owed next."""

    reference: str
    title: str
    opened_at: datetime
    next: Owed | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of the timeline."""

    number: int
    what: str
    happened_at: datetime
    recorded_at: datetime
    by: str
    capacity: str
    late_recorded: bool
    date_only: bool
    note: str = ""
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class PartnershipCount:
    """A partnership of a person, with how many tasks wait there and nothing else."""

    slug: str
    name: str
    tasks: int
    roles: str


def owed_of(row: StoredObligation, now: datetime, mine: set[Party]) -> Owed:
    """One stored obligation, with its state at `now`."""
    party = Party(row.owner)
    return Owed(
        key=row.key,
        duty=row.duty,
        action=own_words(row.action),
        who=name_of(party),
        mine=party in mine,
        paragraph=row.paragraph,
        due_on=row.due_on,
        due=row.due,
        state=state(as_obligation(row), now),
        reason=row.reason,
        ended=row.ended,
        countable=row.counted_from is not None and row.due_on is not None,
        row=row,
    )


def owed(rows: Sequence[StoredObligation], actor: Actor, now: datetime) -> dict[str, list[Owed]]:
    """The obligations of a case: those open (soonest first), then those that have ended."""
    mine = owed_by(actor, london_date(now))
    shown = [owed_of(row, now, mine) for row in rows]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    running = sorted((entry for entry in shown if entry.row.open), key=lambda entry: entry.due or far)
    return {"open": running, "ended": [entry for entry in shown if not entry.row.open]}


def task(entry: Task, now: datetime) -> TaskView:
    """A task of mine."""
    party = {Party(entry.obligation.owner)}
    return TaskView(entry.case.reference, entry.case.title, owed_of(entry.obligation, now, party))


def case_rows(cases: Sequence[Case], now: datetime) -> list[CaseRow]:
    """A page of cases, each with its next clock, in one further query."""
    following = open_obligations_of([case.id for case in cases])
    rows = []
    for case in cases:
        row = following.get(case.id)
        rows.append(
            CaseRow(case.reference, case.title, case.opened_at, owed_of(row, now, set()) if row else None)
        )
    return rows


def timeline(
    case_id: UUID,
    actor: Actor | None = None,
    untold: Container[EventKind] = (),
    known: datetime | None = None,
    happened: datetime | None = None,
) -> list[Happened]:
    """What happened in a case, newest first, told in sentences; of `untold` kinds only that it happened, not how.

    Nothing that this person may not know of is in it: seals, conflicts of interest, links with cases hidden from
    them. `known` and `happened` tell it as it was known at one moment, of what had happened by another.
    """
    told = []
    rows = _known_to(actor, stored_events(case_id))
    everything = [event for event, _payload, _capacity in rows]
    then = as_known(everything, known or FAR, happened or FAR)
    numbers, standing = {event.number for event in then}, {event.number for event in in_force(then)}
    for event, payload, capacity in rows:
        if event.number not in numbers:
            continue
        told.append(
            Happened(
                number=event.number,
                what=_what(event, everything, untold),
                happened_at=event.happened_at,
                recorded_at=event.recorded_at,
                by=str(payload.get("by", "")),
                capacity=capacity,
                late_recorded=(event.recorded_at - event.happened_at).total_seconds() > 60,
                date_only=bool(event.facts.get("date_only")),
                note=_note(event, payload, untold),
                superseded=event.number not in standing,
            )
        )
    return sorted(told, key=lambda entry: (entry.happened_at, entry.number), reverse=True)


def _known_to(actor: Actor | None, rows: list[Told]) -> list[Told]:
    """The entries that this person may know of at all. What it costs does not depend on what is left out."""
    unknown = unknown_to(actor, [event for event, _payload, _capacity in rows])
    carried = EventKind.LOCAL_AUTHORITY_AWARE  # counts here, and says nothing of where it came from
    return [row for row in rows if row[0].number not in unknown or row[0].kind is carried]


def unknown_to(actor: Actor | None, events: Sequence[Event]) -> set[int]:
    """The numbers of the entries of which this person may not know: of seals and conflicts, and whatever names a case
    that is hidden from them."""
    unseen = untold_kinds(actor)
    named = {event.number: str(event.facts["with"]) for event in events if event.facts.get("with")}
    known = visible_references(list(named.values()), actor) if actor is not None else set()
    return {
        event.number for event in events
        if event.kind in unseen or (event.number in named and named[event.number] not in known)
    }  # fmt: skip


def _what(event: Event, everything: Sequence[Event], untold: Container[EventKind]) -> str:
    """An event as a sentence; a correction names the entry, and its former and its new time."""
    number = event.facts.get("supersedes")
    old = next((one for one in everything if one.number == number), None)
    if event.kind is not EventKind.ENTRY_SUPERSEDED or old is None:
        return sentence_of(event, outcome_told=event.kind not in untold)
    new = next((one for one in everything if one.facts.get("corrects") == number), None)
    return correction_sentence(old, new, outcome_told=old.kind not in untold)


def _note(event: Event, payload: Mapping[str, object], untold: Container[EventKind]) -> str:
    """What stands beside an event: the reason of a correction; of seals and conflicts whom they concern; how a
    partner or its deputy was reached, for those who may read the partners' answers."""
    if event.kind is EventKind.ENTRY_SUPERSEDED:
        return str(payload.get("reason", ""))
    if event.kind in ABOUT_SEALS:
        return f"{payload.get('person', '')}: {payload.get('reason', '')}"
    reached = event.kind in (EventKind.REQUEST_RECEIVED, EventKind.DEPUTY_CONTACTED)
    if not reached or not payload.get("how") or EventKind.RESPONSE_GIVEN in untold:
        return ""
    said = f"{payload['how']}: {payload.get('person', '')} ({payload.get('in_capacity', '')})"
    return f"{said}. {payload['note']}" if payload.get("note") else said


def owed_then(case_id: UUID, actor: Actor, known: datetime, happened: datetime) -> dict[str, list[Owed]]:
    """What was owed as it was known at one moment, of what had happened by another; states as of the earlier."""
    then = as_known(history(case_id), known, happened)
    rows = [
        StoredObligation(case_id=case_id, key=entry.key, **row_of(place, entry))
        for place, entry in enumerate(computed(case_id, then))
    ]
    return owed(rows, actor, min(known, happened))


def counted(row: StoredObligation) -> Explanation:
    """How an obligation's date was counted, by the edition of the calendar that counts it."""
    assert row.counted_from is not None
    told = [explain(row.rule_kind, row.counted_from, row.rule_days or 0, one) for one in calendars().all()]
    return next((one for one in told if one.due == row.due_on), told[-1])


@dataclass(frozen=True, slots=True)
class ViewerShown:
    """Somebody who looked in one capacity: first, last and how often, with their newest views (page, when)."""

    who: str
    capacity: str
    first: datetime
    last: datetime
    count: int
    newest: list[tuple[str, datetime]]


def page_in_words(page: str) -> str:
    """What the read log calls a page, to be read: a plain key in words, a sentence (which may hold a reference, or a
    title that somebody gave) as it is."""
    said = page.replace("-", " ") if re.fullmatch("[a-z-]+", page) else page
    return said[:1].upper() + said[1:]


def viewers(case_id: UUID, most: int | None = 50) -> list[ViewerShown]:
    """Who looked, by person and capacity, the latest first; `most` of the views of each, or all of them."""
    found = viewers_of((case_id, *drafts_of_case(case_id)), most)
    names = names_of({one.person_id for one in found})
    return [
        ViewerShown(
            names.get(one.person_id, "A former member"), one.capacity, one.first, one.last, one.count,
            [(page_in_words(page), at) for page, at in one.newest],
        )
        for one in found
    ]  # fmt: skip


def partnerships_with_counts(
    app: Flask, person_id: UUID, name: str, today: date, now: datetime
) -> list[PartnershipCount]:
    """Each partnership of a person with a count of tasks; every one is asked in a session of its own."""
    found = []
    for entry in partnerships_of(person_id, today):
        with in_partnership(app, entry.partnership_id, person_id):
            capacities = capacities_of(person_id, today)
            if capacities:
                actor = Actor(person_id, name, capacities)
                roles = "; ".join(dict.fromkeys(held.label for held in capacities))
                waiting = count_of(actor, today) + len(own_tasks(actor, today)) + len(waiting_for_me(actor))
                waiting += len(returns_waiting(actor, now)) + len(papers_waiting(actor, now))
                if actor.may(Permission.MEMBERSHIP_APPROVE):
                    waiting += count_to_decide(person_id, now)
                found.append(PartnershipCount(entry.slug, entry.name, waiting, roles))
    return found
