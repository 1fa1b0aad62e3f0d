"""The Partnership Team asks agencies: whom, by when, told how; adds, chases, withdraws."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from app.access.roles import Role
from app.involvement import agencies, queries, service
from app.involvement.chasing import CHASE, REMIND, overdue, remind
from app.procedure.events import EventKind
from app.serious_incidents.errors import Incomplete, OutOfTurn
from tenants.db import db
from tests.integration.involvement.given import CHILD, DAY, DUE, TODAY, Given, typed_day


def opened(given: Given, **form: Any) -> TestResponse:
    return given.post(given.team, given.of_case("open"), purpose="rapid-review", **form)


def chosen(given: Given, *keys: str) -> list[str]:
    from tenants.registry import agencies as registered

    with given.place.pinned():
        return [str(one.id) for one in registered() if one.key in keys]


@pytest.mark.duty("B2-04")
def test_agencies_with_members_on_the_group_are_selected_at_first(given: Given) -> None:
    page = given.text(given.team, given.of_case("open"))
    for name in ("Constabulary", "Integrated care board", "Community health", "Children&#39;s Services"):
        assert name in page
    assert (
        page.count(" checked") == 3
    )  # Children's Services has only its Service Director, who is not of the group
    assert f'value="{CHILD}"' in page
    with given.place.pinned():
        assert len(agencies.offered(TODAY)[1]) == 3


@pytest.mark.duty("B2-04")
def test_they_are_asked_through_the_page(given: Given) -> None:
    wanted = chosen(given, "police", "community-health", "childrens-services")
    answer = opened(given, title="R, aged 4", agencies=wanted,
                    questions="Who knew?\n\nSince when?", name=["Rowan School", ""], contact=["The head", ""],
                    email=["head@rowan.example", ""], **typed_day("due_on", DUE))  # fmt: skip
    assert answer.status_code == 303, answer.text
    assert given.states() == {
        "Children's Services": "asked", "Community health": "asked", "Constabulary": "asked", "Rowan School": "asked",
    }  # fmt: skip
    with given.place.pinned():
        scoping = queries.scoping_of(given.case_id)
        assert scoping is not None
        assert (scoping.title, scoping.questions, scoping.due_on) == (
            "R, aged 4",
            ["Who knew?", "Since when?"],
            DUE,
        )
    told = given.told(EventKind.SCOPING_OPENED)
    assert [event.stage for event in told] == ["rapid-review"]
    assert len(given.told(EventKind.INVOLVEMENT_REQUESTED)) == 4
    board = given.text(given.team, given.of_case())
    # Children's Services has only its Service Director, who returns for no agency.
    for words in (
        "0 of 4",
        "Rowan School",
        "(outside)",
        "Who knew?",
        "Not chased yet",
        "Nobody of this agency has a role",
    ):
        assert words in board


def test_each_is_told_and_only_who_may_see_the_case_which(given: Given) -> None:
    given.ask("community-health", "police")
    (member,) = given.messages(given.member)
    assert (member.kind, member.case_reference) == ("involvement-asked", given.case)
    (contributor,) = given.messages(given.contributor)
    assert (contributor.kind, contributor.case_reference) == ("involvement-asked-unnamed", None)
    assert given.case not in contributor.subject + contributor.body
    assert "/involvement/" in contributor.body
    (inbox,) = given.messages(kind="involvement-inbox")
    assert (inbox.to_address, inbox.case_reference) == (f"police@{given.place.slug}.example", None)
    assert given.messages(given.nurse) == []  # the ICB was not asked
    assert given.messages(given.people[Role.PRACTITIONER]) == []


def test_somebody_sealed_out_is_told_nothing(given: Given) -> None:
    from app.conflicts.rules import NewSeal
    from app.conflicts.service import seal

    with given.place.pinned():
        typed = NewSeal(given.member.person_id, "A relative", uuid4(), given.member.person_id)
        assert seal(given.case_id, typed, actor=given.chair.actor(), now=given.now) == []
        db.session.commit()
    asked = given.ask()
    assert given.messages(given.member) == []
    assert len(given.messages(given.contributor)) == 1
    for path in ("", "/form/contacts", "/check", "/files"):
        assert given.get(given.member, given.own(asked["community-health"], path)).status_code == 404
    with given.place.pinned():
        assert queries.waiting_for_me(given.member.actor(), given.now) == []
        assert len(queries.waiting_for_me(given.contributor.actor(), given.now)) == 1


def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(given: Given) -> None:
    answer = opened(given, title="", agencies=[], questions="Who <knew>?", name=["Rowan School"], contact=[""],
                    email=["head at rowan"], **typed_day("due_on", TODAY - DAY))  # fmt: skip
    assert answer.status_code == 400
    for words in ("The date for returns must be today or later", "Say how the requests name the child",
                  "Enter whom you ask there", "Enter an e-mail address", "Who &lt;knew&gt;?",
                  "head at rowan"):  # fmt: skip
        assert words in answer.text
    for anchor in ('href="#due_on-day"', 'href="#title"', 'href="#email_1"'):
        assert anchor in answer.text
    nobody = opened(given, title="R", agencies=[], **typed_day("due_on", DUE))
    assert "Select at least one agency" in nobody.text
    assert given.told(EventKind.SCOPING_OPENED) == []
    more = opened(given, go="add", title="R", name=["Rowan School"], contact=["A"], email=["a@b.example"])
    assert more.status_code == 200
    assert 'id="name_2"' in more.text
    assert "Rowan School" in more.text


def test_before_the_notification_nobody_is_asked(case: Given) -> None:
    assert case.get(case.team, case.of_case("open")).status_code == 409
    assert "once the serious incident notification has been sent" in case.text(case.team, case.of_case())
    with case.place.pinned(), pytest.raises(OutOfTurn):
        service.open_scoping(case.case_id, "rapid-review", DUE, [], [uuid4()], actor=case.team.actor(), now=case.now,
                             key=uuid4())  # fmt: skip


def test_the_same_form_sent_twice_asks_once_and_a_second_opening_is_refused(given: Given) -> None:
    form: dict[str, Any] = {
        "title": "R",
        "agencies": chosen(given, "police"),
        "submission_key": str(uuid4()),
        **typed_day("due_on", DUE),
    }
    assert opened(given, **form).status_code == 303
    assert opened(given, **form).status_code == 303
    assert len(given.told(EventKind.INVOLVEMENT_REQUESTED)) == 1
    second = opened(given, **{**form, "submission_key": str(uuid4())})
    assert second.status_code == 409
    assert "have been asked already" in second.text
    assert given.get(given.team, given.of_case("open")).status_code == 409


@pytest.mark.duty("B2-04")
def test_one_more_is_asked(given: Given) -> None:
    assert given.get(given.team, given.of_case("add")).status_code == 409
    given.ask("police")
    page = given.text(given.team, given.of_case("add"))
    assert "Community health" in page
    assert "Constabulary</option>" not in page
    (health,) = chosen(given, "community-health")
    key = str(uuid4())
    for _twice in (1, 2):
        sent = given.post(
            given.team, given.of_case("add"), agency=health, submission_key=key, **typed_day("due_on", DUE)
        )
        assert sent.status_code == 303, sent.text
    outside = {"name": "Rowan School", "contact": "The head", "email": "head@rowan.example"}
    assert (
        given.post(given.team, given.of_case("add"), **outside, **typed_day("due_on", DUE)).status_code == 303
    )
    assert set(given.states()) == {"Constabulary", "Community health", "Rowan School"}
    assert given.messages(kind="involvement-outside")[0].to_address == "head@rowan.example"
    again = given.post(given.team, given.of_case("add"), **outside, **typed_day("due_on", DUE))
    assert again.status_code == 400
    assert "is asked already" in again.text
    nobody = given.post(given.team, given.of_case("add"))
    for words in ("Select an agency, or enter an organisation", "Enter the date by which returns are needed"):
        assert words in nobody.text


@pytest.mark.duty("B2-05")
def test_an_agency_is_chased_now(given: Given) -> None:
    asked = given.ask()
    police = asked["police"]
    key = str(uuid4())
    for _twice in (1, 2):
        assert given.post(given.team, given.of_case(f"{police}/chase"), submission_key=key).status_code == 303
    assert len(given.told(EventKind.INVOLVEMENT_CHASED)) == 1
    assert given.messages(given.police, "involvement-chased")[0].case_reference == given.case
    assert "Chased 23 November 2026 at 10am" in given.text(given.team, given.of_case())
    assert "by " + given.team.name in given.text(given.chair, given.of_case(str(police)))
    given.answer(given.police, police)
    late = given.post(given.team, given.of_case(f"{police}/chase"))
    assert late.status_code == 409
    assert "have returned already" in late.text


@pytest.mark.duty("B2-04", "B2-05")
def test_reminders_come_by_themselves_once_and_the_chair_is_told(given: Given) -> None:
    asked = given.ask()
    given.answer(given.police, asked["police"])
    before = {str(intent.args["request_id"]): intent for intent in given.intents(REMIND)}[
        str(asked["community-health"])
    ]
    after = {str(intent.args["request_id"]): intent for intent in given.intents(CHASE)}[
        str(asked["community-health"])
    ]
    assert (before.run_at.date(), after.run_at.date()) == (DUE - DAY, DUE + DAY)
    for run, intent in ((remind, before), (remind, before), (overdue, after), (overdue, after)):
        given.to(intent.run_at)
        with given.place.pinned():
            run(dict(intent.args), intent.run_at)
            db.session.commit()
    assert len(given.messages(given.member, "involvement-chased")) == 2
    assert "Thursday 26" not in given.messages(given.member, "involvement-chased")[1].body
    assert len(given.messages(given.team, "involvement-missing")) == 1
    assert len(given.messages(given.chair, "involvement-missing")) == 1
    assert len(given.told(EventKind.INVOLVEMENT_CHASED)) == 2
    assert given.messages(given.police, "involvement-chased") == []
    assert given.states(today=DUE + DAY)["Community health"] == "overdue"
    assert ">Overdue</strong>" in given.text(given.team, given.of_case())


def test_a_request_on_the_last_day_has_no_reminder_before(given: Given) -> None:
    given.ask("police", due_on=TODAY)
    assert given.intents(REMIND) == []
    assert len(given.intents(CHASE)) == 1


@pytest.mark.duty("B2-04")
def test_a_request_is_withdrawn_with_a_reason(given: Given) -> None:
    asked = given.ask()
    police = asked["police"]
    given.post(
        given.police, given.own(police, "/form/practice"), version="0", form_id="", good="Written before"
    )
    assert given.post(given.team, given.of_case(f"{police}/withdraw"), reason=" ").status_code == 400
    assert (
        given.post(given.team, given.of_case(f"{police}/withdraw"), reason="Asked by mistake").status_code
        == 303
    )
    assert given.post(given.team, given.of_case(f"{police}/withdraw"), reason="Again").status_code == 303
    assert len(given.told(EventKind.INVOLVEMENT_WITHDRAWN)) == 1
    assert given.states()["Constabulary"] == "withdrawn"
    assert "Asked by mistake" in given.text(given.team, given.of_case())
    assert len(given.messages(given.police, "involvement-withdrawn")) == 1
    assert "This request was withdrawn" in given.text(given.police, given.own(police))
    assert given.get(given.police, given.own(police, "/check")).status_code == 409
    assert "Written before" in given.text(given.police, given.own(police))
    refused = given.post(given.police, given.own(police, "/form/practice"), good="Kept on this page")
    assert refused.status_code == 409
    with given.place.pinned():
        assert queries.waiting_for_me(given.police.actor(), given.now) == []
    run = given.intents(CHASE)[0]
    given.to(run.run_at)
    for intent in given.intents(CHASE):
        with given.place.pinned():
            overdue(dict(intent.args), run.run_at)
            db.session.commit()
    assert given.messages(given.police, "involvement-chased") == []


def test_an_agency_that_was_withdrawn_can_be_asked_again(given: Given) -> None:
    asked = given.ask()
    given.post(given.team, given.of_case(f"{asked['police']}/withdraw"), reason="Asked by mistake")
    (police,) = chosen(given, "police")
    assert (
        given.post(given.team, given.of_case("add"), agency=police, **typed_day("due_on", DUE)).status_code
        == 303
    )
    with given.place.pinned():
        assert [one.state for one in queries.requests_of(given.case_id) if one.agency_name == "Constabulary"] == [
            "asked", "withdrawn",
        ]  # fmt: skip


def test_when_the_notification_is_withdrawn_nothing_further_is_asked(given: Given) -> None:
    asked = given.ask()
    given.to(given.now + timedelta(hours=1))
    given.notification_withdrawn()
    told = "not recorded any more"
    assert told in given.text(given.team, given.of_case())
    assert told in given.text(given.member, given.own(asked["community-health"]))
    for path in ("open", "add"):
        answer = given.post(given.team, given.of_case(path), purpose="rapid-review", name="X", contact="Y",
                            email="x@y.example", title="R", **typed_day("due_on", DUE))  # fmt: skip
        assert answer.status_code == 409, path
        assert told in answer.text
    assert given.post(given.team, given.of_case(f"{asked['police']}/chase")).status_code == 409
    assert given.get(given.member, given.own(asked["community-health"], "/check")).status_code == 409
    with given.place.pinned():
        assert queries.waiting_for_me(given.member.actor(), given.now) == []
        with pytest.raises(OutOfTurn):
            service.submit_return(asked["police"], {}, actor=given.police.actor(), now=given.now, key=uuid4())
    for intent in given.intents(CHASE):
        given.to(intent.run_at)
        with given.place.pinned():
            overdue(dict(intent.args), intent.run_at)
            db.session.commit()
    assert given.messages(kind="involvement-missing") == []


def test_a_request_of_another_case_is_not_found(given: Given) -> None:
    asked = given.ask()
    first = given.case
    given.case_id, given.case = given._case()
    given.notified()
    for path in (f"{asked['police']}", f"{asked['police']}/withdraw", f"{asked['police']}/record"):
        assert given.get(given.team, given.of_case(path)).status_code == 404
    with given.place.pinned(), pytest.raises(service.NoSuchRequest):
        service.chase(given.case_id, asked["police"], actor=given.team.actor(), now=given.now, key=uuid4())
    assert first != given.case


def test_the_service_refuses_what_the_page_would(given: Given) -> None:
    with given.place.pinned(), pytest.raises(Incomplete) as raised:
        service.open_scoping(given.case_id, "rapid-review", None, [], [], [service.Outside("", "", "")],
                             actor=given.team.actor(), now=given.now, key=uuid4())  # fmt: skip
    assert {fault.field for fault in raised.value.faults} == {"due_on", "name_1", "contact_1", "email_1"}
