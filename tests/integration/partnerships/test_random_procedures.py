"""Random partnerships' procedures, adopted and played through from the referral to the notification with the verbs
themselves: none of them can stop a decision, and none makes a statutory clock longer.

`WAYMARK_SEQUENCES` says how many (a quarter of it; 3 in script/test, many in script/soak).
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, assume, given, settings

from app.access.actor import SYSTEM
from app.cases.queries import obligations_of
from app.cases.rebuild import differences
from app.partnerships.settings_service import adopt
from app.procedure.clocks import within_working_days
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind
from app.procedure.own_procedure import own_faults
from app.serious_incidents import service
from app.serious_incidents.notifications import Sent
from tenants.registry import current_edition
from tests.integration.serious_incidents.journey import HOUR, MONDAY, Journey
from tests.support.places import Place
from tests.unit.procedure.test_own_procedure import procedures

PROCEDURES = max(3, int(os.environ.get("WAYMARK_SEQUENCES", "12")) // 4)


def adopted(place: Place, changes: dict[str, Any]) -> dict[str, Any]:
    """Adopt an edition with these changes; returns the settings as they were."""
    with place.pinned():
        before = current_edition()
        former = dict(before.settings)
        wanted = {**former, **changes, "mark": str(uuid4())}
        adopt(wanted, over=before.number, reason="Tried", acting=SYSTEM, now=MONDAY - HOUR)
        return former


def own_steps_done(journey: Journey, now: datetime) -> None:
    """Record every step of the partnership's own that is owed now and that somebody records."""
    told = journey.state().told
    owed = journey.owed()
    for step in told.settings.own.steps:
        if owed.get(f"LOCAL:{step.key}", ("", ""))[1] is None and step.closing is EventKind.LOCAL_STEP_DONE:
            journey.do(
                service.record_local_step, step.key, happened_at=now, who=journey.team, now=now,
                typed=service.Entry("Done", uuid4()),
            )  # fmt: skip


@settings(
    max_examples=PROCEDURES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
@given(procedures)
def test_every_procedure_that_can_be_adopted_can_be_played_through(
    portsmouth: Place, changes: dict[str, Any]
) -> None:
    assume(own_faults(changes) == [])
    former = adopted(portsmouth, changes)
    try:
        play(Journey(portsmouth), changes)
    finally:
        adopted(
            portsmouth,
            {name: former.get(name) for name in changes if name in former} | _emptied(changes, former),
        )


def _emptied(changes: dict[str, Any], former: dict[str, Any]) -> dict[str, Any]:
    return {name: type(changes[name])() for name in changes if name not in former}


def play(journey: Journey, changes: dict[str, Any]) -> None:
    now = MONDAY + 4 * HOUR
    journey.to_responses()
    own_steps_done(journey, now)
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, now=MONDAY + 5 * HOUR)
    own_steps_done(journey, MONDAY + 5 * HOUR)
    journey.decide(now=MONDAY + 6 * HOUR)
    own_steps_done(journey, MONDAY + 6 * HOUR)
    at = MONDAY + 7 * HOUR
    typed = Sent(at, "national-system", "", "INV", "The director", "", "", "", uuid4())
    journey.do(service.record_notification, typed, who=journey.director, now=at + timedelta(minutes=1))
    own_steps_done(journey, at + HOUR)
    rows = journey.read(lambda case_id: {row.key: row for row in obligations_of(case_id)})
    assert rows["B1-03"].ending == "met"
    assert rows["B1-03"].due_on <= within_working_days(MONDAY.date(), 5)
    assert {row.duty for row in rows.values()} & set(changes["omitted"]) == set()
    assert journey.read(differences) == []
