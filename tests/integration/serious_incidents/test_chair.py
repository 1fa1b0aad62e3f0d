"""What the Partnership Chair says of the meeting agrees with its record; and who records that no review is held."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from app.cases.tasks import tasks_of
from app.clock_source import real_now
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from app.serious_incidents import service
from app.serious_incidents.actions import actions_of
from app.serious_incidents.errors import Incomplete
from app.serious_incidents.notifications import Sent
from app.serious_incidents.rules import chair_decision_faults
from tests.integration.serious_incidents.journey import ANSWERS, HOUR, MONDAY, Journey
from tests.support.people import Someone

Client = Callable[[Someone | None], Any]


@pytest.mark.duty("B1-10", "B1-11")
@pytest.mark.parametrize(
    ("present", "came", "why", "fields"),
    [
        (None, True, "", ["scrutineer_present"]),
        (True, True, "", []),
        (True, False, "", ["scrutineer_present"]),
        (True, None, "We spoke by telephone", ["scrutineer_present"]),
        (True, None, "", ["scrutineer_present", "no_meeting"]),
        (False, False, "", []),
        (False, True, "", []),
        (False, None, " ", ["no_meeting"]),
        (False, None, "Nobody could come in time", []),
    ],
)
def test_the_chair_cannot_contradict_the_record_of_the_meeting(
    present: bool | None, came: bool | None, why: str, fields: list[str]
) -> None:
    assert [fault.field for fault in chair_decision_faults(ANSWERS, present, came, why)] == fields


@pytest.mark.duty("B1-10", "B1-11")
def test_a_meeting_without_the_scrutineer_is_read_afterwards(journey: Journey) -> None:
    journey.to_chair()
    journey.meet(at=MONDAY + 7 * HOUR, kind="exceptional", scrutineer=False)
    now = MONDAY + 8 * HOUR
    said_yes = service.Proposed(ANSWERS, journey.version(), uuid4(), True)
    with pytest.raises(Incomplete) as refused:
        journey.do(service.record_chair_decision, said_yes, who=journey.partnership_chair, now=now)
    assert [one.field for one in refused.value.faults] == ["scrutineer_present"]
    said_no = service.Proposed(ANSWERS, journey.version(), uuid4(), False)
    journey.do(service.record_chair_decision, said_no, who=journey.partnership_chair, now=now)
    assert journey.owed()["B1-11:1"] == ("independent-scrutineer", None)


@pytest.mark.duty("B1-10")
def test_a_decision_made_anew_has_a_meeting_of_its_own_or_says_why_not(
    journey: Journey, client_as: Client
) -> None:
    journey.to_chair().chair_decides()
    journey.enter(service.raise_information, journey.team, MONDAY + 9 * HOUR)
    again = service.Proposed(ANSWERS, journey.version(), uuid4(), False)
    with pytest.raises(Incomplete) as refused:
        journey.do(
            service.record_chair_decision, again, who=journey.partnership_chair, now=MONDAY + 10 * HOUR
        )
    assert [one.field for one in refused.value.faults] == ["no_meeting"]
    client, where = client_as(journey.partnership_chair), f"/{journey.place.slug}/cases/{journey.reference}"
    assert "No meeting with the Partnership Chair is recorded" in client.get(f"{where}/chair-decision").text
    journey.chair_decides(scrutineer=False, now=MONDAY + 10 * HOUR)
    made = journey.state().decision
    assert made is not None
    assert made.no_meeting_reason == "Nobody could be brought together in time"
    assert "Nobody could be brought together in time" in client.get(f"{where}/decision").text


@pytest.mark.duty("N-05")
def test_the_team_owes_the_review_and_can_record_what_the_partners_agreed(
    journey: Journey, client_as: Client
) -> None:
    """Owed by the Partnership Team: they see it, and they can do it, on the partners' behalf."""
    journey.to_decision().decide(now=MONDAY + 6 * HOUR)
    sent = Sent(MONDAY + 7 * HOUR, "national-system", "", "INV", "Somebody", "", "", "", uuid4())
    journey.do(service.record_notification, sent, who=journey.director, now=MONDAY + 7 * HOUR)
    with journey.place.pinned():
        today = london_date(real_now())
        mine = [one.obligation.key for one in tasks_of(journey.team.actor(), today, most=100_000)
                if one.case.id == journey.case_id]  # fmt: skip
        labels = [one.label for one in actions_of(journey.state(), journey.team.actor())]
    assert "N-05" in mine
    assert "Record why no rapid review is held" in labels
    client, where = client_as(journey.team), f"/{journey.place.slug}/cases/{journey.reference}/review-ground"
    assert client.get(where).status_code == 200
    form = {"outcome": "criteria-not-met", "words": "The post-mortem", "submission_key": str(uuid4())}
    refused = client.post(where, data=form)
    assert refused.status_code == 400
    assert "Say who agreed it for each partner" in refused.text
    assert (
        client.post(where, data={**form, "source": "The three leads; overseen by telephone"}).status_code
        == 303
    )
    assert len(journey.events(EventKind.REVIEW_GROUND_RECORDED)) == 1
    assert journey.owed()["N-05"] == ("partnership-team", "not needed")
    assert journey.scrutineer.person_id in {one.to_person for one in journey.messages("review-ground")}
