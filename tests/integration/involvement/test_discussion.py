"""Scoping for a discussion: the chair directs it, the Team asks, partners read the decision and comment (6.1)."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from app.access.roles import Role
from app.cases.queries import visible_case
from app.involvement import queries, service
from app.procedure.events import EventKind, Outcome, Party
from app.serious_incidents.errors import Incomplete, OutOfTurn
from tenants.db import db
from tests.integration.involvement.given import DAY, DUE, Given, typed_day


def direct(given: Given, **form: str) -> TestResponse:
    fields = {
        **typed_day("due_on", DUE),
        **typed_day("discussed_on", DUE + 5 * DAY),
        "words": "Look at the last year",
    }
    return given.post(given.chair, given.of_case("direct"), **{**fields, **form})


@pytest.mark.duty("A-07")
def test_the_chair_directs_it_and_the_team_asks(case: Given) -> None:
    given = case.discussed()
    assert given.get(given.team, given.of_case("open")).status_code == 409
    with given.place.pinned(), pytest.raises(OutOfTurn):
        service.open_scoping(given.case_id, "discussion", DUE, [], [uuid4()], actor=given.team.actor(), now=given.now,
                             key=uuid4())  # fmt: skip
    assert direct(given).status_code == 303
    (directed,) = given.told(EventKind.SCOPING_DIRECTED)
    assert directed.stage == "notification"
    assert directed.facts == '{"due_on":"2026-11-27"}'
    (message,) = given.messages(given.team, "scoping-directed")
    assert "by the end of Friday 27 November 2026" in message.body
    page = given.text(given.team, given.of_case("open"))
    assert 'value="27"' in page
    board = given.text(given.scrutineer, given.of_case())
    for words in ("Look at the last year", "Friday 27 November 2026", "discusses the referral on"):
        assert words in board
    asked = given.ask("community-health", purpose="discussion")
    assert given.answer(given.member, asked["community-health"]) == 1
    assert given.states("discussion") == {"Community health": "returned"}
    (returned,) = given.told(EventKind.INVOLVEMENT_RETURNED)
    assert (returned.stage, '"purpose":"discussion"' in returned.facts) == ("notification", True)


@pytest.mark.duty("A-07")
def test_members_of_the_group_see_the_case_once_it_is_brought_to_them(case: Given) -> None:
    given = case.discussed()
    direct(given)

    def sees() -> bool:
        with given.place.pinned():
            return visible_case(given.case, given.member.actor()) is not None

    assert not sees()
    asked = given.ask("community-health", purpose="discussion")
    assert sees()
    assert given.messages(given.member, "involvement-asked")[0].case_reference == given.case
    assert given.get(given.member, f"/cases/{given.case}").status_code == 200
    assert given.get(given.contributor, f"/cases/{given.case}").status_code == 404
    assert given.get(given.contributor, given.own(asked["community-health"])).status_code == 200
    assert given.get(given.member, f"/cases/{given.case}/outcome/").status_code == 404


@pytest.mark.duty("A-07")
def test_the_dates_that_the_chair_sets(case: Given) -> None:
    given = case.discussed()
    wrong = direct(given, **typed_day("due_on", DUE), **typed_day("discussed_on", DUE))
    assert wrong.status_code == 400
    assert "after the date for returns" in wrong.text
    past = direct(given, **typed_day("due_on", DUE - 10 * DAY))
    assert "must be today or later" in past.text
    key = str(uuid4())
    for _twice in (1, 2):
        assert direct(given, submission_key=key).status_code == 303
    assert len(given.told(EventKind.SCOPING_DIRECTED)) == 1
    assert "You would replace the direction" in given.text(given.chair, given.of_case("direct"))
    given.to(given.now + DAY / 24)
    assert direct(given, **typed_day("due_on", DUE - DAY)).status_code == 303
    with given.place.pinned():
        found = queries.direction_of(given.case_id)
        assert found is not None
        assert found.due_on == DUE - DAY
        with pytest.raises(Incomplete):
            service.open_scoping(given.case_id, "discussion", DUE, [], [_agency(given)], actor=given.team.actor(),
                                 now=given.now, key=uuid4())  # fmt: skip


def _agency(given: Given) -> UUID:
    from tenants.registry import agencies

    return next(one.id for one in agencies() if one.key == "police")


def test_without_the_chairs_decision_there_is_nothing_to_direct(case: Given) -> None:
    assert case.get(case.chair, case.of_case("direct")).status_code == 409
    assert direct(case).status_code == 409
    case.discussed()
    case.say(
        EventKind.DECISION_RECORDED, outcome=Outcome.DO_NOT_NOTIFY.value
    )  # decided anew: it no longer stands
    assert case.get(case.chair, case.of_case("direct")).status_code == 409
    case.say(EventKind.OUTCOME_CHOSEN, outcome="no-further-action")
    assert direct(case).status_code == 409


def test_a_case_that_is_notified_later_is_asked_for_the_rapid_review(case: Given) -> None:
    given = case.discussed()
    direct(given)
    asked = given.ask("police", purpose="discussion")
    given.to(given.now + DAY / 24)
    given.notified()
    assert "no longer stands" in given.text(given.police, given.own(asked["police"]))
    again = given.ask("police")
    assert set(again) == {"police"}
    board = given.text(given.team, given.of_case())
    for words in ("For the rapid review", "For the discussion by the group"):
        assert words in board


@pytest.mark.duty("A-07")
def test_partners_read_the_decision_and_comment_on_it(case: Given) -> None:
    given = case.discussed()
    director = given.people[Role.SERVICE_DIRECTOR]
    for who in (given.police, given.nurse, director, given.chair, given.team, given.scrutineer):
        assert "New learning is likely" in given.text(who, f"/cases/{given.case}/outcome/")
    key = str(uuid4())
    for _twice in (1, 2):
        sent = given.post(given.police, f"/cases/{given.case}/outcome/comment", party="police",
                          words="We would look wider", submission_key=key)  # fmt: skip
        assert sent.status_code == 303, sent.text
    (event,) = given.told(EventKind.OUTCOME_COMMENTED)
    assert (event.party, event.stage) == ("police", "notification")
    for who in (given.chair, given.team, given.scrutineer, given.nurse):
        assert "We would look wider" in given.text(who, f"/cases/{given.case}/outcome/")
        assert len(given.messages(who, "outcome-commented")) == 1
    empty = given.post(given.police, f"/cases/{given.case}/outcome/comment", party="police", words=" ")
    assert "Write your comment" in empty.text
    bad = given.post(
        given.police, f"/cases/{given.case}/outcome/comment", party="icb", words="Kept \u202e here"
    )
    assert bad.status_code == 400
    assert "Kept" in bad.text
    with given.place.pinned(), pytest.raises(Incomplete):
        service.comment_on_outcome(given.case_id, Party.ICB, "Not theirs", actor=given.police.actor(), now=given.now,
                                   key=uuid4())  # fmt: skip
    with given.place.pinned():
        assert [one.words for one in queries.comments_of(given.case_id)] == ["We would look wider"]
        db.session.rollback()


def test_nobody_else_reads_it(case: Given) -> None:
    given = case
    assert given.get(given.police, f"/cases/{given.case}/outcome/").status_code == 409
    sent = given.post(given.police, f"/cases/{given.case}/outcome/comment", party="police", words="x")
    assert sent.status_code == 409
    given.discussed()
    for role in (
        Role.AGENCY_LIG_MEMBER,
        Role.AGENCY_CONTRIBUTOR,
        Role.EXECUTIVE_MEMBER,
        Role.PARTNERSHIP_CHAIR,
    ):
        assert given.get(given.people[role], f"/cases/{given.case}/outcome/").status_code == 404
    for who in (given.chair, given.team):
        assert given.post(who, f"/cases/{given.case}/outcome/comment", words="x").status_code == 404
