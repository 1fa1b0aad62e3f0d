"""The record of the meeting, the partners' positions, and the decision at a quorate meeting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.access.actor import Acting
from app.meetings import attendance
from app.meetings import service as group
from app.procedure.events import EventKind, Party
from app.procedure.review_record import PARTS
from app.rapid_reviews.record_queries import record_of
from tests.integration.rapid_reviews.planned import days, later, notified, plan
from tests.integration.serious_incidents.journey import Journey
from tests.support.people import Someone
from tests.support.places import Place

Client = Callable[[Someone | None], Any]
K = EventKind
CLERK = Acting(None, "Somebody of the team", "Partnership Team")
OPENED = later(16).replace(hour=10, minute=0)
COMMISSION, NOT = "commission", "do-not-commission"
BOTH_KINDS = {"words": "Said at the meeting", "list": "First\nSecond"}


@pytest.fixture
def journey(wight: Place, client_as: Client, at: Callable[[datetime], None]) -> Journey:
    """A case whose rapid review is planned; it is an hour after the meeting's beginning."""
    found = notified(Journey(wight))
    at(later(0.05))
    found.meeting = plan(found, client_as(found.team))  # type: ignore[attr-defined]
    at(OPENED + timedelta(hours=1))
    return found


@pytest.fixture
def team(client_as: Client, journey: Journey) -> Any:
    return client_as(journey.team)


def page(journey: Journey, name: str) -> str:
    return f"/{journey.place.slug}/cases/{journey.reference}/rapid-review/{name}"


def meet(journey: Journey, *parties: Party, left: Party | None = None) -> UUID:
    """The meeting is opened with somebody of each of these partners; one leaves after half an hour."""
    meeting: UUID = journey.meeting  # type: ignore[attr-defined]
    with journey.place.pinned():
        group.open_meeting(meeting, OPENED, CLERK, OPENED + timedelta(hours=1))
        group.db.session.commit()
        for party in parties:
            gone = OPENED + timedelta(minutes=30) if party is left else None
            attend(meeting, party, gone)
        group.db.session.commit()
    return meeting


def attend(meeting: UUID, party: Party, left: datetime | None) -> None:
    came = attendance.NewAttendance(
        f"Somebody of {party.value}",
        "Representative",
        uuid4(),
        party=party,
        deputy_for="The representative",
        came_at=OPENED,
        left_at=left,
    )
    assert attendance.attend(meeting, came, CLERK, OPENED + timedelta(hours=1)) == []


def moment(at: datetime) -> dict[str, str]:
    return {**days("decided_at", at.date()), "decided_at-time": f"{at:%H:%M}"}


def decision(journey: Journey, at: datetime = OPENED + timedelta(minutes=45), **other: str) -> dict[str, str]:
    meeting: UUID = journey.meeting  # type: ignore[attr-defined]
    return {
        "meeting": str(meeting), "outcome": COMMISSION, "rationale": "Learning that only a review brings",
        "negates": "", "home_office": "no", "over": "0", "reason": "", "submission_key": str(uuid4()), **moment(at),
        **other,
    }  # fmt: skip


def say(client_as: Client, journey: Journey, **outcomes: str) -> None:
    """Each partner says in the pages, commission where not told otherwise."""
    for party, who in journey.answering.items():
        sent = {"party": party.value, "outcome": outcomes.get(party.name.lower(), COMMISSION), "seen": "",
                "rationale": f"What {party.value} holds", "submission_key": str(uuid4())}  # fmt: skip
        answer = client_as(who).post(page(journey, "position"), data=sent)
        assert answer.status_code == 303, answer.text


def content(part: str) -> dict[str, str]:
    return {
        one.name: one.choices[0][0] if one.kind == "choice" else BOTH_KINDS[one.kind]
        for one in PARTS[part].questions
    }


@pytest.mark.duty("B2-08", "B2-09", "B2-11", "B2-12", "B2-13", "B2-14", "B2-16", "B2-17", "B2-22")
@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_written_read_and_counted(
    journey: Journey, team: Any, client_as: Client, part: str
) -> None:
    half = {**content(part), PARTS[part].questions[0].name: ""}
    sent = {"over": "0", "submission_key": str(uuid4())}
    assert team.post(page(journey, f"record/{part}"), data={**half, **sent}).status_code == 303
    assert journey.events(K.REVIEW_SECTION_RECORDED)[-1].facts["complete"] is False
    sent = {"over": "1", "submission_key": str(uuid4())}
    assert team.post(page(journey, f"record/{part}"), data={**content(part), **sent}).status_code == 303
    event = journey.events(K.REVIEW_SECTION_RECORDED)[-1]
    assert (event.facts["section"], event.facts["number"], event.facts["complete"]) == (part, 2, True)
    shown = client_as(journey.police).get(page(journey, "record")).text
    assert PARTS[part].title in shown
    assert "version 2" in shown


