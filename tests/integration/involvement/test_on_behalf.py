"""A return that came outside Waymark, recorded by the Partnership Team with source, time and evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from app.involvement import queries, service
from app.procedure.events import EventKind
from app.serious_incidents.errors import Incomplete
from tenants.db import db
from tests.integration.involvement.given import DAY, Given
from tests.support.involvement import NONE, typed

CAME = {"given_by": "Jo Smith", "given_capacity": "Head teacher", "source": "e-mail", "evidence": "E-mail of Monday",
        "returned_at-day": "23", "returned_at-month": "11", "returned_at-year": "2026",
        "returned_at-time": "10:30"}  # fmt: skip


def record(given: Given, request_id: UUID, **form: Any) -> TestResponse:
    fields = {"over": "7", "changed": "", **CAME, **form}
    return given.post(given.team, given.of_case(f"{request_id}/record/check"), **fields)


def fill(given: Given, request_id: UUID) -> None:
    for part, form in typed("From the e-mail").items():
        address = given.of_case(f"{request_id}/record/form/{part}")
        sent = given.post(given.team, address, version="0", form_id=str(uuid4()), go="continue", **form)
        assert sent.status_code == 303, sent.text


@pytest.mark.duty("B2-05")
def test_it_is_recorded_and_the_agency_is_told(given: Given) -> None:
    police = given.ask()["police"]
    given.to(given.now + timedelta(hours=2))
    assert "On behalf of Constabulary" in given.text(given.team, given.of_case(f"{police}/record"))
    fill(given, police)
    assert "From the e-mail" in given.text(given.team, given.of_case(f"{police}/record/check"))
    assert "From the e-mail" not in given.text(given.police, given.own(police, "/form/practice"))
    sent = record(given, police)
    assert sent.status_code == 303, sent.text
    with given.place.pinned():
        (one,) = queries.returns_of(given.case_id)
        assert (one.source, one.given_by, one.evidence) == ("e-mail", "Jo Smith", "E-mail of Monday")
        assert (one.returned_at.hour, one.submitted_at.hour, one.late) == (10, 12, False)
    (event,) = given.told(EventKind.INVOLVEMENT_RETURNED)
    assert event.happened_at.hour == 10
    assert '"on_behalf":true' in event.facts
    assert len(given.messages(given.police, "involvement-recorded")) == 1
    assert "recorded on behalf (e-mail)" in given.text(given.police, given.own(police))
    shown = given.text(given.police, given.own(police, "/returns/1"))
    for words in ("Jo Smith, Head teacher", "E-mail of Monday", f"{given.team.name} (Partnership Team)"):
        assert words in shown


def test_how_it_came_must_be_said(given: Given) -> None:
    police = given.ask()["police"]
    fill(given, police)
    empty = record(given, police, **dict.fromkeys(CAME, ""))
    assert empty.status_code == 400
    for words in ("Enter the name of who returned it", "Enter in what role", "Enter when the agency returned it",
                  "Select how the return came", "Say where the evidence is"):  # fmt: skip
        assert words in empty.text
    future = record(given, police, **{"returned_at-day": "30"})
    assert "must not be in the future" in future.text
    before = record(given, police, **{"returned_at-day": "20"})
    assert "must be after the agency was asked" in before.text
    assert given.told(EventKind.INVOLVEMENT_RETURNED) == []


def test_lateness_counts_from_when_it_was_given(given: Given) -> None:
    asked = given.ask()
    given.to(given.now + 6 * DAY)
    with given.place.pinned():
        for key, at in (("police", given.now - 5 * DAY), ("community-health", given.now)):
            behalf = service.OnBehalf("Jo", "Head", at, "call", "A note")
            kept = service.record_return_for(asked[key], NONE, behalf, actor=given.team.actor(), now=given.now,
                                             key=uuid4())  # fmt: skip
            assert kept.late == (key == "community-health")
        db.session.commit()
        with pytest.raises(Incomplete):
            service.record_return_for(asked["police"], NONE, service.OnBehalf("", "", None, "", ""),
                                      actor=given.team.actor(), now=given.now, key=uuid4())  # fmt: skip


def test_an_agency_that_returns_after_it_was_recorded_becomes_number_two(given: Given) -> None:
    police = given.ask()["police"]
    given.to(given.now + timedelta(hours=2))
    fill(given, police)
    assert record(given, police).status_code == 303
    assert given.answer(given.police, police, changed="Ours, in full") == 2
    with given.place.pinned():
        assert [one.source for one in queries.returns_of(given.case_id)] == ["e-mail", None]


def test_an_organisation_outside_returns_through_the_team(given: Given) -> None:
    given.ask("police")
    with given.place.pinned():
        other = service.Outside("Rowan School", "The head", "head@rowan.example")
        row = service.add_request(given.case_id, "rapid-review", None, other, given.now.date() + 3 * DAY,
                                  actor=given.team.actor(), now=given.now, key=uuid4())  # fmt: skip
        db.session.commit()
        request_id = row.id
    given.to(given.now + timedelta(hours=2))
    fill(given, request_id)
    assert record(given, request_id).status_code == 303
    assert given.states()["Rowan School"] == "returned"
    for who in (given.member, given.contributor, given.police):
        assert given.get(who, given.own(request_id)).status_code == 404


def test_only_the_team_records(given: Given) -> None:
    police = given.ask()["police"]
    for who in (given.chair, given.scrutineer, given.police, given.member):
        for path in ("record", "record/check", "record/files", "record/form/about"):
            assert given.get(who, given.of_case(f"{police}/{path}")).status_code == 404
