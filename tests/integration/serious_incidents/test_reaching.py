"""Reaching a partner and its deputy: in the product, another way, and again after every message bounced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.outbox.models import JobIntent
from app.procedure.events import EventKind, Party
from app.serious_incidents import jobs, service
from app.serious_incidents.errors import Incomplete, OutOfTurn
from app.serious_incidents.reaching import OPENED
from tenants.db import db
from tests.integration.serious_incidents.journey import (
    HOUR,
    MONDAY,
    NOTIFY,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)
from tests.support.people import Someone

K = EventKind
At = Callable[[datetime], None]
Client = Callable[[Someone | None], Any]


def reached(at: datetime | None, **other: Any) -> service.Reached:
    said = {
        "who": "Alex Invented",
        "capacity": "Detective Inspector",
        "how": "call",
        "note": "Note of the call",
    }
    return service.Reached(at=at, key=uuid4(), **(said | other))


def page(journey: Journey, client_as: Client, who: Someone, where: str = "") -> str:
    answer = client_as(who).get(f"/{journey.place.slug}/cases/{journey.reference}{where}")
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def all_bounce(journey: Journey, party: Party, now: datetime) -> None:
    facts = journey.events(K.DEPUTY_CONTACTED, party)[-1].facts
    for _each in range(int(str(facts["deputies"])) + bool(facts["inbox"])):
        journey.do(service.deputy_not_reached, party, now)


@pytest.mark.duty("N-04", "B1-12")
def test_a_deputy_whom_nothing_reached_is_contacted_again(
    journey: Journey, client_as: Client, at: At
) -> None:
    journey.to_responses().receive(Party.POLICE)
    journey.do(service.contact_deputy, Party.POLICE, actor=None, now=TUESDAY_NOON)
    first = len(journey.messages("deputy-contact"))
    all_bounce(journey, Party.POLICE, TUESDAY_NOON + HOUR)
    at(TUESDAY_NOON + HOUR)
    assert "was not contacted:</strong> no message could be delivered" in page(
        journey, client_as, journey.team
    )
    assert page(journey, client_as, journey.team, "/deputy/police")
    assert journey.do(
        service.contact_deputy, Party.POLICE, who=journey.team, now=TUESDAY_NOON + 2 * HOUR, key=uuid4()
    )
    assert len(journey.messages("deputy-contact")) == 2 * first  # sent anew
    assert journey.owed()["N-04:police"] == ("partnership-team", "met")
    assert journey.do(service.deem, Party.POLICE, TUESDAY_MIDNIGHT)


@pytest.mark.duty("N-04", "B1-12")
def test_a_deputy_contacted_by_telephone_counts_from_the_call(journey: Journey) -> None:
    journey.to_responses().receive(Party.POLICE)
    journey.do(service.contact_deputy, Party.POLICE, actor=None, now=TUESDAY_NOON)
    all_bounce(journey, Party.POLICE, TUESDAY_NOON + HOUR)
    assert not journey.do(service.deem, Party.POLICE, TUESDAY_MIDNIGHT)
    later = TUESDAY_MIDNIGHT + 9 * HOUR
    typed = reached(TUESDAY_NOON + 3 * HOUR)
    for _twice in range(2):
        journey.do(service.record_deputy_contact, Party.POLICE, typed, who=journey.team, now=later)
    (event,) = [one for one in journey.events(K.DEPUTY_CONTACTED, Party.POLICE) if one.facts.get("how")]
    assert (event.happened_at, event.recorded_at) == (TUESDAY_NOON + 3 * HOUR, later)
    assert journey.owed()["N-04:police"] == ("partnership-team", "met")
    deemed = journey.state().positions[Party.POLICE]
    assert (deemed.kind, deemed.outcome, deemed.happened_at) == ("deemed", NOTIFY, TUESDAY_MIDNIGHT)


@pytest.mark.duty("N-04")
def test_a_call_after_the_clock_makes_no_silence_count_and_the_card_says_why(
    journey: Journey, client_as: Client, at: At
) -> None:
    journey.to_responses().receive(Party.POLICE)
    assert not journey.do(service.deem, Party.POLICE, TUESDAY_MIDNIGHT)
    later = TUESDAY_MIDNIGHT + 9 * HOUR
    at(later)
    text = page(journey, client_as, journey.team)
    assert "The clock ended at the end of 24 November 2026 without a response." in text
    assert "This silence counts as nothing:</strong> the deputy was not contacted." in text
    assert "The clock ends at the end of 24 November" not in text
    journey.do(
        service.record_deputy_contact, Party.POLICE, reached(later - HOUR), who=journey.team, now=later
    )
    assert Party.POLICE not in journey.state().positions
    text = page(journey, client_as, journey.team)
    assert "after the clock had ended" in text
    assert "Telephone or video call: Alex Invented (Detective Inspector)" in text


def test_what_is_asked_of_a_contact_outside_waymark(journey: Journey) -> None:
    journey.to_responses()
    now = MONDAY + 5 * HOUR
    for verb, party in ((service.record_deputy_contact, Party.POLICE), (service.record_receipt, Party.ICB)):
        for typed, fields in (
            (
                reached(None, who="", capacity="", how=None, note=" "),
                ["at", "who", "capacity", "note", "how"],
            ),
            (reached(now + HOUR), ["at"]),
            (reached(MONDAY), ["at"]),
        ):
            with pytest.raises(Incomplete) as told:
                journey.do(verb, party, typed, who=journey.team, now=now)
            assert [fault.field for fault in told.value.faults] == fields


@pytest.mark.duty("B1-08")
def test_receipt_recorded_another_way_closes_what_the_team_owed(journey: Journey) -> None:
    journey.to_responses()
    journey.do(service.request_bounced, Party.ICB, MONDAY + 4 * HOUR, MONDAY + 4 * HOUR)
    assert journey.owed()["B1-08:reach:icb"] == ("partnership-team", None)
    typed = reached(MONDAY + 5 * HOUR)
    for _twice in range(2):
        journey.do(service.record_receipt, Party.ICB, typed, who=journey.team, now=MONDAY + 6 * HOUR)
    assert journey.owed()["B1-08:reach:icb"] == ("partnership-team", "met")
    assert [one.happened_at for one in journey.events(K.REQUEST_RECEIVED, Party.ICB)] == [MONDAY + 5 * HOUR]
    told = journey.messages("receipt-recorded")
    assert journey.nurse.person_id in {one.to_person for one in told}
    assert "by the end of Tuesday 24 November 2026" in told[0].body
    with pytest.raises(OutOfTurn):
        journey.do(service.record_receipt, Party.ICB, reached(MONDAY + 5 * HOUR), who=journey.team,
                   now=MONDAY + 7 * HOUR)  # fmt: skip


@pytest.mark.duty("B1-08")
def test_a_representative_confirms_receipt(journey: Journey, client_as: Client, at: At) -> None:
    journey.to_responses()
    at(MONDAY + 5 * HOUR)
    assert "Confirm that the police received the request" in page(journey, client_as, journey.police)
    assert "I have received this request" in page(journey, client_as, journey.police, "/received")
    client, where = client_as(journey.police), f"/{journey.place.slug}/cases/{journey.reference}/received"
    assert client.post(where, data={"party": "police", "submission_key": str(uuid4())}).status_code == 303
    (event,) = journey.events(K.REQUEST_RECEIVED, Party.POLICE)
    assert (event.happened_at, event.facts["how"]) == (MONDAY + 5 * HOUR, "confirmed")
    assert client.post(where, data={"party": "police"}).status_code == 409
    assert "Confirm that" not in page(journey, client_as, journey.police)


@pytest.mark.duty("B1-08")
def test_opening_the_case_is_receipt_and_the_page_itself_changes_nothing(
    journey: Journey, client_as: Client, at: At
) -> None:
    """Delivered in the product (clocks 12): the read log says who opened it and when, and its work is done after."""
    journey.share()
    at(MONDAY + 2 * HOUR)
    page(journey, client_as, journey.police)  # before anything is asked
    journey.view(Party.LIG_CHAIR)
    journey.view(Party.SERVICE_DIRECTOR)
    journey.share_view()
    before = len(journey.events())
    at(MONDAY + 5 * HOUR)
    page(journey, client_as, journey.team)
    page(journey, client_as, journey.police)
    assert len(journey.events()) == before
    with journey.place.pinned():
        owed = db.session.scalars(select(JobIntent).where(JobIntent.kind == OPENED)).all()
        mine = [one.args for one in owed if one.args["case_id"] == str(journey.case_id)]
    assert [one["party"] for one in mine] == ["police"]
    for _twice in range(2):
        journey.do(lambda _case: jobs.request_opened(mine[0], MONDAY + 6 * HOUR))
    (event,) = journey.events(K.REQUEST_RECEIVED, Party.POLICE)
    assert (event.happened_at, event.recorded_at) == (MONDAY + 5 * HOUR, MONDAY + 6 * HOUR)
    page(journey, client_as, journey.police)
    with journey.place.pinned():
        assert len(db.session.scalars(select(JobIntent).where(JobIntent.kind == OPENED)).all()) == len(owed)


@pytest.mark.duty("B1-08")
def test_a_view_that_the_read_log_does_not_hold_is_no_receipt(journey: Journey) -> None:
    journey.to_responses()
    args = {"case_id": str(journey.case_id), "party": "police", "person": str(journey.police.person_id),
            "at": (MONDAY + 5 * HOUR).isoformat()}  # fmt: skip
    journey.do(lambda _case: jobs.request_opened(args, MONDAY + 6 * HOUR))
    assert journey.events(K.REQUEST_RECEIVED) == []


def test_the_pages_of_the_team_record_both(journey: Journey, client_as: Client, at: At) -> None:
    journey.to_responses()
    at(MONDAY + timedelta(hours=6))
    client, case = client_as(journey.team), f"/{journey.place.slug}/cases/{journey.reference}"
    form = {"who": "Alex Invented", "capacity": "Inspector", "how": "call", "note": "My note", "at-day": "23",
            "at-month": "11", "at-year": "2026", "at-time": "15:00", "submission_key": str(uuid4())}  # fmt: skip
    for where, kind in (
        ("received/police", K.REQUEST_RECEIVED),
        ("deputy/police/elsewhere", K.DEPUTY_CONTACTED),
    ):
        assert client.get(f"{case}/{where}").status_code == 200
        refused = client.post(f"{case}/{where}", data={**form, "who": "", "at-time": ""})
        assert refused.status_code == 400
        assert "Enter the name of who was reached" in refused.get_data(as_text=True)
        assert client.post(f"{case}/{where}", data=form).status_code == 303
        assert len(journey.events(kind, Party.POLICE)) == 1
        assert client.get(f"{case}/{where}").status_code == 409