def test_two_clerks_at_once_see_both_texts_and_lose_nothing(
    journey: Journey, team: Any, client_as: Client
) -> None:
    other = client_as(journey.manager)
    first = {
        **content("findings"),
        "facts": "What the first clerk heard",
        "over": "0",
        "submission_key": str(uuid4()),
    }
    second = {
        **content("findings"),
        "facts": "What the second clerk heard",
        "over": "0",
        "submission_key": str(uuid4()),
    }
    assert team.post(page(journey, "record/findings"), data=first).status_code == 303
    answer = other.post(page(journey, "record/findings"), data=second)
    assert answer.status_code == 409
    assert answer.text.count("What the first clerk heard") >= 1
    assert answer.text.count("What the second clerk heard") >= 2  # beside the other, and still in the form
    over = re.search(r'name="over"[^>]*value="(\d+)"', answer.text)
    assert over is not None
    again = {**second, "over": over[1], "submission_key": str(uuid4())}
    assert other.post(page(journey, "record/findings"), data=again).status_code == 303
    found = journey.read(record_of)
    assert found.versions["findings"].number == 2
    assert found.sections["findings"]["facts"] == "What the second clerk heard"
    assert (
        team.post(page(journey, "record/findings"), data=first).status_code == 303
    )  # the same form once more
    assert journey.read(record_of).versions["findings"].number == 2


@pytest.mark.duty("B2-07", "B2-15")
def test_what_all_three_say_is_decided_at_a_quorate_meeting(
    journey: Journey, team: Any, client_as: Client
) -> None:
    meet(journey, *journey.answering)
    assert team.get(page(journey, "decide")).status_code == 409
    say(client_as, journey)
    typed = decision(journey)
    assert team.post(page(journey, "decide"), data=typed).status_code == 303
    assert team.post(page(journey, "decide"), data=typed).status_code == 303
    found = journey.read(record_of)
    assert [(one.outcome, one.maker, one.number) for one in found.decisions] == [(COMMISSION, "partners", 1)]
    assert [one["outcome"] for one in found.decision.positions] == [COMMISSION] * 3
    assert journey.events(K.LCSPR_DECIDED)[0].happened_at == OPENED + timedelta(minutes=45)
    assert journey.owed()["B2-15"][1] == "met"
    late = {
        "party": "police",
        "outcome": NOT,
        "rationale": "Too late",
        "seen": "",
        "submission_key": str(uuid4()),
    }
    assert client_as(journey.police).post(page(journey, "position"), data=late).status_code == 409


@pytest.mark.duty("B2-07")
def test_no_decision_is_recorded_without_quorum_also_where_it_was_lost_half_way(
    journey: Journey, team: Any, client_as: Client
) -> None:
    meet(journey, *journey.answering, left=Party.ICB)
    say(client_as, journey)
    lost = team.post(page(journey, "decide"), data=decision(journey))
    assert (lost.status_code, "nobody was there for the integrated care board" in lost.text) == (400, True)
    assert "Learning that only a review brings" in lost.text
    assert journey.read(record_of).decision is None
    before = decision(journey, OPENED + timedelta(minutes=20))
    assert team.post(page(journey, "decide"), data=before).status_code == 303


@pytest.mark.duty("B2-07")
@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"meeting": ""}, "Select the meeting"),
        ({"meeting": str(uuid4())}, "Select the meeting"),
        (moment(OPENED - timedelta(minutes=1)), "not within the meeting"),
        (moment(OPENED + timedelta(hours=5)), "must not be in the future"),
        ({"decided_at-day": ""}, "decided"),
        ({"outcome": NOT, "negates": "no"}, "not what the three partners say"),
        ({"outcome": ""}, "Select the decision"),
        ({"rationale": " "}, "Give the rationale"),
        ({"home_office": ""}, "contribution of the Home Office"),
    ],
)
def test_what_is_wrong_with_a_decision_is_said_beside_its_field(
    journey: Journey, team: Any, client_as: Client, other: dict[str, str], says: str
) -> None:
    meet(journey, *journey.answering)
    say(client_as, journey)
    answer = team.post(page(journey, "decide"), data=decision(journey, **other))
    assert (answer.status_code, says in answer.text) == (400, True)
    assert journey.read(record_of).decision is None


@pytest.mark.duty("B2-17")
def test_of_a_child_who_died_it_is_not_recorded_that_they_did_not(
    journey: Journey, team: Any, at: Callable[[datetime], None]
) -> None:
    at(later(0.1))
    plan(journey, team, died="yes", over="1", reason="It is known now")
    at(OPENED + timedelta(hours=1))
    sent = {"used": "not-died", "what": "Nothing", "over": "0", "submission_key": str(uuid4())}
    wrong = team.post(page(journey, "record/child_death"), data=sent)
    assert (wrong.status_code, "says that the child died" in wrong.text) == (400, True)
    right = {**sent, "used": "considered", "submission_key": str(uuid4())}
    assert team.post(page(journey, "record/child_death"), data=right).status_code == 303


