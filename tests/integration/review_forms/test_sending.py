"""Sending an approved form: each recipient once, with time, channel and digest; late; and again after a correction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.access.roles import Role
from app.outbox.models import OutboxMessage
from app.procedure.events import EventKind, SentTo
from app.review_forms.queries import form_of, sendings_of, standing
from app.serious_incidents import service as decisions
from tenants.db import db
from tests.integration.review_forms.review import (
    LAST_MORNING,
    MINUTE,
    MONDAY_AFTER,
    TOO_LATE,
    address,
    approved,
    carried,
    faults,
    ready,
    sent,
)
from tests.integration.serious_incidents.journey import Journey
from tests.support import review_forms as support
from tests.support.cast import one_more
from tests.support.people import Someone
from tests.support.places import Place

Client = Callable[[Someone | None], Any]
K = EventKind
S = SentTo


@pytest.fixture
def journey(wight: Place, at: Callable[[datetime], None]) -> Journey:
    """A form that was approved on the fourteenth working day, looked at on the morning of the fifteenth."""
    found = approved(Journey(wight))
    at(LAST_MORNING)
    return found


def share(client: Any, journey: Journey) -> Any:
    page = client.get(address(journey, "/sending")).text
    return client.post(address(journey, "/sending"), data=carried(page))


def record(
    client: Any, journey: Journey, to: str = "panel", at: datetime = LAST_MORNING, **changed: str
) -> Any:
    return client.post(address(journey, f"/sending/{to}"), data=sent(at, **changed))


def kinds(journey: Journey) -> set[str]:
    return {row.recipient for row in journey.read(sendings_of)}


@pytest.mark.duty("B2-19")
def test_everybody_inside_is_told_without_content_and_recorded(journey: Journey, client_as: Client) -> None:
    team = client_as(journey.team)
    page = team.get(address(journey, "/sending")).text
    for who in (journey.police, journey.director, journey.nurse, journey.scrutineer, journey.lig_member):
        assert who.name in page
    assert share(team, journey).status_code == 303
    assert kinds(journey) == {"lig-member", "partner", "scrutineer", "executive"}
    rows = journey.read(sendings_of)
    assert {row.sent_at for row in rows} == {LAST_MORNING}
    told = [row for row in rows if row.recipient == "executive"]
    assert {(row.what, str(row.digests)) for row in told} == {("done", "{}")}
    pdf = next(file for file in journey.read(form_of).current_files if file.kind == "pdf")
    assert all(row.digests["pdf"] == pdf.digest for row in rows if row.recipient != "executive")
    shared, informed = journey.messages("review-form-shared"), journey.messages("review-form-informed")
    assert {row.to_person for row in informed} == {row.person_id for row in told}
    assert not any(
        "review" in row.body.lower().replace("rapid-review/form", "") for row in [*shared, *informed]
    )
    assert len({row.to_person for row in shared}) == len(shared)
    events = journey.events(K.REVIEW_FORM_SENT)
    assert {event.outcome for event in events} == kinds(journey)
    assert journey.owed()["B2-19"][1] == "met"


@pytest.mark.duty("B2-19")
def test_those_told_can_read_it_and_the_executive_has_no_page(
    journey: Journey, client_as: Client, owner_of: Any
) -> None:
    executive = one_more(journey.place, owner_of, (Role.EXECUTIVE_MEMBER, None))
    share(client_as(journey.team), journey)
    assert executive.person_id in {row.to_person for row in journey.messages("review-form-informed")}
    for who in (journey.police, journey.director, journey.scrutineer, journey.lig_member):
        client = client_as(who)
        assert client.get(address(journey, "/versions/1")).status_code == 200
        assert client.get(address(journey, "/versions/1/files/pdf")).status_code == 200
    for who in (executive, journey.partnership_chair):
        for path in ("", "/versions/1", "/versions/1/files/pdf", "/sending"):
            assert client_as(who).get(address(journey, path)).status_code == 404


def test_sharing_twice_tells_nobody_twice(journey: Journey, client_as: Client) -> None:
    team = client_as(journey.team)
    typed = carried(team.get(address(journey, "/sending")).text)
    assert [team.post(address(journey, "/sending"), data=typed).status_code for _ in range(2)] == [303, 303]
    with journey.place.pinned():
        query = select(OutboxMessage).where(OutboxMessage.case_reference == journey.reference)
        rows = [one for one in db.session.scalars(query) if one.kind == "review-form-shared"]
    assert len(rows) == len({one.to_person for one in rows})
    other = team.post(address(journey, "/sending"), data={**typed, "submission_key": str(uuid4())})
    assert other.status_code == 409
    assert "Everybody has this version" in other.text


@pytest.mark.duty("B2-20", "B3-07", "N-06")
def test_the_panel_ofsted_and_the_department_are_recorded(journey: Journey, client_as: Client) -> None:
    team = client_as(journey.team)
    page = team.get(address(journey, "/sending/panel")).text
    assert "Mailbox.NationalReviewPanel@education.gov.uk" in page
    assert "As the meeting found: What are the next steps, and who takes them?" in page
    assert "A local child safeguarding practice review is commissioned" in page
    assert record(team, journey, reviewer="Rowan Invented").status_code == 303
    assert record(team, journey, "ofsted", address="SCR.SIN@ofsted.gov.uk", what="pdf").status_code == 303
    assert (
        record(team, journey, "dfe", address="Mailbox.CPOD@education.gov.uk", what="notice").status_code
        == 303
    )
    rows = {row.recipient: row for row in journey.read(sendings_of)}
    form = journey.read(form_of)
    assert rows["panel"].digests == {file.kind: file.digest for file in form.current_files}
    assert rows["ofsted"].digests == {"pdf": form.digest}
    assert rows["dfe"].digests == {}
    assert (rows["panel"].reviewer, rows["panel"].next_steps) == (
        "Rowan Invented",
        "A reviewer is commissioned by the end of January",
    )
    owed = journey.owed()
    assert {owed[key][1] for key in ("B2-01", "B2-20", "B3-07")} == {"met"}
    assert "B3-08" not in owed
    index = team.get(address(journey)).text
    assert "15 December 2026 at 10am" in index
    assert "Met late" not in index
    assert form.digest in index


@pytest.mark.duty("B2-20", "B3-07")
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sent_at-day": "", "sent_at-month": "", "sent_at-year": "", "sent_at-time": ""},
         "Enter the date and time when it was sent"),
        ({"sent_at-day": "16"}, "It cannot have been sent in the future"),
        ({"sent_at-day": "14", "sent_at-time": "09:29"}, "This is before the chair of the group approved this version"),
        ({"sent_at-day": "14"}, "Say why this is recorded on a later day than it was sent"),
        ({"channel": "pigeon"}, "Select how it was sent"),
        ({"channel": "other"}, "Say how it was sent"),
        ({"address": " "}, "Enter the address to which it was sent, or whom it reached"),
        ({"what": "notice"}, "Select what was sent"),
        ({"next_steps": ""}, "Say which next steps they were told of"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_beside_the_field_and_all_is_kept(
    journey: Journey, client_as: Client, changed: dict[str, str], told: str
) -> None:
    answer = record(client_as(journey.team), journey, reviewer="Kept as typed", **changed)
    assert (answer.status_code, faults(answer.text)) == (400, [told])
    assert "Kept as typed" in answer.text
    assert kinds(journey) == set()


def test_sent_in_the_minute_of_the_approval_comes_after_it(
    wight: Place, at: Callable[[datetime], None], client_as: Client
) -> None:
    when = MONDAY_AFTER + timedelta(seconds=42)
    journey = approved(Journey(wight), at=when)
    at(when + MINUTE)
    assert record(client_as(journey.team), journey, at=MONDAY_AFTER).status_code == 303
    assert [row.sent_at for row in journey.read(sendings_of)] == [when]


@pytest.mark.duty("B2-20", "N-06")
def test_sent_after_the_fifteenth_day_it_is_met_late_with_the_reason(
    journey: Journey, client_as: Client, at: Callable[[datetime], None]
) -> None:
    at(TOO_LATE)
    team = client_as(journey.team)
    refused = record(team, journey, at=TOO_LATE)
    assert faults(refused.text) == [
        "Say why it was sent after the fifteenth working day",
        "Say to whom the missed clock was reported",
    ]
    why = {"missed_reason": "A partner asked for a day", "missed_reported_to": "The Panel's secretariat"}
    assert record(team, journey, at=TOO_LATE, **why).status_code == 303
    page = team.get(address(journey)).text
    assert "Met late" in page
    assert "A partner asked for a day" in page
    assert "The Panel&#39;s secretariat" in page
    assert (
        record(team, journey, "dfe", at=TOO_LATE, address="Mailbox.CPOD@education.gov.uk").status_code == 303
    )
    assert [event.facts.get("missed") for event in journey.events(K.REVIEW_FORM_SENT)] == [True, None]


@pytest.mark.duty("B3-08")
def test_the_chief_caseworker_unit_is_told_only_where_a_contribution_is_needed(
    journey: Journey, wight: Place, client_as: Client, at: Callable[[datetime], None]
) -> None:
    team = client_as(journey.team)
    assert team.get(address(journey, "/sending/chief-caseworker-unit")).status_code == 404
    other = approved(Journey(wight), home_office=True)
    at(LAST_MORNING)
    page = team.get(address(other, "/sending/chief-caseworker-unit")).text
    assert "CCUsafeguarding@homeoffice.gov.uk" in page
    typed = {"address": "CCUsafeguarding@homeoffice.gov.uk", "what": "notice"}
    refused = record(team, other, "chief-caseworker-unit", **typed)
    assert faults(refused.text) == ["Say which contribution the review is believed to need"]
    said = {**typed, "contribution": "The family's leave to remain"}
    assert record(team, other, "chief-caseworker-unit", **said).status_code == 303
    row = other.read(sendings_of)[0]
    assert (row.recipient, row.contribution, row.digests) == (
        "chief-caseworker-unit",
        "The family's leave to remain",
        {},
    )
    assert other.owed()["B3-08"][1] == "met"


def test_each_recipient_has_each_version_once(journey: Journey, client_as: Client) -> None:
    team = client_as(journey.team)
    typed = sent(LAST_MORNING)
    path = address(journey, "/sending/panel")
    assert [team.post(path, data=typed).status_code for _ in range(2)] == [303, 303]
    other = record(team, journey, address="another@example.org")
    assert other.status_code == 409
    assert "another@example.org" in other.text
    assert team.get(path).status_code == 409
    assert len(journey.read(sendings_of)) == 1


@pytest.mark.duty("B2-20")
def test_nothing_is_sent_before_it_is_approved(
    wight: Place, client_as: Client, at: Callable[[datetime], None]
) -> None:
    journey = ready(Journey(wight))
    support.made(journey.team, journey.case_id, MONDAY_AFTER)
    at(LAST_MORNING)
    team = client_as(journey.team)
    assert team.get(address(journey, "/sending")).status_code == 409
    assert team.get(address(journey, "/sending/panel")).status_code == 409
    assert record(team, journey).status_code == 409
    assert team.post(address(journey, "/sending"), data={"number": "1"}).status_code == 409
    assert kinds(journey) == set()


@pytest.mark.duty("B2-19", "B2-20")
def test_a_correction_is_approved_again_and_goes_to_everybody_who_had_the_first(
    journey: Journey, client_as: Client
) -> None:
    team = client_as(journey.team)
    share(team, journey)
    record(team, journey)
    before = journey.read(form_of)
    second = support.made(journey.team, journey.case_id, LAST_MORNING + MINUTE, "A date was wrong")
    page = team.get(address(journey)).text
    assert "Version 2 takes its place once it is approved." in page
    assert "Version 2 must go to them" not in page
    assert record(team, journey, "ofsted").status_code == 303  # the approved one still goes, the clock runs
    support.approved(journey.chair, journey.case_id, second, LAST_MORNING + 2 * MINUTE)
    page = team.get(address(journey)).text
    told = page.count("Version 2 must go to them") + page.count("To be told of version 2")
    assert told == len(journey.read(sendings_of))
    stale = record(team, journey, "dfe")
    assert stale.status_code == 409  # the page was of version 1
    with journey.place.pinned():
        found = standing(journey.case_id, LAST_MORNING)
        assert {one.newer for one in found.has} == {2}
        assert {one.to for one in found.by_hand} == {S.PANEL, S.OFSTED, S.DFE}
    assert journey.read(form_of).number == 2
    assert [file.digest for file in before.files] == [
        file.digest for file in journey.read(lambda case_id: _first(case_id).files)
    ]


def _first(case_id: Any) -> Any:
    from app.review_forms.queries import version_of

    return version_of(case_id, 1)


def test_a_correction_after_the_clock_is_asked_for_no_reason(
    journey: Journey, client_as: Client, at: Callable[[datetime], None]
) -> None:
    team = client_as(journey.team)
    record(team, journey)
    at(TOO_LATE)
    support.made(journey.team, journey.case_id, TOO_LATE, "A date was wrong")
    support.approved(journey.chair, journey.case_id, 2, TOO_LATE)
    assert "After the fifteenth" not in team.get(address(journey, "/sending/panel")).text
    assert record(team, journey, at=TOO_LATE, number="2").status_code == 303
    assert "Met late" not in team.get(address(journey)).text


def test_a_withdrawn_notification_stops_the_form(
    journey: Journey, client_as: Client, at: Callable[[datetime], None]
) -> None:
    event = journey.events(K.NOTIFICATION_SENT)[0]
    wrong = decisions.Correction(event.number, True, None, "It was another case", uuid4())
    journey.do(decisions.correct, wrong, who=journey.team, now=LAST_MORNING)
    team = client_as(journey.team)
    assert team.get(address(journey)).status_code == 200
    assert team.get(address(journey, "/versions/1")).status_code == 200
    for path in ("/make", "/sending", "/sending/panel"):
        assert team.get(address(journey, path)).status_code == 409
    assert record(team, journey).status_code == 409


def test_only_the_team_sends(journey: Journey, client_as: Client) -> None:
    for who in (journey.chair, journey.police, journey.scrutineer, journey.lig_member):
        client = client_as(who)
        assert client.get(address(journey, "/sending")).status_code == 404
        assert record(client, journey).status_code == 404
    assert client_as(journey.team).get(address(journey, "/sending/nobody")).status_code == 404
