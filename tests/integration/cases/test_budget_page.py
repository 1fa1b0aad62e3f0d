"""The day budget as the case page shows it: beside put-back decisions, bounced requests and a partnership's own
steps, and the warning that comes again (N-02)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.cases.budget_warnings import budget_warning
from app.cases.queries import obligations_of
from app.outbox.models import JobIntent
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.serious_incidents import service
from app.web.filters import weekday_date
from tenants.db import db
from tests.integration.serious_incidents.journey import (
    HOUR,
    MONDAY,
    NOT,
    NOT_MET,
    NOTIFY,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)
from tests.support.places import Place

pytestmark = pytest.mark.duty("N-02")
WEDNESDAY = TUESDAY_MIDNIGHT + 10 * HOUR
Shown = Callable[[Journey, datetime], str]


@pytest.fixture
def shown(client_as: Callable[..., Any], at: Callable[[datetime], None]) -> Shown:
    """The budget's part of the case page at a moment, as text; empty where there is none."""

    def read(journey: Journey, now: datetime) -> str:
        at(now)
        answer = client_as(journey.team).get(f"/{journey.place.slug}/cases/{journey.reference}")
        assert answer.status_code == 200
        found = re.search(
            r'<section aria-labelledby="budget".*?</section>', answer.get_data(as_text=True), re.S
        )
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""

    return read


def silent_police(journey: Journey) -> Journey:
    """A decision that rests on the silence of the police."""
    journey.to_responses()
    journey.respond(Party.LOCAL_AUTHORITY)
    journey.respond(Party.ICB)
    assert journey.silent(Party.POLICE)
    journey.decide(now=WEDNESDAY)
    return journey


def test_what_a_step_can_take_agrees_with_what_is_owed(wight: Place, shown: Shown) -> None:
    journey = Journey(wight)
    text = shown(journey, MONDAY)
    assert text.startswith("The five working days to notify")
    assert "Now: sharing the referral , which can take until the end of Tuesday 24 November 2026." in text
    assert "Then: the two initial views, sharing the initial view, the partners' responses," in text
    journey.share()
    journey.view(Party.LIG_CHAIR)
    journey.view(Party.SERVICE_DIRECTOR)
    with journey.place.pinned():
        owed = {row.key: row.due_on for row in obligations_of(journey.case_id)}
    until = weekday_date(owed["B1-07:share"])
    text = shown(journey, MONDAY + 3 * HOUR)
    assert f"Now: sharing the initial view , which can take until the end of {until}." in text


def test_a_step_that_is_overdue_says_so(wight: Place, shown: Shown) -> None:
    text = shown(Journey(wight), WEDNESDAY)
    assert "due by the end of Tuesday 24 November 2026 and not done: the rest still fits" in text
    assert "if it ends by the end of Wednesday 25 November 2026" in text


def test_a_decision_put_back_is_looked_at_again_before_anything_is_sent(wight: Place, shown: Shown) -> None:
    journey = silent_police(Journey(wight))
    assert "Now: sending the notification" in shown(journey, WEDNESDAY)
    journey.answered_elsewhere(Party.POLICE, NOT, at=TUESDAY_NOON, now=WEDNESDAY + HOUR)
    text = shown(journey, WEDNESDAY + HOUR)
    assert "Now: putting the decision back" in text
    assert "Then: the short meeting, recording the decision, sending the notification." in text
    journey.enter(service.put_back, journey.team, WEDNESDAY + 2 * HOUR)
    text = shown(journey, WEDNESDAY + 2 * HOUR)
    assert "Now: the short meeting , which can take until the end of Thursday 26 November 2026." in text


