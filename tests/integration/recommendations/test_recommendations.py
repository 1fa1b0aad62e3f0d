"""Recommendations of a case, by their pages: written, changed, accepted, returned, withdrawn."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.conflicts.rules import NewSeal
from app.conflicts.service import seal
from app.procedure.events import EventKind, Stage
from tenants.db import db
from tests.integration.recommendations.recommending import DUE, WHOLE, Recommending, typed_day
from tests.support.people import client_of

K = EventKind


@pytest.mark.duty("B2-21")
def test_a_recommendation_is_written_with_its_smart_parts_and_read(given: Recommending) -> None:
    number = given.make(agencies=[given.agency["police"], given.agency["icb"]])
    assert number == 1
    told = given.view(1)
    assert (told.text, told.state, told.by_when, told.missing) == (WHOLE["text"], "proposed", DUE, [])
    assert told.agencies == [
        "Constabulary",
        "Integrated care board",
        "The national college",
        "The inspectorate",
    ]
    event = given.told(K.RECOMMENDATION_MADE)[0]
    assert (event.stage, event.facts["recommendation"], event.facts["source"]) == (
        Stage.RAPID_REVIEW,
        1,
        "rapid-review",
    )
    for who in (given.team, given.chair, given.member, given.police, given.scrutineer):
        page = given.get(who, "/1")
        assert page.status_code == 200, who.name
        for words in (*list(WHOLE.values())[:6], "The inspectorate", "Constabulary", "12 March 2027"):
            assert words in page.text, words
        assert WHOLE["text"] in given.get(who).text
    assert given.make() == 2


@pytest.mark.duty("B2-21")
def test_what_is_missing_is_named_gently_and_nothing_is_refused_for_it(given: Recommending) -> None:
    empty = dict.fromkeys(WHOLE, "") | typed_empty("by_when")
    nothing = given.post(given.team, "/new", **empty)
    assert nothing.status_code == 400
    assert "Say what exactly is recommended" in nothing.text
    number = given.make(**{**empty, "text": "Agencies should communicate better", "agencies": []})
    page = given.get(given.team, f"/{number}").text
    for words in ("Still missing", "Measurable: how it will be measured", "Expected impact: what will be different",
                  "Addressed to: which agency", "Timely: by which day"):  # fmt: skip
        assert words in page, words
    assert "Specific: who does what" not in page
    assert "Still missing: measurable" in given.get(given.chair).text


def typed_empty(name: str) -> dict[str, str]:
    return {f"{name}-day": "", f"{name}-month": "", f"{name}-year": ""}


def test_bad_input_is_kept_with_a_message_beside_it(given: Recommending) -> None:
    wrong = {f"by_when-{part}": text for part, text in (("day", "32"), ("month", "1"), ("year", "2027"))}
    answer = given.post(
        given.team, "/new", **{**WHOLE, **wrong, "agencies": [given.agency["icb"], "nonsense"]}
    )
    assert answer.status_code == 400
    for words in (*list(WHOLE.values())[:6], 'value="32"', "The day by which it is done"):
        assert words in answer.text, words
    assert 'href="#by_when' in answer.text
    broken = given.post(given.team, "/new", **{**WHOLE, "measure": "a\x00b"})
    assert broken.status_code == 400
    assert WHOLE["text"] in broken.text
    with given.place.pinned():
        assert given.told(K.RECOMMENDATION_MADE) == []


def test_the_same_form_twice_makes_one(given: Recommending) -> None:
    marks = given.marks(given.team, "/new")
    places = {given.post(given.team, "/new", marks, **WHOLE).headers["Location"] for _twice in range(2)}
    assert len(places) == 1
    assert len(given.told(K.RECOMMENDATION_MADE)) == 1
    number = int(places.pop().rsplit("/", 1)[1])
    marks = given.marks(given.team, f"/{number}/change")
    changed = {**WHOLE, "text": "Every practitioner asks three questions", "reason": "The group"}
    for _twice in range(2):
        assert given.post(given.team, f"/{number}/change", marks, **changed).status_code == 303
    assert given.view(number).version == 2


@pytest.mark.duty("B2-21")
def test_every_change_is_a_version_with_who_and_why(given: Recommending) -> None:
    number = given.make()
    no_reason = given.post(given.team, f"/{number}/change", **{**WHOLE, "measure": "Another audit"})
    assert no_reason.status_code == 400
    assert "Say why it changes" in no_reason.text
    assert "Another audit" in no_reason.text
    done = given.post(
        given.team, f"/{number}/change", **{**WHOLE, "measure": "Another audit", "reason": "The first cannot be done"},
        agencies=[given.agency["icb"]],
    )  # fmt: skip
    assert done.status_code == 303
    page = given.get(given.scrutineer, f"/{number}").text
    for words in ("Another audit", WHOLE["measure"], "The first cannot be done", given.team.name):
        assert words in page, words
    told = given.told(K.RECOMMENDATION_CHANGED)[0]
    assert (told.facts["version"], told.facts["state"]) == (2, "proposed")
    assert given.view(number).agencies[0] == "Integrated care board"
    with given.place.pinned(), pytest.raises(DBAPIError):
        db.session.execute(text("update recommendation_versions set reason = 'x'"))


@pytest.mark.duty("B2-21")
def test_what_became_of_it_is_recorded_with_who_decided(given: Recommending) -> None:
    number = given.make()
    where = f"/{number}/state"
    bad = given.post(given.team, where, state="published", reason="")
    assert bad.status_code == 400
    assert "Select what became of the recommendation" in bad.text
    assert "Say who decided it" in bad.text
    assert given.post(given.team, where, state="returned", reason="The group: too vague").status_code == 303
    assert given.get(given.team, f"/{number}/actions/new").status_code == 409
    refused = given.post(
        given.team, f"/{number}/actions/new", {"submission_key": str(uuid4())}, words="Do it now"
    )
    assert refused.status_code == 409
    assert "Do it now" in refused.text
    again = {**WHOLE, "text": "Every shift lead asks twice at handover", "reason": "As the group asked"}
    assert given.post(given.team, f"/{number}/change", **again).status_code == 303
    assert given.view(number).state == "proposed"
    assert given.post(given.team, where, state="accepted", reason="The group, 4 December").status_code == 303
    page = given.get(given.chair, f"/{number}").text
    assert "Accepted" in page
    assert "The group, 4 December" in page
    assert (
        given.post(given.team, where, state="withdrawn", reason="Overtaken by national guidance").status_code
        == 303
    )
    for rest in (where, f"/{number}/change", f"/{number}/actions/new"):
        assert given.get(given.team, rest).status_code == 409
    late = given.post(given.team, f"/{number}/change", {"submission_key": str(uuid4()), "over": "9"}, **again)
    assert late.status_code == 409
    assert again["text"] in late.text
    assert [one.facts["state"] for one in given.told(K.RECOMMENDATION_CHANGED)] == [
        "returned", "proposed", "accepted", "withdrawn",
    ]  # fmt: skip


def test_a_stale_form_is_shown_beside_what_is_there_and_can_be_sent_over_it(given: Recommending) -> None:
    number = given.make()
    where = f"/{number}/change"
    stale = given.marks(given.team, where)
    other = {**WHOLE, "measure": "Another audit", "reason": "The first"}
    assert given.post(given.team, where, **other).status_code == 303
    mine = {**WHOLE, "measure": "A third audit", "reason": "The second"}
    beside = given.post(given.team, where, stale, **mine)
    assert beside.status_code == 409
    for words in (
        "Somebody changed this while you were writing",
        "Another audit",
        "A third audit",
        "The first",
    ):
        assert words in beside.text, words
    assert given.view(number).measure == "Another audit"
    assert 'name="over" type="hidden" value="2"' in beside.text
    assert given.post(given.team, where, {**stale, "over": "2"}, **mine).status_code == 303
    assert given.view(number).measure == "A third audit"


def test_two_who_record_what_became_of_it_at_once(given: Recommending) -> None:
    number = given.make()
    stale = given.marks(given.team, f"/{number}/state")
    assert given.post(given.team, f"/{number}/state", state="accepted", reason="The group").status_code == 303
    beside = given.post(given.team, f"/{number}/state", stale, state="returned", reason="The chair alone")
    assert beside.status_code == 409
    for words in ("Accepted", "The group", "The chair alone"):
        assert words in beside.text
    assert given.view(number).state == "accepted"


def test_who_may_not(given: Recommending, second: Recommending) -> None:
    number = given.make()
    action = given.agree(number)
    reads = ("", f"/{number}", f"/{number}/actions/{action}")
    writes = ("/new", f"/{number}/change", f"/{number}/state", f"/{number}/actions/new",
              f"/{number}/actions/{action}/change")  # fmt: skip
    for rest in (*reads, *writes):
        assert client_of(given.app, None).get(given.path(rest)).status_code == 302
    for who in (given.chair, given.member, given.police, given.scrutineer):
        for rest in writes:
            assert given.get(who, rest).status_code == 404, (who.name, rest)
            assert given.post(who, rest, {"submission_key": str(uuid4())}, **WHOLE).status_code == 404
    for wrong in ("/0", "/99", "/01", "/x", f"/{number}/actions/9", f"/{number}/actions/01"):
        assert given.get(given.team, wrong).status_code == 404
    given_to = NewSeal(given.member.person_id, "Related", uuid4(), given.member.person_id)
    with given.place.pinned():
        assert seal(given.case_id, given_to, actor=given.team.actor(), now=given.now) == []
        db.session.commit()
    for rest in (*reads, f"/{number}/actions/{action}/update"):
        assert given.get(given.member, rest).status_code == 404
    assert given.update(given.member, number, action).status_code == 404
    # a number of another case names nothing here
    assert second.get(second.team, f"/{number}").status_code == 404


def test_another_partnership_finds_nothing(given: Recommending, wight, app) -> None:  # type: ignore[no-untyped-def]
    from app.access.roles import Role
    from tests.support.people import find

    number = given.make()
    stranger = find(wight, Role.PARTNERSHIP_TEAM)
    for rest in ("", "/new", f"/{number}"):
        assert given.get(stranger, rest).status_code == 404
        moved = given.path(rest).replace(given.place.slug, "isle-of-wight", 1)
        assert client_of(app, stranger).get(moved).status_code == 404


def test_a_day_and_agencies_of_a_changed_recommendation_are_offered_as_they_are(given: Recommending) -> None:
    number = given.make(agencies=[given.agency["police"]])
    page = given.get(given.team, f"/{number}/change").text
    for words in (
        *list(WHOLE.values())[:6],
        'value="12"',
        'value="2027"',
        "The national college\nThe inspectorate",
    ):
        assert words in page.replace("\r\n", "\n"), words
    police = page[page.index(given.agency["police"]) :][:200]
    assert "checked" in police
    assert isinstance(UUID(given.agency["police"]), UUID)
    assert typed_day("by_when", DUE)["by_when-year"] == "2027"