@pytest.mark.duty("B2-15")
def test_where_they_do_not_agree_the_partnership_chair_is_asked_and_decides(
    journey: Journey, team: Any, client_as: Client
) -> None:
    meet(journey, *journey.answering)
    chair = client_as(journey.partnership_chair)
    assert chair.get(page(journey, "decision")).status_code == 404
    say(client_as, journey, police=NOT)
    assert team.post(page(journey, "decide"), data=decision(journey)).status_code == 409
    asked = {"words": "Whether a review adds to what is known", "submission_key": str(uuid4())}
    assert team.post(page(journey, "escalate"), data={**asked, "words": ""}).status_code == 400
    assert team.post(page(journey, "escalate"), data=asked).status_code == 303
    shown = chair.get(page(journey, "decision")).text
    assert "names no path" in shown
    assert all(f"What {party.value} holds" in shown for party in journey.answering)
    typed = {"outcome": NOT, "rationale": "The learning is made", "negates": "yes", "home_office": "yes",
             "submission_key": str(uuid4())}  # fmt: skip
    assert client_as(journey.chair).post(page(journey, "settle"), data=typed).status_code == 404
    assert chair.post(page(journey, "settle"), data={**typed, "negates": ""}).status_code == 400
    assert chair.post(page(journey, "settle"), data=typed).status_code == 303
    found = journey.read(record_of)
    assert (found.decision.maker, found.decision.negates, found.decision.home_office) == (
        "partnership-chair",
        True,
        True,
    )
    assert team.get(page(journey, "decide")).status_code == 409


@pytest.mark.duty("B2-15")
def test_what_a_partner_said_elsewhere_is_recorded_for_them_and_they_are_told(
    journey: Journey, team: Any
) -> None:
    typed = {"outcome": COMMISSION, "rationale": "By telephone", "name": "Alex Invented", "capacity": "Superintendent",
             "source": "call", "evidence": "Note of the call", "submission_key": str(uuid4()),
             **days("taken_at", OPENED.date()), "taken_at-time": "10:15"}  # fmt: skip
    wrong = team.post(page(journey, "position-for/police"), data={**typed, "evidence": "", "source": ""})
    assert (wrong.status_code, "Say where the evidence is" in wrong.text) == (400, True)
    assert team.post(page(journey, "position-for/police"), data=typed).status_code == 303
    held = journey.read(record_of).positions[Party.POLICE]
    assert (held.name, held.source, held.taken_at) == (
        "Alex Invented",
        "call",
        OPENED + timedelta(minutes=15),
    )
    assert {one.to_person for one in journey.messages("response-recorded-for-you")} >= {
        journey.police.person_id
    }


def test_a_position_that_somebody_replaced_meanwhile_is_not_written_over(
    journey: Journey, client_as: Client
) -> None:
    sent = {"party": "police", "outcome": COMMISSION, "rationale": "First", "seen": ""}
    assert (
        client_as(journey.police)
        .post(page(journey, "position"), data={**sent, "submission_key": str(uuid4())})
        .status_code
        == 303
    )
    stale = {**sent, "rationale": "From a page that is out of date", "submission_key": str(uuid4())}
    answer = client_as(journey.police_too).post(page(journey, "position"), data=stale)
    assert (answer.status_code, "From a page that is out of date" in answer.text) == (409, True)
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', answer.text)
    assert seen is not None
    again = {**stale, "seen": seen[1], "submission_key": str(uuid4())}
    assert client_as(journey.police_too).post(page(journey, "position"), data=again).status_code == 303
    earlier = {"outcome": NOT, "rationale": "Said before", "name": "Alex", "capacity": "Inspector", "source": "call",
               "evidence": "A note", "submission_key": str(uuid4()), **days("taken_at", OPENED.date()),
               "taken_at-time": "09:00"}  # fmt: skip
    refused = client_as(journey.team).post(page(journey, "position-for/police"), data=earlier)
    assert (refused.status_code, "said something after that" in refused.text) == (400, True)


def test_who_may_write_and_who_may_only_read(journey: Journey, client_as: Client, hampshire: Place) -> None:
    for who in (journey.police, journey.chair, journey.scrutineer, journey.lig_member):
        assert client_as(who).get(page(journey, "record")).status_code == 200
        assert client_as(who).get(page(journey, "record/findings")).status_code == 404
        assert client_as(who).get(page(journey, "decide")).status_code == 404
    elsewhere = Journey(hampshire)
    for name in ("record", "decision", "record/findings", "decide"):
        assert client_as(elsewhere.team).get(page(journey, name)).status_code == 404


def test_with_the_notification_withdrawn_nothing_further_is_recorded(journey: Journey, team: Any) -> None:
    from app.serious_incidents import service

    with journey.place.pinned():
        entry = next(
            one for one in service.correctable(journey.case_id) if "notification sent" in one.what.lower()
        )
    typed = service.Correction(entry.number, True, None, "Sent in error", uuid4())
    journey.do(service.correct, typed, who=journey.team, now=OPENED)
    sent = {**content("findings"), "over": "0", "submission_key": str(uuid4())}
    answer = team.post(page(journey, "record/findings"), data=sent)
    assert (answer.status_code, "There is no notification" in answer.text) == (409, True)
    assert "Said at the meeting" in answer.text
    assert journey.owed()["B2-01"][1] == "superseded"
    assert "withdrawn" in team.get(page(journey, "").rstrip("/")).text
