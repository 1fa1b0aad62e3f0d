"""Every case of the partnership as the Independent Scrutineer first sees it: a page at a time, and for a page one query
for each kind of thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement

from app.access.actor import Actor
from app.cases.queries import page_of_cases
from app.cases.service import Case
from app.cases.timeliness_queries import contested, obligations_in, some_silence, something_late
from app.ledger.queries import events_in
from app.procedure.events import Event, EventKind, Party
from app.procedure.marks import duty
from app.procedure.obligation import Obligation
from app.procedure.timeliness import LATE, Responses, Verdict, responses, timed, totals
from app.scrutiny.queries import counts_in, unanswered_on_case
from app.serious_incidents.words import OUTCOMES
from app.web.paging import Key

FILTERS = {
    "late": "Something late",
    "silent": "A silence",
    "contested": "Contested",
    "unanswered": "Observation without an answer",
}
DECIDED = (EventKind.DECISION_RECORDED, EventKind.NOTIFIED_AGAINST_DECISION)


@dataclass(frozen=True, slots=True)
class Row:
    """A case: the decision in force, how the partners answered, how its clocks were kept, and its observations."""

    reference: str
    title: str
    opened_at: datetime
    decision: str
    decided_at: datetime | None
    responses: Responses
    clocks: dict[Verdict, int]
    contested: bool
    observations: int
    unanswered: int

    @property
    def late(self) -> int:
        """How many clocks were met late, have run out, or had run out."""
        return sum(self.clocks.get(way, 0) for way in LATE)


def narrowing(chosen: str, now: datetime) -> list[ColumnElement[bool]]:
    """The condition of a filter; none for all cases."""
    made = {
        "late": lambda: something_late(now),
        "silent": lambda: some_silence(now),
        "contested": contested,
        "unanswered": unanswered_on_case,
    }
    return [made[chosen]()] if chosen in made else []


@duty("S-01")
def page(actor: Actor, chosen: str, before: Key | None, most: int, now: datetime) -> Sequence[Case]:
    """A page of the cases that this person may see, newest first, narrowed by a filter."""
    return page_of_cases(actor, before, most, narrowing(chosen, now))


@duty("S-01")
def rows(cases: Sequence[Case], now: datetime) -> list[Row]:
    """A page of cases in three further queries: obligations, decisions and observations."""
    identifiers = [case.id for case in cases]
    owed, observed = obligations_in(identifiers), counts_in(identifiers)
    decided: dict[UUID, list[Event]] = {}
    for case_id, event in events_in(identifiers, DECIDED):
        decided.setdefault(case_id, []).append(event)
    return [
        _row(case, owed[case.id], decided.get(case.id, []), observed.get(case.id, (0, 0)), now) for case in cases
    ]  # fmt: skip


def _row(
    case: Case, owed: list[Obligation], decided: list[Event], observed: tuple[int, int], now: datetime
) -> Row:
    made = [event for event in decided if event.kind is EventKind.DECISION_RECORDED]
    last = made[-1] if made else None
    return Row(
        reference=case.reference, title=case.title, opened_at=case.opened_at,
        decision=_in_words(last, len(made), len(decided) > len(made)), decided_at=last.happened_at if last else None,
        responses=responses(owed, now), clocks=totals(timed(one, now) for one in owed),
        contested=any(one.duty == "B1-09" for one in owed), observations=observed[0], unanswered=observed[1],
    )  # fmt: skip


def _in_words(last: Event | None, number: int, overridden: bool) -> str:
    if last is None:
        return "No decision yet" + ("; the local authority notifies on its own duty" if overridden else "")
    said = OUTCOMES[str(last.outcome)]
    if last.facts.get("maker") == Party.PARTNERSHIP_CHAIR.value:
        said += ", by the Partnership Chair"
    said += f" (decision {number})" if number > 1 else ""
    return f"{said}; the local authority notifies on its own duty" if overridden else said
