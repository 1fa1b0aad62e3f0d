"""Actions under a recommendation: agreed, reminded of, updated by their agency, and overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.ledger.models import ReadEntry
from app.outbox.handlers import HANDLERS
from app.procedure.clocks import day_end
from app.procedure.events import EventKind
from app.recommendations.queries import owed_by_agency
from tenants.db import db
from tests.integration.recommendations.recommending import DAY, DUE, MONDAY, Recommending, typed_day

K = EventKind
EARLY = datetime(2027, 2, 1, 10, tzinfo=UTC)


def run(given: Recommending, kind: str, now: datetime) -> None:
    """Do the work of a kind that is due by a moment, twice, as a worker might."""
    given.to(now)
    for intent in given.work(kind):
        if intent.run_at <= now:
            for _twice in range(2):
                with given.place.pinned():
                    HANDLERS[kind](dict(intent.args), now)
                    db.session.commit()


@pytest.mark.duty("B2-21")
def test_an_agency_updates_its_own_actions_and_done_needs_evidence(given: Recommending) -> None:
    number = given.make()
    action = given.agree(number)
    assert given.told(K.ACTION_AGREED)[0].facts == {
        "recommendation": number,
        "action": 1,
        "due_on": "2027-03-12",
    }
    assert given.member.person_id in given.messages("action-agreed")
    assert given.police.person_id not in given.messages("action-agreed")
    assert given.update(given.member, number, action, words="Half of it is written").status_code == 303
    bare = given.update(given.member, number, action, words="All of it", state="done")
    assert bare.status_code == 400
    assert "Say what shows that it is done" in bare.text
    assert "All of it" in bare.text
    assert given.view(number).actions[0].state == "open"
    done = given.update(
        given.member, number, action, words="All of it", state="done", evidence="On the staff pages"
    )
    assert done.status_code == 303
    one = given.view(number).actions[0]
    assert (one.state, one.evidence) == ("done", "On the staff pages")
    assert [two.words for two in one.updates] == ["Half of it is written", "All of it"]
    assert [event.facts["state"] for event in given.told(K.ACTION_UPDATED)] == ["open", "done"]
    assert given.team.person_id in given.messages("action-done")
    page = given.get(given.scrutineer, f"/{number}/actions/{action}").text
    for words in (
        "Half of it is written",
        "All of it",
        "On the staff pages",
        given.member.name,
        "Community health",
    ):
        assert words in page, words
    with given.place.pinned(), pytest.raises(DBAPIError):
        db.session.execute(text("update recommendation_updates set words = 'x'"))


@pytest.mark.duty("B2-21")
def test_only_the_agency_or_the_team_updates_an_action(given: Recommending) -> None:
    number = given.make()
    action = given.agree(number)
    for who in (given.police, given.nurse, given.chair, given.scrutineer):
        assert given.get(who, f"/{number}/actions/{action}").status_code == 200
        assert given.get(who, f"/{number}/actions/{action}/update").status_code == 404
        sent = given.post(
            who, f"/{number}/actions/{action}/update", {"submission_key": str(uuid4())}, words="Mine"
        )
        assert sent.status_code == 404
    assert given.update(given.team, number, action, words="They telephoned").status_code == 303
    assert "They telephoned" in given.get(given.member, f"/{number}/actions/{action}").text
    other = given.agree(number, agency="police", words="Brief every shift")
    assert given.update(given.police, number, other).status_code == 303
    assert given.get(given.member, f"/{number}/actions/{other}/update").status_code == 404


def test_an_action_of_an_agency_that_is_none_of_the_partnerships(given: Recommending) -> None:
    number = given.make()
    sent = {"agency": "other", "other": "The national college", "owner": "Its registrar"}
    action = given.agree(number, **sent)
    one = given.view(number).actions[action - 1]
    assert (one.agency, one.agency_id) == ("The national college", None)
    assert given.messages("action-agreed") == set()
    assert given.update(given.team, number, action).status_code == 303
    assert given.get(given.member, f"/{number}/actions/{action}/update").status_code == 404


def test_what_an_action_lacks_is_told_beside_it_and_kept(given: Recommending) -> None:
    number = given.make()
    where = f"/{number}/actions/new"
    empty = given.post(given.team, where, words="", agency="", owner="", other="Nobody asks for this")
    assert empty.status_code == 400
    for words in ("Say what is done", "Select which agency does it", "Enter who owns it", "Enter the day by which",
                  "Nobody asks for this"):  # fmt: skip
        assert words in empty.text, words
    past = given.post(
        given.team, where, words="Write it", agency=given.agency["icb"], owner="Somebody",
        **typed_day("due_on", MONDAY.date() - DAY),
    )  # fmt: skip
    assert past.status_code == 400
    assert "must not be in the past" in past.text
    assert "Write it" in past.text


@pytest.mark.duty("B2-21")
def test_the_agency_is_reminded_a_week_before_and_told_with_the_team_when_it_is_overdue(
    given: Recommending,
) -> None:
    number = given.make()
    given.to(EARLY)
    action = given.agree(number)
    assert [row.run_at for row in given.work("action-reminder")] == [datetime(2027, 3, 5, 9, tzinfo=UTC)]
    assert [row.run_at for row in given.work("action-overdue")] == [day_end(DUE)]
    run(given, "action-reminder", datetime(2027, 3, 5, 9, 1, tzinfo=UTC))
    assert given.messages("action-reminder") == {given.member.person_id}
    run(given, "action-overdue", day_end(DUE))
    assert given.messages("action-overdue") == {given.member.person_id}
    assert given.team.person_id in given.messages("action-overdue-elsewhere")
    assert given.police.person_id not in given.messages("action-overdue-elsewhere")
    page = given.client(given.member).get(f"/{given.place.slug}/actions").text
    assert "Overdue" in page
    assert "Overdue</strong> by 1 day" in given.get(given.team, f"/{number}/actions/{action}").text


def test_nobody_is_reminded_of_what_is_done_or_has_another_day_or_was_withdrawn(given: Recommending) -> None:
    number = given.make()
    given.to(EARLY)
    done, moved, kept = (given.agree(number) for _each in range(3))
    given.update(given.member, number, done, words="Done", state="done", evidence="Seen")
    later = {
        "words": "Write the guidance",
        "owner": "The lead",
        "reason": "Illness",
        **typed_day("due_on", DUE + 30 * DAY),
    }
    assert given.post(given.team, f"/{number}/actions/{moved}/change", **later).status_code == 303
    assert given.member.person_id in given.messages("action-changed")
    second = given.make()
    gone = given.agree(second)
    assert (
        given.post(given.team, f"/{second}/state", state="withdrawn", reason="Overtaken").status_code == 303
    )
    run(given, "action-overdue", day_end(DUE))
    with given.place.pinned():
        found = owed_by_agency(given.member.actor(), DUE + DAY)
        assert [(one.action.number, one.overdue) for one in found] == [(kept, True), (moved, False)]
    assert len(given.messages("action-overdue")) == 1
    refused = given.update(given.member, second, gone)
    assert refused.status_code == 409


def test_nobody_sealed_out_is_reminded(given: Recommending) -> None:
    from app.conflicts.rules import NewSeal
    from app.conflicts.service import seal

    number = given.make()
    given.to(EARLY)
    given.agree(number)
    with given.place.pinned():
        typed = NewSeal(given.member.person_id, "Related", uuid4(), given.member.person_id)
        assert seal(given.case_id, typed, actor=given.team.actor(), now=given.now) == []
        db.session.commit()
    run(given, "action-reminder", datetime(2027, 3, 5, 9, 1, tzinfo=UTC))
    assert given.messages("action-reminder") == set()
    page = given.client(given.member).get(f"/{given.place.slug}/actions")
    assert "Nothing is asked of your agency now" in page.text


def test_two_who_write_at_once_are_shown_each_others_words(given: Recommending) -> None:
    number = given.make()
    action = given.agree(number)
    where = f"/{number}/actions/{action}/update"
    stale = given.marks(given.team, where)
    given.update(given.member, number, action, words="All of it", state="done", evidence="Seen")
    beside = given.post(given.team, where, stale, words="Nothing yet", state="open", evidence="")
    assert beside.status_code == 409
    for words in ("Somebody changed this while you were writing", "All of it", "Nothing yet"):
        assert words in beside.text
    assert given.view(number).actions[0].state == "done"
    assert given.get(given.team, f"/{number}/actions/{action}/change").status_code == 409
    # opened again, it can be said that it was not done after all
    assert given.update(given.team, number, action, words="Not done after all").status_code == 303
    assert given.view(number).actions[0].state == "open"
    marks = given.marks(given.member, where)
    for _twice in range(2):
        assert given.post(given.member, where, marks, words="Once", state="open").status_code == 303
    assert [one.words for one in given.view(number).actions[0].updates].count("Once") == 1


@pytest.mark.duty("B2-21")
def test_a_change_of_what_was_agreed_keeps_what_was_before(given: Recommending) -> None:
    number = given.make()
    action = given.agree(number)
    where = f"/{number}/actions/{action}/change"
    stale = given.marks(given.team, where)
    sent = {
        "words": "Write the guidance and teach it",
        "owner": "The head",
        **typed_day("due_on", date(2027, 6, 1)),
    }
    bare = given.post(given.team, where, **sent)
    assert bare.status_code == 400
    assert "Say why it changes" in bare.text
    assert given.post(given.team, where, **sent, reason="More is needed").status_code == 303
    beside = given.post(given.team, where, stale, **{**sent, "owner": "Another"}, reason="Mine")
    assert beside.status_code == 409
    assert "The head" in beside.text
    one = given.view(number).actions[0]
    assert (one.words, one.owner, one.due_on) == (
        "Write the guidance and teach it",
        "The head",
        date(2027, 6, 1),
    )
    page = given.get(given.chair, f"/{number}/actions/{action}").text
    assert "More is needed" in page
    given.to(datetime(2027, 6, 3, 10, tzinfo=UTC))
    # its day is over and stays: its words can be put right all the same
    late = {**sent, "words": "Write and teach", "reason": "Shorter"}
    assert given.post(given.team, where, **late).status_code == 303


@pytest.mark.duty("B2-21")
def test_the_page_of_an_agency_lists_what_it_owes_a_page_at_a_time(
    given: Recommending, second: Recommending
) -> None:
    number, elsewhere = given.make(), second.make()
    for place in range(27):
        given.agree(number, DUE + timedelta(days=place // 2), words=f"Step {place:02}")
    second.agree(elsewhere, DUE - DAY, words="Another case's")
    given.agree(number, agency="police", words="Not theirs")
    client, seen = given.client(given.member), []
    where = f"/{given.place.slug}/actions"
    while where:
        page = client.get(where)
        assert page.status_code == 200
        seen += [
            part.split("<")[0]
            for part in page.text.split('href="')
            if "Step" in part or "Another case" in part
        ]
        after = page.text.partition('rel="next" href="')[2].partition('"')[0]
        where = after.replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 28
    assert "Not theirs" not in client.get(f"/{given.place.slug}/actions").text
    for wrong in ("?after=x", "?after=2027-01-01", "?show=all", "?after=2027-01-01~x"):
        assert client.get(f"/{given.place.slug}/actions{wrong}").status_code == 404
    given.update(given.member, number, 1, words="Done", state="done", evidence="Seen")
    done = client.get(f"/{given.place.slug}/actions?show=done").text
    assert "Step 00" in done
    assert "Step 01" not in done
    assert "You act for no agency" in given.client(given.team).get(f"/{given.place.slug}/actions").text


@pytest.mark.duty("B2-21")
def test_the_register_is_narrowed_by_state_agency_and_overdue(
    given: Recommending, second: Recommending
) -> None:
    first, other = (
        given.make(text="First of all the recommendations"),
        second.make(text="The other case's own words"),
    )
    given.agree(first, MONDAY.date())
    second.post(second.team, f"/{other}/state", state="accepted", reason="The group")
    given.to(MONDAY + 2 * DAY)
    register = f"/{given.place.slug}/recommendations"

    def shown(query: str = "", who: str = "chair") -> tuple[bool, bool]:
        page = given.client(getattr(given, who)).get(f"{register}{query}")
        assert page.status_code == 200, query
        return "First of all" in page.text, "The other case" in page.text

    assert shown() == shown(who="member") == shown(who="scrutineer") == (True, True)
    assert shown("?state=accepted") == (False, True)
    assert shown("?overdue=yes") == (True, False)
    assert shown(f"?agency={given.agency['community-health']}") == (True, False)
    assert shown(f"?agency={given.agency['police']}") == (True, True)
    assert shown(f"?agency={given.agency['childrens-services']}") == (False, False)
    for wrong in ("?state=lost", f"?agency={uuid4()}", "?overdue=no", "?after=x", "?agency=x"):
        assert given.client(given.chair).get(f"{register}{wrong}").status_code == 404
    assert "1 overdue" in given.client(given.chair).get(register).text
    with given.place.pinned():
        from app.conflicts.rules import NewSeal
        from app.conflicts.service import seal

        typed = NewSeal(given.member.person_id, "Related", uuid4(), given.member.person_id)
        assert seal(given.case_id, typed, actor=given.team.actor(), now=given.now) == []
        db.session.commit()
    assert shown(who="member") == (False, True)


def test_each_case_of_which_a_list_tells_was_looked_at(given: Recommending, second: Recommending) -> None:
    given.agree(given.make())
    second.make()
    given.client(given.chair).get(f"/{given.place.slug}/recommendations")
    given.client(given.member).get(f"/{given.place.slug}/actions")
    with given.place.pinned():
        rows = db.session.scalars(select(ReadEntry)).all()
        read = {
            (row.person_id, row.case_id, row.page) for row in rows if row.person_id != given.team.person_id
        }
    assert read >= {
        (given.chair.person_id, given.case_id, "recommendations: register"),
        (given.chair.person_id, second.case_id, "recommendations: register"),
        (given.member.person_id, given.case_id, "recommendations: our agency's actions"),
    }
    assert (given.member.person_id, second.case_id, "recommendations: our agency's actions") not in read


def test_the_register_is_read_a_page_at_a_time(given: Recommending) -> None:
    from app.procedure.recommendations import Content
    from app.recommendations import service

    with given.place.pinned():
        for place in range(30):
            typed = service.Typed(Content(f"Words of number {place:02}"), (), "", uuid4())
            service.make(
                given.case_id, typed, actor=given.team.actor(), now=given.now + place * timedelta(minutes=1)
            )
        db.session.commit()
    first = given.client(given.chair).get(f"/{given.place.slug}/recommendations").text
    assert "Words of number 29" in first
    assert "Words of number 04" not in first
    after = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    older = given.client(given.chair).get(after).text
    assert "Words of number 04" in older
    assert "Words of number 05" not in older
    assert 'rel="next"' not in older