def test_a_decision_not_to_notify_has_a_budget_while_it_is_reconsidered(wight: Place, shown: Shown) -> None:
    journey = Journey(wight).to_responses(NOT)
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, NOT)
    journey.decide(answers=NOT_MET, now=TUESDAY_NOON)
    assert shown(journey, TUESDAY_NOON) == ""
    journey.enter(service.raise_information, journey.team, TUESDAY_NOON + HOUR)
    assert "Now: recording the decision" in shown(journey, TUESDAY_NOON + HOUR)
    journey.enter(service.decline, journey.director, TUESDAY_NOON + 2 * HOUR)
    assert shown(journey, TUESDAY_NOON + 2 * HOUR) == ""
    journey.enter(service.override, journey.director, TUESDAY_NOON + 3 * HOUR)
    text = shown(journey, TUESDAY_NOON + 3 * HOUR)
    assert "Now: sending the notification" in text
    assert "Then:" not in text
    assert "own duty" not in text


def test_a_request_that_bounced_takes_its_clock_from_today(wight: Place, shown: Shown) -> None:
    journey = Journey(wight).to_responses()
    journey.respond(Party.LOCAL_AUTHORITY)
    journey.respond(Party.ICB)
    journey.do(service.request_bounced, Party.POLICE, MONDAY + 4 * HOUR, MONDAY + 4 * HOUR)
    text = shown(journey, WEDNESDAY)
    assert "Now: the partners' responses , which can take until the end of Friday 27 November 2026." in text
    assert "do not fit" in shown(
        journey, WEDNESDAY + timedelta(days=2)
    )  # received on Friday, it would end on Monday
    jobs = warnings(journey)
    assert jobs[-1].run_at == TUESDAY_MIDNIGHT + timedelta(days=2)


def test_portsmouths_designated_doctor_is_in_the_budget(portsmouth: Place, shown: Shown) -> None:
    journey = Journey(portsmouth).to_responses()
    text = shown(journey, MONDAY + 4 * HOUR)
    assert "Now: the partners' responses" in text
    assert "At the same time: consult the designated doctor before the decision." in text
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party)
    text = shown(journey, MONDAY + 6 * HOUR)
    assert (
        "Now: consult the designated doctor before the decision , which can take until the end of Tuesday"
        in text
    )
    assert "Then: recording the decision, sending the notification." in text
    journey.do(
        service.record_local_step, "designated-doctor", happened_at=MONDAY + 6 * HOUR,
        typed=service.Entry("The doctor agrees", uuid4()), who=journey.nurse, now=MONDAY + 7 * HOUR,
    )  # fmt: skip
    text = shown(journey, MONDAY + 7 * HOUR)
    assert "Now: recording the decision" in text
    assert "doctor" not in text


def warnings(journey: Journey) -> list[JobIntent]:
    """The warnings that are owed for a case, by their instant."""
    with journey.place.pinned():
        query = select(JobIntent).where(JobIntent.kind == "budget-warning").order_by(JobIntent.run_at)
        return [job for job in db.session.scalars(query) if job.args["case_id"] == str(journey.case_id)]


def warn(journey: Journey, job: JobIntent, now: datetime) -> int:
    """Do the work of a warning at a moment; how many the Partnership Team's first person has had since."""
    with journey.place.pinned():
        budget_warning(dict(job.args), now)
        db.session.commit()
    return sum(one.to_person == journey.team.person_id for one in journey.messages("budget-warning"))


def test_the_warning_comes_again_where_it_fitted_in_between(wight: Place) -> None:
    journey = Journey(wight)
    first = warnings(journey)[-1]
    now = first.run_at
    assert warn(journey, first, now - HOUR) == 0
    assert warn(journey, first, now) == 1
    journey.share(now + HOUR)  # it still does not fit: nothing new is owed or sent
    assert [job.id for job in warnings(journey)] == [first.id]
    assert warn(journey, first, now + 2 * HOUR) == 1
    journey.view(Party.LIG_CHAIR, NOTIFY, now + 3 * HOUR)
    journey.view(Party.SERVICE_DIRECTOR, NOTIFY, now + 3 * HOUR)
    assert warn(journey, first, now + 4 * HOUR) == 1  # now it fits
    again = warnings(journey)[-1]
    assert again.run_at > now + 4 * HOUR
    for _twice in range(2):
        assert warn(journey, again, again.run_at) == 2
